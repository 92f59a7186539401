// SPDX-License-Identifier: MIT
#include "gui/model/rate.h"

#include <boost/test/unit_test.hpp>

using namespace coterie::gui;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(rate)

BOOST_AUTO_TEST_CASE(there_is_no_figure_before_it_has_settled) {
  Rate rate;
  const auto start = Rate::Clock::time_point(1h);
  rate.add(start, 0);
  rate.add(start + 300ms, 1000);
  BOOST_TEST(!rate.at(start + 300ms));
  BOOST_TEST(!rate.left(start + 300ms, 5000));
}

BOOST_AUTO_TEST_CASE(a_steady_flow_has_its_rate_and_its_end) {
  Rate rate;
  const auto start = Rate::Clock::time_point(1h);
  for (int i = 0; i <= 100; ++i) rate.add(start + i * 100ms, static_cast<std::uint64_t>(i) * 100);
  BOOST_TEST(*rate.at(start + 10s) == 1000.0, boost::test_tools::tolerance(0.05));
  BOOST_TEST(rate.left(start + 10s, 5000)->count() == 5);
}

BOOST_AUTO_TEST_CASE(what_was_there_before_a_resume_was_not_moved_now) {
  Rate rate;
  const auto start = Rate::Clock::time_point(1h);
  rate.add(start, 1'000'000);
  rate.add(start + 4s, 1'004'000);
  BOOST_TEST(*rate.at(start + 4s) == 1000.0);
}

BOOST_AUTO_TEST_CASE(nothing_comes_of_standing_still) {
  Rate rate;
  const auto start = Rate::Clock::time_point(1h);
  rate.add(start, 10);
  rate.add(start + 3s, 10);
  BOOST_TEST(*rate.at(start + 3s) == 0.0);
  BOOST_TEST(!rate.left(start + 3s, 10));
}

BOOST_AUTO_TEST_SUITE_END()
