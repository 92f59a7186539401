// SPDX-License-Identifier: MIT
#include "netcore/session/file_turns.h"

#include <boost/test/unit_test.hpp>

#include "netcore/base/random.h"

using namespace coterie;

namespace {

struct Fixture {
  TurnQueue queue{2};
  FileId a = random_id<FileId>(), b = random_id<FileId>(), c = random_id<FileId>(), d = random_id<FileId>();
};

}   // namespace

BOOST_FIXTURE_TEST_SUITE(file_turns, Fixture)

BOOST_AUTO_TEST_CASE(turns_go_in_the_order_given_and_no_more_than_allowed) {
  queue.ask(b, 1, 2);
  queue.ask(a, 1, 1);
  queue.ask(c, 1, 3);
  BOOST_TEST((queue.grant() == a));
  BOOST_TEST((queue.grant() == b));
  BOOST_TEST(!queue.grant().has_value());
  BOOST_TEST(queue.anyone_waits());
  queue.leave(a);
  BOOST_TEST((queue.grant() == c));
  BOOST_TEST(!queue.anyone_waits());
}

BOOST_AUTO_TEST_CASE(members_take_turns_in_turn) {
  queue.ask(a, 1, 1);
  queue.ask(b, 1, 2);
  queue.ask(c, 2, 3);
  queue.ask(d, 2, 4);
  BOOST_TEST((queue.grant() == a));
  BOOST_TEST((queue.grant() == c));   // not b: its member has one already
  queue.leave(c);
  BOOST_TEST((queue.grant() == d));
  queue.leave(a);
  BOOST_TEST((queue.grant() == b));
}

BOOST_AUTO_TEST_CASE(asking_twice_is_asking_once_and_leaving_is_always_allowed) {
  queue.ask(a, 1, 1);
  queue.ask(a, 1, 1);
  BOOST_TEST((queue.grant() == a));
  queue.ask(a, 1, 1);
  BOOST_TEST(!queue.grant().has_value());
  BOOST_TEST(queue.holds(a));
  queue.leave(a);
  queue.leave(a);
  BOOST_TEST(!queue.holds(a));
  queue.ask(b, 1, 1);
  queue.leave(b);
  BOOST_TEST(!queue.anyone_waits());
  BOOST_TEST(!queue.grant().has_value());
}

BOOST_AUTO_TEST_SUITE_END()
