// SPDX-License-Identifier: MIT
#include "tests/cli/fake_shell.h"

namespace coterie::cli {
namespace {

using namespace std::chrono_literals;
using event::TransferPhase;

event::FileOffered offer(std::uint8_t id, const std::string& from = "bob", bool verified = false) {
  event::FileOffered made;
  made.id = FileId{{id}};
  made.from = from;
  made.from_verified = verified;
  made.name = "report.pdf";
  made.offered_name = "report.pdf";
  made.size = 1000;
  return made;
}

event::TransferChanged incoming(std::uint8_t id, TransferPhase phase, const std::string& from = "bob") {
  auto made = transfer(FileId{{id}}, from, false, phase);
  made.path = "/saved/report.pdf";
  return made;
}

struct Receiving : FakeShell {
  void receive(Accept accept, std::size_t count = 1, std::vector<std::string> from = {}) {
    run(make_receive(*this, ReceiveOptions{std::move(from), "/saved", count, accept, 60s}));
  }
};

}   // namespace

BOOST_FIXTURE_TEST_SUITE(receive_task, Receiving)

BOOST_AUTO_TEST_CASE(takes_what_is_offered_and_ends_when_it_is_there) {
  receive(Accept::all);
  feed(offer(1));
  BOOST_REQUIRE_EQUAL(told<command::AnswerOffer>().size(), 1U);
  BOOST_TEST(told<command::AnswerOffer>()[0].accept);
  BOOST_TEST(told<command::AnswerOffer>()[0].folder == "/saved");
  feed(incoming(1, TransferPhase::running));
  BOOST_TEST(!code);
  feed(incoming(1, TransferPhase::finished));
  BOOST_TEST(code == ExitCode::ok);
  BOOST_TEST(reports.results.back() == "/saved/report.pdf");
}

BOOST_AUTO_TEST_CASE(while_no_try_is_left_it_waits_and_then_gives_the_reason) {
  receive(Accept::all);
  feed(event::Settled{0, 0, 1, 1, 60s});
  BOOST_TEST(!code);
  expire(60s);
  BOOST_TEST(code == ExitCode::not_delivered);
  BOOST_TEST(reports.errors.back().first == "guess_budget_empty");
}

BOOST_AUTO_TEST_CASE(who_gets_in_after_all_receives) {
  receive(Accept::all);
  feed(event::Settled{0, 0, 1, 1, 60s});
  feed(member("bob"));
  feed(offer(1));
  feed(incoming(1, TransferPhase::finished));
  BOOST_TEST(code == ExitCode::ok);
}

BOOST_AUTO_TEST_CASE(in_classic_mode_nothing_is_said_to_be_kept) {
  classic = true;
  receive(Accept::verified);
  feed(offer(1));
  BOOST_TEST(reports.notes.back().find("left open") == std::string::npos);
  BOOST_TEST_REQUIRE(told<command::AnswerOffer>().size() == 1U);
  BOOST_TEST(!told<command::AnswerOffer>()[0].accept);
  expire(60s);
  BOOST_TEST(code == ExitCode::not_delivered);
  BOOST_TEST(reports.errors.back().second.find("is kept") == std::string::npos);
  BOOST_TEST(reports.errors.back().second.find("keeps nothing") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(in_classic_mode_a_file_of_somebody_else_is_declined_rather_than_put_aside) {
  classic = true;
  receive(Accept::all, 1, {"carol"});
  feed(offer(1));
  BOOST_TEST_REQUIRE(told<command::AnswerOffer>().size() == 1U);
  BOOST_TEST(!told<command::AnswerOffer>()[0].accept);
}

BOOST_AUTO_TEST_CASE(an_offer_there_is_no_room_for_holds_up_no_other) {
  receive(Accept::all);
  feed(offer(1));
  feed(offer(2));
  BOOST_TEST(told<command::AnswerOffer>().size() == 1U);
  feed(event::Notice{Error{Errc::disk_full, {}}, FileId{{1}}.hex()});
  BOOST_TEST_REQUIRE(told<command::AnswerOffer>().size() == 2U);
  BOOST_TEST((told<command::AnswerOffer>()[1].id == FileId{{2}}));
  feed(incoming(2, TransferPhase::finished));
  BOOST_TEST(code == ExitCode::ok);
}

BOOST_AUTO_TEST_CASE(an_offer_there_was_no_room_for_is_tried_again_and_told_once) {
  receive(Accept::all);
  feed(offer(1));
  const Event full = event::Notice{Error{Errc::disk_full, {}}, FileId{{1}}.hex()};
  BOOST_TEST(task->shows(full, false));
  feed(full);
  BOOST_TEST(told<command::AnswerOffer>().size() == 1U);
  expire(5s);
  BOOST_TEST(told<command::AnswerOffer>().size() == 2U);
  BOOST_TEST(!task->shows(full, false));
  feed(full);
  expire(5s);
  BOOST_TEST(told<command::AnswerOffer>().size() == 3U);
  feed(incoming(1, TransferPhase::running));
  feed(incoming(1, TransferPhase::finished));
  BOOST_TEST(code == ExitCode::ok);
}

BOOST_AUTO_TEST_CASE(takes_no_more_than_asked_for) {
  receive(Accept::all, 2);
  for (std::uint8_t id = 1; id <= 4; ++id) feed(offer(id));
  BOOST_TEST(told<command::AnswerOffer>().size() == 2U);
  feed(incoming(1, TransferPhase::failed));
  BOOST_TEST(told<command::AnswerOffer>().size() == 3U);   // the next one instead
  feed(incoming(2, TransferPhase::finished));
  BOOST_TEST(told<command::AnswerOffer>().size() == 3U);
  feed(incoming(3, TransferPhase::finished));
  BOOST_TEST(code == ExitCode::ok);
}

BOOST_AUTO_TEST_CASE(an_offer_told_twice_is_answered_once) {
  receive(Accept::all, 0);
  feed(offer(1));
  feed(offer(1));
  BOOST_TEST(told<command::AnswerOffer>().size() == 1U);
}

BOOST_AUTO_TEST_CASE(verified_leaves_the_offers_of_others_open) {
  receive(Accept::verified, 0);
  feed(offer(1, "bob", false));
  BOOST_TEST(told<command::AnswerOffer>().empty());
  BOOST_REQUIRE_EQUAL(reports.notes.size(), 1U);
  BOOST_TEST(reports.notes[0].find("not verified") != std::string::npos);
  feed(offer(2, "carol", true));
  BOOST_TEST(told<command::AnswerOffer>().size() == 1U);
}

BOOST_AUTO_TEST_CASE(ask_without_a_terminal_reports_and_leaves_open) {
  receive(Accept::ask);
  feed(offer(1));
  BOOST_TEST(told<command::AnswerOffer>().empty());
  BOOST_TEST(questions.empty());
  BOOST_TEST(reports.notes.size() == 1U);
}

BOOST_AUTO_TEST_CASE(ask_puts_one_question_at_a_time) {
  interactive = true;
  receive(Accept::ask, 0);
  for (std::uint8_t id = 1; id <= 3; ++id) feed(offer(id));
  BOOST_REQUIRE_EQUAL(questions.size(), 1U);
  BOOST_TEST(questions.front().first.find("report.pdf") != std::string::npos);
  reply("y");
  reply("n");
  reply("");
  const auto answers = told<command::AnswerOffer>();
  BOOST_REQUIRE_EQUAL(answers.size(), 2U);   // the third was left for later
  BOOST_TEST(answers[0].accept);
  BOOST_TEST(!answers[1].accept);
}

BOOST_AUTO_TEST_CASE(only_the_members_named_are_listened_to) {
  receive(Accept::all, 1, {"Carol"});
  feed(offer(1, "bob"));
  feed(incoming(9, TransferPhase::running, "bob"));
  feed(incoming(9, TransferPhase::finished, "bob"));
  BOOST_TEST(told<command::AnswerOffer>().empty());
  BOOST_TEST(!code);
  feed(offer(2, "carol"));
  BOOST_TEST(told<command::AnswerOffer>().size() == 1U);
}

BOOST_AUTO_TEST_CASE(a_file_begun_in_an_earlier_run_counts_one_finished_then_does_not) {
  receive(Accept::all);
  feed(incoming(8, TransferPhase::finished));   // told at the start, long done
  BOOST_TEST(!code);
  feed(member("bob"));
  feed(incoming(9, TransferPhase::waiting));
  feed(offer(1));
  BOOST_TEST(told<command::AnswerOffer>().empty());   // one is wanted, and one is under way
  feed(incoming(9, TransferPhase::finished));
  BOOST_TEST(code == ExitCode::ok);
}

BOOST_AUTO_TEST_CASE(a_file_whose_sender_is_away_does_not_use_up_the_count) {
  receive(Accept::all);
  feed(member("bob", event::MemberState::ready, false));
  feed(incoming(9, TransferPhase::waiting, "bob"));
  feed(offer(1, "carol"));
  BOOST_TEST_REQUIRE(told<command::AnswerOffer>().size() == 1U);
  feed(incoming(1, TransferPhase::finished, "carol"));
  BOOST_TEST(code == ExitCode::ok);
  BOOST_TEST_REQUIRE(!reports.notes.empty());
  BOOST_TEST(reports.notes.back() == "report.pdf from bob is unfinished, since bob is away.");
}

BOOST_AUTO_TEST_CASE(a_sender_that_goes_away_half_way_makes_room_for_the_next_offer) {
  receive(Accept::all);
  feed(member("bob"));
  feed(offer(9, "bob"));
  feed(incoming(9, TransferPhase::running, "bob"));
  feed(offer(1, "carol"));
  BOOST_TEST(told<command::AnswerOffer>().size() == 1U);
  feed(incoming(9, TransferPhase::waiting, "bob"));
  BOOST_TEST(told<command::AnswerOffer>().size() == 1U);   // only the line, for all we know
  feed(member("bob", event::MemberState::ready, false));
  BOOST_TEST(told<command::AnswerOffer>().size() == 2U);
  expire(60s);
  BOOST_TEST(code == ExitCode::not_delivered);
  BOOST_TEST(reports.errors.back().second.find("report.pdf from bob is unfinished") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(too_few_in_time_is_an_exit_code_of_its_own) {
  receive(Accept::all, 2);
  feed(offer(1));
  feed(incoming(1, TransferPhase::finished));
  expire(60s);
  BOOST_TEST(code == ExitCode::not_delivered);
  BOOST_TEST(reports.errors.back().second.starts_with("1 of 2 files"));
}

BOOST_AUTO_TEST_CASE(without_a_count_the_time_is_the_intended_end) {
  receive(Accept::all, 0);
  expire(60s);
  BOOST_TEST(code == ExitCode::ok);
}

BOOST_AUTO_TEST_CASE(another_password_everywhere_ends_it) {
  receive(Accept::all);
  feed(event::Settled{0, 1, 0});
  BOOST_TEST(code == ExitCode::no_common_password);
}

BOOST_AUTO_TEST_CASE(another_password_everywhere_ends_it_when_the_last_one_here_was_asked) {
  receive(Accept::all);
  feed(event::Settled{0, 1, 1});   // two are here, one has refused
  BOOST_TEST(!code);
  feed(event::PasswordRejected{2, 2, 8, false});
  BOOST_TEST(code == ExitCode::no_common_password);
}

BOOST_AUTO_TEST_CASE(one_with_the_same_password_is_enough_to_go_on) {
  receive(Accept::all);
  feed(event::Settled{0, 1, 1});
  feed(member("bob"));
  feed(event::PasswordRejected{2, 2, 8, true});
  BOOST_TEST(!code);
}

BOOST_AUTO_TEST_CASE(nobody_here_is_no_refusal) {
  receive(Accept::all);
  feed(event::Settled{0, 0, 0});
  BOOST_TEST(!code);
}

BOOST_AUTO_TEST_CASE(interrupted_before_a_file_was_begun_nothing_is_said_to_be_kept) {
  receive(Accept::all);
  BOOST_TEST((task->when_interrupted() == ExitCode::error));
  BOOST_TEST(task->interrupted_sentence() == "Interrupted; nothing was received.");
  feed(offer(1));
  BOOST_TEST((task->when_interrupted() == ExitCode::not_delivered));
  BOOST_TEST(task->interrupted_sentence().empty());
}

BOOST_AUTO_TEST_SUITE_END()

}   // namespace coterie::cli
