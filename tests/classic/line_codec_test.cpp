// SPDX-License-Identifier: MIT
#include "netcore/classic/line_codec.h"

#include <boost/test/unit_test.hpp>

using namespace coterie;
using namespace coterie::classic;

namespace {

// What a stream came to, told as text: "L:<line>", "B:<body>", "E:<error>".
struct Listener {
  [[nodiscard]] bool wants_more() const { return allowed != 0; }
  Result<std::uint64_t> on_line(std::string_view line) {
    use_one();
    told += "L:" + std::string(line) + ";";
    const auto parsed = parse_line(line);
    if (!parsed) return tl::unexpected(parsed.error());
    if (const auto* message = std::get_if<Message>(&*parsed)) return message->size;
    if (const auto* file = std::get_if<File>(&*parsed)) return file->size;
    return 0;
  }
  void on_body(ByteView piece, std::uint64_t left) {
    use_one();
    body += as_text(piece);
    if (left == 0) told += "B:" + std::exchange(body, {}) + ";";
  }
  void use_one() {
    if (allowed > 0) --allowed;
  }

  int allowed = -1;   // calls until it wants no more; below zero: without limit
  std::string told;
  std::string body;
};

std::string cut_at(std::string_view stream, std::size_t first, std::size_t second) {
  StreamCutter cutter(max_request);
  Listener listener;
  for (const auto part : {stream.substr(0, first), stream.substr(first, second - first), stream.substr(second)}) {
    const auto taken = cutter.cut(as_bytes(part), listener);
    if (!taken) return listener.told + "E:" + std::string(name_of(taken.error().code));
    BOOST_TEST_REQUIRE(*taken == part.size());
  }
  return listener.told;
}

constexpr std::string_view conversation =
    "LOGIN alice\nGROUP 30c952fab122c3f9759f02a6d95c3758b246b4fee239957b2d4fee46e26170c4\r\nONLINE_LIST bob carol\n"
    "SEND_MSG BROADCAST 12\nbGluZQpsaW5lSEND bob YWJj 3\na\nbSEND_MSG bob 0\nLEFT carol\n";

}   // namespace

BOOST_AUTO_TEST_SUITE(line_codec)

