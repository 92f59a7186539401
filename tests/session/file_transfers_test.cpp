// SPDX-License-Identifier: MIT
#include "netcore/session/file_transfers.h"

#include <boost/test/unit_test.hpp>

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>

#include "file_room.h"
#include "netcore/base/digest.h"
#include "netcore/base/random.h"
#include "netcore/crypto/file_stream.h"
#include "netcore/transfer/journal.h"
#include "netcore/transfer/safe_name.h"

using namespace coterie;
using coterie::event::TransferPhase;
namespace fs = std::filesystem;

namespace {

constexpr auto chunk = crypto::chunk_size;
constexpr auto sealed_chunk = crypto::sealed_chunk_size;

struct Fixture : test::FileRoom {
  // What bob has of a file, by its only received name.
  [[nodiscard]] Bytes received() const {
    const auto names = bob.received();
    BOOST_REQUIRE_EQUAL(names.size(), 1U);
    return test::read_file(bob.folder() / names.front());
  }
  // An offer nobody's program would make.
  content::FileOffer forged(const std::string& name, std::uint64_t size) {
    content::FileOffer offer;
    offer.file = random_id<FileId>();
    offer.attempt = random_id<BlobId>();
    offer.read_cap = random_id<ReadCap>();
    offer.size = size;
    offer.name = name;
    return offer;
  }
  [[nodiscard]] static content::FileOffer copy_of(const content::FileOffer& offer) {
    content::FileOffer copy;
    copy.file = offer.file;
    copy.attempt = offer.attempt;
    copy.file_key = offer.file_key.copy();
    copy.read_cap = offer.read_cap;
    copy.size = offer.size;
    copy.name = *offer.name;
    return copy;
  }
  // An attempt travels once; so no chunk was sealed twice under one key.
  void check_every_attempt_was_used_once() const {
    for (const auto& [blob, uses] : relay.uses) BOOST_TEST(uses == 1);
  }
  [[nodiscard]] std::optional<content::FileDone> last_done() const {
    std::optional<content::FileDone> last;
    for (const auto& body : alice.sent)
      if (const auto* done = std::get_if<content::FileDone>(&body)) last = *done;
    return last;
  }
};

std::vector<std::string> names_in(const fs::path& folder) {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(folder)) names.push_back(entry.path().filename().string());
  std::sort(names.begin(), names.end());
  return names;
}

void touch_later(const fs::path& file) {
  fs::last_write_time(file, fs::last_write_time(file) + std::chrono::seconds(5));
}

}   // namespace

BOOST_FIXTURE_TEST_SUITE(file_transfers, Fixture)

// ── the ordinary way ──

BOOST_AUTO_TEST_CASE(carries_files_of_every_size) {
  for (const std::size_t size :
       {std::size_t{0}, std::size_t{1}, chunk - 1, chunk, chunk + 1, 3 * chunk, 100 * chunk + 7}) {
    const auto content = noise(size);
    const auto id = transfer(file("photo.jpg", content));
    until_finished(id);
    BOOST_TEST((received() == content), "size " << size);
    BOOST_TEST(bob.last[id].done == size);
    BOOST_TEST(alice.last[id].done == size);
    BOOST_TEST(bob.last[id].path == bob.folder() / bob.received().front());
    fs::remove_all(bob.folder());
  }
  check_every_attempt_was_used_once();
}

BOOST_AUTO_TEST_CASE(is_shown_once_in_both_conversations_and_named_by_time_and_sender) {
  const auto id = transfer(file("photo.jpg", noise(10)));
  until_finished(id);
  BOOST_TEST(alice.shown.size() == 1U);
  BOOST_TEST(bob.shown.size() == 1U);
  BOOST_TEST((bob.shown.front() == std::pair(id, std::string("photo.jpg"))));
  const auto name = bob.received().front();
  BOOST_TEST(name.size() == std::string("YYYYMMDD_HHMMSS_alice_photo.jpg").size());
  BOOST_TEST(name.ends_with("_alice_photo.jpg"));
  BOOST_TEST((name.starts_with("20260101_") || name.starts_with("20251231_")));   // wherever this is run
}

BOOST_AUTO_TEST_CASE(phases_come_in_order) {
  const auto id = transfer(file("photo.jpg", noise(5 * chunk)));
  until_finished(id);
  const auto phases_of = [&](const test::FileMember& member) {
    std::vector<TransferPhase> phases;
    for (const auto& change : member.changes)
      if (phases.empty() || phases.back() != change.phase) phases.push_back(change.phase);
    return phases;
  };
  BOOST_TEST((phases_of(alice) == std::vector{TransferPhase::offered, TransferPhase::waiting, TransferPhase::running,
                                              TransferPhase::verifying, TransferPhase::finished}));
  BOOST_TEST((phases_of(bob) == std::vector{TransferPhase::waiting, TransferPhase::running, TransferPhase::verifying,
                                            TransferPhase::finished}));
}

BOOST_AUTO_TEST_CASE(nothing_is_left_behind_when_it_is_done) {
  const auto id = transfer(file("photo.jpg", noise(3 * chunk)));
  until_finished(id);
  settle();
  BOOST_TEST(fs::is_empty(bob.journals()));
  BOOST_TEST(bob.received().size() == 1U);
  BOOST_TEST(relay.flowing == 0U);
  BOOST_TEST(bob.row(id).file_key.empty());
  BOOST_TEST(alice.row(id).file_key.empty());
}

