// SPDX-License-Identifier: MIT
// Joining, rosters, handshakes and envelopes, as members see them.
#include <boost/test/unit_test.hpp>

#include "tests/support/relay_host.h"

using namespace coterie;
using control::Delivery;
using test::RawClient;
using test::RawMember;
using test::RelayHost;

namespace {

MessageId message(std::uint8_t n) {
  MessageId id;
  id.bytes[0] = n;
  return id;
}

control::Send envelope(std::uint8_t n, std::vector<control::Recipient> recipients, std::size_t body = 300) {
  return {.message = message(n), .keep = true, .recipients = std::move(recipients), .body = test::pattern(body, n)};
}

// Who of an Outcome got what.
std::vector<std::pair<MemberId, Delivery>> outcomes(const control::Outcome& outcome) {
  std::vector<std::pair<MemberId, Delivery>> list;
  for (const auto& one : *outcome.members) list.emplace_back(one.member, one.delivery);
  return list;
}

control::Refusal refusal(RawClient& client) {
  const auto refused = client.wait_for_end();
  BOOST_REQUIRE_MESSAGE(refused.has_value(), "the relay closed without a word");
  BOOST_TEST(!refused->text->empty());
  return refused->reason;
}

struct Club : RelayHost {
  RawMember a{"club", "alice"};
  RawMember b{"club", "bob"};
  RawMember c{"club", "carol"};
};

}   // namespace

BOOST_FIXTURE_TEST_SUITE(router, Club)

BOOST_AUTO_TEST_CASE(a_newcomer_is_given_the_roster_and_the_others_are_told) {
  auto alice = dial();
  const auto first = alice->join(a);
  BOOST_TEST(first.roster->empty());
  auto bob = dial();
  const auto second = bob->join(b);
  BOOST_REQUIRE(second.roster->size() == 1U);
  const auto& seen = second.roster->front();
  BOOST_TEST((seen.id == a.id));
  BOOST_TEST((seen.handle == a.handle));
  BOOST_TEST((seen.nonce == a.nonce));
  BOOST_TEST(seen.online);
  BOOST_TEST(seen.join_seq == first.join_seq);
  BOOST_TEST(second.join_seq > first.join_seq);

  const auto told = alice->wait_for<control::Member>();
  BOOST_REQUIRE(told.has_value());
  BOOST_TEST((told->id == b.id));
  BOOST_TEST(told->online);
  BOOST_TEST(told->join_seq == second.join_seq);
  bob->sync();
  alice->sync();
  BOOST_TEST(bob->count<control::Member>() == 0U);
  BOOST_TEST(alice->count<control::Member>() == 0U);
}

BOOST_AUTO_TEST_CASE(a_stranger_who_leaves_is_shown_as_gone_and_forgotten) {
  const auto alice = join(a);
  auto bob = join(b);
  BOOST_REQUIRE(alice->wait_for<control::Member>().has_value());
  bob->vanish();
  const auto told = alice->wait_for<control::Member>();
  BOOST_REQUIRE(told.has_value());
  BOOST_TEST((told->id == b.id));
  BOOST_TEST(!told->online);
  auto carol = dial();
  BOOST_TEST(carol->join(c).roster->size() == 1U);
}

BOOST_AUTO_TEST_CASE(bye_is_answered_and_leaves) {
  const auto alice = join(a);
  const auto bob = join(b);
  alice->wait_for<control::Member>();
  bob->send(control::Bye{});
  BOOST_TEST(!bob->wait_for_end().has_value());
  BOOST_TEST(bob->has<control::Bye>());
  const auto told = alice->wait_for<control::Member>();
  BOOST_REQUIRE(told.has_value());
  BOOST_TEST(!told->online);
}

