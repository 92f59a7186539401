// SPDX-License-Identifier: MIT
// Who is remembered while away: those whom somebody already known has written to with the right capability.
#include <boost/test/unit_test.hpp>

#include "tests/support/relay_host.h"

using namespace coterie;
using test::RawClient;
using test::RawMember;
using test::RelayHost;

namespace {

void write_to(RawClient& from, const control::Recipient& to) {
  from.send(control::Send{.message = {}, .keep = false, .recipients = std::vector{to}, .body = Bytes(64)});
  from.sync();
}

const control::Member* find(const std::vector<control::Member>& roster, const MemberId& id) {
  const auto found = std::find_if(roster.begin(), roster.end(), [&](const auto& member) { return member.id == id; });
  return found == roster.end() ? nullptr : &*found;
}

struct Club : RelayHost {
  using RelayHost::RelayHost;
  RawMember a{"club", "alice"};
  RawMember b{"club", "bob"};
  RawMember c{"club", "carol"};
  RawMember d{"club", "dave"};

  void leave(std::unique_ptr<RawClient>& client) {
    const auto before = stats().members;
    client.reset();
    until([&] { return stats().members == before - 1; });
  }
  // Alice and Bob have written to each other, as the first two of the group.
  void acquaint(std::unique_ptr<RawClient>& alice, std::unique_ptr<RawClient>& bob) {
    alice = join(a);
    bob = join(b);
    write_to(*alice, b.as_recipient());
  }
};

}   // namespace

BOOST_FIXTURE_TEST_SUITE(vouching, Club)

BOOST_AUTO_TEST_CASE(the_first_two_vouch_for_each_other_and_are_shown_while_away) {
  std::unique_ptr<RawClient> alice, bob;
  acquaint(alice, bob);
  BOOST_TEST(stats().remembered == 2U);
  alice->forget_all();
  leave(bob);
  const auto told = alice->wait_for<control::Member>();
  BOOST_REQUIRE(told.has_value());
  BOOST_TEST(!told->online);
  leave(alice);
  const auto roster = *dial()->join(c).roster;
  BOOST_REQUIRE(roster.size() == 2U);
  BOOST_TEST(!roster[0].online);
  BOOST_TEST(!roster[1].online);
}

BOOST_AUTO_TEST_CASE(the_known_are_remembered_across_a_restart_of_the_relay) {
  std::unique_ptr<RawClient> alice, bob;
  acquaint(alice, bob);
  stop();
  start();
  BOOST_TEST(stats().remembered == 2U);
  auto again = dial();
  const auto joined = again->join(a);
  BOOST_REQUIRE(joined.roster->size() == 1U);
  BOOST_TEST((joined.roster->front().id == b.id));
  BOOST_TEST((joined.roster->front().handle == b.handle));
  BOOST_TEST(!joined.roster->front().online);
}

BOOST_AUTO_TEST_CASE(somebody_known_vouches_for_a_newcomer_by_writing_to_it) {
  std::unique_ptr<RawClient> alice, bob;
  acquaint(alice, bob);
  auto carol = join(c);
  write_to(*bob, c.as_recipient());
  BOOST_TEST(stats().remembered == 3U);
  leave(carol);
  leave(bob);
  const auto roster = *dial()->join(b).roster;
  const auto* seen = find(roster, c.id);
  BOOST_REQUIRE(seen != nullptr);
  BOOST_TEST(!seen->online);
}

BOOST_AUTO_TEST_CASE(a_wrong_capability_vouches_for_nobody) {
  const auto alice = join(a);
  const auto bob = join(b);
  auto wrong = b.as_recipient();
  wrong.drop_cap.bytes[0] ^= 1;
  write_to(*alice, wrong);
  BOOST_TEST(stats().remembered == 0U);
}

BOOST_AUTO_TEST_CASE(a_newcomer_cannot_vouch_where_somebody_is_known) {
  std::unique_ptr<RawClient> alice, bob;
  acquaint(alice, bob);
  const auto carol = join(c);
  const auto dave = join(d);
  write_to(*carol, d.as_recipient());
  write_to(*dave, c.as_recipient());
  write_to(*carol, a.as_recipient());
  BOOST_TEST(stats().remembered == 2U);
}

