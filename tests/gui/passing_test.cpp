// SPDX-License-Identifier: MIT
#include "gui/model/passing.h"

#include <boost/test/unit_test.hpp>

using namespace coterie::gui;
using namespace std::chrono_literals;

namespace {

struct Reader {
  Passing news;
  Passing::Clock::time_point now{1h};

  bool looks(std::chrono::seconds time, bool is_read = true) {
    bool is_over = false;
    for (const auto end = now + time; now < end; now += 1s) is_over = news.is_over(now, is_read) || is_over;
    return is_over || news.is_over(now, is_read);
  }
};

}   // namespace

BOOST_AUTO_TEST_SUITE(passing)

BOOST_AUTO_TEST_CASE(good_news_goes_when_it_has_been_read_for_a_while) {
  Reader alice;
  BOOST_TEST(!alice.looks(9s));
  BOOST_TEST(alice.looks(1s));
}

BOOST_AUTO_TEST_CASE(while_nobody_looks_it_waits_and_then_has_its_whole_time) {
  Reader alice;
  BOOST_TEST(!alice.looks(9s));
  BOOST_TEST(!alice.looks(1h, false));
  BOOST_TEST(!alice.looks(9s));
  BOOST_TEST(alice.looks(1s));
}

BOOST_AUTO_TEST_CASE(what_comes_after_something_else_has_its_whole_time) {
  Reader alice;
  BOOST_TEST(!alice.looks(9s));
  alice.news.stop();
  alice.now += 1min;
  BOOST_TEST(!alice.looks(9s));
  BOOST_TEST(alice.looks(1s));
}

BOOST_AUTO_TEST_SUITE_END()