BOOST_AUTO_TEST_CASE(an_envelope_reaches_each_recipient_with_its_own_head_and_the_sender_filled_in) {
  const auto alice = join(a);
  const auto bob = join(b);
  const auto carol = join(c);
  auto sent = envelope(1, {b.as_recipient(7), c.as_recipient(8)}, 5000);
  alice->send(sent);
  for (const auto& [client, member, index] : {std::tuple(&bob, &b, 7U), std::tuple(&carol, &c, 8U)}) {
    const auto got = (*client)->wait_for<control::Receive>();
    BOOST_REQUIRE(got.has_value());
    BOOST_TEST((got->sender == a.id));
    BOOST_TEST((got->message == sent.message));
    BOOST_TEST(got->keep);
    BOOST_TEST(got->index == index);
    BOOST_TEST(std::equal(member->id.bytes.begin(), member->id.bytes.end(), got->wrap.begin()));
    BOOST_TEST((*got->body == *sent.body));
  }
}

BOOST_AUTO_TEST_CASE(delivered_is_said_only_after_the_acknowledgement) {
  const auto alice = join(a);
  const auto bob = join(b);
  alice->send(envelope(1, {b.as_recipient()}));
  const auto got = bob->wait_for<control::Receive>();
  BOOST_REQUIRE(got.has_value());
  alice->sync();
  BOOST_TEST(!alice->has<control::Outcome>());
  bob->send(control::Ack{.numbers = std::vector{got->number}});
  const auto outcome = alice->wait_for<control::Outcome>();
  BOOST_REQUIRE(outcome.has_value());
  BOOST_TEST((outcome->message == message(1)));
  BOOST_TEST((outcomes(*outcome) == std::vector{std::pair(b.id, Delivery::delivered)}));
  bob->send(control::Ack{.numbers = std::vector{got->number, got->number + 1, std::uint64_t{0}, ~std::uint64_t{0}}});
  bob->sync();
  alice->sync();
  BOOST_TEST(!alice->has<control::Outcome>());
}

BOOST_AUTO_TEST_CASE(acknowledgements_that_come_together_are_reported_in_one_frame_for_each_envelope) {
  const auto alice = join(a);
  const auto bob = join(b);
  for (std::uint8_t i = 1; i <= 3; ++i) alice->send(envelope(i, {b.as_recipient(i)}));
  std::vector<std::uint64_t> numbers;
  for (int i = 0; i < 3; ++i) numbers.push_back(bob->wait_for<control::Receive>().value().number);
  BOOST_TEST((numbers[0] < numbers[1] && numbers[1] < numbers[2]));
  bob->send(control::Ack{.numbers = numbers});
  until([&] { return alice->count<control::Outcome>() >= 3; });
  bob->sync();
  alice->sync();
  BOOST_TEST(alice->count<control::Outcome>() == 3U);
}

BOOST_AUTO_TEST_CASE(what_cannot_be_delivered_is_said_at_once_for_each_recipient) {
  const auto alice = join(a);
  const auto bob = join(b);
  auto wrong_cap = b.as_recipient();
  wrong_cap.drop_cap = c.cap;
  alice->send(envelope(1, {wrong_cap, c.as_recipient(), a.as_recipient()}));
  const auto outcome = alice->wait_for<control::Outcome>();
  BOOST_REQUIRE(outcome.has_value());
  const auto list = outcomes(*outcome);
  BOOST_REQUIRE(list.size() == 3U);
  BOOST_TEST((list[0] == std::pair(b.id, Delivery::bad_cap)));
  BOOST_TEST((list[1] == std::pair(c.id, Delivery::no_such)));
  BOOST_TEST((list[2] == std::pair(a.id, Delivery::no_such)));
  bob->sync();
  BOOST_TEST(!bob->has<control::Receive>());
}

