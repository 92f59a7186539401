// SPDX-License-Identifier: MIT
// Tickets that are hoarded, guessed, used twice or by the wrong one.
#include <boost/test/unit_test.hpp>

#include "netcore/base/random.h"
#include "tests/support/relay_host.h"

using namespace coterie;
using namespace std::chrono_literals;
using test::RawClient;
using test::RawData;
using test::RawMember;
using test::RelayHost;

namespace {

struct Club : RelayHost {
  explicit Club(const Adjust& adjust = {}) : RelayHost(adjust) {}
  std::unique_ptr<RawClient> alice = join({"club", "alice"});
  std::unique_ptr<RawClient> bob = join({"club", "bob"});
  ReadCap cap = random_id<ReadCap>();

  BlobId offer(std::uint64_t length = 1000) {
    const auto blob = random_id<BlobId>();
    alice->send(control::BlobPut{.blob = blob, .length = length, .read_hash = control::read_hash_of(cap), .mode = {}});
    alice->sync();
    return blob;
  }
  std::pair<control::BlobTicket, control::BlobNeed> tickets(const BlobId& blob, std::uint64_t offset = 0) {
    bob->send(control::BlobGet{.blob = blob, .read_cap = cap, .offset = offset});
    const auto to_read = bob->wait_for<control::BlobTicket>();
    const auto to_write = alice->wait_for<control::BlobNeed>();
    BOOST_REQUIRE((to_read && to_write));
    return {*to_read, *to_write};
  }
};

}   // namespace

BOOST_FIXTURE_TEST_SUITE(hoarding, Club)

BOOST_AUTO_TEST_CASE(D14_requests_that_nobody_answers_are_few_and_forgotten) {
  for (int i = 0; i < 1000; ++i) bob->send(control::BlobGet{.blob = random_id<BlobId>(), .read_cap = cap, .offset = 0});
  bob->sync();
  BOOST_TEST(stats().blobs == 8U);
  BOOST_TEST(stats().tickets == 0U);
  bob->vanish();
  until([&] { return stats().blobs == 0; });
}

BOOST_AUTO_TEST_CASE(D14_tickets_that_are_never_used_are_freed_and_their_places_with_them) {
  Club club([](relay::Config& config) { config.timing.ticket = 30ms; });
  for (int i = 0; i < 3; ++i) {
    const auto blob = club.offer();
    for (int again = 0; again < 4; ++again) {
      club.tickets(blob);
      club.until([&] { return club.stats().tickets == 0 && club.stats().transfers == 0; });
    }
  }
  // One end came, the other did not.
  const auto [to_read, to_write] = club.tickets(club.offer());
  RawData reader(club.loop, club.port());
  reader.say_hello(to_read.ticket, 0);
  BOOST_TEST(reader.ends());
  club.until([&] { return club.stats().transfers == 0 && club.stats().data_connections == 0; });
}

BOOST_AUTO_TEST_CASE(D14_a_ticket_admits_once) {
  const auto [to_read, to_write] = tickets(offer());
  RawData first(loop, port());
  first.say_hello(to_read.ticket, 0);
  until([&] { return stats().tickets == 1; });
  RawData second(loop, port());
  second.say_hello(to_read.ticket, 0);
  BOOST_TEST(second.ends());
  RawData uploader(loop, port());
  uploader.say_hello(to_write.ticket, 0);
  uploader.send(Bytes(1000, 5));
  BOOST_TEST(first.gets(1000));
}

BOOST_AUTO_TEST_CASE(D14_a_guessed_ticket_admits_nobody) {
  const auto [to_read, to_write] = tickets(offer());
  for (int i = 0; i < 32; ++i) {
    auto guess = to_read.ticket;
    guess.bytes[static_cast<std::size_t>(i)] ^= 1;
    RawData thief(loop, port());
    thief.say_hello(guess, 0);
    BOOST_TEST(thief.ends());
    BOOST_TEST(thief.received.empty());
  }
  BOOST_TEST(stats().tickets == 2U);
}

BOOST_AUTO_TEST_CASE(D14_a_ticket_for_another_offset_admits_nobody_and_is_spent) {
  const auto [to_read, to_write] = tickets(offer(), 64);
  RawData reader(loop, port());
  reader.say_hello(to_read.ticket, 0);
  BOOST_TEST(reader.ends());
  until([&] { return stats().tickets == 0 && stats().transfers == 0; });
  RawData again(loop, port());
  again.say_hello(to_read.ticket, 64);
  BOOST_TEST(again.ends());
}

BOOST_AUTO_TEST_CASE(D14_a_swarm_of_data_connections_without_tickets_is_closed_in_time) {
  Club club([](relay::Config& config) { config.timing.hello = 100ms; });
  std::vector<std::unique_ptr<RawData>> swarm;
  for (int i = 0; i < 100; ++i) {
    swarm.push_back(std::make_unique<RawData>(club.loop, club.port()));
    swarm.back()->send(as_bytes(i % 2 == 0 ? "C" : "CTD1 and a part of a ticket"));
  }
  for (const auto& one : swarm) BOOST_TEST(one->ends());
  club.until([&] { return club.stats().data_connections == 0; });
}

BOOST_AUTO_TEST_CASE(D14_an_uploader_that_writes_into_the_readers_place_reaches_nobody) {
  const auto [to_read, to_write] = tickets(offer());
  RawData intruder(loop, port());
  intruder.send(concat({control::encode_hello({.ticket = to_read.ticket, .offset = 0}), Bytes(1000)}));
  BOOST_TEST(intruder.ends());
  until([&] { return stats().transfers == 0; });
}

BOOST_AUTO_TEST_SUITE_END()