BOOST_AUTO_TEST_CASE(every_line_reads_as_it_was_written) {
  const std::vector<std::pair<std::string, Line>> table = {
      {"LOGIN alice\n", Login{"alice"}},
      {"LOGIN علی\n", Login{"علی"}},
      {"GROUP 9f86d081\n", Group{"9f86d081"}},
      {"GET_ONLINE_USERS ALL\n", AskOnline{}},
      {"SEND_MSG BROADCAST 16\n", Message{"BROADCAST", 16}},
      {"SEND_MSG bob 0\n", Message{"bob", 0}},
      {"SEND bob YWJjLnR4dA== 4294967296\n", File{"bob", "YWJjLnR4dA==", 4'294'967'296}},
      {"OK\n", Ok{}},
      {"ERROR that user id is taken\n", Refusal{"that user id is taken"}},
      {"ONLINE_LIST \n", OnlineList{}},
      {"ONLINE_LIST bob carol\n", OnlineList{{"bob", "carol"}}},
      {"NEW dave\n", Came{"dave"}},
      {"LEFT dave\n", Left{"dave"}},
  };
  for (const auto& [text, line] : table) {
    BOOST_TEST_CONTEXT(text) {
      BOOST_TEST(format_line(line) == text);
      const auto parsed = parse_line(std::string_view(text).substr(0, text.size() - 1));
      BOOST_TEST_REQUIRE(parsed.has_value());
      BOOST_TEST((*parsed == line));
    }
  }
}

BOOST_AUTO_TEST_CASE(a_line_that_follows_no_rule_is_named_or_passed_over) {
  const std::string long_word(max_greeting, 'x');
  const std::vector<std::pair<std::string, std::optional<Errc>>> table = {
      {"", std::nullopt},   // passed over
      {" ", std::nullopt},
      {"HELLO there", std::nullopt},
      {"login alice", std::nullopt},
      {"SEND_MSGS bob 3", std::nullopt},
      {"LOGIN", Errc::malformed},
      {"LOGIN ", Errc::malformed},
      {"LOGIN  alice", Errc::malformed},
      {"LOGIN alice bob", Errc::malformed},
      {"LOGIN al\tice", Errc::malformed},
      {std::string("LOGIN al\0ice", 12), Errc::malformed},
      {"LOGIN \xff\xfe", Errc::malformed},
      {"LOGIN a\u202e"
       "b",
       Errc::malformed},   // turns what follows around
      {"LOGIN a\x1b[31m", Errc::malformed},
      {"LOGIN " + long_word, Errc::too_large},
      {"GROUP", Errc::malformed},
      {"GROUP " + long_word, Errc::too_large},
      {"SEND_MSG", Errc::malformed},
      {"SEND_MSG bob", Errc::malformed},
      {"SEND_MSG bob ", Errc::malformed},
      {"SEND_MSG  5", Errc::malformed},
      {"SEND_MSG bob -1", Errc::malformed},
      {"SEND_MSG bob +1", Errc::malformed},
      {"SEND_MSG bob 0x10", Errc::malformed},
      {"SEND_MSG bob 1e3", Errc::malformed},
      {"SEND_MSG bob 1_000", Errc::malformed},
      {"SEND_MSG bob 12 34", Errc::malformed},
      {"SEND_MSG bob 12 ", std::nullopt},   // a space at the end says nothing
      {"SEND_MSG bob 1048576", std::nullopt},
      {"SEND_MSG bob 1048577", Errc::too_large},
      {"SEND_MSG bob 18446744073709551615", Errc::too_large},
      {"SEND_MSG bob 18446744073709551616", Errc::too_large},
      {"SEND_MSG bob 99999999999999999999999999", Errc::too_large},
      {"SEND bob 5", Errc::malformed},
      {"SEND bob  5", Errc::malformed},
      {"SEND bob YWJj", Errc::malformed},
      {"SEND bob ../../etc/passwd.txt 5", Errc::malformed},   // the dot is not base64
      {"SEND bob YWJj -5", Errc::malformed},
      {"SEND bob YWJj 4294967296", std::nullopt},
      {"SEND bob YWJj 4294967297", Errc::too_large},
      {"NEW", Errc::malformed},
      {"LEFT a b", Errc::malformed},
  };
  for (const auto& [line, error] : table) {
    BOOST_TEST_CONTEXT('"' << line.substr(0, 60) << '"') {
      const auto parsed = parse_line(line);
      BOOST_TEST(parsed.has_value() == !error.has_value());
      if (!parsed && error) BOOST_TEST(std::string(name_of(parsed.error().code)) == std::string(name_of(*error)));
    }
  }
}

BOOST_AUTO_TEST_CASE(lists_are_read_with_any_number_of_spaces) {
  const auto parsed = parse_line("ONLINE_LIST  bob   carol \x01 ");
  BOOST_TEST_REQUIRE(parsed.has_value());
  BOOST_TEST((std::get<OnlineList>(*parsed).users == std::vector<std::string>{"bob", "carol"}));
}

BOOST_AUTO_TEST_CASE(the_second_word_of_the_question_who_is_here_does_not_matter) {
  for (const auto* text : {"GET_ONLINE_USERS", "GET_ONLINE_USERS ", "GET_ONLINE_USERS ALL", "GET_ONLINE_USERS a b"})
    BOOST_TEST((parse_line(text) == Line(AskOnline{})));
}

BOOST_AUTO_TEST_CASE(a_stream_says_the_same_wherever_it_is_split) {
  const auto whole = cut_at(conversation, conversation.size(), conversation.size());
  BOOST_TEST(whole ==
             "L:LOGIN alice;L:GROUP 30c952fab122c3f9759f02a6d95c3758b246b4fee239957b2d4fee46e26170c4;"
             "L:ONLINE_LIST bob carol;L:SEND_MSG BROADCAST 12;B:bGluZQpsaW5l;L:SEND bob YWJj 3;B:a\nb;"
             "L:SEND_MSG bob 0;L:LEFT carol;");
  for (std::size_t first = 0; first <= conversation.size(); ++first)
    for (std::size_t second = first; second <= conversation.size(); ++second)
      BOOST_TEST_REQUIRE(cut_at(conversation, first, second) == whole);
}

BOOST_AUTO_TEST_CASE(a_reader_that_wants_no_more_is_given_the_rest_later) {
  const auto whole = cut_at(conversation, conversation.size(), conversation.size());
  StreamCutter cutter(max_request);
  Listener listener;
  auto left = as_bytes(conversation);
  while (!left.empty()) {
    listener.allowed = 1;
    const auto taken = cutter.cut(left, listener);
    BOOST_TEST_REQUIRE(taken.has_value());
    BOOST_TEST_REQUIRE(*taken > 0U);
    left = left.subspan(*taken);
  }
  BOOST_TEST(listener.told == whole);
  BOOST_TEST(!cutter.is_inside());
}

BOOST_AUTO_TEST_CASE(a_line_that_does_not_end_is_given_up_at_the_limit) {
  for (const std::size_t piece : std::initializer_list<std::size_t>{1, 7, 100, 5000}) {
    StreamCutter cutter(100);
    Listener listener;
    const std::string endless(piece, 'x');
    std::size_t given = 0;
    auto taken = Result<std::size_t>(0);
    while (taken && given < 10'000) {
      taken = cutter.cut(as_bytes(endless), listener);
      given += piece;
    }
    BOOST_TEST(!taken.has_value());
    BOOST_TEST(given < 100 + 2 * piece);
  }
}

BOOST_AUTO_TEST_CASE(the_middle_of_a_line_or_body_is_known_as_such) {
  StreamCutter cutter(max_request);
  Listener listener;
  const auto feed = [&](std::string_view text) {
    BOOST_TEST_REQUIRE(cutter.cut(as_bytes(text), listener).has_value());
  };
  BOOST_TEST(!cutter.is_inside());
  feed("SEND_MSG b");
  BOOST_TEST(cutter.is_inside());
  feed("ob 2\n");
  BOOST_TEST(cutter.is_inside());
  feed("a");
  BOOST_TEST(cutter.is_inside());
  feed("b");
  BOOST_TEST(!cutter.is_inside());
}

BOOST_AUTO_TEST_SUITE_END()
