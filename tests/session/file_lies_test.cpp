// SPDX-License-Identifier: MIT
// Files among liars: other members, and a relay that changes, repeats and confuses.
#include <boost/test/unit_test.hpp>

#include "netcore/base/digest.h"
#include "netcore/session/file_transfers.h"
#include "netcore/transfer/journal.h"
#include "transfer_fixture.h"

using namespace coterie;
using namespace coterie::test;
using coterie::event::TransferPhase;
namespace fs = std::filesystem;

BOOST_FIXTURE_TEST_SUITE(file_lies, TransferFixture)

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
