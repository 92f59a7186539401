// SPDX-License-Identifier: MIT
#include "cli/options.h"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <string>
#include <string_view>
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

// Always as one line with the program's name in front.
std::string refusal(const std::vector<std::string>& words) {
  const auto end = ended(with_login(words));
  BOOST_TEST(static_cast<int>(end.code) == static_cast<int>(ExitCode::usage),
             (words.empty() ? std::string("no words") : words.back()));
  constexpr std::string_view name = "coterie-cli: ";
  BOOST_TEST_REQUIRE(end.text.starts_with(name));
  BOOST_TEST(std::count(end.text.begin(), end.text.end(), '\n') == 1, end.text);
  BOOST_TEST(end.text.ends_with(".\n"), end.text);
  return end.text.substr(name.size(), end.text.size() - name.size() - 1);
}

void is_refused(const std::vector<std::string>& words) { refusal(words); }

}   // namespace

BOOST_AUTO_TEST_SUITE(options)

BOOST_AUTO_TEST_CASE(classic_mode_has_no_group_and_nothing_that_rests_on_identities) {
  const std::vector<std::string> login = {"--relay", "example.org", "--user", "alice", "--classic"};
  const auto with = [&](std::vector<std::string> words) {
    words.insert(words.begin(), login.begin(), login.end());
    return words;
  };
  for (const auto* word : {"chat", "listen", "receive", "members"}) {
    const auto parsed = parse(with({word}));
    BOOST_REQUIRE(std::holds_alternative<Options>(parsed));
    BOOST_TEST(std::get<Options>(parsed).classic);
  }
  const std::string pin(64, 'a');
  for (const auto& words : std::vector<std::vector<std::string>>{{"history"},
                                                                 {"search", "x"},
                                                                 {"verify", "bob"},
                                                                 {"members", "--offline"},
                                                                 {"--pin", pin, "listen"},
                                                                 {"--trust", "listen"},
                                                                 {"--group", "climbing", "listen"},
                                                                 {"--remember", "listen"},
                                                                 {"--access-key-file", "key", "listen"}})
    BOOST_TEST(static_cast<int>(ended(with(words)).code) == static_cast<int>(ExitCode::usage), words.front());
}

