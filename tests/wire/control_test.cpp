// SPDX-License-Identifier: MIT
// Every message between client and relay: round trips, cuts, counts and lengths at their borders.
#include <boost/test/unit_test.hpp>

#include "netcore/wire/control.h"
#include "tests/support/generate.h"

using namespace coterie;
using namespace coterie::control;
using coterie::test::equal;
using coterie::test::generated;
using coterie::test::generated_alternative;
using coterie::test::SeededSource;

namespace {

// The two directions, so that each test below runs for both.
struct TowardsRelay {
  using Message = ToRelay;
  static constexpr auto decode = decode_to_relay;
};
struct TowardsClient {
  using Message = ToClient;
  static constexpr auto decode = decode_to_client;
};

// Calls `test(direction, index of the alternative)` for every message there is.
template <class Test>
void for_each_message(Test test) {
  for (std::size_t i = 0; i < std::variant_size_v<ToRelay>; ++i) test(TowardsRelay{}, i);
  for (std::size_t i = 0; i < std::variant_size_v<ToClient>; ++i) test(TowardsClient{}, i);
}

// A frame with this body, whatever it is worth.
Bytes frame_of(std::uint8_t type, ByteView body) {
  Bytes frame(4);
  store_be(frame.data(), static_cast<std::uint32_t>(body.size() + 1));
  frame.push_back(type);
  append(frame, body);
  return frame;
}

template <class Message>
Bytes short_frame(SeededSource& source, std::size_t index) {
  // Cutting a frame at every byte is quadratic: take one that is not at its largest.
  for (;;)
    if (auto frame = encode_frame(generated_alternative<Message>(source, index)); frame.size() <= 4'000) return frame;
}

// The same body with another count of the list that begins at `at`, and as many elements as the count says.
template <class Element>
Bytes with_elements(Bytes head, std::uint16_t count, const Bytes& tail = {}) {
  append_be(head, count);
  head.resize(head.size() + count * test::smallest_encoding<Element>());
  append(head, tail);
  return head;
}

bool relay_takes(std::uint8_t type, const Bytes& body) {
  const auto message = decode_to_relay(frame_of(type, body));
  return message && message->has_value();
}

bool client_takes(std::uint8_t type, const Bytes& body) {
  const auto message = decode_to_client(frame_of(type, body));
  return message && message->has_value();
}

std::vector<std::uint16_t> counts(std::initializer_list<int> numbers) {
  std::vector<std::uint16_t> all;
  for (const int number : numbers) all.push_back(static_cast<std::uint16_t>(number));
  return all;
}

struct Number {
  std::uint64_t value = 0;
  static constexpr auto fields = std::tuple(&Number::value);
};

}   // namespace

BOOST_AUTO_TEST_SUITE(control)

BOOST_AUTO_TEST_CASE(every_message_comes_back_as_it_was) {
  for_each_message([]<class Direction>(Direction, std::size_t index) {
    for (std::uint64_t seed = 0; seed < 200; ++seed) {
      SeededSource source(seed * 1000 + index);
      const auto message = generated_alternative<typename Direction::Message>(source, index);
      const auto frame = encode_frame(message);
      BOOST_TEST(frame_size(frame).value() == frame.size());
      const auto back = Direction::decode(frame);
      BOOST_REQUIRE_MESSAGE(back && back->has_value(), "message " << index << " seed " << seed);
      BOOST_TEST(equal(**back, message), "message " << index << " seed " << seed);
      BOOST_TEST((encode_frame(**back) == frame), "message " << index << " seed " << seed);
    }
  });
}

BOOST_AUTO_TEST_CASE(types_are_numbered_once_in_each_direction) {
  for_each_message([]<class Direction>(Direction, std::size_t index) {
    SeededSource source(index);
    const auto frame = encode_frame(generated_alternative<typename Direction::Message>(source, index));
    BOOST_TEST(Direction::decode(frame).value().value().index() == index);
    BOOST_TEST(frame[4] < first_optional_type);
  });
}

BOOST_AUTO_TEST_CASE(P03_every_message_cut_at_every_byte_is_malformed) {
  for_each_message([]<class Direction>(Direction, std::size_t index) {
    SeededSource source(index);
    for (int round = 0; round < 4; ++round) {
      const auto frame = short_frame<typename Direction::Message>(source, index);
      for (std::size_t size = 0; size < frame.size(); ++size)
        BOOST_TEST(!Direction::decode(ByteView(frame).first(size)), "message " << index << " cut to " << size);
      // And with a length that knows of the cut.
      const auto body = ByteView(frame).subspan(5);
      for (std::size_t size = 0; size < body.size(); ++size)
        BOOST_TEST(!Direction::decode(frame_of(frame[4], body.first(size))),
                   "message " << index << " body cut to " << size);
    }
  });
}

BOOST_AUTO_TEST_CASE(P03_every_message_extended_by_up_to_64_bytes_is_malformed) {
  for_each_message([]<class Direction>(Direction, std::size_t index) {
    SeededSource source(index);
    const auto frame = short_frame<typename Direction::Message>(source, index);
    auto longer = frame;
    for (int more = 1; more <= 64; ++more) {
      longer.push_back(static_cast<std::uint8_t>(source.number()));
      BOOST_TEST(!Direction::decode(longer), "message " << index << " extended by " << more);
      BOOST_TEST(!Direction::decode(frame_of(frame[4], ByteView(longer).subspan(5))),
                 "message " << index << " body extended by " << more);
    }
  });
}

BOOST_AUTO_TEST_CASE(P03_changed_bytes_never_decode_to_a_message_that_encodes_differently) {
  for_each_message([]<class Direction>(Direction, std::size_t index) {
    SeededSource source(index);
    const auto frame = short_frame<typename Direction::Message>(source, index);
    for (std::size_t at = 4; at < frame.size(); ++at) {
      for (const std::uint8_t value :
           {std::uint8_t{0x00}, std::uint8_t{0x01}, std::uint8_t{0x7f}, std::uint8_t{0x80}, std::uint8_t{0xff},
            static_cast<std::uint8_t>(frame[at] + 1), static_cast<std::uint8_t>(frame[at] - 1)}) {
        auto changed = frame;
        changed[at] = value;
        const auto message = Direction::decode(changed);
        if (message && message->has_value()) BOOST_TEST((encode_frame(**message) == changed), "byte " << at);
      }
    }
  });
}

BOOST_AUTO_TEST_CASE(P04_a_list_is_taken_up_to_its_bound_and_not_beyond) {
  const Bytes send_head(17);   // message, keep
  const Bytes empty_body(4);   // length 0
  for (const std::uint16_t count : counts({0, 1, 256})) {
    BOOST_TEST(relay_takes(Send::tag, with_elements<Recipient>(send_head, count, empty_body)), count);
    BOOST_TEST(client_takes(Joined::tag, with_elements<Member>(Bytes(8), count)), count);
    BOOST_TEST(client_takes(Outcome::tag, with_elements<DeliveryTo>(Bytes(16), count)), count);
  }
  for (const std::uint16_t count : counts({257, 1000, 65'535})) {
    BOOST_TEST(!relay_takes(Send::tag, with_elements<Recipient>(send_head, count, empty_body)), count);
    BOOST_TEST(!client_takes(Joined::tag, with_elements<Member>(Bytes(8), count)), count);
    BOOST_TEST(!client_takes(Outcome::tag, with_elements<DeliveryTo>(Bytes(16), count)), count);
  }
  for (const std::uint16_t count : counts({0, 1, 1024}))
    BOOST_TEST(relay_takes(Ack::tag, with_elements<Number>({}, count)), count);
  for (const std::uint16_t count : counts({1025, 65'535}))
    BOOST_TEST(!relay_takes(Ack::tag, with_elements<Number>({}, count)), count);
}

BOOST_AUTO_TEST_CASE(P04_a_count_without_its_elements_is_malformed) {
  for (const std::uint16_t count : counts({1, 256, 257, 65'535})) {
    Bytes body(17);
    append_be(body, count);
    append(body, Bytes(4));
    BOOST_TEST(!relay_takes(Send::tag, body), count);
  }
  // One more than there are, and one fewer.
  for (const std::uint16_t count : counts({9, 11})) {
    auto body = with_elements<Recipient>(Bytes(17), 10, Bytes(4));
    store_be(body.data() + 17, count);
    BOOST_TEST(!relay_takes(Send::tag, body), count);
  }
}

BOOST_AUTO_TEST_CASE(P04_the_largest_messages_fit_into_a_frame) {
  Send send;
  send.recipients->resize(max_members);
  send.body->resize(max_body);
  BOOST_TEST(encode_frame(ToRelay(send)).size() <= frame_head + max_frame);
  Joined joined;
  joined.roster->resize(max_members);
  BOOST_TEST(encode_frame(ToClient(joined)).size() <= frame_head + max_frame);
  Join join;
  join.access_key = std::string(64, 'k');
  BOOST_TEST(encode_frame(ToRelay(join)).size() <= frame_head + max_greeting);
}

BOOST_AUTO_TEST_CASE(P01_a_text_or_body_is_taken_up_to_its_bound_and_not_beyond) {
  const auto join_with_key = [](std::size_t length) {
    Bytes body = {static_cast<std::uint8_t>(length)};
    body.resize(1 + length + 32 + 32 + 16 + 16 + 16);
    return body;
  };
  BOOST_TEST(relay_takes(Join::tag, join_with_key(0)));
  BOOST_TEST(relay_takes(Join::tag, join_with_key(64)));
  BOOST_TEST(!relay_takes(Join::tag, join_with_key(65)));
  BOOST_TEST(!relay_takes(Join::tag, join_with_key(255)));

  const auto handshake_with_body = [](std::uint16_t length, std::size_t there) {
    Bytes body(25);
    append_be(body, length);
    body.resize(body.size() + there);
    return body;
  };
  BOOST_TEST(relay_takes(Handshake::tag, handshake_with_body(0, 0)));
  BOOST_TEST(relay_takes(Handshake::tag, handshake_with_body(512, 512)));
  BOOST_TEST(!relay_takes(Handshake::tag, handshake_with_body(513, 513)));
  BOOST_TEST(!relay_takes(Handshake::tag, handshake_with_body(0xffff, 512)));

  const auto send_with_body = [](std::uint32_t length, std::size_t there) {
    Bytes body(19);
    append_be(body, length);
    body.resize(body.size() + there);
    return body;
  };
  BOOST_TEST(relay_takes(Send::tag, send_with_body(max_body, max_body)));
  BOOST_TEST(!relay_takes(Send::tag, send_with_body(max_body + 1, max_body + 1)));
  for (const std::uint32_t length : {0x7fffffffU, 0x80000000U, 0xffffffffU})
    BOOST_TEST(!relay_takes(Send::tag, send_with_body(length, 100)));
}

BOOST_AUTO_TEST_CASE(P10_any_size_and_offset_is_a_number) {
  constexpr auto max = std::numeric_limits<std::uint64_t>::max();
  for (const std::uint64_t number : {std::uint64_t{0}, std::uint64_t{1} << 63U, max - 1, max}) {
    BlobPut put;
    put.length = number;
    BOOST_TEST((std::get<BlobPut>(decode_to_relay(encode_frame(ToRelay(put))).value().value()).length == number));
    BlobTicket ticket;
    ticket.offset = ticket.length = number;
    BOOST_TEST(
        (std::get<BlobTicket>(decode_to_client(encode_frame(ToClient(ticket))).value().value()).offset == number));
  }
  for (const std::uint32_t index : {0x7fffffffU, 0x80000000U, 0xffffffffU}) {
    Receive receive;
    receive.index = index;
    BOOST_TEST((std::get<Receive>(decode_to_client(encode_frame(ToClient(receive))).value().value()).index == index));
  }
}

BOOST_AUTO_TEST_CASE(an_unknown_type_is_skipped_where_it_is_optional_and_refused_where_it_is_not) {
  for (int type = 0; type < 256; ++type) {
    const auto frame = frame_of(static_cast<std::uint8_t>(type), Bytes(3, 0xee));   // three bytes fit no message
    const auto at_relay = decode_to_relay(frame);
    const auto at_client = decode_to_client(frame);
    if (type >= first_optional_type) {
      BOOST_TEST((at_relay && !at_relay->has_value()), type);
      BOOST_TEST((at_client && !at_client->has_value()), type);
    } else {
      BOOST_TEST(!at_relay, type);
      BOOST_TEST(!at_client, type);
      BOOST_TEST(at_relay.error().detail.find(std::to_string(type)) != std::string::npos, at_relay.error().detail);
    }
  }
}

BOOST_AUTO_TEST_CASE(P07_a_message_of_the_other_direction_is_refused) {
  BOOST_TEST(!decode_to_client(encode_frame(ToRelay(Join{}))));
  BOOST_TEST(!decode_to_client(encode_frame(ToRelay(Send{}))));
  BOOST_TEST(!decode_to_relay(encode_frame(ToClient(Joined{}))));
  BOOST_TEST(!decode_to_relay(encode_frame(ToClient(Receive{}))));
  BOOST_TEST(decode_to_client(encode_frame(ToRelay(Handshake{}))).has_value(), "handshakes and pings go both ways");
}

BOOST_AUTO_TEST_CASE(the_relays_short_cut_makes_the_same_bytes) {
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    SeededSource source(seed);
    const auto receive = generated<Receive>(source);
    Recipient recipient;
    recipient.session = receive.session;
    recipient.index = receive.index;
    recipient.wrap = receive.wrap;
    Bytes frame = {1, 2, 3};   // it appends
    append_receive_head(frame, receive.number, receive.sender, receive.message, receive.keep, recipient,
                        receive.body->size());
    BOOST_TEST(frame.size() == 3 + receive_head);
    append(frame, *receive.body);
    BOOST_TEST((Bytes(frame.begin() + 3, frame.end()) == encode_frame(ToClient(receive))), "seed " << seed);
  }
}

BOOST_AUTO_TEST_CASE(P03_a_data_connection_begins_with_exactly_44_bytes) {
  SeededSource source(1);
  const auto hello = generated<DataHello>(source);
  const auto bytes = encode_hello(hello);
  BOOST_TEST(bytes.size() == DataHello::size);
  const auto back = decode_hello(bytes);
  BOOST_REQUIRE(back);
  BOOST_TEST(equal(*back, hello));
  for (std::size_t size = 0; size < bytes.size(); ++size) BOOST_TEST(!decode_hello(ByteView(bytes).first(size)), size);
  auto longer = bytes;
  for (int more = 1; more <= 64; ++more) {
    longer.push_back(0);
    BOOST_TEST(!decode_hello(longer), more);
  }
  for (std::size_t at = 0; at < 4; ++at) {
    auto other = bytes;
    other[at] ^= 0x20;
    BOOST_TEST(!decode_hello(other), "magic byte " << at);
  }
}

BOOST_AUTO_TEST_CASE(a_data_connection_ends_with_exactly_12_bytes) {
  for (const std::uint64_t length :
       {std::uint64_t{0}, std::uint64_t{65'552}, std::numeric_limits<std::uint64_t>::max()}) {
    const auto bytes = encode_done(length);
    BOOST_TEST(bytes.size() == data_done_size);
    BOOST_TEST(decode_done(bytes).value() == length);
    for (std::size_t size = 0; size < bytes.size(); ++size) BOOST_TEST(!decode_done(ByteView(bytes).first(size)));
    BOOST_TEST(!decode_done(concat({bytes, Bytes(1)})));
    auto other = bytes;
    other[0] = 'd';
    BOOST_TEST(!decode_done(other));
  }
}

// tests/vectors/coterie_kat.json: tag, token_A, member_id_A, drop_cap_A, cap_hash_A.
BOOST_AUTO_TEST_CASE(ids_follow_from_tokens_and_capabilities) {
  const auto tag = GroupTag::from(*from_hex("e63a9f6630bebe037a3c31c053d5cb99fe99fc18d2c5e04d63247a67c186efdb"));
  const auto token = MemberToken::from(*from_hex("101112131415161718191a1b1c1d1e1f202122232425262728292a2b2c2d2e2f"));
  BOOST_TEST(member_id_of(tag, token).hex() == "4d79cfb29a8924c3a1a4c34879529f06");
  const auto drop_cap = DropCap::from(*from_hex("a0a1a2a3a4a5a6a7a8a9aaabacadaeaf"));
  BOOST_TEST(cap_hash_of(drop_cap).hex() == "3b0eb6df67fa9f4b0a61b16dcbbec254");
  // The label keeps a read capability from being shown as a deposit capability of the same bytes.
  BOOST_TEST(read_hash_of(ReadCap::from(drop_cap.view())).hex() != cap_hash_of(drop_cap).hex());
}

BOOST_AUTO_TEST_SUITE_END()
