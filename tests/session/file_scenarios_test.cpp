// SPDX-License-Identifier: MIT
// Files between whole engines at the real relay.
#include <boost/test/unit_test.hpp>

#include "netcore/base/digest.h"
#include "tests/support/room.h"

using namespace coterie;
using coterie::event::TransferPhase;
namespace fs = std::filesystem;

namespace {

struct Fixture : test::Room {
  static bool is(const test::Member& member, const FileId& file, TransferPhase phase) {
    const auto found = member.transfers.find(file);
    return found != member.transfers.end() && found->second.phase == phase;
  }
  static bool is_offered(const test::Member& member, const FileId& file) {
    for (const auto& offer : member.all<coterie::event::FileOffered>())
      if (offer.id == file) return true;
    return false;
  }
  void accept(test::Member& who, const FileId& file) {
    until([&] { return is_offered(who, file); });
    who.handle(command::AnswerOffer{.id = file, .accept = true, .folder = folder() / "received" / who.user_id()});
  }
  Bytes noise(std::size_t size) {
    Bytes bytes(size);
    fill_random(bytes);
    return bytes;
  }
  // What stays after events were forgotten.
  static Bytes saved(const test::Member& member, const FileId& file) {
    return test::read_file(member.transfers.at(file).path);
  }
};

}   // namespace

BOOST_FIXTURE_TEST_SUITE(file_scenarios, Fixture)

BOOST_AUTO_TEST_CASE(a_file_goes_from_one_member_to_another_through_the_relay) {
  auto& alice = join("alice");
  auto& bob = join("bob");
  for (const std::size_t size : {0U, 1U, 65536U, 3U << 20U}) {
    const auto content = noise(size);
    const auto id = alice.sends(file("photo.jpg", content), "bob");
    accept(bob, id);
    until([&] { return is(alice, id, TransferPhase::finished) && is(bob, id, TransferPhase::finished); });
    BOOST_TEST((saved(bob, id) == content), "size " << size);
  }
  until([&] { return relay().blobs().entries() == 0; });   // nothing stays behind at the relay
}

// A backup that is played back, at the one side or the other.
BOOST_AUTO_TEST_CASE(a_file_accepted_under_a_profile_that_was_set_back_comes_all_the_same) {
  auto& alice = join("alice");
  auto& bob = join("bob");
  const auto content = noise(300'000);
  const auto id = alice.sends(file("photo.jpg", content), "bob");
  until([&] { return is_offered(bob, id); });
  const auto backup = folder() / "backup";
  bob.vanish();
  fs::copy(bob.folder(), backup, fs::copy_options::recursive);
  enter(bob);
  constexpr int meanwhile = 60;
  for (int i = 0; i < meanwhile; ++i) bob.says("meanwhile " + std::to_string(i));
  until([&] { return alice.has_text("meanwhile " + std::to_string(meanwhile - 1)); });
  bob.vanish();
  fs::remove_all(bob.folder());
  fs::rename(backup, bob.folder());
  enter(bob);
  accept(bob, id);
  until([&] { return is(alice, id, TransferPhase::finished) && is(bob, id, TransferPhase::finished); });
  BOOST_TEST((saved(bob, id) == content));
}

BOOST_AUTO_TEST_CASE(a_sender_whose_profile_was_set_back_learns_what_became_of_its_file) {
  auto& alice = join("alice");
  auto& bob = join("bob");
  const auto id = alice.sends(file("photo.jpg", noise(300'000)), "bob");
  until([&] { return is_offered(bob, id); });
  const auto backup = folder() / "backup";
  alice.vanish();
  fs::copy(alice.folder(), backup, fs::copy_options::recursive);
  enter(alice);
  accept(bob, id);
  until([&] { return is(alice, id, TransferPhase::finished) && is(bob, id, TransferPhase::finished); });
  alice.vanish();
  fs::remove_all(alice.folder());
  fs::rename(backup, alice.folder());
  enter(alice);
  until([&] { return is(alice, id, TransferPhase::finished); });
}

BOOST_AUTO_TEST_CASE(files_in_both_directions_and_to_several_members_at_once) {
  auto& alice = join("alice");
  auto& bob = join("bob");
  auto& carol = join("carol");
  struct Sent {
    test::Member* from;
    test::Member* to;
    FileId id;
    Bytes content;
  };
  std::vector<Sent> all;
  for (int i = 0; i < 15; ++i) {
    auto* from = std::array{&alice, &bob, &carol}[static_cast<std::size_t>(i % 3)];
    auto* to = std::array{&bob, &carol, &alice}[static_cast<std::size_t>(i % 3)];
    auto content = noise(300'000 + static_cast<std::size_t>(i));
    const auto id = from->sends(file("f" + std::to_string(i), content), to->user_id());
    all.push_back({from, to, id, std::move(content)});
  }
  for (auto& sent : all) accept(*sent.to, sent.id);
  for (auto& sent : all) {
    until([&] {
      return is(*sent.from, sent.id, TransferPhase::finished) && is(*sent.to, sent.id, TransferPhase::finished);
    });
    BOOST_TEST((saved(*sent.to, sent.id) == sent.content));
  }
}

BOOST_AUTO_TEST_CASE(the_relay_dies_in_the_middle_and_comes_back) {
  auto& alice = join("alice");
  auto& bob = join("bob");
  const auto content = noise(64_MiB);
  const auto id = alice.sends(file("large", content), "bob");
  accept(bob, id);
  for (int times = 0; times < 3; ++times) {
    const auto before = bob.transfers[id].done;
    until([&] { return bob.transfers[id].done > before + 4_MiB || is(bob, id, TransferPhase::finished); });
    close_relay();
    open_relay();
  }
  until([&] { return is(alice, id, TransferPhase::finished) && is(bob, id, TransferPhase::finished); });
  BOOST_TEST((saved(bob, id) == content));
}

BOOST_AUTO_TEST_CASE(either_end_is_killed_in_the_middle_and_comes_back) {
  auto& alice = join("alice");
  auto& bob = join("bob");
  const auto content = noise(64_MiB);
  const auto id = alice.sends(file("large", content), "bob");
  accept(bob, id);
  for (auto* victim : {&bob, &alice, &bob}) {
    const auto before = bob.transfers[id].done;
    until([&] { return bob.transfers[id].done > before + 4_MiB || is(bob, id, TransferPhase::finished); });
    victim->vanish();
    enter(*victim);
  }
  // Who was restarted between saving the file and saying so does not say it again: what counts is what lies there.
  const auto whole_file = [&]() -> std::optional<fs::path> {
    for (const auto& entry : fs::directory_iterator(folder() / "received" / "bob"))
      if (entry.path().extension() != ".part") return entry.path();
    return std::nullopt;
  };
  until([&] { return whole_file().has_value(); });
  BOOST_TEST((test::read_file(*whole_file()) == content));
}

BOOST_AUTO_TEST_CASE(chat_goes_on_beside_a_file) {
  auto& alice = join("alice");
  auto& bob = join("bob");
  const auto id = alice.sends(file("large", noise(32_MiB)), "bob");
  accept(bob, id);
  until([&] { return is(bob, id, TransferPhase::running); });
  alice.says("are you there?");
  until([&] { return bob.has_text("are you there?"); });
  bob.says("yes");
  until([&] { return alice.has_text("yes"); });
  until([&] { return is(alice, id, TransferPhase::finished) && is(bob, id, TransferPhase::finished); });
}

BOOST_AUTO_TEST_SUITE_END()
