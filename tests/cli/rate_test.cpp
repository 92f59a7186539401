// SPDX-License-Identifier: MIT
#include "cli/rate.h"

#include <boost/test/unit_test.hpp>

namespace coterie::cli {
namespace {

using namespace std::chrono_literals;
const RateEstimator::Clock::time_point start{};

}   // namespace

BOOST_AUTO_TEST_SUITE(rate)

BOOST_AUTO_TEST_CASE(says_nothing_until_it_has_watched_for_a_while) {
  RateEstimator estimator;
  BOOST_TEST(!estimator.rate(start));
  estimator.add(start, 0);
  estimator.add(start + 1s, 1000);
  BOOST_TEST(!estimator.rate(start + 1s));
  estimator.add(start + 2s, 2000);
  BOOST_REQUIRE(estimator.rate(start + 2s));
  BOOST_TEST(*estimator.rate(start + 2s) == 1000.0);
}

BOOST_AUTO_TEST_CASE(what_was_there_before_a_resume_is_not_counted_as_moved) {
  RateEstimator estimator;
  estimator.add(start, 5'000'000);
  estimator.add(start + 4s, 5'000'400);
  BOOST_TEST(*estimator.rate(start + 4s) == 100.0);
}

BOOST_AUTO_TEST_CASE(follows_a_change_of_speed_within_its_window) {
  RateEstimator estimator;
  std::uint64_t done = 0;
  auto now = start;
  for (int i = 0; i < 100; ++i) estimator.add(now += 100ms, done += 100);   // 1,000 a second
  for (int i = 0; i < 100; ++i) estimator.add(now += 100ms, done += 400);   // 4,000 a second, ten seconds
  BOOST_TEST(*estimator.rate(now) == 4000.0, boost::test_tools::tolerance(0.02));
}

BOOST_AUTO_TEST_CASE(falls_while_nothing_moves) {
  RateEstimator estimator;
  estimator.add(start, 0);
  estimator.add(start + 4s, 4000);
  BOOST_TEST(*estimator.rate(start + 8s) == 500.0);
  BOOST_TEST(*estimator.rate(start + 40s) == 100.0);
}

BOOST_AUTO_TEST_CASE(begins_again_when_less_is_done_than_before) {
  RateEstimator estimator;
  estimator.add(start, 0);
  estimator.add(start + 4s, 4000);
  estimator.add(start + 5s, 1000);
  BOOST_TEST(!estimator.rate(start + 5s));
  estimator.add(start + 9s, 3000);
  BOOST_TEST(*estimator.rate(start + 9s) == 500.0);
}

BOOST_AUTO_TEST_CASE(time_left_follows_from_the_rate) {
  RateEstimator estimator;
  BOOST_TEST(!estimator.time_left(start, 100));
  estimator.add(start, 0);
  estimator.add(start + 4s, 4000);
  BOOST_TEST(estimator.time_left(start + 4s, 10'000)->count() == 11);
  BOOST_TEST(estimator.time_left(start + 4s, 0)->count() == 0);
}

BOOST_AUTO_TEST_CASE(no_time_left_is_named_when_nothing_moves_or_it_would_take_days) {
  RateEstimator still;
  still.add(start, 100);
  still.add(start + 10s, 100);
  BOOST_TEST(!still.time_left(start + 10s, 1));
  RateEstimator slow;
  slow.add(start, 0);
  slow.add(start + 10s, 1);
  BOOST_TEST(!slow.time_left(start + 10s, UINT64_MAX));
}

BOOST_AUTO_TEST_SUITE_END()

}   // namespace coterie::cli
