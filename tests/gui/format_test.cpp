// SPDX-License-Identifier: MIT
#include "gui/model/format.h"

#include <boost/test/unit_test.hpp>

using namespace coterie::gui;

BOOST_AUTO_TEST_SUITE(format)

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
