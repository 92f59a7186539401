// SPDX-License-Identifier: MIT
#include "cli/progress.h"

#include "cli/format.h"
#include "tests/cli/fake_shell.h"

#include <boost/test/unit_test.hpp>

#include <clocale>

namespace coterie::cli {
namespace {

using namespace std::chrono_literals;
using event::TransferPhase;
const Progress::Clock::time_point start{};

event::TransferChanged running(std::uint8_t id, std::uint64_t size, std::uint64_t done) {
  auto made = transfer(FileId{{id}}, "bob", true, TransferPhase::running);
  made.size = size;
  made.done = done;
  return made;
}

struct Utf8 {
  Utf8() { std::setlocale(LC_CTYPE, "C.UTF-8"); }
};

}   // namespace

BOOST_FIXTURE_TEST_SUITE(progress, Utf8)

BOOST_AUTO_TEST_CASE(nothing_under_way_is_no_line) {
  Progress progress;
  BOOST_TEST(progress.line(80, start).empty());
  auto finished = running(1, 100, 100);
  finished.phase = TransferPhase::finished;
  progress.update(finished, start);
  BOOST_TEST(progress.line(80, start).empty());
}

BOOST_AUTO_TEST_CASE(one_file_shows_name_share_rate_and_time_left) {
  Progress progress;
  progress.update(running(1, 10'000'000, 0), start);
  progress.update(running(1, 10'000'000, 4'000'000), start + 4s);
  const auto line = progress.line(100, start + 4s);
  for (const auto* part : {"report.pdf to bob", "40 %", "1.0 MB/s", "0:07 left"})
    BOOST_TEST(line.find(part) != std::string::npos, line);
}

BOOST_AUTO_TEST_CASE(what_was_there_before_counts_for_the_share_but_not_for_the_rate) {
  Progress progress;
  progress.update(running(1, 10'000'000, 8'000'000), start);
  progress.update(running(1, 10'000'000, 9'000'000), start + 4s);
  const auto line = progress.line(100, start + 4s);
  BOOST_TEST(line.find("90 %") != std::string::npos, line);
  BOOST_TEST(line.find("250.0 kB/s") != std::string::npos, line);
}

BOOST_AUTO_TEST_CASE(several_files_are_summed_up) {
  Progress progress;
  auto finished = running(1, 1000, 1000);
  finished.phase = TransferPhase::finished;
  progress.update(finished, start);
  progress.update(running(2, 1000, 0), start);
  const auto line = progress.line(100, start);
  BOOST_TEST(line.find("1 of 2 done") != std::string::npos, line);
  BOOST_TEST(line.find("50 %") != std::string::npos, line);
}

BOOST_AUTO_TEST_CASE(whom_it_waits_for_is_said) {
  Progress progress;
  auto offered = running(1, 1000, 0);
  offered.phase = TransferPhase::offered;
  progress.update(offered, start);
  BOOST_TEST(progress.line(100, start).find("waiting for bob to accept") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(an_empty_file_is_no_division_by_nothing) {
  Progress progress;
  progress.update(running(1, 0, 0), start);
  BOOST_TEST(progress.line(100, start).find("0 %") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(the_line_fits_any_terminal_and_any_name) {
  Progress progress;
  auto file = running(1, 10'000'000, 0);
  file.name = "a name 文字 that goes on and on and on and on and on and on.pdf\x1b[2J";
  progress.update(file, start);
  file.done = 5'000'000;
  progress.update(file, start + 4s);
  for (std::size_t columns = 1; columns < 150; ++columns) {
    const auto line = progress.line(columns, start + 4s);
    BOOST_TEST(display_width(line) <= columns);
    BOOST_TEST(line.find('\x1b') == std::string::npos);
  }
}

BOOST_AUTO_TEST_SUITE_END()

}   // namespace coterie::cli
