// SPDX-License-Identifier: MIT
#include "tests/cli/fake_shell.h"

namespace coterie::cli {
namespace {

using namespace std::chrono_literals;
using event::DeliveryState;

// The engine's answer to a SendText.
event::MessageAdded kept(const command::SendText& sent, const std::vector<std::string>& addressees) {
  event::Message message;
  message.id = sent.id;
  message.outgoing = true;
  message.conversation = sent.to;
  message.text = sent.text;
  for (const auto& user : addressees) message.deliveries.push_back({user, DeliveryState::waiting});
  return {message};
}

struct Saying : FakeShell {
  void say(std::vector<std::string> to = {}, std::string text = "hello") {
    run(make_say(*this, SayOptions{std::move(text), std::move(to), 30s}));
  }
  // What was sent last.
  command::SendText sent() {
    BOOST_REQUIRE(!told<command::SendText>().empty());
    return told<command::SendText>().back();
  }
};

}   // namespace

BOOST_FIXTURE_TEST_SUITE(say_task, Saying)

BOOST_AUTO_TEST_CASE(without_a_relay_it_is_said_that_the_text_was_not_kept) {
  say();
  BOOST_TEST(task->on_no_connection({Errc::unreachable, "here"}));
  BOOST_TEST(code == ExitCode::error);
  BOOST_TEST(reports.errors.back().first == "unreachable");
  BOOST_TEST(reports.errors.back().second.ends_with("Nothing was sent, and the text was not kept."));
}

BOOST_AUTO_TEST_CASE(without_a_relay_it_is_kept_for_those_the_profile_knows) {
  for (const auto& to : {std::vector<std::string>{}, std::vector<std::string>{"bob"}}) {
    Saying one;
    one.say(to);
    one.feed(member("bob", event::MemberState::waiting, false));
    BOOST_TEST(one.task->on_no_connection({Errc::unreachable, "here"}));
    BOOST_TEST(!one.code);   // once it is in the outbox
    one.feed(kept(one.sent(), {"bob"}));
    BOOST_TEST(one.code == ExitCode::not_delivered);
    BOOST_TEST(one.reports.errors.back().first == "unreachable");
    BOOST_TEST(one.reports.errors.back().second.find("kept in the outbox") != std::string::npos);
  }
}

BOOST_AUTO_TEST_CASE(without_a_relay_nothing_is_kept_while_one_of_those_it_is_for_is_unknown) {
  say({"bob", "dave"});
  feed(member("bob", event::MemberState::waiting, false));
  BOOST_TEST(task->on_no_connection({Errc::unreachable, "here"}));
  BOOST_TEST(told<command::SendText>().empty());
  BOOST_TEST(code == ExitCode::error);
}

BOOST_AUTO_TEST_CASE(while_a_relay_is_waited_for_it_is_kept_and_goes_out_when_it_answers) {
  const event::LinkChanged no_relay{event::LinkState::offline, Error{Errc::unreachable, "here"}, 1s};
  for (const bool answers : {true, false}) {
    Saying one;
    one.say({"bob"});
    BOOST_TEST(one.task->when_interrupted() == ExitCode::error);
    one.feed(member("bob", event::MemberState::waiting, false));
    one.feed(no_relay);
    one.feed(no_relay);
    BOOST_REQUIRE_EQUAL(one.told<command::SendText>().size(), 1U);
    one.feed(kept(one.sent(), {"bob"}));
    BOOST_TEST(!one.code);
    BOOST_TEST(one.task->when_interrupted() == ExitCode::not_delivered);
    BOOST_TEST(one.task->interrupted_sentence().find("kept in the outbox") != std::string::npos);
    if (!answers) {
      one.expire(30s);
      BOOST_TEST(one.code == ExitCode::not_delivered);
      BOOST_TEST(one.reports.errors.back().second.find("cannot be reached") != std::string::npos);
      BOOST_TEST(one.reports.errors.back().second.find("kept in the outbox") != std::string::npos);
      continue;
    }
    one.feed(member("bob"));
    one.feed(event::Settled{1, 0, 0});
    BOOST_TEST(one.told<command::SendText>().size() == 1U);
    one.feed(event::DeliveryChanged{one.sent().id, "bob", DeliveryState::delivered});
    BOOST_TEST(one.code == ExitCode::ok);
  }
}

BOOST_AUTO_TEST_CASE(waits_until_everyone_present_has_been_greeted) {
  say();
  BOOST_TEST(told<command::Connect>().size() == 1U);
  feed(member("bob"));
  BOOST_TEST(told<command::SendText>().empty());
  feed(event::Settled{1, 0, 0});
  BOOST_TEST(told<command::SendText>().size() == 1U);
  BOOST_TEST(sent().text == "hello");
  BOOST_TEST(!sent().to);
}

BOOST_AUTO_TEST_CASE(the_text_may_come_from_standard_input_and_connecting_waits_for_its_end) {
  say({}, "-");
  type("first");
  type("second");
  BOOST_TEST(told<command::Connect>().empty());
  end_input();
  BOOST_TEST(told<command::Connect>().size() == 1U);
  feed(member("bob"));
  feed(event::Settled{1, 0, 0});
  BOOST_TEST(sent().text == "first\nsecond");
}

BOOST_AUTO_TEST_CASE(nothing_on_standard_input_is_an_error_and_connects_to_nobody) {
  say({}, "-");
  end_input();
  BOOST_TEST(code == ExitCode::error);
  BOOST_TEST(told<command::Connect>().empty());
}

BOOST_AUTO_TEST_CASE(ends_well_when_every_addressee_has_confirmed) {
  say();
  feed(member("bob"));
  feed(member("carol"));
  feed(event::Settled{2, 0, 0});
  feed(kept(sent(), {"bob", "carol"}));
  feed(event::DeliveryChanged{sent().id, "bob", DeliveryState::at_relay});
  feed(event::DeliveryChanged{sent().id, "bob", DeliveryState::delivered});
  BOOST_TEST(!code);
  feed(event::DeliveryChanged{sent().id, "carol", DeliveryState::read});
  BOOST_TEST(code == ExitCode::ok);
  BOOST_TEST(reports.results.back() == "Delivered to bob and carol.");
}

BOOST_AUTO_TEST_CASE(in_classic_mode_it_ends_when_the_server_has_taken_it_and_claims_no_more) {
  classic = true;
  say();
  feed(member("bob"));
  feed(event::Settled{1, 0, 0});
  feed(kept(sent(), {"bob"}));
  BOOST_TEST(!code);
  feed(event::DeliveryChanged{sent().id, "bob", DeliveryState::at_relay});
  BOOST_TEST(code == ExitCode::ok);
  BOOST_TEST(reports.results.back() ==
             "[classic: not private] Given to the server for bob; nothing confirms that it arrived.");
}

BOOST_AUTO_TEST_CASE(in_classic_mode_what_the_server_did_not_take_is_not_delivered) {
  classic = true;
  say();
  feed(member("bob"));
  feed(member("carol"));
  feed(event::Settled{2, 0, 0});
  feed(kept(sent(), {"bob", "carol"}));
  feed(event::DeliveryChanged{sent().id, "bob", DeliveryState::failed});
  BOOST_TEST(!code);
  feed(event::DeliveryChanged{sent().id, "carol", DeliveryState::at_relay});
  BOOST_TEST(code == ExitCode::not_delivered);
  BOOST_TEST(reports.errors.size() == 1U);
  BOOST_TEST(reports.errors.back().second ==
             "The connection broke before the server had taken the text for bob; it was given to the server for carol. "
             "Classic mode keeps nothing: say it again.");
}

BOOST_AUTO_TEST_CASE(in_classic_mode_somebody_who_left_before_it_was_through_is_named) {
  classic = true;
  say();
  feed(member("bob"));
  feed(event::Settled{1, 0, 0});
  feed(kept(sent(), {"bob"}));
  feed(member("bob", event::MemberState::waiting, false));
  feed(event::DeliveryChanged{sent().id, "bob", DeliveryState::failed});
  BOOST_TEST(code == ExitCode::not_delivered);
  BOOST_TEST(reports.errors.back().second ==
             "bob left before the text had gone out. Classic mode keeps nothing: say it again when bob is back.");
}

BOOST_AUTO_TEST_CASE(in_classic_mode_somebody_who_is_not_here_is_said_to_be_so_and_not_to_be_unknown) {
  classic = true;
  say({"bob"});
  feed(member("bob", event::MemberState::waiting, false));
  feed(event::Settled{0, 0, 0});
  feed(event::Notice{Error{Errc::no_such_member, "bob is not here, and classic mode delivers only to those who are"},
                     sent().id.hex()});
  BOOST_TEST(code == ExitCode::not_delivered);
  BOOST_TEST(reports.errors.back().second ==
             "bob is not here, and classic mode delivers only to those who are. Send it again when that person is back.");
}

BOOST_AUTO_TEST_CASE(in_classic_mode_a_server_that_says_nothing_has_taken_nothing) {
  classic = true;
  say();
  feed(member("bob"));
  feed(event::Settled{1, 0, 0});
  feed(kept(sent(), {"bob"}));
  expire(30s);
  BOOST_TEST(code == ExitCode::not_delivered);
  BOOST_TEST(reports.errors.back().second.starts_with("Not taken by the server for bob within 30 s."));
}

BOOST_AUTO_TEST_CASE(names_those_who_have_not_confirmed_in_time) {
  say();
  feed(member("bob"));
  feed(member("carol", event::MemberState::waiting, false));
  feed(event::Settled{1, 0, 0});
  feed(kept(sent(), {"bob", "carol"}));
  feed(event::DeliveryChanged{sent().id, "bob", DeliveryState::delivered});
  expire(30s);
  BOOST_TEST(code == ExitCode::not_delivered);
  BOOST_TEST(reports.errors.back().second.starts_with("Not delivered to carol within 30 s (bob has it)."));
  BOOST_TEST(reports.errors.back().second.find("outbox") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(what_the_relay_keeps_is_safe_but_not_delivered) {
  say();
  feed(member("bob"));
  feed(member("carol", event::MemberState::waiting, false));
  feed(event::Settled{1, 0, 0});
  feed(kept(sent(), {"bob", "carol"}));
  feed(event::DeliveryChanged{sent().id, "carol", DeliveryState::at_relay});
  feed(event::DeliveryChanged{sent().id, "bob", DeliveryState::delivered});
  BOOST_TEST(!code);
  expire(30s);
  BOOST_TEST(code == ExitCode::not_delivered);
  BOOST_TEST(
      reports.errors.back().second ==
      "Not delivered to carol within 30 s (bob has it). The relay keeps it for carol and delivers it without you.");
}

BOOST_AUTO_TEST_CASE(receipts_of_other_messages_do_not_count) {
  say();
  feed(member("bob"));
  feed(event::Settled{1, 0, 0});
  feed(kept(sent(), {"bob"}));
  feed(event::DeliveryChanged{MessageId{{1}}, "bob", DeliveryState::delivered});
  BOOST_TEST(!code);
}

BOOST_AUTO_TEST_CASE(a_member_who_comes_within_the_time_is_waited_for) {
  say({"bob"});
  feed(event::Settled{0, 0, 0});
  BOOST_TEST(told<command::SendText>().empty());
  feed(member("bob"));
  BOOST_TEST(*sent().to == "bob");
}

BOOST_AUTO_TEST_CASE(names_are_used_as_the_members_write_them) {
  say({"BOB", "bob"});
  feed(member("Bob"));
  feed(event::Settled{1, 0, 0});
  BOOST_REQUIRE_EQUAL(told<command::SendText>().size(), 1U);
  BOOST_TEST(*sent().to == "Bob");
}

BOOST_AUTO_TEST_CASE(an_unknown_name_is_an_error_that_lists_the_known_ones) {
  say({"bob", "dave"});
  feed(member("bob"));
  feed(event::Settled{1, 0, 0});
  BOOST_TEST(told<command::SendText>().empty());
  expire(30s);
  BOOST_TEST(code == ExitCode::not_delivered);
  BOOST_TEST(reports.errors.back().first == "no_such_member");
  BOOST_TEST(reports.errors.back().second.find("dave") != std::string::npos);
  BOOST_TEST(reports.errors.back().second.find("known here: bob") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(nobody_to_talk_to_is_not_delivered) {
  say();
  feed(event::Settled{0, 0, 0});
  expire(30s);
  BOOST_TEST(code == ExitCode::not_delivered);
  BOOST_TEST(reports.errors.back().first == "no_such_member");
}

BOOST_AUTO_TEST_CASE(not_being_connected_in_time_is_an_error_since_nothing_is_kept) {
  say();
  expire(30s);
  BOOST_TEST(code == ExitCode::error);
  BOOST_TEST(reports.errors.back().first == "timed_out");
}

BOOST_AUTO_TEST_CASE(another_password_everywhere_ends_at_once) {
  for (const auto& to : {std::vector<std::string>{}, std::vector<std::string>{"bob"}}) {
    Saying one;
    one.say(to);
    one.feed(event::PasswordRejected{1, 1, 9, false});
    BOOST_TEST(!one.code);
    one.feed(event::Settled{0, 1, 0});
    BOOST_TEST(one.code == ExitCode::no_common_password);
  }
}

BOOST_AUTO_TEST_CASE(a_stranger_with_another_password_does_not_matter_where_others_have_ours) {
  say();
  feed(member("bob"));
  feed(event::Settled{1, 1, 0});
  BOOST_TEST(!code);
  BOOST_TEST(told<command::SendText>().size() == 1U);
}

BOOST_AUTO_TEST_CASE(what_the_engine_refuses_is_an_error) {
  say();
  feed(member("bob"));
  feed(event::Settled{1, 0, 0});
  const event::Notice notice{Error{Errc::too_large, {}}, sent().id.hex()};
  BOOST_TEST(!task->shows(notice, false));   // told once, as the reason for the end
  feed(notice);
  BOOST_TEST(code == ExitCode::error);
  BOOST_TEST(reports.errors.back().first == "too_large");
}

BOOST_AUTO_TEST_CASE(notices_about_other_things_are_shown_and_go_by) {
  say();
  feed(member("bob"));
  feed(event::Settled{1, 0, 0});
  const event::Notice notice{Error{Errc::disk_full, {}}, {}};
  BOOST_TEST(task->shows(notice, false));
  feed(notice);
  BOOST_TEST(!code);
}

BOOST_AUTO_TEST_CASE(what_is_said_under_another_password_to_somebody_known_is_kept_and_ends_with_its_code) {
  say();
  feed(member("bob", event::MemberState::waiting));
  feed(event::Settled{0, 1, 0});
  feed(kept(sent(), {"bob"}));
  expire(30s);
  BOOST_TEST(code == ExitCode::no_common_password);
  BOOST_TEST(reports.errors.back().second.find("kept in the outbox") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(while_no_try_is_left_it_waits_and_then_gives_the_reason) {
  for (const auto& to : {std::vector<std::string>{}, std::vector<std::string>{"bob"}}) {
    Saying one;
    one.say(to);
    const event::Settled busy{0, 0, 1, 1, 600s};
    BOOST_TEST(one.task->shows(busy, false));
    one.feed(busy);
    BOOST_TEST(!one.code);
    one.expire(30s);
    BOOST_TEST(one.code == ExitCode::not_delivered);
    BOOST_TEST(one.reports.errors.back().first == "guess_budget_empty");
    BOOST_TEST(one.reports.errors.back().second.find("the text was not kept") != std::string::npos);
    BOOST_TEST(one.reports.errors.back().second.find("in 10 minutes") != std::string::npos);
  }
}

BOOST_AUTO_TEST_CASE(who_gets_in_after_all_is_heard) {
  say();
  feed(event::Settled{0, 0, 1, 1, 600s});
  feed(member("bob"));
  BOOST_TEST(told<command::SendText>().size() == 1U);
}

BOOST_AUTO_TEST_CASE(nothing_to_say_is_a_usage_error) {
  say({}, "");
  BOOST_TEST(code == ExitCode::usage);
}

BOOST_AUTO_TEST_CASE(text_that_is_no_text_is_a_usage_error) {
  say({}, "\xff");
  BOOST_TEST(code == ExitCode::usage);
}

BOOST_AUTO_TEST_CASE(members_that_take_no_tries_are_not_passed_over_in_silence) {
  say();
  feed(member("bob"));
  feed(event::Settled{1, 0, 2, 2, 120s});
  feed(kept(sent(), {"bob"}));
  BOOST_TEST(!code);
  feed(event::DeliveryChanged{sent().id, "bob", event::DeliveryState::delivered});
  BOOST_TEST(code == ExitCode::not_delivered);
  BOOST_TEST(reports.errors.back().first == "guess_budget_empty");
  BOOST_TEST(reports.errors.back().second.starts_with("Delivered to bob, but not to 2 members here."));
}

BOOST_AUTO_TEST_CASE(members_whose_next_try_is_in_time_are_waited_for_and_told_as_they_let_us_in) {
  say();
  feed(member("bob"));
  feed(member("dave", event::MemberState::waiting, false));
  feed(event::Settled{2, 0, 2, 2, 10s});
  const auto to_everyone = sent();
  BOOST_TEST(!to_everyone.to);
  feed(kept(to_everyone, {"bob", "dave"}));
  feed(event::DeliveryChanged{to_everyone.id, "bob", DeliveryState::delivered});
  feed(member("dave"));   // was away, and is one it was addressed to
  feed(event::DeliveryChanged{to_everyone.id, "dave", DeliveryState::delivered});
  BOOST_TEST(!code);
  BOOST_TEST(told<command::SendText>().size() == 1U);

  feed(member("carol"));
  BOOST_TEST(told<command::SendText>().size() == 2U);
  BOOST_TEST(sent().to.value_or("") == "carol");
  BOOST_TEST(sent().text == to_everyone.text);
  feed(kept(sent(), {"carol"}));
  feed(event::DeliveryChanged{sent().id, "carol", DeliveryState::delivered});
  BOOST_TEST(!code);   // one more takes no tries
  feed(member("erin"));
  feed(kept(sent(), {"erin"}));
  feed(event::DeliveryChanged{sent().id, "erin", DeliveryState::delivered});
  BOOST_TEST(code == ExitCode::ok);
  BOOST_TEST(reports.results.back() == "Delivered to bob, carol, dave and erin.");
}

BOOST_AUTO_TEST_CASE(members_who_take_no_tries_to_the_end_are_named_with_the_next_one) {
  say();
  feed(member("bob"));
  feed(event::Settled{1, 0, 1, 1, 10s});
  feed(kept(sent(), {"bob"}));
  feed(event::DeliveryChanged{sent().id, "bob", DeliveryState::delivered});
  BOOST_TEST(!code);
  expire(30s);
  BOOST_TEST(code == ExitCode::not_delivered);
  BOOST_TEST(reports.errors.back().first == "guess_budget_empty");
  BOOST_TEST(reports.errors.back().second.starts_with("Delivered to bob, but not to 1 member here."));
}

BOOST_AUTO_TEST_CASE(who_has_another_password_after_all_is_not_waited_for) {
  say();
  feed(member("bob"));
  feed(event::Settled{1, 0, 1, 1, 10s});
  feed(kept(sent(), {"bob"}));
  feed(event::DeliveryChanged{sent().id, "bob", DeliveryState::delivered});
  feed(event::PasswordRejected{1, 2, 9, true});
  BOOST_TEST(code == ExitCode::ok);
}

BOOST_AUTO_TEST_SUITE_END()

}   // namespace coterie::cli
