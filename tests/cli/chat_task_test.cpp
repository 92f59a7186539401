// SPDX-License-Identifier: MIT
#include "tests/cli/fake_shell.h"
#include "tests/support/temp_folder.h"

#include <fstream>

namespace coterie::cli {
namespace {

using namespace std::chrono_literals;
using event::TransferPhase;

struct Chatting : FakeShell {
  // Greeted, with bob and carol here.
  void chat(bool at_terminal = false) {
    interactive = at_terminal;
    run(make_chat(*this, ChatOptions{"/saved"}));
    feed(member("bob"));
    feed(member("carol"));
    feed(event::Settled{2, 0, 0});
  }
  // A text of ours is in the outbox, for bob.
  void keep(const command::SendText& sent) {
    event::Message message;
    message.id = sent.id;
    message.outgoing = true;
    message.deliveries = {{"bob", event::DeliveryState::waiting}};
    feed(event::MessageAdded{message});
  }
  void nobody_for(const command::SendText& sent) { feed(event::Notice{Error{Errc::nobody_yet, {}}, sent.id.hex()}); }
  void no_relay() { feed(event::LinkChanged{event::LinkState::offline, Error{Errc::unreachable, "here"}, 1s}); }
  static event::FileOffered offer(std::uint8_t id) {
    event::FileOffered made;
    made.id = FileId{{id, 0x42}};
    made.from = "bob";
    made.name = "report.pdf";
    return made;
  }
};

}   // namespace

BOOST_FIXTURE_TEST_SUITE(chat_task, Chatting)

BOOST_AUTO_TEST_CASE(piped_lines_wait_for_the_greetings) {
  run(make_chat(*this, {}));
  BOOST_TEST(!on_line);
  feed(event::Settled{0, 0, 0});
  BOOST_TEST(!!on_line);
}

// What is typed before may be the password that is asked for.
BOOST_AUTO_TEST_CASE(at_a_terminal_typing_begins_as_soon_as_it_connects) {
  interactive = true;
  run(make_chat(*this, {}));
  BOOST_TEST(!on_line);
  feed(event::LinkChanged{event::LinkState::connecting, {}, {}});
  BOOST_TEST(!!on_line);
}

BOOST_AUTO_TEST_CASE(a_line_goes_to_the_group_and_a_direct_one_to_its_member) {
  chat();
  type("hello");
  type("/msg BOB just you");
  const auto sent = told<command::SendText>();
  BOOST_REQUIRE_EQUAL(sent.size(), 2U);
  BOOST_TEST(!sent[0].to);
  BOOST_TEST(*sent[1].to == "bob");
  BOOST_TEST(sent[1].text == "just you");
  BOOST_TEST(sent[0].id.hex() != sent[1].id.hex());
}

BOOST_AUTO_TEST_CASE(a_direct_message_to_a_stranger_says_who_is_known) {
  chat();
  type("/msg dave hi");
  BOOST_TEST(told<command::SendText>().empty());
  BOOST_TEST(reports.errors.back().second.find("bob and carol") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(what_is_said_about_a_message_goes_where_the_message_is) {
  chat();
  event::Message group;
  group.id = MessageId{{0xab, 0xcd, 0x01}};
  group.from = "bob";
  event::Message direct = group;
  direct.id = MessageId{{0xab, 0xce}};
  direct.conversation = "bob";
  feed(event::MessageAdded{group});
  feed(event::MessageAdded{direct});
  type("/reply abcd yes");
  type("/reply abce no");
  const auto sent = told<command::SendText>();
  BOOST_REQUIRE_EQUAL(sent.size(), 2U);
  BOOST_TEST((sent[0].reply_to == group.id));
  BOOST_TEST(!sent[0].to);
  BOOST_TEST((sent[1].reply_to == direct.id));
  BOOST_TEST(sent[1].to.value_or("") == "bob");
  type("/react #abcd 👍");
  type("/unreact abcd 👍");
  BOOST_REQUIRE_EQUAL(told<command::React>().size(), 2U);
  BOOST_TEST((told<command::React>()[0].message == group.id));
  BOOST_TEST(told<command::React>()[0].add);
  BOOST_TEST(!told<command::React>()[1].add);
}

BOOST_AUTO_TEST_CASE(only_own_messages_are_edited_and_deleted) {
  chat();
  event::Message own;
  own.id = MessageId{{0xab, 0xcd, 0x01}};
  own.from = "alice";
  own.outgoing = true;
  feed(event::MessageAdded{own});
  auto foreign = own;
  foreign.id = MessageId{{0xee}};
  foreign.from = "bob";
  foreign.outgoing = false;
  feed(event::MessageAdded{foreign});
  type("/edit abcd better");
  BOOST_TEST(told<command::EditText>().front().text == "better");
  type("/delete abcd");
  BOOST_TEST((told<command::DeleteMessage>().front().message == own.id));
  type("/edit ee worse");
  type("/delete ee");
  BOOST_TEST(told<command::EditText>().size() == 1U);
  BOOST_TEST(told<command::DeleteMessage>().size() == 1U);
  BOOST_TEST(reports.errors.back().second ==
             "That message is from bob; only your own messages can be edited and deleted.");
  BOOST_TEST(reports.about == foreign.id.hex());
}

BOOST_AUTO_TEST_CASE(what_is_typed_while_no_relay_answers_is_kept_and_said_to_be) {
  run(make_chat(*this, {}));
  feed(member("bob", event::MemberState::waiting, false));
  const Error refused{Errc::unreachable, "here"};
  BOOST_TEST(task->on_no_connection(refused));
  type("first");
  type("second");
  BOOST_TEST(!code);
  for (const auto& sent : told<command::SendText>()) {
    event::Message message;
    message.id = sent.id;
    message.outgoing = true;
    message.deliveries = {{"bob", event::DeliveryState::waiting}};
    feed(event::MessageAdded{message});
  }
  end_input();
  BOOST_TEST(code == ExitCode::not_delivered);
  BOOST_TEST(reports.errors.back().first == "unreachable");
  BOOST_TEST(reports.errors.back().second.find("2 messages are kept") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(what_cannot_be_kept_is_said_to_be_lost) {
  run(make_chat(*this, {}));   // nobody is known whom it could be kept for
  BOOST_TEST(task->on_no_connection({Errc::unreachable, {}}));
  type("hello");
  feed(event::Notice{Error{Errc::no_such_member, {}}, told<command::SendText>().front().id.hex()});
  end_input();
  BOOST_TEST(code == ExitCode::not_delivered);
  BOOST_TEST(reports.errors.back().second.find("1 message was not kept") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(without_anything_typed_a_relay_that_does_not_answer_is_the_error) {
  run(make_chat(*this, {}));
  BOOST_TEST(task->on_no_connection({Errc::unreachable, "here"}));
  expire(500ms);   // whoever holds the pipe open says nothing
  BOOST_TEST(code == ExitCode::error);
  BOOST_TEST(reports.errors.back().first == "unreachable");
}

BOOST_AUTO_TEST_CASE(what_is_piped_in_while_a_relay_is_waited_for_is_kept_and_goes_out_when_it_answers) {
  run(make_chat(*this, {}));
  feed(member("bob", event::MemberState::waiting, false));
  no_relay();
  BOOST_REQUIRE(!!on_line);
  type("hello");
  keep(told<command::SendText>().front());
  end_input();
  BOOST_TEST(!code);
  BOOST_TEST(task->when_interrupted() == ExitCode::not_delivered);
  BOOST_TEST(task->interrupted_sentence().find("1 message is kept in the outbox") != std::string::npos);
  no_relay();
  feed(event::LinkChanged{event::LinkState::online, {}, {}});
  feed(member("bob"));
  feed(event::Settled{1, 0, 0});
  BOOST_TEST(!code);
  feed(event::DeliveryChanged{told<command::SendText>().front().id, "bob", event::DeliveryState::delivered});
  BOOST_TEST(code == ExitCode::ok);
}

BOOST_AUTO_TEST_CASE(what_nobody_could_get_stays_in_the_pipe_while_a_relay_is_waited_for) {
  run(make_chat(*this, {}));
  no_relay();
  BOOST_TEST(!on_line);
  BOOST_TEST(task->when_interrupted() == ExitCode::not_delivered);
  BOOST_TEST(task->interrupted_sentence().find("cannot be reached") != std::string::npos);
  feed(event::LinkChanged{event::LinkState::online, {}, {}});
  feed(event::Settled{0, 0, 0});
  BOOST_TEST(!!on_line);
  BOOST_TEST(task->when_interrupted() == ExitCode::ok);
}

BOOST_AUTO_TEST_CASE(what_is_piped_in_under_another_password_is_code_4_and_not_lost_in_silence) {
  run(make_chat(*this, {}));
  feed(event::Settled{0, 1, 0});
  type("hello");
  nobody_for(told<command::SendText>().front());
  BOOST_TEST(!code);
  end_input();
  BOOST_TEST(code == ExitCode::no_common_password);
  BOOST_TEST(reports.errors.back().first == "wrong_password");
  BOOST_TEST(reports.errors.back().second.find("1 message was not kept") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(what_a_mistyped_password_keeps_back_is_said_to_be_kept) {
  run(make_chat(*this, {}));
  feed(member("bob", event::MemberState::waiting, true));
  feed(event::Settled{0, 1, 0});
  type("hello");
  keep(told<command::SendText>().front());
  end_input();
  BOOST_TEST(code == ExitCode::no_common_password);
  BOOST_TEST(reports.errors.back().second.find("1 message is kept in the outbox") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(what_is_piped_in_while_alone_is_said_to_be_lost) {
  run(make_chat(*this, {}));
  feed(event::Settled{0, 0, 0});
  type("hello");
  end_input();
  BOOST_TEST(!code);   // the answer is awaited
  nobody_for(told<command::SendText>().front());
  BOOST_TEST(code == ExitCode::not_delivered);
  BOOST_TEST(reports.errors.back().second == "1 message was not kept: there is nobody yet whom this profile knows.");
}

BOOST_AUTO_TEST_CASE(a_piped_message_to_a_stranger_or_too_long_is_an_error_at_the_end) {
  chat();
  type("/msg dave hi");
  type("long");
  feed(event::Notice{Error{Errc::too_large, {}}, told<command::SendText>().front().id.hex()});
  end_input();
  BOOST_TEST(code == ExitCode::error);
}

BOOST_AUTO_TEST_CASE(a_person_at_a_terminal_has_seen_what_went_wrong) {
  chat(true);
  type("/msg dave hi");
  type("hello");
  nobody_for(told<command::SendText>().front());
  end_input();
  BOOST_TEST(code == ExitCode::ok);
}

BOOST_AUTO_TEST_CASE(a_message_that_is_not_clear_is_not_guessed) {
  chat();
  event::Message message;
  message.id = MessageId{{0xab, 0x01}};
  feed(event::MessageAdded{message});
  message.id = MessageId{{0xab, 0x02}};
  feed(event::MessageChanged{message});
  type("/delete ab");
  BOOST_TEST(reports.errors.back().first == "invalid_argument");
  type("/delete ff");
  BOOST_TEST(reports.errors.back().first == "not_found");
  BOOST_TEST(told<command::DeleteMessage>().empty());
  // A whole id needs not have been shown: the engine knows more.
  type("/delete ff000000000000000000000000000001");
  BOOST_TEST(told<command::DeleteMessage>().size() == 1U);
}

BOOST_AUTO_TEST_CASE(conversations_are_asked_for_and_forgotten) {
  chat();
  type("/conversations");
  type("/forget bob");
  type("/typing");
  BOOST_TEST(told<command::LoadConversations>().size() == 1U);
  BOOST_TEST(told<command::DeleteHistory>().front().conversation.value_or("") == "bob");
  BOOST_TEST(told<command::SetTyping>().front().active);
}

BOOST_AUTO_TEST_CASE(files_go_to_those_named_or_to_everyone) {
  const test::TempFolder folder;
  const auto file = folder / "a file";
  std::ofstream(file) << "x";
  chat();
  type("/send \"" + file.string() + "\"");
  BOOST_TEST(told<command::SendFile>().size() == 1U);
  BOOST_TEST(told<command::SendFile>()[0].to.empty());
  type("/send \"" + file.string() + "\" carol");
  BOOST_TEST(told<command::SendFile>().size() == 2U);
  BOOST_TEST(told<command::SendFile>()[1].to == std::vector<std::string>{"carol"});
  type("/send /nowhere/at/all");
  BOOST_TEST(told<command::SendFile>().size() == 2U);
  BOOST_TEST(reports.errors.back().first == "not_found");
}

BOOST_AUTO_TEST_CASE(a_piped_line_that_is_refused_makes_the_end_an_error_and_holds_up_no_other) {
  for (const std::string line : {"/send /nowhere/at/all", "/msg dave hi", "/verify dave", "/accept", "/edit abcdef x",
                                 "/nonsense", "/msg", "bad \xff bytes"}) {
    Chatting one;
    one.chat();
    one.type(line);
    one.type("hello");
    BOOST_TEST_CONTEXT(line) {
      BOOST_TEST(one.reports.errors.size() == 1U);
      BOOST_REQUIRE_EQUAL(one.told<command::SendText>().size(), 1U);
      one.keep(one.told<command::SendText>().front());
      one.end_input();
      one.feed(
          event::DeliveryChanged{one.told<command::SendText>().front().id, "bob", event::DeliveryState::delivered});
      BOOST_TEST(one.code == ExitCode::error);
    }
  }
}

BOOST_AUTO_TEST_CASE(what_fails_after_a_piped_line_makes_the_end_an_error_too) {
  const test::TempFolder folder;
  std::ofstream(folder / "a") << "x";
  chat();
  type("/send " + (folder / "a").string());
  end_input();
  BOOST_TEST(!code);   // until it is answered
  const auto id = told<command::SendFile>().front().id;
  feed(event::Notice{Error{Errc::permission_denied, {}}, id.hex()});
  BOOST_TEST(code == ExitCode::error);
}

BOOST_AUTO_TEST_CASE(a_piped_file_that_is_on_offer_ends_well) {
  const test::TempFolder folder;
  std::ofstream(folder / "a") << "x";
  chat();
  type("/send " + (folder / "a").string());
  end_input();
  auto offered = transfer(FileId{{7}}, "bob", true, TransferPhase::offered);
  offered.batch = told<command::SendFile>().front().id;
  feed(offered);
  BOOST_TEST(code == ExitCode::ok);
}

BOOST_AUTO_TEST_CASE(what_has_a_code_of_its_own_goes_before_a_refused_line) {
  chat();
  type("/nonsense");
  type("hello");
  nobody_for(told<command::SendText>().front());
  end_input();
  BOOST_TEST(code == ExitCode::not_delivered);
}

BOOST_AUTO_TEST_CASE(what_is_piped_in_while_no_try_is_left_is_refused_with_the_reason) {
  run(make_chat(*this, {}));
  feed(event::Settled{0, 0, 1, 1, 420s});
  type("hello");
  nobody_for(told<command::SendText>().front());
  end_input();
  BOOST_TEST(code == ExitCode::not_delivered);
  BOOST_TEST(reports.errors.back().first == "guess_budget_empty");
  BOOST_TEST(reports.errors.back().second.find("because of wrong passwords") != std::string::npos);
  BOOST_TEST(reports.errors.back().second.find("in 7 minutes") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(the_only_offer_needs_no_id_and_is_answered_once) {
  chat();
  type("/accept");
  BOOST_TEST(reports.errors.back().first == "not_found");
  feed(offer(1));
  type("/accept");
  BOOST_REQUIRE_EQUAL(told<command::AnswerOffer>().size(), 1U);
  BOOST_TEST(told<command::AnswerOffer>()[0].folder == "/saved");
  type("/accept");
  BOOST_TEST(told<command::AnswerOffer>().size() == 1U);
}

BOOST_AUTO_TEST_CASE(several_offers_are_told_apart_by_the_start_of_the_id) {
  chat();
  feed(offer(0x1a));
  feed(offer(0x2b));
  type("/decline");
  BOOST_TEST(told<command::AnswerOffer>().empty());
  type("/decline 2b");
  BOOST_REQUIRE_EQUAL(told<command::AnswerOffer>().size(), 1U);
  BOOST_TEST(!told<command::AnswerOffer>()[0].accept);
  BOOST_TEST(told<command::AnswerOffer>()[0].id.hex() == offer(0x2b).id.hex());
}

BOOST_AUTO_TEST_CASE(a_withdrawn_offer_is_gone) {
  chat();
  feed(offer(1));
  feed(transfer(offer(1).id, "bob", false, TransferPhase::cancelled));
  type("/accept");
  BOOST_TEST(told<command::AnswerOffer>().empty());
}

BOOST_AUTO_TEST_CASE(what_is_under_way_can_be_cancelled) {
  chat();
  feed(transfer(FileId{{7}}, "bob", true, TransferPhase::running));
  type("/cancel 07");
  BOOST_TEST(told<command::CancelTransfer>().size() == 1U);
}

BOOST_AUTO_TEST_CASE(nobody_writes_to_oneself) {
  chat();
  type("/msg " + user() + " hello");
  BOOST_TEST(told<command::SendText>().empty());
  BOOST_TEST_REQUIRE(reports.errors.size() == 1U);
  BOOST_TEST(reports.errors[0].second.find("your own user id") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(C09_a_number_must_have_been_shown_before_it_is_confirmed) {
  chat();
  type("/verify bob confirm");
  BOOST_TEST(told<command::SetVerified>().empty());
  type("/verify bob confirm");
  BOOST_TEST(told<command::SetVerified>().size() == 1U);
  // Another key for the same name has not been shown yet.
  auto renewed = member("bob", event::MemberState::held);
  renewed.key = PublicKey{{0xff}};
  feed(renewed);
  type("/verify bob confirm");
  BOOST_TEST(told<command::SetVerified>().size() == 1U);
  BOOST_TEST(told<command::AcceptIdentity>().empty());
  type("/verify bob confirm");
  BOOST_TEST(told<command::AcceptIdentity>().size() == 1U);
  BOOST_TEST(told<command::SetVerified>().back().key.hex() == renewed.key.hex());
}

BOOST_AUTO_TEST_CASE(what_a_person_has_seen_is_reported_as_read_together) {
  chat(true);
  event::Message message;
  message.from = "bob";
  feed(event::MessageAdded{message});
  feed(event::MessageAdded{message});
  message.conversation = "bob";
  feed(event::MessageAdded{message});
  BOOST_TEST(told<command::MarkRead>().empty());
  expire(300ms);
  BOOST_TEST(told<command::MarkRead>().size() == 2U);
}

BOOST_AUTO_TEST_CASE(a_script_says_itself_what_was_read) {
  chat();
  event::Message message;
  message.from = "bob";
  feed(event::MessageAdded{message});
  BOOST_TEST(timers.empty());
  type("/read");
  type("/read bob");
  type("/read dave");
  BOOST_TEST(told<command::MarkRead>().size() == 2U);
  BOOST_TEST(reports.errors.back().first == "no_such_member");
  BOOST_TEST(*told<command::MarkRead>()[1].conversation == "bob");
}

BOOST_AUTO_TEST_CASE(the_end_of_piped_input_waits_for_confirmations_of_those_who_are_here) {
  chat();
  feed(member("carol", event::MemberState::waiting, false));
  type("bye");
  event::Message message;
  message.id = told<command::SendText>()[0].id;
  message.outgoing = true;
  message.deliveries = {{"bob", event::DeliveryState::waiting}, {"carol", event::DeliveryState::waiting}};
  feed(event::MessageAdded{message});
  end_input();
  BOOST_TEST(!code);
  feed(event::DeliveryChanged{message.id, "bob", event::DeliveryState::delivered});
  BOOST_TEST(code == ExitCode::ok);
}

BOOST_AUTO_TEST_CASE(the_end_of_piped_input_waits_only_so_long) {
  chat();
  type("bye");
  event::Message message;
  message.id = told<command::SendText>()[0].id;
  message.outgoing = true;
  message.deliveries = {{"bob", event::DeliveryState::waiting}};
  feed(event::MessageAdded{message});
  end_input();
  expire(5s);
  BOOST_TEST(code == ExitCode::ok);
}

BOOST_AUTO_TEST_CASE(quitting_ends_at_once) {
  chat();
  type("/quit");
  BOOST_TEST(code == ExitCode::ok);
}

BOOST_AUTO_TEST_CASE(quitting_a_pipe_waits_for_the_word_what_became_of_each_text_and_no_longer) {
  chat();
  type("hello");
  type("/quit");
  type("behind it");
  BOOST_TEST(told<command::SendText>().size() == 1U);
  BOOST_TEST(!code);
  keep(told<command::SendText>().front());
  BOOST_TEST(code == ExitCode::ok);   // not confirmed by bob, who is here
}

BOOST_AUTO_TEST_CASE(quitting_a_pipe_while_a_relay_is_waited_for_says_what_is_kept) {
  run(make_chat(*this, {}));
  feed(member("bob", event::MemberState::waiting, false));
  no_relay();
  type("hello");
  type("/quit");
  BOOST_TEST(!code);
  keep(told<command::SendText>().front());
  BOOST_TEST(code == ExitCode::not_delivered);
  BOOST_TEST(reports.errors.back().first == "unreachable");
  BOOST_TEST(reports.errors.back().second.find("1 message is kept in the outbox") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(quitting_while_the_relay_is_away_says_what_is_still_to_be_delivered) {
  for (const bool at_terminal : {true, false}) {
    Chatting one;
    one.chat(at_terminal);
    one.feed(event::LinkChanged{event::LinkState::online, {}, {}});
    one.type("one");
    one.type("two");
    one.type("three");
    for (const auto& sent : one.told<command::SendText>()) one.keep(sent);
    one.feed(event::DeliveryChanged{one.told<command::SendText>().front().id, "bob", event::DeliveryState::at_relay});
    one.feed(transfer(FileId{{1}}, "bob", true, TransferPhase::running));
    one.no_relay();
    one.type("/quit");
    BOOST_TEST(one.code == ExitCode::ok);
    BOOST_REQUIRE_EQUAL(one.reports.notes.size(), 1U);
    BOOST_TEST(one.reports.notes.back() ==
               "2 messages are kept in the outbox of this profile and go out the next time any command connects. "
               "1 file is unfinished and goes on when both sides are online again.");
  }
}

BOOST_AUTO_TEST_CASE(quitting_with_nothing_left_to_deliver_says_nothing) {
  chat(true);
  feed(event::LinkChanged{event::LinkState::online, {}, {}});
  type("one");
  keep(told<command::SendText>().front());
  feed(event::DeliveryChanged{told<command::SendText>().front().id, "bob", event::DeliveryState::delivered});
  type("/quit");
  BOOST_TEST(code == ExitCode::ok);
  BOOST_TEST(reports.notes.empty());
}

BOOST_AUTO_TEST_CASE(a_search_without_words_or_without_hits_says_so) {
  chat(true);
  type("/search");
  BOOST_TEST(told<command::Search>().empty());
  BOOST_TEST(reports.errors.back().second == "Type /search and the words to look for.");
  type("/search rope");
  BOOST_TEST(told<command::Search>().front().words == "rope");
  feed(event::SearchResults{"rope", {}});
  BOOST_TEST(reports.results.back() == "Nothing found.");
}

BOOST_AUTO_TEST_CASE(in_classic_mode_the_end_of_a_pipe_waits_for_the_server_as_long_as_something_moves) {
  classic = true;
  chat();
  type("one");
  type("two");
  const auto sent = told<command::SendText>();
  for (const auto& text : sent) keep(text);
  end_input();
  BOOST_TEST(!code);
  feed(event::DeliveryChanged{sent[0].id, "bob", event::DeliveryState::at_relay});
  expire(5s);
  BOOST_TEST(!code);
  expire(5s);
  BOOST_TEST(code == ExitCode::not_delivered);
  BOOST_TEST(reports.errors.back().second.starts_with("1 message was not taken"));
}

BOOST_AUTO_TEST_CASE(in_classic_mode_a_pipe_ends_well_when_the_server_has_taken_all_of_it) {
  classic = true;
  const test::TempFolder folder;
  std::ofstream(folder / "report.pdf") << "content";
  chat();
  type("one");
  type("/send " + (folder / "report.pdf").string() + " bob");
  keep(told<command::SendText>().front());
  type("/quit");
  feed(event::DeliveryChanged{told<command::SendText>().front().id, "bob", event::DeliveryState::at_relay});
  BOOST_TEST(!code);
  auto file = transfer(told<command::SendFile>().front().id, "bob", true, TransferPhase::running);
  file.batch = file.id;
  feed(file);
  BOOST_TEST(!code);
  file.phase = TransferPhase::finished;
  feed(file);
  BOOST_TEST(code == ExitCode::ok);
}

BOOST_AUTO_TEST_CASE(in_classic_mode_a_pipe_of_which_something_was_lost_is_not_delivered) {
  classic = true;
  chat();
  type("one");
  keep(told<command::SendText>().front());
  feed(event::DeliveryChanged{told<command::SendText>().front().id, "bob", event::DeliveryState::failed});
  end_input();
  BOOST_TEST(code == ExitCode::not_delivered);
  BOOST_TEST(reports.errors.size() == 1U);
}

BOOST_AUTO_TEST_CASE(in_classic_mode_lines_for_a_server_that_is_not_there_are_said_to_be_lost) {
  classic = true;
  run(make_chat(*this, {}));
  BOOST_TEST(task->on_no_connection(Error{Errc::unreachable, "here"}));
  type("hello");
  feed(event::Notice{Error{Errc::server_lost, {}}, told<command::SendText>().front().id.hex()});
  end_input();
  BOOST_TEST(code == ExitCode::not_delivered);
  BOOST_TEST(reports.errors.back().second.ends_with(
      "1 message was not sent: there was no connection. Classic mode keeps nothing: send it again."));
}

BOOST_AUTO_TEST_CASE(in_classic_mode_what_waits_for_a_server_is_said_to_be_lost_when_interrupted) {
  classic = true;
  run(make_chat(*this, {}));
  no_relay();
  BOOST_TEST(task->when_interrupted() == ExitCode::not_delivered);
  BOOST_TEST(task->interrupted_sentence().ends_with("What is piped in was not read, and nothing of it was sent."));
}

BOOST_AUTO_TEST_CASE(in_classic_mode_files_that_were_offered_and_not_taken_are_named_at_the_end) {
  classic = true;
  chat(true);
  feed(offer(1));
  feed(offer(2));
  type("/decline 01");
  type("/quit");
  BOOST_TEST(reports.notes.back() ==
             "1 file offered to you was not taken: report.pdf from bob. Ask for it again if you want it.");
}

BOOST_AUTO_TEST_SUITE_END()

}   // namespace coterie::cli
