// SPDX-License-Identifier: MIT
// Files whose way is cut: broken lines, and crashes and restarts of either side.
#include <boost/test/unit_test.hpp>

#include "netcore/session/file_transfers.h"
#include "netcore/transfer/journal.h"
#include "transfer_fixture.h"

using namespace coterie;
using namespace coterie::test;
using coterie::event::TransferPhase;
namespace fs = std::filesystem;

BOOST_FIXTURE_TEST_SUITE(file_resume, TransferFixture)

BOOST_AUTO_TEST_CASE(shutting_down_as_soon_as_a_file_is_saved_comes_to_an_end) {
  const auto id = transfer(file("a", noise(1000)));
  until([&] { return bob.is(id, TransferPhase::finished); });
  bob.shut_down();
  BOOST_TEST(bob.received().size() == 1U);
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

BOOST_AUTO_TEST_SUITE_END()
