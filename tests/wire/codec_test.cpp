// SPDX-License-Identifier: MIT
// Bytes to values and back, by the list of fields alone.
#include <boost/test/unit_test.hpp>

#include "netcore/wire/codec.h"
#include "tests/support/generate.h"

using namespace coterie;
using namespace coterie::wire;
using coterie::test::equal;
using coterie::test::generated;
using coterie::test::SeededSource;

namespace {

enum class Colour : std::uint8_t { red = 0, green = 1, blue = 2, last = blue };
enum class Wide : std::uint16_t { none = 0, many = 300, last = many };

struct Point {
  std::uint16_t x = 0;
  std::uint64_t y = 0;
  static constexpr auto fields = std::tuple(&Point::x, &Point::y);
};

struct TestPurpose;

struct Everything {
  static constexpr std::uint8_t tag = 7;
  std::uint8_t u8 = 0;
  std::uint16_t u16 = 0;
  std::uint32_t u32 = 0;
  std::uint64_t u64 = 0;
  bool flag = false;
  Colour colour{};
  Wide wide{};
  MessageId id;
  ByteArray<5> bytes{};
  Key<TestPurpose> key;
  Text8<10> text8;
  Text16<1000> text16;
  Blob8<255> blob8;
  Blob16<65'535> blob16;
  Blob32<100'000> blob32;
  List8<Point, 3> list8;
  List16<Text8<4>, 300> list16;
  Point point;
  static constexpr auto fields =
      std::tuple(&Everything::u8, &Everything::u16, &Everything::u32, &Everything::u64, &Everything::flag,
                 &Everything::colour, &Everything::wide, &Everything::id, &Everything::bytes, &Everything::key,
                 &Everything::text8, &Everything::text16, &Everything::blob8, &Everything::blob16, &Everything::blob32,
                 &Everything::list8, &Everything::list16, &Everything::point);
};

struct Empty {
  static constexpr std::uint8_t tag = 8;
  static constexpr auto fields = std::tuple();
};

template <class T>
struct One {
  static constexpr std::uint8_t tag = 9;
  T value{};
  static constexpr auto fields = std::tuple(&One::value);
};

Bytes bytes_of(std::string_view hex) { return from_hex(hex).value(); }

template <class T>
std::string hex_of(const T& value) {
  return to_hex(encode(value));
}

template <class T>
bool decodes(std::string_view hex) {
  return decode<One<T>>(bytes_of(hex)).has_value();
}

}   // namespace

BOOST_AUTO_TEST_SUITE(codec)

BOOST_AUTO_TEST_CASE(integers_are_big_endian) {
  BOOST_TEST(hex_of(Point{.x = 0x0102, .y = 0x030405060708090a}) == "0102030405060708090a");
  const auto point = decode<Point>(bytes_of("ffff0000000000000001"));
  BOOST_REQUIRE(point);
  BOOST_TEST(point->x == 0xffffU);
  BOOST_TEST(point->y == 1U);
}

BOOST_AUTO_TEST_CASE(texts_and_lists_carry_their_length_in_front) {
  BOOST_TEST(hex_of(One<Text8<10>>{"ab"}) == "026162");
  BOOST_TEST(hex_of(One<Text16<10>>{"ab"}) == "00026162");
  BOOST_TEST(hex_of(One<Blob32<10>>{Bytes{1, 2, 3}}) == "00000003010203");
  BOOST_TEST(hex_of(One<List8<std::uint16_t, 4>>{std::vector<std::uint16_t>{1, 2}}) == "0200010002");
  BOOST_TEST(hex_of(One<List16<Empty, 4>>{std::vector<Empty>(3)}) == "0003");
}

BOOST_AUTO_TEST_CASE(every_value_comes_back_as_it_was) {
  for (std::uint64_t seed = 0; seed < 500; ++seed) {
    SeededSource source(seed);
    const auto value = generated<Everything>(source);
    const auto bytes = encode(value);
    const auto back = decode<Everything>(bytes);
    BOOST_REQUIRE_MESSAGE(back, "seed " << seed);
    BOOST_TEST(equal(*back, value), "seed " << seed);
    BOOST_TEST((encode(*back) == bytes), "seed " << seed);
  }
}

BOOST_AUTO_TEST_CASE(the_comparison_of_these_tests_sees_every_field) {
  SeededSource source(1);
  const auto value = generated<Everything>(source);
  const auto bytes = encode(value);
  int seen = 0;
  for (std::size_t at = 0; at < bytes.size(); ++at) {
    auto changed = bytes;
    changed[at] ^= 1U;
    const auto other = decode<Everything>(changed);
    if (!other) continue;
    ++seen;
    BOOST_TEST(!equal(*other, value), "byte " << at);
  }
  BOOST_TEST(seen > 50);
}

BOOST_AUTO_TEST_CASE(P03_a_value_cut_or_extended_anywhere_is_malformed) {
  SeededSource source(3);
  for (int round = 0; round < 20; ++round) {
    auto value = generated<Everything>(source);
    value.blob16->resize(std::min<std::size_t>(value.blob16->size(), 50));
    value.blob32->resize(std::min<std::size_t>(value.blob32->size(), 50));
    value.text16->resize(std::min<std::size_t>(value.text16->size(), 50));
    const auto bytes = encode(value);
    for (std::size_t size = 0; size < bytes.size(); ++size)
      BOOST_TEST(!decode<Everything>(ByteView(bytes).first(size)), "cut to " << size);
    auto longer = bytes;
    for (int more = 1; more <= 64; ++more) {
      longer.push_back(static_cast<std::uint8_t>(source.number()));
      BOOST_TEST(!decode<Everything>(longer), "extended by " << more);
    }
  }
}