BOOST_AUTO_TEST_CASE(relay_user_and_group_are_needed) {
  for (std::size_t missing = 0; missing < 3; ++missing) {
    std::vector<std::string> words = with_login({"listen"});
    words.erase(words.begin() + static_cast<std::ptrdiff_t>(missing * 2),
                words.begin() + static_cast<std::ptrdiff_t>(missing * 2 + 2));
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
  // Whoever mixes the two words up means the same.
  BOOST_TEST(command<ListenOptions>({"listen", "--wait", "7"}).timeout->count() == 7);
  BOOST_TEST(command<ReceiveOptions>({"receive", "--wait", "7"}).timeout->count() == 7);
  BOOST_TEST(command<SayOptions>({"say", "x", "--timeout", "7"}).wait->count() == 7);
  BOOST_TEST(command<SendOptions>({"send", "x", "--timeout", "7"}).wait->count() == 7);
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
  const auto told =
      command<ReceiveOptions>({"receive", "--accept", "verified", "--count", "0", "--dir", "/x", "--from", "bob"});
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

BOOST_AUTO_TEST_CASE(every_mistake_is_one_sentence_that_names_the_option_and_what_it_takes) {
  BOOST_TEST(refusal({"receive", "--accept", "maybe"}) == "--accept takes ask, verified or all.");
  BOOST_TEST(refusal({"receive", "--accept", "0"}) == "--accept takes ask, verified or all.");
  BOOST_TEST(refusal({"--log-level", "loud", "listen"}) == "--log-level takes debug, info, warning, error or off.");
  for (const auto* wrong : {"-1", "x", "1.5", "99999999999999999999"})
    BOOST_TEST(refusal({"receive", "--count", wrong}) == "--count takes a whole number, 0 or more.");
  BOOST_TEST(refusal({"history", "some"}) == "N takes a whole number, 0 or more.");
  for (const auto* wrong : {"-1", "soon", "nan", "inf", "1e30"}) {
    BOOST_TEST(refusal({"receive", "--timeout", wrong}) == "--timeout takes a number of seconds, 0 or more.");
    BOOST_TEST(refusal({"say", "x", "--wait", wrong}) == "--wait takes a number of seconds, 0 or more.");
  }
  BOOST_TEST(refusal({"--pin", "abc", "listen"}) ==
             "--pin takes a fingerprint of 64 hexadecimal digits, as coterie-relay --fingerprint prints it; in quotes "
             "where it has spaces.");
  BOOST_TEST(refusal({"--pin", std::string(64, 'a'), "--trust", "listen"}).ends_with(" cannot be given together."));
  BOOST_TEST(refusal({"--user", "bob", "listen"}) == "--user can be given once only.");
  for (const auto* flag : {"--json=maybe", "--json=false", "--trust=5", "--remember=1"}) {
    const std::string word(flag);
    BOOST_TEST(refusal({word, "listen"}) == word.substr(0, word.find('=')) + " takes no value.");
  }
}

BOOST_AUTO_TEST_CASE(what_is_missing_or_too_much_is_named_with_where_to_look) {
  const std::string look = " Run coterie-cli --help for what is possible.";
  BOOST_TEST(refusal({"say"}) == "TEXT is missing." + look);
  BOOST_TEST(refusal({"say", "x", "--to"}) == "--to needs a value." + look);
  BOOST_TEST(refusal({"listen", "--frobnicate"}) == "There is no option --frobnicate." + look);
  BOOST_TEST(refusal({"listen", "more"}) == "Nothing more can be given here: more." + look);
  BOOST_TEST(refusal({"dance"}).ends_with(look));
  BOOST_TEST(refusal({}) == "A command is missing." + look);
  BOOST_TEST(refusal({"frobnicate"}) == "There is no command frobnicate." + look);
  BOOST_TEST(refusal({"members", "--wait", "2"}) == "There is no option --wait." + look);
  BOOST_TEST(refusal({"send", ""}) == "The path of a file is empty; name the file to send.");
  BOOST_TEST(ended({"listen"}).text == "coterie-cli: --relay is missing." + look + "\n");
}

BOOST_AUTO_TEST_CASE(what_was_typed_reaches_the_terminal_without_control_characters) {
  BOOST_TEST(refusal({"listen", "--\x1b[31m"}).find('\x1b') == std::string::npos);
  BOOST_TEST(refusal({"listen", "\xE2\x80\xAE"}).find("\xE2\x80\xAE") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_text_that_cannot_be_sent_is_a_usage_error) {
  is_refused({"say", ""});
  is_refused({"say", std::string(20'000, 'a')});
  BOOST_TEST(command<SayOptions>({"say", std::string(16'384, 'a')}).text.size() == 16'384U);
}

BOOST_AUTO_TEST_CASE(nobody_is_their_own_addressee) {
  const std::string sentence = " is your own user id; name another member.";
  for (const auto& words : std::vector<std::vector<std::string>>{{"say", "x", "--to", "Alice"},
                                                                 {"send", "x", "--to", "bob", "--to", "Alice"},
                                                                 {"receive", "--from", "Alice"},
                                                                 {"verify", "Alice"},
                                                                 {"history", "--with", "Alice"}})
    BOOST_TEST(refusal(words) == "Alice" + sentence);
}

BOOST_AUTO_TEST_CASE(help_and_version_end_well) {
  const auto help = ended({"--help"});
  BOOST_TEST(static_cast<int>(help.code) == 0);
  for (const auto* word : {"chat", "say", "send", "receive", "listen", "members", "verify", "history", "search",
                           "--pin", "--trust", "COTERIE_PASSWORD", "Exit codes"})
    BOOST_TEST(help.text.find(word) != std::string::npos, word);
  BOOST_TEST(static_cast<int>(ended({"--version"}).code) == 0);
  const auto of_command = ended({"say", "--help"});
  BOOST_TEST(static_cast<int>(of_command.code) == 0);
  BOOST_TEST(of_command.text.find("--wait") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()

}   // namespace coterie::cli