BOOST_AUTO_TEST_CASE(a_declined_file_leaves_no_trace_on_the_disk) {
  const auto id = alice.sends(file("photo.jpg", noise(10)));
  until([&] { return bob.was_offered(id); });
  bob.files().answer(id, false, bob.folder());
  until([&] { return alice.is(id, TransferPhase::declined) && bob.is(id, TransferPhase::declined); });
  BOOST_TEST(!fs::exists(bob.folder()));
  bob.accepts(id);   // too late
  BOOST_TEST(bob.has_notice(Errc::not_found));
  BOOST_TEST(relay.streams.empty());
}

BOOST_AUTO_TEST_CASE(either_side_cancels_before_the_answer) {
  const auto one = alice.sends(file("a", noise(10)));
  const auto two = alice.sends(file("b", noise(10)));
  until([&] { return bob.was_offered(one) && bob.was_offered(two); });
  alice.files().cancel(one);
  bob.files().cancel(two);
  for (const auto& id : {one, two})
    until([&] { return alice.is(id, TransferPhase::cancelled) && bob.is(id, TransferPhase::cancelled); });
}

BOOST_AUTO_TEST_CASE(either_side_cancels_while_bytes_flow) {
  for (const bool by_sender : {true, false}) {
    bool flowing = false;
    relay.on_piece = [&](const BlobId&, std::uint64_t, MutableByteView) { flowing = true; };
    const auto id = transfer(file("a", noise(300 * chunk)));
    until([&] { return flowing; });
    (by_sender ? alice : bob).files().cancel(id);
    until([&] { return alice.is(id, TransferPhase::cancelled) && bob.is(id, TransferPhase::cancelled); });
    until([&] { return relay.flowing == 0; });
    BOOST_TEST(bob.received().empty());   // F12: part removed on cancel
    BOOST_TEST(fs::is_empty(bob.journals()));
  }
}

BOOST_AUTO_TEST_CASE(many_files_take_turns) {
  std::vector<FileId> ids;
  std::vector<Bytes> contents;
  for (int i = 0; i < 20; ++i) {
    contents.push_back(noise(20 * chunk + static_cast<std::size_t>(i)));
    ids.push_back(alice.sends(file("f" + std::to_string(i), contents.back())));
  }
  until([&] { return bob.offers.size() == ids.size(); });
  for (const auto& id : ids) bob.accepts(id);
  for (const auto& id : ids) until_finished(id);
  BOOST_TEST(relay.most_flowing <= 3U);
  for (std::size_t i = 0; i < ids.size(); ++i) BOOST_TEST((test::read_file(bob.last[ids[i]].path) == contents[i]));
  check_every_attempt_was_used_once();
}

BOOST_AUTO_TEST_CASE(files_travel_both_ways_at_once) {
  const auto there = noise(30 * chunk);
  const auto back = noise(40 * chunk);
  const auto one = alice.sends(file("there", there));
  const auto two = bob.sends(file("back", back));
  until([&] { return bob.was_offered(one) && alice.was_offered(two); });
  bob.accepts(one);
  alice.accepts(two);
  until_finished(one);
  until_finished(two);
  BOOST_TEST((test::read_file(bob.last[one].path) == there));
  BOOST_TEST((test::read_file(alice.last[two].path) == back));
}

// ── sources ──

BOOST_AUTO_TEST_CASE(F17_what_is_no_file_is_refused_at_once_and_told_clearly) {
  fs::create_directory(folder / "dir");
  ::mkfifo((folder / "fifo").c_str(), 0600);
  fs::create_symlink("/etc/hostname", folder / "link");
  for (const auto& path :
       {folder / "dir", folder / "fifo", folder / "link", fs::path("/dev/zero"), fs::path("/proc/self/mem")}) {
    const auto id = alice.sends(path);
    until([&] { return alice.is(id, TransferPhase::failed); });
    BOOST_TEST((alice.error_of(id) == Errc::not_a_file), path);
    BOOST_TEST((alice.notices.back().error.code == Errc::not_a_file));
    BOOST_TEST(alice.notices.back().about == id.hex());
  }
  const auto missing = alice.sends(folder / "missing");
  until([&] { return alice.is(missing, TransferPhase::failed); });
  BOOST_TEST((alice.error_of(missing) == Errc::not_found));
  settle();
  BOOST_TEST(bob.offers.empty());
}

BOOST_AUTO_TEST_CASE(F14_a_source_changed_while_it_is_sent_gives_no_file) {
  const auto path = file("a", noise(200 * chunk));
  relay.on_piece = [&](const BlobId&, std::uint64_t passed, MutableByteView) {
    if (passed == 0) touch_later(path);
  };
  const auto id = transfer(path);
  until([&] { return alice.is(id, TransferPhase::failed) && bob.is(id, TransferPhase::failed); });
  BOOST_TEST((alice.error_of(id) == Errc::source_changed));
  BOOST_TEST((bob.error_of(id) == Errc::source_changed));
  BOOST_TEST(bob.received().empty());
}

