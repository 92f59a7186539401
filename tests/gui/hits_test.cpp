// SPDX-License-Identifier: MIT
#include "gui/model/hits.h"

#include <boost/test/unit_test.hpp>

using namespace coterie;
using namespace coterie::gui;

namespace {

// As the engine answers: hits in the rows `newest` down to `oldest`.
event::SearchResults answer(const command::Search& asked, std::int64_t newest, std::int64_t oldest, bool is_last) {
  event::SearchResults results{asked.words, {}, asked.conversation, asked.before, is_last};
  for (auto row = newest; row >= oldest; --row) {
    results.messages.emplace_back();
    results.messages.back().row = row;
  }
  return results;
}

}   // namespace

BOOST_AUTO_TEST_SUITE(hits)

BOOST_AUTO_TEST_CASE(the_newest_comes_first_and_after_the_last_the_first_again) {
  Hits hits;
  const auto asked = hits.look_for("rope", "bob");
  BOOST_TEST(asked.before == 0);
  BOOST_TEST(!hits.was_answered());
  BOOST_TEST(hits.apply(answer(asked, 12, 10, true)));
  BOOST_TEST(hits.row().value() == 12);
  for (const std::int64_t row : {11, 10, 12}) {
    BOOST_TEST(!hits.step(1));
    BOOST_TEST(hits.row().value() == row);
  }
  BOOST_TEST(!hits.step(-1));
  BOOST_TEST(hits.row().value() == 10);
}

BOOST_AUTO_TEST_CASE(behind_the_last_one_known_older_ones_are_asked_for_once) {
  Hits hits;
  const auto asked = hits.look_for("rope", "");
  BOOST_TEST(hits.apply(answer(asked, 21, 20, false)));
  BOOST_TEST(hits.has_more());
  BOOST_TEST(!hits.step(1));
  const auto older = hits.step(1);
  BOOST_REQUIRE(older.has_value());
  BOOST_TEST(older->before == 20);
  BOOST_TEST(!hits.step(1));
  BOOST_TEST(hits.row().value() == 20);
  BOOST_TEST(hits.apply(answer(*older, 9, 8, true)));
  BOOST_TEST(hits.row().value() == 9);
  BOOST_TEST(hits.count() == 4U);
  BOOST_TEST(!hits.has_more());
  BOOST_TEST(!hits.apply(answer(*older, 9, 8, true)), "the same answer again adds nothing");
}

BOOST_AUTO_TEST_CASE(answers_to_other_words_or_another_conversation_are_nothing) {
  Hits hits;
  const auto before = hits.look_for("rope", "bob");
  const auto asked = hits.look_for("ropes", "bob");
  BOOST_TEST(!hits.apply(answer(before, 5, 1, true)));
  auto elsewhere = asked;
  elsewhere.conversation = "";
  BOOST_TEST(!hits.apply(answer(elsewhere, 5, 1, true)));
  BOOST_TEST(hits.apply(answer(asked, 0, 1, true)));
  BOOST_TEST(hits.was_answered());
  BOOST_TEST(!hits.row());
  hits.forget();
  BOOST_TEST(!hits.apply(answer(asked, 5, 1, true)));
}

BOOST_AUTO_TEST_SUITE_END()
