// SPDX-License-Identifier: MIT
// Lengths, counts and bodies that lie, sent to a real relay.
#include <boost/test/unit_test.hpp>
#include <fstream>

#include "tests/attacks/sample_frames.h"
#include "tests/support/relay_host.h"

using namespace coterie;
using namespace std::chrono_literals;
using test::RawClient;
using test::RawMember;
using test::RelayHost;

namespace {

struct Club : RelayHost {
  explicit Club(const Adjust& adjust = {}) : RelayHost(adjust) {}
  RawMember a{"club", "alice"};
  RawMember b{"club", "bob"};
  std::unique_ptr<RawClient> bob = join(b);   // who must not notice anything

  // A client in the state the attack begins in.
  std::unique_ptr<RawClient> attacker(bool joined) { return joined ? join(a) : dial(); }
  void expect_malformed(bool joined, ByteView bytes, const std::string& what) {
    auto client = attacker(joined);
    client->send_bytes(bytes);
    const auto refused = client->wait_for_end();
    BOOST_TEST_CONTEXT(what << (joined ? " after" : " before") << " JOIN") {
      BOOST_REQUIRE(refused.has_value());
      BOOST_TEST((refused->reason == control::Refusal::malformed));
    }
  }
  ~Club() {
    bob->sync();
    until([&] { return stats().members == 1; });
  }
};

Bytes announced(std::uint32_t length) {
  Bytes head;
  append_be(head, length);
  return head;
}

// What the address sanitizer keeps aside of freed memory and between allocations, and the thread sanitizer of every access, is
// resident too.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr std::size_t set_aside = 64_MiB;
#else
constexpr std::size_t set_aside = 0;
#endif

std::size_t resident_bytes() {
  std::ifstream statm("/proc/self/statm");
  std::size_t total = 0;
  std::size_t resident = 0;
  statm >> total >> resident;
  return resident * 4096;
}

}   // namespace

BOOST_FIXTURE_TEST_SUITE(parser, Club)

BOOST_AUTO_TEST_CASE(P01_lengths_at_every_border_close_the_connection) {
  for (const bool joined : {false, true}) {
    const auto most = static_cast<std::uint32_t>(joined ? wire::max_frame : wire::max_greeting);
    for (const std::uint32_t length : {0U, most + 1, 0x7fffffffU, 0x80000000U, 0xffffffffU})
      expect_malformed(joined, announced(length), "a length of " + std::to_string(length));
    expect_malformed(joined, concat({announced(1), Bytes{0x50}}), "the smallest frame of an unknown type");
  }
}

BOOST_AUTO_TEST_CASE(P01_lengths_that_are_just_allowed_are_read) {
  for (const bool joined : {false, true}) {
    auto client = attacker(joined);
    const auto most = joined ? wire::max_frame : wire::max_greeting;
    client->send_bytes(test::with_body(0x91, Bytes(most - 1)));   // optional: skipped
    client->send_bytes(test::with_body(0x91, {}));
    client->sync();
  }
}

BOOST_AUTO_TEST_CASE(P02_a_length_that_is_announced_costs_no_memory) {
  constexpr int many = 150;
  std::vector<std::unique_ptr<RawClient>> clients;
  for (int i = 0; i < many; ++i) clients.push_back(join(RawMember("club " + std::to_string(i), "alice")));
  const auto before = resident_bytes();
  for (auto& client : clients) client->send_bytes(concat({announced(wire::max_frame), Bytes{control::Send::tag}}));
  for (int i = 0; i < 10; ++i) test::settle(loop);
  bob->sync();
  BOOST_TEST(resident_bytes() < before + many * 16_KiB + 4_MiB + set_aside);
}

BOOST_AUTO_TEST_CASE(P03_every_frame_cut_at_every_byte_is_an_error) {
  for (const auto& frame : test::frames_to_relay(a, b)) {
    const ByteView body = ByteView(frame.bytes).subspan(wire::frame_head + 1);
    const bool joined = frame.type != control::Join::tag;
    for (std::size_t kept = 0; kept < body.size(); ++kept)
      expect_malformed(joined, test::with_body(frame.type, body.first(kept)),
                       frame.name + " cut to " + std::to_string(kept) + " bytes");
  }
}

BOOST_AUTO_TEST_CASE(P03_every_frame_with_bytes_behind_it_is_an_error) {
  for (const auto& frame : test::frames_to_relay(a, b)) {
    const bool joined = frame.type != control::Join::tag;
    for (const std::size_t more : {1U, 2U, 3U, 7U, 8U, 31U, 32U, 63U, 64U}) {
      auto body = to_bytes(ByteView(frame.bytes).subspan(wire::frame_head + 1));
      append(body, Bytes(more));
      expect_malformed(joined, test::with_body(frame.type, body), frame.name + " with more behind it");
    }
  }
}