BOOST_AUTO_TEST_CASE(F17_a_source_that_shrinks_while_it_is_sent_gives_no_file) {
  const auto path = file("a", noise(500 * chunk));
  relay.on_piece = [&](const BlobId&, std::uint64_t passed, MutableByteView) {
    if (passed == 0) fs::resize_file(path, 10);
  };
  const auto id = transfer(path);
  until([&] { return alice.is(id, TransferPhase::failed) && bob.is(id, TransferPhase::failed); });
  BOOST_TEST((bob.error_of(id) == Errc::source_changed));
  BOOST_TEST(bob.received().empty());
}

BOOST_AUTO_TEST_CASE(F14_a_source_changed_between_two_attempts_gives_no_file) {
  const auto path = file("a", noise(100 * chunk));
  relay.cut_after = [&](const BlobId&) -> std::optional<std::uint64_t> {
    touch_later(path);
    return 40 * sealed_chunk;
  };
  const auto id = transfer(path);
  until([&] { return alice.is(id, TransferPhase::failed) && bob.is(id, TransferPhase::failed); });
  BOOST_TEST((alice.error_of(id) == Errc::source_changed));
  BOOST_TEST(bob.received().empty());
}

BOOST_AUTO_TEST_CASE(a_source_changed_before_the_answer_is_not_sent) {
  const auto path = file("a", noise(10));
  const auto id = alice.sends(path);
  until([&] { return bob.was_offered(id); });
  test::write_file(path, noise(11));
  bob.accepts(id);
  until([&] { return alice.is(id, TransferPhase::failed) && bob.is(id, TransferPhase::failed); });
  BOOST_TEST((bob.error_of(id) == Errc::source_changed));
  BOOST_TEST(relay.passed == 0U);
}

BOOST_AUTO_TEST_CASE(a_source_that_is_gone_is_told) {
  const auto path = file("a", noise(10));
  const auto id = alice.sends(path);
  until([&] { return bob.was_offered(id); });
  fs::remove(path);
  bob.accepts(id);
  until([&] { return alice.is(id, TransferPhase::failed) && bob.is(id, TransferPhase::failed); });
  BOOST_TEST((bob.error_of(id) == Errc::not_found));
}

// ── lines that break ──

BOOST_AUTO_TEST_CASE(F14_cut_again_and_again_it_resumes_with_a_fresh_attempt_and_repeats_little) {
  const auto content = noise(200 * chunk + 11);
  int cuts = 0;
  std::map<BlobId, std::uint64_t> limits;
  relay.cut_after = [&](const BlobId& blob) -> std::optional<std::uint64_t> {
    const auto [limit, fresh] = limits.try_emplace(blob, random() % (60 * sealed_chunk));
    if (fresh) ++cuts;
    return cuts <= 12 ? std::optional(limit->second) : std::nullopt;
  };
  const auto id = transfer(file("a", content));
  until_finished(id);
  BOOST_TEST((received() == content));
  BOOST_TEST(cuts > 3);
  check_every_attempt_was_used_once();
  // What passed the relay before a cut was in flight to the receiver; of it, only a torn chunk is sent again … or what the
  // kernel still held, which is bounded too.
  BOOST_TEST(relay.passed <= crypto::sealed_length(content.size()) + relay.streams.size() * sealed_chunk);
  // Offsets never go back.
  for (std::size_t i = 1; i < relay.streams.size(); ++i)
    BOOST_TEST(relay.streams[i].second >= relay.streams[i - 1].second);
  // All of it was read in one opening: the seals prove it, no digest needed.
  BOOST_TEST(!last_done()->has_digest);
}

BOOST_AUTO_TEST_CASE(both_disconnected_and_back_again_it_goes_on) {
  const auto content = noise(300 * chunk);
  bool flowing = false;
  relay.on_piece = [&](const BlobId&, std::uint64_t passed, MutableByteView) {
    flowing = flowing || passed > 20 * sealed_chunk;
  };
  const auto id = transfer(file("a", content));
  until([&] { return flowing; });
  disconnect();
  BOOST_TEST(alice.is(id, TransferPhase::waiting));
  BOOST_TEST(bob.is(id, TransferPhase::waiting));
  const auto had = bob.last[id].done;
  settle();
  connect();
  until_finished(id);
  BOOST_TEST((received() == content));
  BOOST_TEST(relay.streams.back().second >= had / chunk * sealed_chunk);
  check_every_attempt_was_used_once();
}

BOOST_AUTO_TEST_CASE(an_answer_given_while_offline_is_carried_out_later) {
  const auto content = noise(3 * chunk);
  const auto id = alice.sends(file("a", content));
  until([&] { return bob.was_offered(id); });
  disconnect();
  bob.accepts(id);
  settle();
  connect();
  until_finished(id);
  BOOST_TEST((received() == content));
}

BOOST_AUTO_TEST_CASE(a_relay_that_cannot_be_dialled_is_tried_again_with_pauses) {
  const auto content = noise(10 * chunk);
  int cuts = 0;
  relay.cut_after = [&](const BlobId&) -> std::optional<std::uint64_t> {
    return ++cuts <= 5 ? std::optional(0) : std::nullopt;
  };
  const auto id = transfer(file("a", content));
  until_finished(id);
  BOOST_TEST((received() == content));
  BOOST_TEST(relay.streams.size() == 6U);
  check_every_attempt_was_used_once();
}

// ── restarts ──

