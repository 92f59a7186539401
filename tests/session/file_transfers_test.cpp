// SPDX-License-Identifier: MIT
// Files on the ordinary way: from the offer to the confirmation, and what cannot be sent.
#include <boost/test/unit_test.hpp>

#include <sys/stat.h>
#include <unistd.h>

#include "netcore/session/file_transfers.h"
#include "netcore/transfer/journal.h"
#include "transfer_fixture.h"

using namespace coterie;
using namespace coterie::test;
using coterie::event::TransferPhase;
namespace fs = std::filesystem;

BOOST_FIXTURE_TEST_SUITE(file_transfers, TransferFixture)

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

BOOST_AUTO_TEST_SUITE_END()