BOOST_AUTO_TEST_CASE(P03_numbers_out_of_their_range_are_errors) {
  // Offsets in the body of a byte that has few legal values.
  const auto frames = test::frames_to_relay(a, b);
  const auto find = [&](std::uint8_t type) {
    return *std::find_if(frames.begin(), frames.end(), [&](const auto& frame) { return frame.type == type; });
  };
  struct Place {
    std::uint8_t type;
    std::size_t offset;
    std::vector<std::uint8_t> illegal;
  };
  for (const auto& place : {Place{control::Handshake::tag, 24, {6, 255}}, Place{control::Send::tag, 16, {2, 255}},
                            Place{control::BlobPut::tag, 40, {2, 255}}})
    for (const auto value : place.illegal) {
      auto bytes = find(place.type).bytes;
      bytes[wire::frame_head + 1 + place.offset] = value;
      expect_malformed(true, bytes, find(place.type).name + " with " + std::to_string(value));
    }
}

BOOST_AUTO_TEST_CASE(P04_counts_of_recipients_are_bounded) {
  const auto send = [&](std::uint16_t announced_count, std::size_t present) {
    control::Send envelope{.message = {}, .keep = false, .recipients = {}, .body = Bytes(10)};
    envelope.recipients->resize(present);
    auto bytes = control::encode_frame(control::ToRelay(envelope));
    store_be(bytes.data() + wire::frame_head + 1 + 17, announced_count);
    return bytes;
  };
  expect_malformed(true, send(0, 0), "no recipient");
  expect_malformed(true, send(257, 256), "257 recipients announced");
  expect_malformed(true, send(65535, 256), "65535 recipients announced");
  expect_malformed(true, send(256, 1), "256 recipients announced, one there");
  auto client = attacker(true);
  client->send_bytes(send(256, 256));
  const auto outcome = client->wait_for<control::Outcome>();
  BOOST_REQUIRE(outcome.has_value());
  BOOST_TEST(outcome->members->size() == 256U);
}

BOOST_AUTO_TEST_CASE(P04_a_recipient_repeated_256_times_gets_one_and_oneself_gets_none) {
  auto client = attacker(true);
  control::Send envelope{
      .message = {}, .keep = false, .recipients = std::vector(256, b.as_recipient()), .body = Bytes(10)};
  client->send(envelope);
  client->sync();
  bob->sync();
  BOOST_TEST(bob->count<control::Receive>() == 1U);
  envelope.recipients = std::vector(256, a.as_recipient());
  client->send(envelope);
  client->sync();
  BOOST_TEST(client->count<control::Receive>() == 0U);
}

BOOST_AUTO_TEST_CASE(P04_the_most_acknowledgements_at_once_are_taken) {
  auto client = attacker(true);
  std::vector<std::uint64_t> numbers(1024, ~0ULL);
  client->send(control::Ack{.numbers = numbers});
  client->sync();
  auto bytes = control::encode_frame(control::ToRelay(control::Ack{.numbers = numbers}));
  append_be(bytes, std::uint64_t{1});
  store_be(bytes.data(), static_cast<std::uint32_t>(bytes.size() - wire::frame_head));
  store_be(bytes.data() + wire::frame_head + 1, std::uint16_t{1025});
  expect_malformed(true, bytes, "1025 acknowledgements");
}

BOOST_AUTO_TEST_CASE(P10_numbers_near_their_upper_end_are_refused_or_passed_on_unchanged) {
  auto client = attacker(true);
  for (const auto length : {~0ULL, ~0ULL - 1, 1ULL << 63U, (1ULL << 44U) + (1ULL << 32U) + 1}) {
    client->send(control::BlobPut{.blob = {}, .length = length, .read_hash = control::read_hash_of({}), .mode = {}});
    const auto refused = client->wait_for<control::BlobRefused>();
    BOOST_REQUIRE(refused.has_value());
    BOOST_TEST((refused->reason == control::BlobRefusal::too_large));
  }
  const auto most = (1ULL << 44U) + (1ULL << 32U);
  client->send(control::BlobPut{.blob = {}, .length = most, .read_hash = control::read_hash_of({}), .mode = {}});
  for (const auto offset : {~0ULL, most + 1}) {
    bob->send(control::BlobGet{.blob = {}, .read_cap = {}, .offset = offset});
    const auto refused = bob->wait_for<control::BlobRefused>();
    BOOST_REQUIRE(refused.has_value());
    BOOST_TEST((refused->reason == control::BlobRefusal::too_large));
  }
  // All of it is left to read, from the last byte on: the byte count does not wrap around.
  bob->send(control::BlobGet{.blob = {}, .read_cap = {}, .offset = most - 1});
  const auto to_read = bob->wait_for<control::BlobTicket>();
  const auto to_write = client->wait_for<control::BlobNeed>();
  BOOST_REQUIRE((to_read && to_write));
  test::RawData reader(loop, port());
  reader.say_hello(to_read->ticket, most - 1);
  test::RawData uploader(loop, port());
  uploader.say_hello(to_write->ticket, most - 1);
  uploader.send(Bytes(2));
  BOOST_TEST(uploader.ends());
  BOOST_TEST(reader.ends());

  for (const auto index : {0x7fffffffU, 0x80000000U, 0xffffffffU}) {
    client->send(control::Send{
        .message = {}, .keep = false, .recipients = std::vector{b.as_recipient(index)}, .body = Bytes(1)});
    const auto got = bob->wait_for<control::Receive>();
    BOOST_REQUIRE(got.has_value());
    BOOST_TEST(got->index == index);
  }
}

BOOST_AUTO_TEST_SUITE_END()