BOOST_AUTO_TEST_CASE(a_receiver_that_crashed_goes_on_where_its_journal_ends) {
  const auto content = noise(600 * chunk);
  std::uint64_t seen = 0;
  relay.on_piece = [&](const BlobId&, std::uint64_t passed, MutableByteView) { seen = passed; };
  const auto id = transfer(file("a", content));
  until([&] { return seen > 200 * sealed_chunk; });
  bob.vanish();
  const auto synced =
      transfer::Journal::load(bob.journals() / (std::to_string(1) + "-" + id.hex() + ".journal"), id, content.size());
  bob.start();
  until_finished(id);
  BOOST_TEST((received() == content));
  BOOST_TEST(relay.streams.back().second >= synced.chunks.first_missing() * sealed_chunk);
  check_every_attempt_was_used_once();
}

BOOST_AUTO_TEST_CASE(a_receiver_that_ended_in_good_order_repeats_nothing) {
  const auto content = noise(600 * chunk);
  std::uint64_t seen = 0;
  relay.on_piece = [&](const BlobId&, std::uint64_t passed, MutableByteView) { seen = passed; };
  const auto id = transfer(file("a", content));
  until([&] { return seen > 200 * sealed_chunk; });
  bob.shut_down();
  const auto had = bob.changes.back().done;
  bob.start();
  until_finished(id);
  BOOST_TEST((received() == content));
  BOOST_TEST(relay.streams.back().second >= had / chunk * sealed_chunk);
}

BOOST_AUTO_TEST_CASE(a_sender_that_was_restarted_proves_that_the_file_is_the_same) {
  const auto content = noise(400 * chunk);
  std::uint64_t seen = 0;
  relay.on_piece = [&](const BlobId&, std::uint64_t passed, MutableByteView) { seen = passed; };
  const auto id = transfer(file("a", content));
  until([&] { return seen > 100 * sealed_chunk; });
  alice.vanish();
  settle();
  BOOST_TEST(bob.is(id, TransferPhase::waiting));
  alice.start();
  until_finished(id);
  BOOST_TEST((received() == content));
  BOOST_TEST_REQUIRE(last_done()->has_digest);
  BOOST_TEST((last_done()->digest == sha256(content)));
  BOOST_TEST((bob.last[id].digest == sha256(content)));
  check_every_attempt_was_used_once();
}

BOOST_AUTO_TEST_CASE(restarts_at_random_moments_of_either_side_lose_nothing) {
  const auto content = noise(150 * chunk + 5);
  for (int round = 0; round < 12; ++round) {
    std::uint64_t total = 0;
    relay.on_piece = [&](const BlobId&, std::uint64_t, MutableByteView piece) { total += piece.size(); };
    const auto id = transfer(file("a", content));
    for (int restarts = 0; restarts < 4; ++restarts) {
      const auto at = total + random() % (50 * sealed_chunk);
      until([&] { return total >= at || bob.is(id, TransferPhase::finished); });
      auto& who = random() % 2 == 0 ? alice : bob;
      who.vanish();
      who.start();
    }
    until([&] { return !alice.row(id).path.empty() && alice.row(id).state == store::TransferState::finished; });
    until([&] { return bob.row(id).state == store::TransferState::finished; });
    BOOST_TEST((test::read_file(bob.row(id).path) == content));
    BOOST_TEST(bob.received().size() == 1U);
    check_every_attempt_was_used_once();
    fs::remove_all(bob.folder());
  }
}

BOOST_AUTO_TEST_CASE(open_offers_are_told_again_after_a_restart) {
  const auto content = noise(10);
  const auto id = alice.sends(file("a", content));
  until([&] { return bob.was_offered(id); });
  bob.vanish();
  bob.start();
  BOOST_TEST(bob.was_offered(id));
  alice.vanish();
  alice.start();
  BOOST_TEST(alice.is(id, TransferPhase::offered));
  bob.accepts(id);
  until_finished(id);
  BOOST_TEST((received() == content));
}

BOOST_AUTO_TEST_CASE(a_file_put_in_place_but_not_recorded_is_recognised) {
  const auto content = noise(4 * chunk);
  const auto id = alice.sends(file("a", content));
  until([&] { return bob.was_offered(id); });
  alice.reachable = bob.reachable = false;   // nothing flows yet
  bob.accepts(id);
  settle();
  const auto row = bob.row(id);
  bob.vanish();
  // As if the program had ended right after the rename.
  auto journal = transfer::Journal::start(bob.journals() / ("1-" + id.hex() + ".journal"), id, content.size()).value();
  BOOST_TEST(journal.append({0, 4}).has_value());
  BOOST_TEST(journal.append_placing("20260101_000000_alice_a").has_value());
  fs::remove(fs::path(row.folder) / row.part);
  test::write_file(bob.folder() / "20260101_000000_alice_a", content);
  bob.start();
  until([&] { return bob.is(id, TransferPhase::finished) && alice.is(id, TransferPhase::finished); });
  BOOST_TEST(bob.received().size() == 1U);
  BOOST_TEST(relay.streams.empty());
}

BOOST_AUTO_TEST_CASE(a_part_that_disappears_is_received_anew) {
  const auto content = noise(300 * chunk);
  std::uint64_t seen = 0;
  relay.on_piece = [&](const BlobId&, std::uint64_t passed, MutableByteView) { seen = passed; };
  const auto id = transfer(file("a", content));
  until([&] { return seen > 50 * sealed_chunk; });
  bob.vanish();
  for (const auto& name : bob.received()) fs::remove(bob.folder() / name);
  bob.start();
  until_finished(id);
  BOOST_TEST((received() == content));
}