BOOST_AUTO_TEST_CASE(a_wrong_capability_is_refused_also_right_after_the_right_one) {
  const auto alice = join(a);
  const auto bob = join(b);
  auto wrong_cap = b.as_recipient();
  wrong_cap.drop_cap.bytes[15] ^= 1;
  alice->send(envelope(1, {b.as_recipient()}));
  alice->send(envelope(2, {wrong_cap}));
  alice->send(envelope(3, {b.as_recipient()}));
  const auto outcome = alice->wait_for<control::Outcome>();
  BOOST_REQUIRE(outcome.has_value());
  BOOST_TEST((outcome->message == message(2)));
  BOOST_TEST((outcomes(*outcome) == std::vector{std::pair(b.id, Delivery::bad_cap)}));
  bob->sync();
  BOOST_TEST(bob->count<control::Receive>() == 2U);
}

BOOST_AUTO_TEST_CASE(a_recipient_named_twice_gets_it_once) {
  const auto alice = join(a);
  const auto bob = join(b);
  alice->send(envelope(1, {b.as_recipient(1), b.as_recipient(2), b.as_recipient(3)}));
  alice->sync();
  bob->sync();
  BOOST_REQUIRE(bob->count<control::Receive>() == 1U);
  BOOST_TEST(bob->take<control::Receive>()->index == 1U);
}

BOOST_AUTO_TEST_CASE(an_envelope_that_is_not_kept_is_reported_when_the_recipient_goes_without_a_word) {
  const auto alice = join(a);
  auto bob = join(b);
  auto passing = envelope(1, {b.as_recipient()});
  passing.keep = false;
  alice->send(passing);
  BOOST_REQUIRE(bob->wait_for<control::Receive>().has_value());
  bob->vanish();
  const auto outcome = alice->wait_for<control::Outcome>();
  BOOST_REQUIRE(outcome.has_value());
  BOOST_TEST((outcomes(*outcome) == std::vector{std::pair(b.id, Delivery::offline)}));
}

BOOST_AUTO_TEST_CASE(without_a_mailbox_a_recipient_that_acknowledges_nothing_gets_no_more_than_the_bound) {
  RelayHost host([](relay::Config& config) {
    config.mailbox = false;
    config.limits.unacknowledged = 5;
    config.limits.sends = {1e6, 1e6};
  });
  const auto alice = host.join(a);
  const auto bob = host.join(b);
  for (std::uint8_t i = 1; i <= 8; ++i) alice->send(envelope(i, {b.as_recipient(i)}));
  alice->sync();
  bob->sync();
  BOOST_TEST(bob->count<control::Receive>() == 5U);
  BOOST_TEST(alice->count<control::Outcome>() == 3U);
  BOOST_TEST((outcomes(*alice->take<control::Outcome>())[0].second == Delivery::offline));
}

BOOST_AUTO_TEST_CASE(a_handshake_step_reaches_its_peer_with_the_sender_filled_in) {
  const auto alice = join(a);
  const auto bob = join(b);
  HandshakeId id;
  id.bytes[0] = 9;
  alice->send(
      control::Handshake{.peer = b.id, .id = id, .step = control::HandshakeStep::h3, .body = test::pattern(500)});
  const auto got = bob->wait_for<control::Handshake>();
  BOOST_REQUIRE(got.has_value());
  BOOST_TEST((got->peer == a.id));
  BOOST_TEST((got->id == id));
  BOOST_TEST((got->step == control::HandshakeStep::h3));
  BOOST_TEST((*got->body == test::pattern(500)));
}

BOOST_AUTO_TEST_CASE(a_handshake_step_to_nobody_or_oneself_is_dropped_silently) {
  const auto alice = join(a);
  for (const auto& peer : {b.id, a.id})
    alice->send(control::Handshake{.peer = peer, .id = {}, .step = control::HandshakeStep::h1, .body = {}});
  alice->sync();
  BOOST_TEST(alice->inbox_size() == 0U);
}

