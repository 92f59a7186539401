// SPDX-License-Identifier: MIT
#include "gui/model/transfers_model.h"

#include "tests/gui/messages.h"

#include <boost/test/unit_test.hpp>

using namespace coterie;
using namespace coterie::gui;
using event::TransferPhase;

namespace {

event::TransferChanged transfer(std::uint8_t id, TransferPhase phase, std::uint64_t done = 0, std::uint8_t batch = 0) {
  event::TransferChanged made;
  made.id = file_id(id);
  made.batch = file_id(batch == 0 ? id : batch);
  made.peer = "bob";
  made.outgoing = batch != 0;
  made.phase = phase;
  made.name = "route.gpx";
  made.size = 1000;
  made.done = done;
  return made;
}

const Rate::Clock::time_point now(std::chrono::hours(1));

}   // namespace

BOOST_AUTO_TEST_SUITE(transfers_model)

BOOST_AUTO_TEST_CASE(what_is_under_way_is_listed_before_what_is_over_and_the_newest_first_in_any_group) {
  TransfersModel here;
  TransfersModel there;
  here.apply(transfer(1, TransferPhase::running), now, 0);
  there.apply(transfer(2, TransferPhase::finished, 1000), now, 0);
  here.apply(transfer(3, TransferPhase::declined), now, 0);
  there.apply(transfer(4, TransferPhase::offered), now, 0);
  // That something is heard of it again makes nothing newer.
  here.apply(transfer(1, TransferPhase::running, 10), now, 0);
  std::vector<const Transfer*> listed;
  for (const auto* model : {&here, &there})
    for (const auto& one : model->transfers()) listed.push_back(&one);
  std::sort(listed.begin(), listed.end(),
            [](const Transfer* a, const Transfer* b) { return is_listed_before(*a, *b); });
  std::vector<FileId> ids;
  for (const auto* one : listed) ids.push_back(one->now.id);
  BOOST_TEST((ids == std::vector{file_id(4), file_id(1), file_id(3), file_id(2)}));
}

BOOST_AUTO_TEST_CASE(the_name_of_a_file_of_ours_hides_nothing_and_turns_nothing_round) {
  TransfersModel files;
  auto sent = transfer(1, TransferPhase::running, 10, 1);
  sent.name = "holiday\u202Egpj.exe";
  files.apply(sent, now, 0);
  BOOST_TEST(files.transfers()[0].now.name == "holiday\\xe2\\x80\\xaegpj.exe");
}

BOOST_AUTO_TEST_CASE(a_hundred_percent_is_said_only_of_what_is_complete) {
  TransfersModel files;
  files.apply(transfer(1, TransferPhase::running, 1000), now, 0);
  BOOST_TEST(files.transfers()[0].percent() == 99);
  files.apply(transfer(1, TransferPhase::finished, 1000), now, 0);
  BOOST_TEST(files.transfers()[0].percent() == 100);
  BOOST_TEST(files.transfers().size() == 1U);
}

BOOST_AUTO_TEST_CASE(an_offer_is_a_row_that_can_be_answered_before_anything_else_is_told) {
  event::FileOffered offer;
  offer.id = file_id(1);
  offer.from = "bob";
  offer.name = "film.mp4";
  offer.size = 1000;
  TransfersModel files;
  files.apply(offer);
  BOOST_TEST_REQUIRE(files.transfers().size() == 1U);
  BOOST_TEST(files.transfers().front().can_answer());
  BOOST_TEST(files.transfers().front().now.peer == "bob");
  const auto summary = files.summary(file_id(1));
  BOOST_TEST_REQUIRE(summary.has_value());
  BOOST_TEST((summary->phase == TransferPhase::offered));
  BOOST_TEST(summary->size == 1000U);
  BOOST_TEST(!summary->outgoing);
}

BOOST_AUTO_TEST_CASE(an_offer_belongs_to_its_transfer_whichever_comes_first) {
  event::FileOffered offer;
  offer.id = file_id(1);
  offer.is_executable_type = true;
  TransfersModel first;
  first.apply(offer);
  first.apply(transfer(1, TransferPhase::offered), now, 0);
  BOOST_TEST(first.find(file_id(1))->offer->is_executable_type);
  TransfersModel second;
  second.apply(transfer(1, TransferPhase::offered), now, 0);
  second.apply(offer);
  BOOST_TEST(second.find(file_id(1))->offer.has_value());
}

BOOST_AUTO_TEST_CASE(what_the_history_tells_holds_until_a_transfer_is_known) {
  TransfersModel files;
  BOOST_TEST(!files.summary(file_id(1)).has_value());
  files.remember(file_id(1),
                 {.phase = TransferPhase::finished, .size = 1000, .receivers = 2, .finished = 1, .path = "/x/a"}, true);
  const auto past = files.summary(file_id(1));
  BOOST_TEST_REQUIRE(past.has_value());
  BOOST_TEST((past->phase == TransferPhase::finished));
  BOOST_TEST(past->size == 1000U);
  BOOST_TEST(past->receivers == 2U);
  BOOST_TEST(past->finished == 1U);
  BOOST_TEST(past->path == "/x/a");
  BOOST_TEST(past->outgoing);
  BOOST_TEST(files.transfers().empty());
  files.apply(transfer(1, TransferPhase::running, 500), now, 0);
  BOOST_TEST((files.summary(file_id(1))->phase == TransferPhase::running));
}

