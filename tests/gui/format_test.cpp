// SPDX-License-Identifier: MIT
#include "gui/model/format.h"

#include <boost/test/unit_test.hpp>

using namespace coterie::gui;

BOOST_AUTO_TEST_SUITE(format)

BOOST_AUTO_TEST_CASE(sizes_are_decimal_with_one_digit) {
  BOOST_TEST(format_size(0) == "0 B");
  BOOST_TEST(format_size(999) == "999 B");
  BOOST_TEST(format_size(1000) == "1.0 kB");
  BOOST_TEST(format_size(999'949) == "999.9 kB");
  BOOST_TEST(format_size(999'950) == "1.0 MB");
  BOOST_TEST(format_size(12'345'678'901) == "12.3 GB");
}

BOOST_AUTO_TEST_CASE(durations_have_hours_only_when_there_are_some) {
  BOOST_TEST(format_duration(std::chrono::seconds(7)) == "0:07");
  BOOST_TEST(format_duration(std::chrono::seconds(723)) == "12:03");
  BOOST_TEST(format_duration(std::chrono::seconds(3723)) == "1:02:03");
  BOOST_TEST(format_duration(std::chrono::seconds(-5)) == "0:00");
}

BOOST_AUTO_TEST_CASE(initials_are_the_first_letters_of_words) {
  BOOST_TEST(initials("alice") == "a");
  BOOST_TEST(initials("mary-jane watson") == "mj");
  BOOST_TEST(initials("سارا_محمدی") == "س");
  BOOST_TEST(initials("").empty());
}

BOOST_AUTO_TEST_CASE(a_name_has_one_colour) {
  BOOST_TEST(colour_index("alice", 8) == colour_index("alice", 8));
  BOOST_TEST(colour_index("bob", 8) < 8U);
}

BOOST_AUTO_TEST_SUITE_END()
