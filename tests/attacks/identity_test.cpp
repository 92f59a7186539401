// SPDX-License-Identifier: MIT
// Claims to be somebody else, made to the relay.
#include <boost/test/unit_test.hpp>

#include "tests/support/relay_host.h"

using namespace coterie;
using test::RawMember;
using test::RelayHost;

namespace {

struct Club : RelayHost {
  RawMember a{"club", "alice"};
  RawMember b{"club", "bob"};
};

}   // namespace

BOOST_FIXTURE_TEST_SUITE(identity, Club)

BOOST_AUTO_TEST_CASE(C17_another_token_is_another_member_whatever_else_is_claimed) {
  auto alice = join(a);
  const auto bob = join(b);
  alice->vanish();
  until([&] { return stats().members == 1; });
  // All of Alice that others can know: group, user id, capability hash, nonce.
  auto thief = a;
  thief.token.bytes[0] ^= 1;
  const auto mallory = join(thief);
  bob->send(control::Send{.message = {}, .keep = true, .recipients = std::vector{a.as_recipient()}, .body = Bytes(10)});
  const auto outcome = bob->wait_for<control::Outcome>();
  BOOST_REQUIRE(outcome.has_value());
  BOOST_TEST((outcome->members->front().delivery == control::Delivery::no_such));
  mallory->sync();
  BOOST_TEST(!mallory->has<control::Receive>());
}

BOOST_AUTO_TEST_CASE(C17_the_same_token_in_another_group_is_another_member) {
  const auto alice = join(a);
  auto elsewhere = a;
  elsewhere.group.bytes[0] ^= 1;
  const auto other = join(elsewhere);
  const auto bob = join(b);
  bob->send(control::Handshake{.peer = a.id, .id = {}, .step = control::HandshakeStep::h1, .body = {}});
  BOOST_TEST(alice->wait_for<control::Handshake>().has_value());
  other->sync();
  BOOST_TEST(other->inbox_size() == 0U);
}

BOOST_AUTO_TEST_CASE(C17_the_own_token_twice_replaces_and_what_was_under_way_comes_again) {
  const auto bob = join(b);
  auto older = join(a);
  bob->send(control::Send{.message = {}, .keep = true, .recipients = std::vector{a.as_recipient()}, .body = Bytes(10)});
  BOOST_REQUIRE(older->wait_for<control::Receive>().has_value());
  const auto newer = join(a);
  const auto refused = older->wait_for_end();
  BOOST_REQUIRE(refused.has_value());
  BOOST_TEST((refused->reason == control::Refusal::replaced));
  const auto outcome = bob->wait_for<control::Outcome>();
  BOOST_REQUIRE(outcome.has_value());
  BOOST_TEST((outcome->members->front().delivery == control::Delivery::stored));
  BOOST_TEST(newer->wait_for<control::Receive>().has_value());
}

BOOST_AUTO_TEST_CASE(C17_a_sender_cannot_be_stated) {
  const auto alice = join(a);
  const auto bob = join(b);
  // The peer field of a handshake says whom it is for; naming a third member there only sends it to that one.
  const auto mallory = join({"club", "mallory"});
  mallory->send(control::Handshake{.peer = b.id, .id = {}, .step = control::HandshakeStep::h1, .body = {}});
  const auto got = bob->wait_for<control::Handshake>();
  BOOST_REQUIRE(got.has_value());
  BOOST_TEST((got->peer == RawMember("club", "mallory").id));
}

BOOST_AUTO_TEST_SUITE_END()
