// SPDX-License-Identifier: MIT
// The log: one line an event, whatever a stranger put into a name.
#include <boost/test/unit_test.hpp>

#include <fcntl.h>
#include <unistd.h>

#include <cstdio>
#include <sstream>

#include "netcore/base/log.h"
#include "netcore/base/random.h"
#include "netcore/base/secret.h"
#include "netcore/base/unicode.h"
#include "tests/support/temp_folder.h"

using namespace coterie;

namespace {

// What `work` writes to standard error.
template <class Work>
std::string logged(Work work) {
  test::TempFolder folder;
  const auto file = folder / "stderr";
  std::fflush(stderr);
  const int saved = ::dup(2);
  const int there = ::open(file.c_str(), O_WRONLY | O_CREAT, 0600);
  ::dup2(there, 2);
  work();
  std::fflush(stderr);
  ::dup2(saved, 2);
  ::close(saved);
  ::close(there);
  return std::string(as_text(test::read_file(file)));
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

struct LevelFixture {
  LevelFixture() { log::set_level(log::Level::debug); }
  ~LevelFixture() { log::set_level(log::Level::info); }
};

}   // namespace

namespace coterie::tests {   // the C library has a function of that name

BOOST_FIXTURE_TEST_SUITE(log, LevelFixture)

BOOST_AUTO_TEST_CASE(an_event_is_one_line_with_its_fields) {
  const auto text = logged([] { coterie::log::info("joined", {{"group", "garden"}, {"members", 3}, {"empty", ""}}); });
  BOOST_TEST(text.ends_with(" info joined group=garden members=3 empty=\"\"\n"), text);
  BOOST_TEST(lines_of(text).size() == 1U);
  BOOST_TEST(text.substr(4, 1) == "-", "it begins with the date");
}

BOOST_AUTO_TEST_CASE(levels_below_the_one_set_are_silent) {
  const auto text = logged([] {
    coterie::log::set_level(coterie::log::Level::warning);
    coterie::log::debug("one");
    coterie::log::info("two");
    coterie::log::warning("three");
    coterie::log::error("four");
    coterie::log::set_level(coterie::log::Level::off);
    coterie::log::error("five");
  });
  const auto lines = lines_of(text);
  BOOST_REQUIRE(lines.size() == 2U);
  BOOST_TEST(lines[0].ends_with("three"));
  BOOST_TEST(lines[1].ends_with("four"));
}

BOOST_AUTO_TEST_CASE(L01_F09_nothing_foreign_makes_a_second_line_or_steers_the_terminal) {
  const std::string hostile[] = {"\n2026-01-01T00:00:00 info admin accepted",
                                 "\r\n",
                                 "\r",
                                 "\x1b[2J\x1b[1;31m",
                                 "\x07",
                                 "\x7f",
                                 "\u009b2J",
                                 "\u2028next line",
                                 "\u202Egnp.exe",
                                 "\x1b]52;c;AAAA\x07",
                                 std::string("a\0b", 3),
                                 "\x0b\x0c",
                                 std::string(10'000, '\n'),
                                 std::string(10'000, '\x1b'),
                                 "\xff\xfe",
                                 "{} {0} %s %n",
                                 "\u0085"};
  for (const auto& text : hostile) {
    const auto written = logged([&] { coterie::log::warning("refused", {{"name", text}, {"after", 1}}); });
    const auto lines = lines_of(written);
    BOOST_REQUIRE_MESSAGE(lines.size() == 1U, written);
    BOOST_TEST(lines[0].ends_with(" after=1"));
    BOOST_TEST(lines[0].size() < 700U);
    BOOST_TEST(is_valid_utf8(lines[0]));
    bool printable = true;
    for_each_code_point(
        lines[0], [&](char32_t c, std::string_view) { printable = printable && classify(c) == CharClass::ordinary; });
    BOOST_TEST(printable, lines[0]);
  }
}

BOOST_AUTO_TEST_CASE(L01_nothing_foreign_makes_a_second_field) {
  const auto field_of = [](const std::string& value) {
    const auto text = logged([&] { coterie::log::info("event", {{"name", value}}); });
    return text.substr(text.find("name=") + 5, text.size() - text.find("name=") - 6);
  };
  BOOST_TEST(field_of("plain") == "plain");
  BOOST_TEST(field_of("two words") == "\"two words\"");
  BOOST_TEST(field_of("x admin=yes") == "\"x admin=yes\"");
  BOOST_TEST(field_of("x\" admin=\"yes") == R"("x\" admin=\"yes")");
  BOOST_TEST(field_of("x\\\" admin=yes") == R"("x\\\" admin=yes")");
  BOOST_TEST(field_of("ends with \\") == R"("ends with \\")");
  BOOST_TEST(field_of("a=b") == "\"a=b\"");
}

BOOST_AUTO_TEST_CASE(L01_foreign_text_is_cut_to_512_bytes) {
  BOOST_TEST(coterie::log::escaped(std::string(512, 'x')) == std::string(512, 'x'));
  BOOST_TEST(coterie::log::escaped(std::string(513, 'x')) == std::string(509, 'x') + "...");
  BOOST_TEST(coterie::log::escaped(std::string(10'000, '\x1b')).size() <= 512U);
  BOOST_TEST(coterie::log::escaped(std::string(10'000, '\x1b')).ends_with("\\x1b..."));
}

BOOST_AUTO_TEST_CASE(ids_are_shortened) {
  const auto id = random_id<DropCap>();
  const auto text = logged([&] { coterie::log::info("event", {{"id", id}}); });
  BOOST_TEST(text.ends_with(" id=" + id.hex().substr(0, 8) + "\n"), text);
}

template <class T>
concept Loggable = requires(const T& value) {
  coterie::log::Field("key", value);
};

BOOST_AUTO_TEST_CASE(L02_logging_a_secret_does_not_compile) {
  static_assert(Loggable<std::string> && Loggable<int> && Loggable<MemberId>);
  static_assert(!Loggable<SecretBytes>);
  static_assert(!Loggable<Key<struct AnyPurpose>>);
  static_assert(!Loggable<Bytes>);
  BOOST_TEST(true);
}

BOOST_AUTO_TEST_CASE(a_listener_gets_whole_lines_of_its_own_level) {
  std::vector<std::string> heard;
  coterie::log::set_level(coterie::log::Level::error);
  coterie::log::listen(coterie::log::Level::info, [&](std::string line) { heard.push_back(std::move(line)); });
  const auto text = logged([] {
    coterie::log::debug("too_quiet");
    coterie::log::info("heard", {{"name", "a\nb"}});
  });
  coterie::log::listen(coterie::log::Level::off, {});
  coterie::log::error("after");
  BOOST_TEST(text == "");
  BOOST_REQUIRE(heard.size() == 1U);
  BOOST_TEST(heard.front().ends_with(" info heard name=a\\x0ab"), heard.front());
}

BOOST_AUTO_TEST_SUITE_END()

}   // namespace coterie::tests