BOOST_AUTO_TEST_CASE(a_part_that_is_taken_away_while_it_is_written_is_received_anew) {
  const auto content = noise(50 * chunk);
  bool taken = false;
  relay.on_piece = [&](const BlobId&, std::uint64_t, MutableByteView) {
    if (std::exchange(taken, true)) return;
    for (const auto& name : bob.received()) fs::remove(bob.folder() / name);
  };
  const auto id = transfer(file("a", content));
  until_finished(id);
  BOOST_TEST((received() == content));
  BOOST_TEST(relay.streams.size() == 2U);
}

// ── the disk ──

BOOST_AUTO_TEST_CASE(S03_a_full_disk_makes_it_wait_until_there_is_room) {
  if (::geteuid() != 0) {
    BOOST_TEST_MESSAGE("SKIPPED: a full file system can only be made by root");
    return;
  }
  fs::create_directory(bob.folder());
  const auto mount = [&](const char* how) {
    return ::system((std::string(how) + " " + bob.folder().string() + " 2>/dev/null").c_str()) == 0;
  };
  if (!mount("mount -t tmpfs -o size=8m none")) {
    BOOST_TEST_MESSAGE("SKIPPED: no file system can be mounted here");
    return;
  }
  const auto content = noise(100 * chunk);
  const auto id = transfer(file("a", content));
  // Somebody else fills the disk while the file travels.
  relay.on_piece = [&, filled = false](const BlobId&, std::uint64_t passed, MutableByteView) mutable {
    if (passed < 20 * sealed_chunk || std::exchange(filled, true)) return;
    std::ofstream filler(bob.folder() / "filler", std::ios::binary);
    const std::string block(64 * 1024, 'x');
    while (filler << block << std::flush) {
    }
  };
  until([&] { return bob.is(id, TransferPhase::waiting) && bob.error_of(id) == Errc::disk_full; });
  settle();
  BOOST_TEST(bob.is(id, TransferPhase::waiting));
  BOOST_TEST(!alice.is(id, TransferPhase::failed));
  fs::remove(bob.folder() / "filler");
  until_finished(id);
  BOOST_TEST((received() == content));
  check_every_attempt_was_used_once();
  mount("umount");
}

BOOST_AUTO_TEST_CASE(F12_an_offer_larger_than_the_disk_stays_open_with_a_notice) {
  const auto offer = forged("a", content::max_file_size);
  const auto id = offer.file;
  bob.hears(copy_of(offer));
  until([&] { return bob.was_offered(id); });
  bob.accepts(id);
  BOOST_TEST(bob.has_notice(Errc::disk_full));
  BOOST_TEST((bob.row(id).state == store::TransferState::offered));
  BOOST_TEST(bob.received().empty());
  bob.files().answer(id, false, {});
  until([&] { return bob.is(id, TransferPhase::declined); });
}

BOOST_AUTO_TEST_CASE(a_folder_that_cannot_be_used_leaves_the_offer_open) {
  const auto id = alice.sends(file("a", noise(10)));
  until([&] { return bob.was_offered(id); });
  test::write_file(folder / "no-folder", as_bytes("x"));
  bob.files().answer(id, true, folder / "no-folder");
  BOOST_TEST(bob.has_notice(Errc::not_a_file));
  bob.files().answer(id, true, {});
  BOOST_TEST(bob.has_notice(Errc::invalid_argument));
  bob.accepts(id);
  until_finished(id);
}

// ── names and places ──

BOOST_AUTO_TEST_CASE(F01_F02_F03_F08_F09_F10_names_of_hostile_offers_never_leave_the_folder) {
  const auto content = noise(10);
  for (const std::string name :
       {"../../.bashrc", "a/../../b", "/etc/passwd", "C:\\x", "\\\\host\\share\\x", "~/x", "..\\..\\x",
        "..\xE2\x88\x95..\xE2\x88\x95x", "..\xC0\xAFx", "photo_high_re\xE2\x80\xAEgnp.js", "\x1B[2J", "", ".", "..",
        "CON", "nul.txt", "a ", "a\nb"}) {
    on_content = [&](content::Body& body) {
      if (auto* offer = std::get_if<content::FileOffer>(&body)) offer->name = name;
    };
    const auto id = alice.sends(file("plain", content));
    until([&] { return bob.was_offered(id); });
    BOOST_TEST(bob.offers[id].name == transfer::safe_name(name));
    BOOST_TEST(bob.offers[id].offered_name.find_first_of("\x1B\n") == std::string::npos);
    BOOST_TEST(bob.offers[id].offered_name.find("\xE2\x80\xAE") == std::string::npos);
    bob.accepts(id);
    until_finished(id);
    BOOST_TEST((received() == content));
    BOOST_TEST(bob.received().front().ends_with("_alice_" + transfer::safe_name(name)));
    fs::remove_all(bob.folder());
  }
  BOOST_TEST((names_in(folder.path()) == std::vector<std::string>{"alice", "bob", "files"}));
  BOOST_TEST((names_in(folder / "bob") ==
              std::vector<std::string>{"coterie.db", "coterie.db-shm", "coterie.db-wal", "transfers"}));
}

