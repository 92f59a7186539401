// SPDX-License-Identifier: MIT
#include "gui/model/mnemonics.h"

#include <boost/test/unit_test.hpp>

using namespace coterie::gui;
using Labels = std::vector<std::string>;

BOOST_AUTO_TEST_SUITE(mnemonics)

BOOST_AUTO_TEST_CASE(a_marked_letter_stays_and_the_second_item_with_it_gets_another) {
  const auto made = with_mnemonics({"&Undo\tCtrl+Z", "Con&versation", "Pre&vious Con\tShift+F3"});
  BOOST_TEST((made == Labels{"&Undo\tCtrl+Z", "Con&versation", "&Previous Con\tShift+F3"}));
}

BOOST_AUTO_TEST_CASE(a_letter_that_is_marked_further_down_is_not_given_away_before) {
  BOOST_TEST((with_mnemonics({"Delete", "&Disconnect"}) == Labels{"D&elete", "&Disconnect"}));
}

BOOST_AUTO_TEST_CASE(beginnings_of_words_are_tried_before_other_letters) {
  BOOST_TEST(
      (with_mnemonics({"&Show", "Show in Folder", "Share if"}) == Labels{"&Show", "Show &in Folder", "S&hare if"}));
}

BOOST_AUTO_TEST_CASE(case_makes_no_other_letter) {
  BOOST_TEST((with_mnemonics({"&Close", "&close"}) == Labels{"&Close", "c&lose"}));
}

BOOST_AUTO_TEST_CASE(persian_items_get_letters_and_no_signs_above_them) {
  BOOST_TEST((with_mnemonics({"پرونده", "پوشهٔ دریافتی", "گروه"}) == Labels{"&پرونده", "پوشهٔ &دریافتی", "&گروه"}));
}

BOOST_AUTO_TEST_CASE(what_has_no_free_letter_stays_as_it_is) {
  BOOST_TEST((with_mnemonics({"&A", "a", "", "👍", "12"}) == Labels{"&A", "a", "", "👍", "12"}));
}

BOOST_AUTO_TEST_CASE(an_ampersand_that_is_meant_stays_one) {
  BOOST_TEST((with_mnemonics({"Q&&A", "&Verify Q&&A…"}) == Labels{"&Q&&A", "&Verify Q&&A…"}));
}

BOOST_AUTO_TEST_SUITE_END()