BOOST_AUTO_TEST_CASE(groups_do_not_see_each_other) {
  const RawMember stranger("other club", "mallory");
  const auto alice = join(a);
  auto mallory = dial();
  BOOST_TEST(mallory->join(stranger).roster->empty());
  mallory->send(envelope(1, {a.as_recipient()}));
  const auto outcome = mallory->wait_for<control::Outcome>();
  BOOST_REQUIRE(outcome.has_value());
  BOOST_TEST((outcomes(*outcome) == std::vector{std::pair(a.id, Delivery::no_such)}));
  mallory->send(control::Handshake{.peer = a.id, .id = {}, .step = control::HandshakeStep::h1, .body = {}});
  mallory->sync();
  alice->sync();
  BOOST_TEST(alice->inbox_size() == 0U);
}

BOOST_AUTO_TEST_CASE(a_user_id_belongs_to_whoever_is_online_under_it) {
  auto alice = join(a);
  RawMember other("club", "mallory");
  other.handle = a.handle;
  auto mallory = dial();
  mallory->send(other.join());
  BOOST_TEST((refusal(*mallory) == control::Refusal::user_id_taken));
  alice->vanish();
  until([&] { return stats().members == 0; });
  BOOST_TEST(dial()->join(other).roster->empty());
}

BOOST_AUTO_TEST_CASE(the_same_user_id_in_another_group_is_another_matter) {
  const auto alice = join(a);
  RawMember namesake("other club", "alice");
  namesake.handle = a.handle;
  const auto other = join(namesake);
  alice->sync();
  other->sync();
}

BOOST_AUTO_TEST_CASE(a_newer_connection_of_the_same_member_replaces_the_older) {
  const auto bob = join(b);
  auto older = join(a);
  bob->wait_for<control::Member>();
  a.nonce.bytes[0] ^= 0xff;
  const auto newer = join(a);
  BOOST_TEST((refusal(*older) == control::Refusal::replaced));
  const auto told = bob->wait_for<control::Member>();
  BOOST_REQUIRE(told.has_value());
  BOOST_TEST((told->id == a.id));
  BOOST_TEST(told->online);
  BOOST_TEST((told->nonce == a.nonce));
  bob->send(envelope(1, {a.as_recipient()}));
  BOOST_TEST(newer->wait_for<control::Receive>().has_value());
  BOOST_TEST(stats().members == 2U);
}

BOOST_AUTO_TEST_CASE(a_full_group_takes_nobody_else) {
  RelayHost host([](relay::Config& config) { config.limits.members = 2; });
  const auto alice = host.join(a);
  const auto bob = host.join(b);
  auto carol = host.dial();
  carol->send(c.join());
  BOOST_TEST((refusal(*carol) == control::Refusal::group_full));
  const auto again = host.join(b);
  again->sync();
}

BOOST_AUTO_TEST_CASE(a_second_join_is_an_error) {
  auto alice = join(a);
  alice->send(a.join());
  BOOST_TEST((refusal(*alice) == control::Refusal::malformed));
}

BOOST_AUTO_TEST_CASE(an_envelope_without_recipients_is_an_error) {
  auto alice = join(a);
  alice->send(envelope(1, {}));
  BOOST_TEST((refusal(*alice) == control::Refusal::malformed));
}

BOOST_AUTO_TEST_CASE(frames_of_a_later_version_are_skipped_before_and_after_join) {
  auto alice = dial();
  const Bytes optional = {0, 0, 0, 4, 0x91, 1, 2, 3};
  alice->send_bytes(optional);
  alice->join(a);
  alice->send_bytes(optional);
  alice->sync();
}

BOOST_AUTO_TEST_CASE(a_ping_is_answered_before_and_after_join) {
  auto alice = dial();
  alice->send(control::Ping{5});
  BOOST_TEST(alice->wait_for<control::Pong>().value().nonce == 5U);
  alice->join(a);
  alice->send(control::Ping{6});
  BOOST_TEST(alice->wait_for<control::Pong>().value().nonce == 6U);
}

BOOST_AUTO_TEST_SUITE_END()
