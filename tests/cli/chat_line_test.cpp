// SPDX-License-Identifier: MIT
#include "cli/chat_line.h"

#include <boost/test/unit_test.hpp>

namespace coterie::cli::chat {
namespace {

template <class Kind>
Kind parsed(std::string_view line) {
  const auto meant = parse_line(line);
  BOOST_REQUIRE_MESSAGE(std::holds_alternative<Kind>(meant), "taken for something else: " << line);
  return std::get<Kind>(meant);
}

}   // namespace

BOOST_AUTO_TEST_SUITE(chat_line)

BOOST_AUTO_TEST_CASE(a_line_is_said_as_it_was_typed) {
  BOOST_TEST(parsed<Say>("hello  there ").text == "hello  there ");
  BOOST_TEST(parsed<Say>(" /not a command").text == " /not a command");
  BOOST_TEST(parsed<Say>("//quit is a command").text == "/quit is a command");
  parsed<Nothing>("");
  parsed<Nothing>(" \t ");
}

BOOST_AUTO_TEST_CASE(a_message_to_one_member_keeps_its_text) {
  const auto plain = parsed<Tell>("/msg bob  how are \"you\"?");
  BOOST_TEST(plain.user == "bob");
  BOOST_TEST(plain.text == "how are \"you\"?");
  BOOST_TEST(parsed<Tell>("/msg \"Mary Ann\" hi").user == "Mary Ann");
  BOOST_TEST(parsed<Tell>("/msg \"the \\\"boss\\\"\" hi").user == "the \"boss\"");
  parsed<Mistake>("/msg");
  parsed<Mistake>("/msg bob");
  parsed<Mistake>("/msg bob   ");
}

BOOST_AUTO_TEST_CASE(a_file_goes_to_those_named_or_to_all) {
  BOOST_TEST(parsed<Send>("/send a.txt").users.empty());
  const auto send = parsed<Send>("/send \"my file.txt\" bob \"Mary Ann\"");
  BOOST_TEST(send.path == "my file.txt");
  BOOST_REQUIRE_EQUAL(send.users.size(), 2U);
  BOOST_TEST(send.users[1] == "Mary Ann");
  parsed<Mistake>("/send");
}

BOOST_AUTO_TEST_CASE(offers_are_answered_by_id_or_without_one) {
  BOOST_TEST(parsed<Answer>("/accept").id.empty());
  const auto accept = parsed<Answer>("/accept 1F2E");
  BOOST_TEST((accept.answer == OfferAnswer::accept));
  BOOST_TEST(accept.id == "1f2e");
  BOOST_TEST((parsed<Answer>("/decline ab").answer == OfferAnswer::decline));
  BOOST_TEST((parsed<Answer>("/cancel ab").answer == OfferAnswer::cancel));
  parsed<Mistake>("/accept report.pdf");
  parsed<Mistake>("/accept ab cd");
}

BOOST_AUTO_TEST_CASE(a_transfer_is_paused_and_resumed_by_id_or_without_one) {
  BOOST_TEST((parsed<Answer>("/pause ab").answer == OfferAnswer::pause));
  BOOST_TEST((parsed<Answer>("/resume").answer == OfferAnswer::resume));
}

BOOST_AUTO_TEST_CASE(a_message_is_named_by_the_id_behind_it) {
  const auto reply = parsed<Reply>("/reply #1F2e3d  yes, \"of course\"");
  BOOST_TEST(reply.id == "1f2e3d");
  BOOST_TEST(reply.text == "yes, \"of course\"");
  BOOST_TEST(parsed<Edit>("/edit 1f2e3d what I meant").text == "what I meant");
  BOOST_TEST(parsed<Delete>("/delete 1f2e3d").id == "1f2e3d");
  const auto react = parsed<React>("/react 1f2e3d 👍");
  BOOST_TEST(react.emoji == "👍");
  BOOST_TEST(react.add);
  BOOST_TEST(!parsed<React>("/unreact 1f2e3d 👍").add);
  for (const char* line :
       {"/reply", "/reply 1f2e3d", "/reply hello there", "/edit 1f2e3d", "/delete", "/delete 1f2e3d now", "/delete it",
        "/react 1f2e3d", "/react 1f2e3d two signs", "/react # x"})
    parsed<Mistake>(line);
}

BOOST_AUTO_TEST_CASE(conversations_are_listed_forgotten_and_typed_in) {
  parsed<Conversations>("/conversations");
  BOOST_TEST(!parsed<Forget>("/forget").user);
  BOOST_TEST(*parsed<Forget>("/forget \"Mary Ann\"").user == "Mary Ann");
  BOOST_TEST(*parsed<Type>("/typing bob").user == "bob");
}

BOOST_AUTO_TEST_CASE(verifying_needs_a_name_and_confirming_the_word) {
  BOOST_TEST(!parsed<Verify>("/verify bob").confirm);
  BOOST_TEST(parsed<Verify>("/verify bob confirm").confirm);
  BOOST_TEST(parsed<Verify>("/verify confirm").user == "confirm");
  parsed<Mistake>("/verify");
  parsed<Mistake>("/verify bob maybe");
}

BOOST_AUTO_TEST_CASE(history_takes_a_number) {
  BOOST_TEST(parsed<History>("/history").count == 20U);
  BOOST_TEST(parsed<History>("/history 7").count == 7U);
  for (const auto* wrong :
       {"/history 0", "/history -3", "/history many", "/history 7 8", "/history 99999999999999999999999"})
    parsed<Mistake>(wrong);
}

BOOST_AUTO_TEST_CASE(the_other_commands_are_known) {
  BOOST_TEST(parsed<Search>("/search rope and  knots").words == "rope and  knots");
  parsed<Mistake>("/search ");
  parsed<Who>("/who");
  parsed<Help>("/help");
  parsed<Quit>("/quit");
  BOOST_TEST(!parsed<Read>("/read").user);
  BOOST_TEST(*parsed<Read>("/read bob").user == "bob");
}

BOOST_AUTO_TEST_CASE(an_unknown_command_says_what_to_do) {
  const auto mistake = parsed<Mistake>("/mgs bob hi");
  BOOST_TEST(mistake.sentence.find("/mgs") != std::string::npos);
  BOOST_TEST(mistake.sentence.find("/help") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(help_in_classic_mode_lists_what_works_there_and_nothing_else) {
  std::string all;
  for (const auto& line : help_lines(true)) all.append(line).append("\n");
  for (const auto* command : {"/msg", "/send", "/accept", "/decline", "/cancel", "/who", "/help", "/quit"})
    BOOST_TEST(all.find(command) != std::string::npos, command);
  for (const auto* line : {"/reply 1f Yes", "/react 1f +", "/unreact 1f +", "/edit 1f x", "/delete 1f", "/verify bob",
                           "/pause", "/resume"}) {
    const auto command = foreign_to_classic(parse_line(line));
    BOOST_TEST(!command.empty(), line);
    BOOST_TEST(std::string(line).starts_with(command));
    BOOST_TEST(all.find(command) == std::string::npos, line);
  }
  for (const auto* line : {"hello", "/msg bob hi", "/accept", "/cancel", "/who", "/help", "/nothing"})
    BOOST_TEST(foreign_to_classic(parse_line(line)).empty(), line);
  BOOST_TEST(all.find("kept") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(help_names_every_command) {
  std::string all;
  for (const auto& line : help_lines()) all.append(line).append("\n");
  for (const auto* command :
       {"/msg", "/send", "/accept", "/decline", "/cancel", "/who", "/verify", "/history", "/search", "/help", "/quit"})
    BOOST_TEST(all.find(command) != std::string::npos, command);
}

BOOST_AUTO_TEST_SUITE_END()

}   // namespace coterie::cli::chat
