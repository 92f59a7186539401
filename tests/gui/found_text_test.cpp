// SPDX-License-Identifier: MIT
#include "gui/model/found_text.h"

#include <boost/test/unit_test.hpp>

#include <string>

using namespace coterie::gui;

BOOST_AUTO_TEST_SUITE(found_text)

BOOST_AUTO_TEST_CASE(words_are_found_whatever_their_case) {
  const auto found = find_text("Rope, rope and ROPE", "rope");
  BOOST_REQUIRE(found.size() == 3U);
  BOOST_TEST(found[2].begin == 15U);
  BOOST_TEST(find_text("anything", "").empty());
  BOOST_TEST(find_text("anything", "  ").empty());
}

BOOST_AUTO_TEST_CASE(words_that_stand_apart_are_found_one_by_one) {
  const auto together = find_text("a long rope, and a rope that is long", "long rope ");
  BOOST_REQUIRE(together.size() == 1U);
  BOOST_TEST(together[0].begin == 2U);
  BOOST_TEST(together[0].end == 11U);
  const auto apart = find_text("the rope is long", "long  rope");
  BOOST_REQUIRE(apart.size() == 2U);
  BOOST_TEST(apart[0].begin == 12U);
  BOOST_TEST(apart[1].begin == 4U);
}

BOOST_AUTO_TEST_CASE(a_word_that_is_spelt_in_another_way_is_marked_whole) {
  const auto marked = [](const std::string& text, const std::string& words) {
    std::string pieces;
    for (const auto& range : find_text(text, words))
      pieces += "[" + text.substr(range.begin, range.end - range.begin) + "]";
    return pieces;
  };
  BOOST_TEST(marked("un café noir", "cafe") == "[café]");
  BOOST_TEST(marked("ÉCOLE et école", "école") == "[école]");    // as it was written, where it is
  BOOST_TEST(marked("این کتاب است", "\u0643تاب") == "[کتاب]");   // with the Arabic kaf
  BOOST_TEST(marked("کتاب‌ها را بیاور", "کتابها") == "[کتاب‌ها]");
  BOOST_TEST(marked("decafé", "cafe").empty());   // the search finds beginnings of words
  BOOST_TEST(marked("un café", "!").empty());
}

BOOST_AUTO_TEST_SUITE_END()
