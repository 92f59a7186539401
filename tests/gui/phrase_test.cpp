// SPDX-License-Identifier: MIT
#include "gui/model/phrase.h"

#include "netcore/base/password_strength.h"
#include "netcore/base/unicode.h"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <set>

using namespace coterie;
using namespace coterie::gui;

BOOST_AUTO_TEST_SUITE(phrase)

BOOST_AUTO_TEST_CASE(a_phrase_is_six_words_and_a_good_password) {
  const auto suggested = suggest_phrase();
  BOOST_TEST(std::count(suggested.begin(), suggested.end(), ' ') == 5);
  BOOST_TEST(parse_password(suggested).has_value());
  BOOST_TEST(password_score(suggested) == 4);
}

BOOST_AUTO_TEST_CASE(every_phrase_is_called_strong) {
  for (int i = 0; i < 300; ++i) {
    const auto suggested = suggest_phrase();
    BOOST_TEST(password_score(suggested) == 4, suggested);
  }
}

BOOST_AUTO_TEST_CASE(phrases_differ) {
  std::set<std::string> seen;
  for (int i = 0; i < 20; ++i) seen.insert(suggest_phrase());
  BOOST_TEST(seen.size() == 20U);
}

BOOST_AUTO_TEST_SUITE_END()
