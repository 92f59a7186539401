// SPDX-License-Identifier: MIT
#include <boost/test/unit_test.hpp>

#include <limits>

#include "netcore/base/bytes.h"

using namespace coterie;

BOOST_AUTO_TEST_SUITE(bytes)

BOOST_AUTO_TEST_CASE(integers_are_stored_most_significant_byte_first) {
  Bytes out;
  append_be(out, std::uint8_t{0x01});
  append_be(out, std::uint16_t{0x0203});
  append_be(out, std::uint32_t{0x04050607});
  append_be(out, std::uint64_t{0x08090a0b0c0d0e0f});
  BOOST_TEST(to_hex(out) == "0102030405060708090a0b0c0d0e0f");
  BOOST_TEST(load_be<std::uint8_t>(out.data()) == 0x01U);
  BOOST_TEST(load_be<std::uint16_t>(out.data() + 1) == 0x0203U);
  BOOST_TEST(load_be<std::uint32_t>(out.data() + 3) == 0x04050607U);
  BOOST_TEST(load_be<std::uint64_t>(out.data() + 7) == 0x08090a0b0c0d0e0fU);
}

BOOST_AUTO_TEST_CASE(P10_the_largest_integers_come_back) {
  ByteArray<8> eight{};
  store_be(eight.data(), std::numeric_limits<std::uint64_t>::max());
  BOOST_TEST(load_be<std::uint64_t>(eight.data()) == std::numeric_limits<std::uint64_t>::max());
  ByteArray<2> two{};
  store_be(two.data(), std::numeric_limits<std::uint16_t>::max());
  BOOST_TEST(load_be<std::uint16_t>(two.data()) == 0xffffU);
}

BOOST_AUTO_TEST_CASE(hexadecimal_goes_both_ways) {
  Bytes all;
  for (int byte = 0; byte < 256; ++byte) all.push_back(static_cast<std::uint8_t>(byte));
  const auto text = to_hex(all);
  BOOST_TEST(text.size() == 512U);
  BOOST_TEST(text.substr(0, 8) == "00010203");
  BOOST_TEST(text.substr(508) == "feff");
  BOOST_TEST((from_hex(text) == all));
  BOOST_TEST((from_hex("aBcD") == Bytes{0xab, 0xcd}));
  BOOST_TEST((from_hex("") == Bytes{}));
}

BOOST_AUTO_TEST_CASE(what_is_not_hexadecimal_is_refused) {
  for (const char* wrong : {"a", "abc", "0g", "g0", "0x", " 00", "00 ", "-1", "\xff\xff", "0:"})
    BOOST_TEST(!from_hex(wrong).has_value(), wrong);
  for (int byte = 0; byte < 256; ++byte) {
    const char text[] = {'0', static_cast<char>(byte)};
    const bool digit = (byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'f') || (byte >= 'A' && byte <= 'F');
    BOOST_TEST(from_hex(std::string_view(text, 2)).has_value() == digit, byte);
  }
}

BOOST_AUTO_TEST_CASE(parts_are_joined_in_order) {
  const Bytes first = {1, 2};
  const ByteArray<1> second = {3};
  BOOST_TEST((concat({first, {}, second, as_bytes("a")}) == Bytes{1, 2, 3, 'a'}));
  BOOST_TEST(concat({}).empty());
}

BOOST_AUTO_TEST_CASE(text_and_bytes_are_views_of_each_other) {
  const std::string text("a\0b\xff", 4);
  BOOST_TEST(as_bytes(text).size() == 4U);
  BOOST_TEST(as_bytes(text)[3] == 0xffU);
  BOOST_TEST(as_text(as_bytes(text)) == text);
  BOOST_TEST(as_text({}).empty());
}

BOOST_AUTO_TEST_CASE(units_are_powers_of_two) {
  static_assert(1_KiB == 1024 && 64_KiB == 65'536 && 1_MiB == 1'048'576);
  BOOST_TEST(3_MiB == 3U * 1024 * 1024);
}

BOOST_AUTO_TEST_SUITE_END()
