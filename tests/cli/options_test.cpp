// SPDX-License-Identifier: MIT
#include "cli/options.h"

#include <boost/test/unit_test.hpp>

#include <string>
#include <vector>

namespace coterie::cli {
namespace {

std::variant<Options, Ended> parse(std::vector<std::string> words) {
  words.insert(words.begin(), "coterie-cli");
  std::vector<const char*> argv;
  for (const auto& word : words) argv.push_back(word.c_str());
  return parse_options(static_cast<int>(argv.size()), argv.data());
}

std::vector<std::string> with_login(std::vector<std::string> words) {
  words.insert(words.begin(), {"--relay", "example.org", "--user", "alice", "--group", "climbing"});
  return words;
}

Options accepted(std::vector<std::string> words) {
  auto parsed = parse(with_login(std::move(words)));
  if (const auto* ended = std::get_if<Ended>(&parsed)) BOOST_FAIL(ended->text);
  return std::get<Options>(std::move(parsed));
}

template <class Kind>
Kind command(std::vector<std::string> words) {
  return std::get<Kind>(accepted(std::move(words)).command);
}

Ended ended(const std::vector<std::string>& words) {
  auto parsed = parse(words);
  BOOST_REQUIRE(std::holds_alternative<Ended>(parsed));
  return std::get<Ended>(parsed);
}

void is_refused(const std::vector<std::string>& words) {
  const auto end = ended(with_login(words));
  BOOST_TEST(static_cast<int>(end.code) == static_cast<int>(ExitCode::usage), words.back());
  BOOST_TEST(end.text.starts_with("coterie-cli: "));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(options)

BOOST_AUTO_TEST_CASE(relay_user_and_group_are_needed) {
  for (std::size_t missing = 0; missing < 3; ++missing) {
    std::vector<std::string> words = with_login({"listen"});
    words.erase(words.begin() + static_cast<std::ptrdiff_t>(missing * 2), words.begin() + static_cast<std::ptrdiff_t>(missing * 2 + 2));
    BOOST_TEST(static_cast<int>(ended(words).code) == 2);
  }
}

BOOST_AUTO_TEST_CASE(common_options_may_stand_on_either_side_of_the_command) {
  const auto before = accepted({"--json", "--trust", "listen"});
  const auto behind = accepted({"listen", "--json", "--trust"});
  for (const auto& given : {before, behind}) {
    BOOST_TEST(given.relay == "example.org");
    BOOST_TEST(given.user == "alice");
    BOOST_TEST(given.group == "climbing");
    BOOST_TEST(given.json);
    BOOST_TEST(given.trust);
    BOOST_TEST(std::holds_alternative<ListenOptions>(given.command));
  }
}

BOOST_AUTO_TEST_CASE(the_pin_is_read_in_either_notation_and_excludes_trust) {
  const std::string hex(64, 'a');
  BOOST_TEST(accepted({"--pin", hex, "listen"}).pin->hex() == hex);
  std::string grouped;
  for (int i = 0; i < 16; ++i) grouped += i == 0 ? "AAAA" : " aaaa";
  BOOST_TEST(accepted({"--pin", grouped, "listen"}).pin->hex() == hex);
  is_refused({"--pin", "abc", "listen"});
  is_refused({"--pin", hex, "--trust", "listen"});
}

BOOST_AUTO_TEST_CASE(L02_a_password_on_the_command_line_is_refused_without_repeating_it) {
  for (const auto& words : {std::vector<std::string>{"--password", "correct horse", "listen"},
                            std::vector<std::string>{"--password=correct horse", "listen"},
                            std::vector<std::string>{"listen", "--password=correct horse"}}) {
    const auto end = ended(with_login(words));
    BOOST_TEST(static_cast<int>(end.code) == 2);
    BOOST_TEST(end.text.find("correct horse") == std::string::npos);
    BOOST_TEST(end.text.find("--password-file") != std::string::npos);
  }
}

BOOST_AUTO_TEST_CASE(say_takes_a_text_and_any_number_of_names) {
  const auto say = command<SayOptions>({"say", "--to", "bob", "hello there", "--to", "carol"});
  BOOST_TEST(say.text == "hello there");
  BOOST_REQUIRE_EQUAL(say.to.size(), 2U);
  BOOST_TEST(say.to[1] == "carol");
  BOOST_TEST(say.wait->count() == 30);
  BOOST_TEST(command<SayOptions>({"say", "-"}).text == "-");
  BOOST_TEST(command<SayOptions>({"say", "--", "--strange"}).text == "--strange");
  BOOST_TEST(command<SayOptions>({"say", "--", "--password=is text here"}).text == "--password=is text here");
  is_refused({"say"});
  is_refused({"say", "two", "texts"});
}

BOOST_AUTO_TEST_CASE(times_are_seconds_and_zero_means_without_limit) {
  BOOST_TEST(!command<SayOptions>({"say", "x", "--wait", "0"}).wait);
  BOOST_TEST(command<SayOptions>({"say", "x", "--wait", "1.5"}).wait->count() == 2);
  BOOST_TEST(!command<ListenOptions>({"listen"}).timeout);
  BOOST_TEST(command<ListenOptions>({"listen", "--timeout", "7"}).timeout->count() == 7);
  for (const auto* wrong : {"-1", "soon", "1e30", "nan"}) is_refused({"say", "x", "--wait", wrong});
}

BOOST_AUTO_TEST_CASE(send_takes_several_files) {
  const auto send = command<SendOptions>({"send", "a", "--to", "bob", "b"});
  BOOST_TEST(send.paths.size() == 2U);
  BOOST_TEST(send.to.size() == 1U);
  BOOST_TEST(send.wait->count() == 86'400);
  is_refused({"send"});
}

BOOST_AUTO_TEST_CASE(receive_asks_unless_told_otherwise) {
  const auto plain = command<ReceiveOptions>({"receive"});
  BOOST_TEST((plain.accept == Accept::ask));
  BOOST_TEST(plain.count == 1U);
  BOOST_TEST(plain.folder.empty());
  const auto told = command<ReceiveOptions>({"receive", "--accept", "verified", "--count", "0", "--dir", "/x", "--from", "bob"});
  BOOST_TEST((told.accept == Accept::verified));
  BOOST_TEST(told.count == 0U);
  BOOST_TEST(told.from.size() == 1U);
  is_refused({"receive", "--accept", "some"});
  is_refused({"receive", "--count", "-1"});
}

BOOST_AUTO_TEST_CASE(the_commands_that_read_the_profile_take_their_words) {
  BOOST_TEST(command<HistoryOptions>({"history"}).count == 50U);
  const auto history = command<HistoryOptions>({"history", "7", "--with", "bob"});
  BOOST_TEST(history.count == 7U);
  BOOST_TEST(*history.with == "bob");
  BOOST_TEST(command<SearchOptions>({"search", "rope", "knots"}).words == "rope knots");
  BOOST_TEST(command<VerifyOptions>({"verify", "bob", "--confirm"}).confirm);
  BOOST_TEST(command<MembersOptions>({"members", "--offline"}).offline);
  is_refused({"history", "-1"});
  is_refused({"history", "some"});
  is_refused({"search"});
  is_refused({"verify"});
}

BOOST_AUTO_TEST_CASE(what_is_not_known_is_a_usage_error) {
  is_refused({"listen", "--frobnicate"});
  is_refused({"dance"});
  is_refused({"listen", "more"});
  is_refused({"--log-level", "loud", "listen"});
  BOOST_TEST(static_cast<int>(ended({}).code) == 2);
}

BOOST_AUTO_TEST_CASE(help_and_version_end_well) {
  const auto help = ended({"--help"});
  BOOST_TEST(static_cast<int>(help.code) == 0);
  for (const auto* word : {"chat", "say", "send", "receive", "listen", "members", "verify", "history", "search", "--pin", "--trust",
                           "COTERIE_PASSWORD", "Exit codes"})
    BOOST_TEST(help.text.find(word) != std::string::npos, word);
  BOOST_TEST(static_cast<int>(ended({"--version"}).code) == 0);
  const auto of_command = ended({"say", "--help"});
  BOOST_TEST(static_cast<int>(of_command.code) == 0);
  BOOST_TEST(of_command.text.find("--wait") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace coterie::cli