BOOST_AUTO_TEST_CASE(P01_a_length_is_taken_up_to_its_bound_and_not_beyond) {
  BOOST_TEST(decodes<Text8<3>>("00"));
  BOOST_TEST(decodes<Text8<3>>("03616263"));
  BOOST_TEST(!decodes<Text8<3>>("0461626364"));
  BOOST_TEST(!decodes<Text8<3>>("ff616263"));
  BOOST_TEST(decodes<Blob32<3>>("00000003616263"));
  for (const char* length : {"00000004", "7fffffff", "80000000", "ffffffff", "ffffffff61626364"})
    BOOST_TEST(!decodes<Blob32<3>>(length));
}

BOOST_AUTO_TEST_CASE(P02_memory_follows_the_bytes_that_are_there) {
  // 65,535 elements announced, three there.
  One<List16<std::uint64_t, 65'535>> value;
  Bytes bytes = {0xff, 0xff};
  bytes.resize(2 + 3 * 8);
  Reader reader(bytes);
  read(reader, value);
  BOOST_TEST(reader.failed());
  BOOST_TEST(value.value->capacity() <= bytes.size());

  One<Blob32<100'000'000>> blob;
  const auto announced = bytes_of("05f5e100ff");
  Reader blob_reader(announced);
  read(blob_reader, blob);
  BOOST_TEST(blob_reader.failed());
  BOOST_TEST(blob.value->capacity() == 0U);
}

BOOST_AUTO_TEST_CASE(a_bool_is_0_or_1) {
  BOOST_TEST(decodes<bool>("00"));
  BOOST_TEST(decodes<bool>("01"));
  for (const char* other : {"02", "7f", "80", "ff"}) BOOST_TEST(!decodes<bool>(other));
}

BOOST_AUTO_TEST_CASE(an_enum_ends_at_its_last_value) {
  BOOST_TEST(decodes<Colour>("02"));
  BOOST_TEST(!decodes<Colour>("03"));
  BOOST_TEST(!decodes<Colour>("ff"));
  BOOST_TEST(decodes<Wide>("012c"));
  BOOST_TEST(!decodes<Wide>("012d"));
}

BOOST_AUTO_TEST_CASE(a_value_over_its_bound_is_cut_and_its_length_tells_the_truth) {
  BOOST_TEST(hex_of(One<Text8<3>>{std::string("abcdef")}) == "03616263");
  BOOST_TEST(hex_of(One<List8<std::uint16_t, 1>>{std::vector<std::uint16_t>{1, 2, 3}}) == "010001");
  BOOST_TEST(hex_of(One<Blob8<2>>{Bytes(300, 7)}) == "020707");
}

BOOST_AUTO_TEST_CASE(a_reader_that_failed_stays_failed) {
  const auto bytes = bytes_of("0102");
  Reader reader(bytes);
  BOOST_TEST(reader.take<std::uint32_t>() == 0U);
  BOOST_TEST(reader.failed());
  BOOST_TEST(reader.left() == 0U);
  BOOST_TEST(reader.take<std::uint8_t>() == 0U);
  BOOST_TEST(reader.take(std::numeric_limits<std::size_t>::max()).empty());
  BOOST_TEST(reader.failed());
}

BOOST_AUTO_TEST_CASE(a_reader_gives_the_rest_once) {
  const auto bytes = bytes_of("01020304");
  Reader reader(bytes);
  BOOST_TEST(reader.take<std::uint16_t>() == 0x0102U);
  BOOST_TEST(reader.rest().size() == 2U);
  BOOST_TEST(reader.rest().empty());
  BOOST_TEST(!reader.failed());
}

BOOST_AUTO_TEST_CASE(the_tag_selects_the_alternative) {
  using Any = std::variant<Everything, Empty, One<Text8<3>>>;
  Bytes bytes;
  encode_tagged(bytes, Any(One<Text8<3>>{"abc"}));
  BOOST_TEST(to_hex(bytes) == "0903616263");
  const auto known = decode_tagged<Any>(bytes[0], ByteView(bytes).subspan(1));
  BOOST_REQUIRE(known);
  BOOST_REQUIRE(known->has_value());
  BOOST_TEST(*std::get<One<Text8<3>>>(**known).value == "abc");

  const auto unknown = decode_tagged<Any>(200, {});
  BOOST_REQUIRE(unknown);
  BOOST_TEST(!unknown->has_value());

  const auto malformed = decode_tagged<Any>(8, bytes);   // Empty has no body
  BOOST_REQUIRE(!malformed);
  BOOST_TEST((malformed.error().code == Errc::malformed));
}

BOOST_AUTO_TEST_CASE(a_fuzzers_input_makes_values_too) {
  // However short it is, and whatever is in it.
  for (std::size_t size = 0; size < 200; size += 7) {
    Bytes input(size, static_cast<std::uint8_t>(size));
    test::ByteSource source(input);
    const auto value = generated<Everything>(source);
    const auto back = decode<Everything>(encode(value));
    BOOST_REQUIRE(back);
    BOOST_TEST(equal(*back, value));
  }
}

BOOST_AUTO_TEST_SUITE_END()
