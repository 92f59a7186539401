// SPDX-License-Identifier: MIT
// Where a frame ends, from its first four bytes.
#include <boost/test/unit_test.hpp>

#include "netcore/wire/frame.h"

using namespace coterie;
using namespace coterie::wire;

namespace {

Bytes head_of(std::uint32_t length) {
  Bytes head(4);
  store_be(head.data(), length);
  return head;
}

Bytes frame_of(std::uint8_t type, const Bytes& body) {
  auto frame = head_of(static_cast<std::uint32_t>(body.size() + 1));
  frame.push_back(type);
  append(frame, body);
  return frame;
}

}   // namespace

BOOST_AUTO_TEST_SUITE(frame)

BOOST_AUTO_TEST_CASE(says_nothing_before_the_length_is_there) {
  const auto head = head_of(5);
  for (std::size_t size = 0; size < 4; ++size) {
    const auto needed = frame_size(ByteView(head).first(size));
    BOOST_REQUIRE(needed);
    BOOST_TEST(*needed == 0U);
  }
  BOOST_TEST(frame_size(head).value() == 9U);
}

BOOST_AUTO_TEST_CASE(P01_refuses_a_length_of_nothing_and_one_above_the_limit) {
  BOOST_TEST((frame_size(head_of(0)).error().code == Errc::malformed));
  BOOST_TEST(frame_size(head_of(1)).value() == 5U);
  BOOST_TEST(frame_size(head_of(max_frame)).value() == max_frame + 4);
  for (const std::uint32_t length : {262'145U, 0x7fffffffU, 0x80000000U, 0xfffffffbU, 0xffffffffU})
    BOOST_TEST((frame_size(head_of(length)).error().code == Errc::too_large), length);
}

BOOST_AUTO_TEST_CASE(P01_before_joining_the_limit_is_small) {
  BOOST_TEST(frame_size(head_of(max_greeting), max_greeting).value() == max_greeting + 4);
  BOOST_TEST((frame_size(head_of(max_greeting + 1), max_greeting).error().code == Errc::too_large));
}

BOOST_AUTO_TEST_CASE(does_not_look_behind_the_head) {
  auto bytes = frame_of(1, {2, 3});
  append(bytes, Bytes(10, 0xff));
  BOOST_TEST(frame_size(bytes).value() == 7U);
}

BOOST_AUTO_TEST_CASE(P08_finds_the_same_thousand_frames_however_they_arrive) {
  Bytes stream;
  std::vector<Bytes> sent;
  for (std::size_t i = 0; i < 1000; ++i) {
    sent.push_back(frame_of(static_cast<std::uint8_t>(i), Bytes(i % 37, static_cast<std::uint8_t>(i))));
    append(stream, sent.back());
  }
  for (const std::size_t piece :
       {std::size_t{1}, std::size_t{3}, std::size_t{4}, std::size_t{5}, std::size_t{1000}, stream.size()}) {
    std::vector<Bytes> received;
    Bytes buffer;
    for (std::size_t at = 0; at < stream.size(); at += piece) {
      append(buffer, ByteView(stream).subspan(at, std::min(piece, stream.size() - at)));
      for (;;) {
        const auto needed = frame_size(buffer);
        BOOST_REQUIRE(needed);
        if (*needed == 0 || buffer.size() < *needed) break;
        received.emplace_back(buffer.begin(), buffer.begin() + static_cast<std::ptrdiff_t>(*needed));
        buffer.erase(buffer.begin(), buffer.begin() + static_cast<std::ptrdiff_t>(*needed));
      }
    }
    BOOST_TEST((received == sent), "in pieces of " << piece);
    BOOST_TEST(buffer.empty());
  }
}

BOOST_AUTO_TEST_CASE(takes_a_frame_apart) {
  const auto bytes = frame_of(0x22, {1, 2, 3});
  const auto taken = split_frame(bytes);
  BOOST_REQUIRE(taken);
  BOOST_TEST(taken->type == 0x22U);
  BOOST_TEST(to_hex(taken->body) == "010203");
  const auto bare = frame_of(0x03, {});
  BOOST_REQUIRE(split_frame(bare));
  BOOST_TEST(split_frame(bare)->body.empty());
}

BOOST_AUTO_TEST_CASE(P03_refuses_what_is_not_exactly_one_frame) {
  const auto bytes = frame_of(0x22, {1, 2, 3});
  for (std::size_t size = 0; size < bytes.size(); ++size)
    BOOST_TEST(!split_frame(ByteView(bytes).first(size)), "cut to " << size);
  auto longer = bytes;
  for (int more = 1; more <= 64; ++more) {
    longer.push_back(0);
    BOOST_TEST(!split_frame(longer), "extended by " << more);
  }
  BOOST_TEST(!split_frame(head_of(0)));
  BOOST_TEST(!split_frame(head_of(0xffffffff)));
}

BOOST_AUTO_TEST_SUITE_END()
