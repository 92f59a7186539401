// SPDX-License-Identifier: MIT
// Members who read slowly or not at all: whoever writes to them is held, and they are dropped before they cost too much.
#include <boost/test/unit_test.hpp>

#include "netcore/base/random.h"
#include "tests/support/relay_host.h"

using namespace coterie;
using namespace std::chrono_literals;
using test::RawClient;
using test::RawMember;
using test::RelayHost;

namespace {

constexpr std::size_t large = 60'000;

void adjust(relay::Config& config) {
  config.limits.sends = {1e9, 1e9};
  config.timing.stuck = 1h;   // a test that is about one bound switches the others off
  config.timing.unread = 1h;
  config.timing.silent = 1h;
}

struct Club : RelayHost {
  explicit Club(const Adjust& more = {})
      : RelayHost([=](relay::Config& config) {
          adjust(config);
          if (more) more(config);
        }) {}
  RawMember a{"club", "alice"};
  RawMember b{"club", "bob"};
  RawMember c{"club", "carol"};

  // Writes to Bob, who does not read, until the relay no longer reads Alice. The number of envelopes written.
  std::uint32_t fill(RawClient& alice) {
    std::uint32_t sent = 0;
    const auto before = stats().counters.holds;
    while (stats().counters.holds == before) {
      BOOST_REQUIRE_MESSAGE(sent < 10'000, "the relay never stopped reading the sender");
      send(alice, b, sent++);
      loop.run_once(1ms);
    }
    return sent;
  }
  static void send(RawClient& from, const RawMember& to, std::uint32_t index, std::size_t size = large) {
    from.send(control::Send{
        .message = {}, .keep = false, .recipients = std::vector{to.as_recipient(index)}, .body = Bytes(size)});
  }
};

}   // namespace

BOOST_AUTO_TEST_SUITE(flow)

BOOST_AUTO_TEST_CASE(a_sender_is_held_while_its_receiver_does_not_read_and_loses_nothing) {
  Club club;
  const auto alice = club.join(club.a);
  const auto bob = club.join(club.b);
  bob->pause_reading(true);
  auto sent = club.fill(*alice);
  const auto delivered = club.stats().counters.deliveries;
  for (int i = 0; i < 20; ++i) club.send(*alice, club.b, sent++);
  test::settle(club.loop);
  BOOST_TEST(club.stats().counters.deliveries == delivered);

  bob->pause_reading(false);
  for (std::uint32_t i = 0; i < sent; ++i) {
    const auto got = bob->wait_for<control::Receive>();
    BOOST_REQUIRE(got.has_value());
    BOOST_REQUIRE(got->index == i);
  }
  alice->sync();
}

BOOST_AUTO_TEST_CASE(others_are_not_held) {
  Club club;
  const auto alice = club.join(club.a);
  const auto bob = club.join(club.b);
  const auto carol = club.join(club.c);
  bob->pause_reading(true);
  club.fill(*alice);
  carol->sync();
  club.send(*carol, club.a, 1);
  BOOST_TEST(alice->wait_for<control::Receive>().has_value());
}

BOOST_AUTO_TEST_CASE(a_held_sender_goes_on_when_the_receiver_leaves) {
  Club club;
  const auto alice = club.join(club.a);
  auto bob = club.join(club.b);
  bob->pause_reading(true);
  club.fill(*alice);
  bob->vanish();
  alice->sync();
}

BOOST_AUTO_TEST_CASE(a_held_sender_may_leave_before_the_receiver_reads) {
  Club club;
  auto alice = club.join(club.a);
  const auto bob = club.join(club.b);
  bob->pause_reading(true);
  club.fill(*alice);
  alice->vanish();
  bob->pause_reading(false);
  bob->sync();
  club.until([&] { return club.stats().members == 1; });
}

BOOST_AUTO_TEST_CASE(a_receiver_that_takes_nothing_is_dropped_and_its_senders_go_on) {
  Club club([](relay::Config& config) { config.timing.stuck = 50ms; });
  const auto alice = club.join(club.a);
  const auto bob = club.join(club.b);
  bob->pause_reading(true);
  club.fill(*alice);
  alice->sync();   // answered only once it is read again
  BOOST_TEST(club.stats().members == 1U);
  BOOST_TEST(alice->wait_for<control::Outcome>().has_value());
}

BOOST_AUTO_TEST_CASE(a_receiver_that_takes_too_little_for_too_long_is_dropped) {
  Club club([](relay::Config& config) { config.timing.unread = 50ms; });
  const auto alice = club.join(club.a);
  const auto bob = club.join(club.b);
  bob->pause_reading(true);
  club.fill(*alice);
  alice->sync();
  BOOST_TEST(club.stats().members == 1U);
}

BOOST_AUTO_TEST_CASE(many_senders_together_cannot_fill_a_receiver_beyond_its_bound) {
  Club club([](relay::Config& config) {
    config.limits.hold_senders_at = 16_KiB;
    config.limits.drop_at = 256_KiB;
  });
  const auto bob = club.join(club.b);
  bob->pause_reading(true);
  std::vector<std::unique_ptr<RawClient>> crowd;
  std::vector<RawMember> names;
  for (int i = 0; i < 40; ++i) crowd.push_back(club.join(names.emplace_back("club", "m" + std::to_string(i))));
  // Each of them is held after its first envelope too many; together they reach the bound.
  std::uint32_t index = 0;
  while (club.stats().members == 41U) {
    BOOST_REQUIRE_MESSAGE(index < 10'000, "the receiver was never dropped");
    for (auto& client : crowd) club.send(*client, club.b, index++);
    club.loop.run_once(1ms);
  }
  BOOST_TEST(club.stats().members == 40U);
  for (auto& client : crowd) client->sync();
}

BOOST_AUTO_TEST_CASE(a_client_that_asks_and_does_not_read_the_answers_is_not_read_either) {
  Club club([](relay::Config& config) { config.timing.stuck = 50ms; });
  auto alice = club.join(club.a);
  alice->pause_reading(true);
  alice->answers_pings = false;
  for (int i = 0; i < 100'000 && club.stats().members == 1; ++i) {
    for (int k = 0; k < 100; ++k)
      alice->send(control::BlobGet{.blob = random_id<BlobId>(), .read_cap = {}, .offset = 0});
    club.loop.run_once(0ms);
  }
  BOOST_TEST(club.stats().members == 0U);
}

BOOST_AUTO_TEST_SUITE_END()