BOOST_AUTO_TEST_CASE(F04_F11_executable_types_are_told_by_the_name_on_the_disk) {
  for (const auto* name : {"x.desktop", "cat.png.exe", "photo.jpg"}) {
    const auto id = alice.sends(file(name, noise(1)));
    until([&] { return bob.was_offered(id); });
    BOOST_TEST(bob.offers[id].is_executable_type == (std::string(name) != "photo.jpg"));
  }
}

BOOST_AUTO_TEST_CASE(F05_files_of_the_same_name_that_end_at_once_are_all_kept) {
  std::vector<FileId> ids;
  std::vector<Bytes> contents;
  for (int i = 0; i < 6; ++i) {
    const auto place = folder / ("place" + std::to_string(i));
    fs::create_directory(place);
    contents.push_back(noise(2 * chunk + static_cast<std::size_t>(i)));
    test::write_file(place / "same.txt", contents.back());
    ids.push_back(alice.sends(place / "same.txt"));
  }
  until([&] { return bob.offers.size() == ids.size(); });
  for (const auto& id : ids) bob.accepts(id);
  for (const auto& id : ids) until_finished(id);
  BOOST_TEST(bob.received().size() == ids.size());
  for (std::size_t i = 0; i < ids.size(); ++i) BOOST_TEST((test::read_file(bob.last[ids[i]].path) == contents[i]));
}

BOOST_AUTO_TEST_CASE(F06_planted_links_are_left_alone) {
  const auto content = noise(20 * chunk);
  const auto precious = folder / "precious";
  test::write_file(precious, as_bytes("precious"));
  const auto id = alice.sends(file("a", content));
  until([&] { return bob.was_offered(id); });
  // Every name the file could get within the next minutes of the room's clock, which stands still.
  const auto time = static_cast<std::time_t>(bob.clock_ms / 1000);
  std::tm local{};
  localtime_r(&time, &local);
  const auto name = transfer::received_name(local, "alice", "a");
  fs::create_directory(bob.folder());
  fs::create_symlink(precious, bob.folder() / name);
  fs::create_symlink(precious, bob.folder() / (name + ".part"));
  bob.accepts(id);
  until_finished(id);
  BOOST_TEST(as_text(test::read_file(precious)) == "precious");
  BOOST_TEST((test::read_file(bob.last[id].path) == content));
  BOOST_TEST(bob.last[id].path.filename() == name + " (2)");
}

BOOST_AUTO_TEST_CASE(F06_a_folder_swapped_for_a_link_during_the_transfer_changes_nothing) {
  const auto content = noise(50 * chunk);
  const auto elsewhere = folder / "elsewhere";
  fs::create_directory(elsewhere);
  bool swapped = false;
  relay.on_piece = [&](const BlobId&, std::uint64_t, MutableByteView) {
    if (std::exchange(swapped, true)) return;
    fs::rename(bob.folder(), folder / "moved");
    fs::create_directory_symlink(elsewhere, bob.folder());
  };
  const auto id = transfer(file("a", content));
  until_finished(id);
  BOOST_TEST(fs::is_empty(elsewhere));
  BOOST_TEST((test::read_file(fs::directory_iterator(folder / "moved")->path()) == content));
}

BOOST_AUTO_TEST_CASE(F07_files_named_like_our_own_state_touch_none_of_it) {
  for (const auto* name : {"coterie.db", "x.part", "lock", "1-00.journal"}) {
    const auto content = noise(chunk + 1);
    const auto id = transfer(file(name, content));
    until_finished(id);
    BOOST_TEST((test::read_file(bob.last[id].path) == content));
  }
}

// ── lies ──

BOOST_AUTO_TEST_CASE(F03_a_finished_file_is_not_received_twice) {
  const auto content = noise(3 * chunk);
  const auto id = transfer(file("a", content));
  until_finished(id);
  const auto gets = relay.gets;
  const auto answers = bob.sent_count<content::FileAnswer>();
  auto again = forged("a", content.size());
  again.file = id;
  bob.hears(std::move(again));
  settle();
  BOOST_TEST(relay.gets == gets);
  BOOST_TEST(bob.sent_count<content::FileAnswer>() == answers + 1);   // "saved", once more
  BOOST_TEST(bob.received().size() == 1U);
  BOOST_TEST(bob.shown.size() == 1U);
}

BOOST_AUTO_TEST_CASE(F03_nothing_is_read_for_a_file_that_was_not_accepted) {
  const auto id = alice.sends(file("a", noise(10)));
  until([&] { return bob.was_offered(id); });
  bob.files().on_ticket({.blob = alice.row(id).attempt, .ticket = random_id<DataTicket>(), .offset = 0, .length = 26});
  bob.hears(content::FileDone{.file = id, .attempt = alice.row(id).attempt, .has_digest = false, .digest = {}});
  settle();
  BOOST_TEST(!fs::exists(bob.folder()));
  BOOST_TEST((bob.row(id).state == store::TransferState::offered));
}