BOOST_AUTO_TEST_CASE(an_envelope_to_somebody_away_is_offline_and_leaves_them_known) {
  std::unique_ptr<RawClient> alice, bob;
  acquaint(alice, bob);
  leave(bob);
  alice->sync();
  alice->forget_all();
  write_to(*alice, b.as_recipient());
  const auto outcome = alice->wait_for<control::Outcome>();
  BOOST_REQUIRE(outcome.has_value());
  BOOST_TEST((outcome->members->front().delivery == control::Delivery::offline));
  auto wrong = b.as_recipient();
  wrong.drop_cap.bytes[0] ^= 1;
  write_to(*alice, wrong);
  BOOST_TEST((alice->wait_for<control::Outcome>()->members->front().delivery == control::Delivery::bad_cap));
}

BOOST_AUTO_TEST_CASE(somebody_known_who_comes_back_with_a_new_capability_is_written_to_with_that_one) {
  std::unique_ptr<RawClient> alice, bob;
  acquaint(alice, bob);
  leave(bob);
  const auto old = b.as_recipient();
  b.cap.bytes[3] ^= 1;
  bob = join(b);
  alice->sync();
  alice->forget_all();
  write_to(*alice, old);
  BOOST_TEST((alice->wait_for<control::Outcome>()->members->front().delivery == control::Delivery::bad_cap));
  write_to(*alice, b.as_recipient());
  BOOST_TEST(bob->wait_for<control::Receive>().has_value());
}

BOOST_AUTO_TEST_CASE(somebody_known_takes_the_user_id_back_from_a_stranger) {
  std::unique_ptr<RawClient> alice, bob;
  acquaint(alice, bob);
  leave(bob);
  RawMember squatter("club", "mallory");
  squatter.handle = b.handle;
  auto mallory = join(squatter);
  bob = join(b);
  const auto refused = mallory->wait_for_end();
  BOOST_REQUIRE(refused.has_value());
  BOOST_TEST((refused->reason == control::Refusal::user_id_taken));
  bob->sync();
  // And not the other way round.
  mallory = dial();
  mallory->send(squatter.join());
  BOOST_TEST((mallory->wait_for_end().value().reason == control::Refusal::user_id_taken));
  bob->sync();
}

BOOST_AUTO_TEST_CASE(newcomers_have_a_limit_of_their_own_and_the_known_do_not_count) {
  RelayHost host([](relay::Config& config) { config.limits.unvouched = 2; });
  const auto alice = host.join(a);
  const auto bob = host.join(b);
  auto carol = host.dial();
  carol->send(c.join());
  BOOST_TEST((carol->wait_for_end().value().reason == control::Refusal::too_many));
  write_to(*alice, b.as_recipient());
  carol = host.join(c);
  const auto dave = host.join(d);
  carol->sync();
  dave->sync();
}

BOOST_AUTO_TEST_CASE(a_full_memory_lets_members_join_but_remembers_no_more) {
  RelayHost host([](relay::Config& config) { config.limits.remembered = 2; });
  const auto alice = host.join(a);
  const auto bob = host.join(b);
  write_to(*alice, b.as_recipient());
  const auto carol = host.join(c);
  write_to(*alice, c.as_recipient());
  BOOST_TEST(host.stats().remembered == 2U);
  BOOST_TEST(carol->wait_for<control::Receive>().has_value());
}

BOOST_AUTO_TEST_CASE(who_is_away_for_too_long_is_forgotten_and_who_is_here_is_not) {
  RelayHost host([](relay::Config& config) {
    config.timing.remember = std::chrono::seconds(0);
    config.timing.sweep = std::chrono::hours(1);
  });
  const auto alice = host.join(a);
  auto bob = host.join(b);
  write_to(*alice, b.as_recipient());
  BOOST_TEST(host.stats().remembered == 2U);
  bob.reset();
  host.until([&] { return host.stats().members == 1; });
  host.server().router().sweep(io::Clock::now());
  BOOST_TEST(!find(*host.dial()->join(c).roster, b.id));
  alice->sync();
}

BOOST_AUTO_TEST_SUITE_END()