BOOST_AUTO_TEST_CASE(a_file_for_several_is_summed_up) {
  TransfersModel files;
  files.apply(transfer(1, TransferPhase::finished, 1000, 9), now, 0);
  files.apply(transfer(2, TransferPhase::running, 400, 9), now, 0);
  files.apply(transfer(3, TransferPhase::running, 200, 9), now, 0);
  files.apply(transfer(4, TransferPhase::running, 100), now, 0);
  const auto whole = files.summary(file_id(9));
  BOOST_REQUIRE(whole.has_value());
  BOOST_TEST(whole->receivers == 3U);
  BOOST_TEST(whole->finished == 1U);
  BOOST_TEST((whole->phase == TransferPhase::running));
  BOOST_TEST(whole->done == 200U);
  BOOST_TEST(!files.summary(file_id(8)));
}

BOOST_AUTO_TEST_CASE(only_what_fits_can_be_done) {
  TransfersModel files;
  files.apply(transfer(1, TransferPhase::offered), now, 0);
  files.apply(transfer(2, TransferPhase::offered, 0, 2), now, 0);
  files.apply(transfer(3, TransferPhase::paused), now, 0);
  files.apply(transfer(4, TransferPhase::failed), now, 0);
  const auto& all = files.transfers();
  BOOST_TEST(all[0].can_answer());
  BOOST_TEST(!all[0].can_cancel());
  BOOST_TEST(!all[1].can_answer());
  BOOST_TEST(all[1].can_cancel());
  BOOST_TEST(all[2].can_resume());
  BOOST_TEST(!all[2].can_pause());
  BOOST_TEST(!all[3].can_cancel());
}

BOOST_AUTO_TEST_CASE(clearing_keeps_what_is_not_over) {
  TransfersModel files;
  files.apply(transfer(1, TransferPhase::finished), now, 0);
  files.apply(transfer(2, TransferPhase::running), now, 0);
  files.apply(transfer(3, TransferPhase::declined), now, 0);
  files.clear_finished();
  BOOST_REQUIRE(files.transfers().size() == 1U);
  BOOST_TEST(files.find(file_id(2)) == &files.transfers()[0]);
  BOOST_TEST(files.find(file_id(1)) == nullptr);
  // The card in the conversation stays.
  BOOST_REQUIRE(files.summary(file_id(1)).has_value());
  BOOST_TEST((files.summary(file_id(1))->phase == TransferPhase::finished));
}

BOOST_AUTO_TEST_CASE(in_classic_mode_nothing_can_be_paused_and_a_summary_says_so) {
  for (const bool is_classic : {false, true}) {
    TransfersModel model(is_classic);
    const auto changed = transfer(1, TransferPhase::running);
    model.apply(changed, now, 0);
    BOOST_TEST(model.transfers().front().can_pause() == !is_classic);
    BOOST_TEST(model.transfers().front().can_cancel());
    BOOST_TEST(model.summary(changed.id)->is_classic == is_classic);
  }
}

BOOST_AUTO_TEST_CASE(a_file_of_ours_is_delivered_when_everyone_has_it_verified_and_not_when_it_was_offered) {
  using coterie::event::DeliveryState;
  FileSummary file;
  file.outgoing = true;
  file.receivers = 2;
  for (const auto phase : {TransferPhase::offered, TransferPhase::running, TransferPhase::verifying}) {
    file.phase = phase;
    BOOST_TEST((state_of_file(file, DeliveryState::delivered) == DeliveryState::at_relay));
    BOOST_TEST((state_of_file(file, DeliveryState::waiting) == DeliveryState::waiting));
  }
  file.phase = TransferPhase::finished;
  file.finished = 1;
  BOOST_TEST((state_of_file(file, DeliveryState::delivered) == DeliveryState::at_relay));
  file.finished = 2;
  BOOST_TEST((state_of_file(file, DeliveryState::waiting) == DeliveryState::delivered));
  file.is_classic = true;
  BOOST_TEST((state_of_file(file, DeliveryState::delivered) == DeliveryState::at_relay));
  file.phase = TransferPhase::declined;
  BOOST_TEST((state_of_file(file, DeliveryState::delivered) == DeliveryState::failed));
  file.outgoing = false;
  BOOST_TEST(!state_of_file(file, DeliveryState::delivered).has_value());
}

BOOST_AUTO_TEST_CASE(a_short_transfer_tells_how_fast_it_was_and_a_moving_one_how_long_it_takes) {
  using namespace std::chrono_literals;
  TransfersModel files;
  const auto begin = Rate::Clock::time_point(1h);
  auto changed = transfer(1, TransferPhase::running, 0);
  changed.size = 1000;
  files.apply(changed, begin, 0);
  changed.done = 250;
  files.apply(changed, begin + 500ms, 0);
  const auto moving = *files.summary(changed.id, begin + 500ms);
  BOOST_TEST(*moving.rate == 500.0);
  BOOST_TEST(moving.left->count() == 2);
  BOOST_TEST(!files.summary(changed.id)->rate.has_value());
  changed.phase = TransferPhase::finished;
  changed.done = 1000;
  files.apply(changed, begin + 1s, 0);
  BOOST_TEST(*files.find(changed.id)->average == 1000.0);
  BOOST_TEST(!files.summary(changed.id, begin + 1s)->rate.has_value());
}

BOOST_AUTO_TEST_SUITE_END()