BOOST_AUTO_TEST_CASE(M03_what_others_say_about_a_file_does_not_count) {
  const auto id = alice.sends(file("a", noise(10)));
  until([&] { return bob.was_offered(id); });
  bob.hears(content::FileCancel{.file = id, .reason = {}}, true);
  bob.hears(content::FileDone{.file = id, .attempt = alice.row(id).attempt, .has_digest = false, .digest = {}}, true);
  alice.hears(content::FileAnswer{.file = id, .answer = content::Answer::accepted, .first_missing = 0}, true);
  alice.hears(content::FileAnswer{.file = id, .answer = content::Answer::declined, .first_missing = 0}, true);
  alice.hears(content::FileAnswer{.file = id, .answer = content::Answer::saved, .first_missing = 0}, true);
  alice.hears(content::FileCancel{.file = id, .reason = {}}, true);
  auto stolen = forged("other", 20);
  stolen.file = id;
  bob.hears(copy_of(stolen), true);
  alice.hears(copy_of(stolen));   // our own file offered to us
  settle();
  BOOST_TEST((bob.row(id).state == store::TransferState::offered));
  BOOST_TEST((alice.row(id).state == store::TransferState::offered));
  BOOST_TEST(bob.row(id).name == "a");
  bob.accepts(id);
  until_finished(id);
}

BOOST_AUTO_TEST_CASE(M03_words_about_unknown_or_finished_files_are_ignored) {
  const auto unknown = random_id<FileId>();
  for (auto* member : {&alice, &bob}) {
    member->hears(content::FileAnswer{.file = unknown, .answer = content::Answer::accepted, .first_missing = 0});
    member->hears(content::FileDone{.file = unknown, .attempt = {}, .has_digest = false, .digest = {}});
    member->hears(content::FileCancel{.file = unknown, .reason = {}});
  }
  const auto id = transfer(file("a", noise(10)));
  until_finished(id);
  alice.hears(content::FileAnswer{.file = id, .answer = content::Answer::accepted, .first_missing = 0});
  alice.hears(content::FileAnswer{.file = id, .answer = content::Answer::failed, .first_missing = 0});
  alice.hears(content::FileCancel{.file = id, .reason = {}});
  bob.hears(content::FileCancel{.file = id, .reason = content::CancelReason::source_changed});
  settle();
  BOOST_TEST((alice.row(id).state == store::TransferState::finished));
  BOOST_TEST((bob.row(id).state == store::TransferState::finished));
  BOOST_TEST(bob.received().size() == 1U);
}

BOOST_AUTO_TEST_CASE(an_offer_repeated_with_another_size_or_name_is_ignored) {
  const auto content = noise(chunk);
  const auto id = alice.sends(file("a", content));
  until([&] { return bob.was_offered(id); });
  for (const bool other_size : {true, false}) {
    auto changed = forged(other_size ? "a" : "b", other_size ? 5 : content.size());
    changed.file = id;
    bob.hears(std::move(changed));
  }
  settle();
  BOOST_TEST((bob.row(id).attempt == alice.row(id).attempt));
  BOOST_TEST(bob.row(id).size == content.size());
  bob.accepts(id);
  until_finished(id);
}

BOOST_AUTO_TEST_CASE(F14_a_wrong_digest_gives_no_file_but_keeps_the_part) {
  on_content = [](content::Body& body) {
    if (auto* done = std::get_if<content::FileDone>(&body)) {
      done->has_digest = true;
      done->digest = random_id<Sha256Digest>();
    }
  };
  const auto id = transfer(file("a", noise(10 * chunk)));
  until([&] { return alice.is(id, TransferPhase::failed) && bob.is(id, TransferPhase::failed); });
  BOOST_TEST((bob.error_of(id) == Errc::digest_mismatch));
  BOOST_TEST_REQUIRE(bob.received().size() == 1U);
  BOOST_TEST(bob.received().front().ends_with(".part"));
  BOOST_TEST(fs::is_empty(bob.journals()));
}

BOOST_AUTO_TEST_CASE(a_right_digest_is_checked_and_told) {
  const auto content = noise(10 * chunk);
  on_content = [&](content::Body& body) {
    if (auto* done = std::get_if<content::FileDone>(&body)) {
      done->has_digest = true;
      done->digest = sha256(content);
    }
  };
  const auto id = transfer(file("a", content));
  until_finished(id);
  BOOST_TEST((bob.last[id].digest == sha256(content)));
}

BOOST_AUTO_TEST_CASE(a_confirmation_that_was_lost_is_asked_for) {
  const auto content = noise(10 * chunk);
  int lost = 0;
  on_content = [&](content::Body& body) {
    if (auto* done = std::get_if<content::FileDone>(&body); done != nullptr && ++lost == 1)
      done->attempt = random_id<BlobId>();
  };
  const auto id = transfer(file("a", content));
  until_finished(id);
  BOOST_TEST((received() == content));
  BOOST_TEST(lost == 2);
  BOOST_TEST(relay.streams.size() == 1U);
}

BOOST_AUTO_TEST_CASE(a_chunk_changed_on_the_way_costs_only_the_attempt) {
  const auto content = noise(30 * chunk);
  bool changed = false;
  relay.on_piece = [&](const BlobId&, std::uint64_t passed, MutableByteView piece) {
    if (passed > 5 * sealed_chunk && !std::exchange(changed, true))
      piece.front() = static_cast<std::uint8_t>(piece.front() ^ 1U);
  };
  const auto id = transfer(file("a", content));
  until_finished(id);
  BOOST_TEST((received() == content));
  BOOST_TEST(relay.streams.size() == 2U);
  BOOST_TEST(relay.streams.back().second >= 5 * sealed_chunk);
}

