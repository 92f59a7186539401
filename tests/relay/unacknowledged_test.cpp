// SPDX-License-Identifier: MIT
// The numbers of what one connection has been handed and not acknowledged.
#include "relay/unacknowledged.h"

#include <boost/test/unit_test.hpp>

#include <map>
#include <random>

using namespace coterie;
using relay::Unacknowledged;

namespace {

Unacknowledged::Envelope envelope(std::uint8_t n) {
  Unacknowledged::Envelope made;
  made.letter.sender.bytes[0] = n;
  made.letter.message.bytes[0] = n;
  return made;
}

}   // namespace

BOOST_AUTO_TEST_SUITE(unacknowledged)

BOOST_AUTO_TEST_CASE(numbers_count_up_from_one_and_are_acknowledged_once) {
  Unacknowledged open;
  BOOST_TEST(open.add(envelope(1)) == 1U);
  BOOST_TEST(open.add(envelope(2)) == 2U);
  BOOST_TEST(open.span() == 2U);
  BOOST_TEST(!open.acknowledge(0).has_value());
  BOOST_TEST(!open.acknowledge(3).has_value());
  BOOST_TEST(!open.acknowledge(~0ULL).has_value());
  BOOST_TEST((open.acknowledge(2).value().letter.message == envelope(2).letter.message));
  BOOST_TEST(!open.acknowledge(2).has_value());
  BOOST_TEST(open.span() == 2U);
  BOOST_TEST((open.acknowledge(1).value().letter.message == envelope(1).letter.message));
  BOOST_TEST(open.span() == 0U);
  BOOST_TEST(open.add(envelope(3)) == 3U);
}

BOOST_AUTO_TEST_CASE(what_is_left_is_taken_oldest_first_and_numbers_go_on) {
  Unacknowledged open;
  for (std::uint8_t i = 1; i <= 40; ++i) open.add(envelope(i));
  for (const std::uint64_t done : {1U, 3U, 5U, 40U}) open.acknowledge(done);
  const auto left = open.take_all();
  BOOST_REQUIRE(left.size() == 36U);
  BOOST_TEST((left[0].letter.message == envelope(2).letter.message));
  BOOST_TEST((left[1].letter.message == envelope(4).letter.message));
  BOOST_TEST(open.span() == 0U);
  BOOST_TEST(!open.acknowledge(2).has_value());
  BOOST_TEST(open.add(envelope(1)) == 41U);
}

BOOST_AUTO_TEST_CASE(it_agrees_with_a_map_whatever_is_added_and_acknowledged) {
  std::mt19937 random(7);
  for (int round = 0; round < 50; ++round) {
    Unacknowledged open;
    std::map<std::uint64_t, std::uint8_t> model;
    for (int step = 0; step < 2000; ++step) {
      if (random() % 100 < 40U + 20U * (static_cast<unsigned>(step) / 500 % 2)) {
        const auto n = static_cast<std::uint8_t>(random());
        const auto number = open.add(envelope(n));
        BOOST_REQUIRE(model.empty() || number > model.rbegin()->first);
        model.emplace(number, n);
      } else {
        const std::uint64_t number = random() % (static_cast<unsigned>(step) + 2);
        const auto known = model.find(number);
        const auto got = open.acknowledge(number);
        BOOST_REQUIRE(got.has_value() == (known != model.end()));
        if (!got) continue;
        BOOST_REQUIRE((got->letter.message == envelope(known->second).letter.message));
        model.erase(known);
      }
    }
    const auto left = open.take_all();
    BOOST_REQUIRE(left.size() == model.size());
    auto expected = model.begin();
    for (const auto& one : left) BOOST_REQUIRE((one.letter.message == envelope((expected++)->second).letter.message));
  }
}

BOOST_AUTO_TEST_CASE(what_waits_too_long_is_taken_once_and_stays_open) {
  Unacknowledged open;
  const auto start = io::Clock::now();
  for (std::uint8_t i = 1; i <= 4; ++i) {
    auto made = envelope(i);
    made.since = start + std::chrono::seconds(i);
    if (i != 2) made.letter.body = std::make_shared<const Bytes>(100);   // the second is not to be kept
    open.add(std::move(made));
  }
  BOOST_TEST(open.bytes() == 300U);
  open.acknowledge(1);
  BOOST_TEST(open.bytes() == 200U);
  const auto overdue = open.take_overdue(start + std::chrono::seconds(3));
  BOOST_REQUIRE(overdue.size() == 1U);
  BOOST_TEST((overdue[0].message == envelope(3).letter.message));
  BOOST_TEST((overdue[0].body != nullptr));
  BOOST_TEST(open.bytes() == 100U);
  BOOST_TEST(open.take_overdue(start + std::chrono::seconds(3)).empty());
  BOOST_TEST(open.has_from_mailbox(envelope(3).letter.sender, envelope(3).letter.message));
  BOOST_TEST(!open.has_from_mailbox(envelope(4).letter.sender, envelope(4).letter.message));
  BOOST_TEST(open.acknowledge(3).value().in_mailbox);
  BOOST_TEST(!open.acknowledge(2).value().in_mailbox);
  BOOST_TEST(open.take_overdue(start + std::chrono::hours(1)).size() == 1U);
  BOOST_TEST(open.span() == 1U);
}

BOOST_AUTO_TEST_SUITE_END()
