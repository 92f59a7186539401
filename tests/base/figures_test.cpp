// SPDX-License-Identifier: MIT
#include "netcore/base/figures.h"

#include <boost/test/unit_test.hpp>

using namespace coterie;

BOOST_AUTO_TEST_SUITE(figures)

BOOST_AUTO_TEST_CASE(sizes_have_decimal_units_and_one_digit) {
  BOOST_TEST(format_size(0) == "0 B");
  BOOST_TEST(format_size(999) == "999 B");
  BOOST_TEST(format_size(1000) == "1.0 kB");
  BOOST_TEST(format_size(12'345'678) == "12.3 MB");
  BOOST_TEST(format_size(999'949) == "999.9 kB");
  BOOST_TEST(format_size(999'950) == "1.0 MB");   // never "1000.0 kB"
  BOOST_TEST(format_size(std::uint64_t{1} << 44U) == "17.6 TB");
  BOOST_TEST(format_size(UINT64_MAX) == "18446.7 PB");
}

BOOST_AUTO_TEST_CASE(a_rate_is_a_size_a_second) {
  BOOST_TEST(format_rate(12'300'000) == "12.3 MB/s");
  BOOST_TEST(format_rate(-1) == "0 B/s");
}

BOOST_AUTO_TEST_CASE(durations_have_hours_only_when_there_are_some) {
  BOOST_TEST(format_duration(std::chrono::seconds(0)) == "0:00");
  BOOST_TEST(format_duration(std::chrono::seconds(7)) == "0:07");
  BOOST_TEST(format_duration(std::chrono::seconds(723)) == "12:03");
  BOOST_TEST(format_duration(std::chrono::seconds(3723)) == "1:02:03");
  BOOST_TEST(format_duration(std::chrono::seconds(-5)) == "0:00");
}

BOOST_AUTO_TEST_SUITE_END()