BOOST_AUTO_TEST_CASE(a_relay_that_changes_every_chunk_is_given_up) {
  relay.on_piece = [&](const BlobId&, std::uint64_t, MutableByteView piece) {
    piece.front() = static_cast<std::uint8_t>(piece.front() ^ 1U);
  };
  const auto id = transfer(file("a", noise(3 * chunk)));
  until([&] { return alice.is(id, TransferPhase::failed) && bob.is(id, TransferPhase::failed); });
  BOOST_TEST((bob.error_of(id) == Errc::crypto_failure));
  BOOST_TEST(relay.streams.size() == 3U);
  BOOST_TEST(bob.received().empty());
  BOOST_TEST(fs::is_empty(bob.journals()));
}

BOOST_AUTO_TEST_CASE(a_relay_that_sends_more_than_the_file_gains_nothing) {
  const auto content = noise(chunk);
  const auto id = alice.sends(file("a", content));
  until([&] { return bob.was_offered(id); });
  int lies = 0;
  relay.on_ticket = [&](control::BlobTicket& ticket) {
    if (++lies <= 3) ticket.length += static_cast<std::uint64_t>(lies);
  };
  bob.accepts(id);
  until_finished(id);
  BOOST_TEST((received() == content));
}

BOOST_AUTO_TEST_CASE(a_relay_that_confuses_offsets_gains_nothing) {
  const auto content = noise(50 * chunk);
  int lies = 0;
  relay.cut_after = [&](const BlobId&) -> std::optional<std::uint64_t> {
    return lies < 3 ? std::optional(10 * sealed_chunk) : std::nullopt;
  };
  relay.on_ticket = [&](control::BlobTicket& ticket) {
    if (++lies <= 3) ticket.offset += 1;
  };
  const auto id = transfer(file("a", content));
  until_finished(id);
  BOOST_TEST((received() == content));
}

BOOST_AUTO_TEST_CASE(offsets_inside_a_chunk_or_behind_the_end_are_not_served) {
  const auto id = alice.sends(file("a", noise(3 * chunk)));
  until([&] { return bob.was_offered(id); });
  bob.vanish();   // a reader of our own making stands in for it
  alice.reachable = true;
  alice.hears(content::FileAnswer{.file = id, .answer = content::Answer::accepted, .first_missing = 0});
  for (const std::uint64_t offset :
       {std::uint64_t{1}, std::uint64_t{sealed_chunk - 1}, 3 * std::uint64_t{sealed_chunk}, UINT64_MAX}) {
    settle();
    const auto before = alice.row(id).attempt;
    alice.files().on_need({.blob = before, .ticket = random_id<DataTicket>(), .offset = offset});
    BOOST_TEST((alice.row(id).attempt != before), "offset " << offset);   // and that attempt is never used
    BOOST_TEST(!alice.row(id).attempt_used);
  }
  BOOST_TEST(relay.passed == 0U);
}

BOOST_AUTO_TEST_CASE(a_need_that_is_repeated_is_answered_once) {
  const auto content = noise(30 * chunk);
  relay.on_flowing = [&](const BlobId& blob) {
    alice.files().on_need({.blob = blob, .ticket = random_id<DataTicket>(), .offset = 0});
    bob.files().on_ticket({.blob = blob,
                           .ticket = random_id<DataTicket>(),
                           .offset = 0,
                           .length = crypto::sealed_length(content.size())});
  };
  const auto id = transfer(file("a", content));
  until_finished(id);
  BOOST_TEST((received() == content));
  check_every_attempt_was_used_once();
}

BOOST_AUTO_TEST_CASE(refusals_of_the_relay_are_waited_out) {
  const auto content = noise(10 * chunk);
  int refused = 0;
  relay.refusal = [&](int, const control::ToRelay& frame) -> std::optional<control::BlobRefusal> {
    if (std::holds_alternative<control::BlobDrop>(frame) || ++refused > 6) return std::nullopt;
    return std::holds_alternative<control::BlobPut>(frame) || refused % 2 == 0 ? control::BlobRefusal::too_many
                                                                               : control::BlobRefusal::bad_cap;
  };
  const auto id = transfer(file("a", content));
  until_finished(id);
  BOOST_TEST((received() == content));
}

BOOST_AUTO_TEST_CASE(a_relay_without_room_for_it_ends_the_transfer_clearly) {
  relay.refusal = [&](int side, const control::ToRelay& frame) -> std::optional<control::BlobRefusal> {
    if (side == 0 && std::holds_alternative<control::BlobPut>(frame)) return control::BlobRefusal::too_large;
    return std::nullopt;
  };
  const auto id = transfer(file("a", noise(10)));
  until([&] { return alice.is(id, TransferPhase::failed) && bob.is(id, TransferPhase::cancelled); });
  BOOST_TEST((alice.error_of(id) == Errc::too_large));
}

BOOST_AUTO_TEST_CASE(shutting_down_in_the_middle_ends_and_says_so) {
  bool flowing = false;
  relay.on_piece = [&](const BlobId&, std::uint64_t, MutableByteView) { flowing = true; };
  const auto content = noise(300 * chunk);
  const auto id = transfer(file("a", content));
  until([&] { return flowing; });
  alice.shut_down();
  bob.shut_down();
  alice.start();
  bob.start();
  until([&] { return bob.row(id).state == store::TransferState::finished; });
  BOOST_TEST((received() == content));
}

BOOST_AUTO_TEST_SUITE_END()
