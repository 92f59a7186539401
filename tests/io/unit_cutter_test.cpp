// SPDX-License-Identifier: MIT
#include "netcore/io/unit_cutter.h"

#include <boost/test/unit_test.hpp>

#include "tests/support/loopback.h"

using namespace coterie;
using io::UnitCutter;

namespace {

struct Cut {
  UnitCutter cutter;
  std::vector<Bytes> units;
  Status take(ByteView bytes) {
    return cutter.cut(bytes, test::unit_size, [this](ByteView unit) {
      units.push_back(to_bytes(unit));
      return true;
    });
  }
};

const std::vector<Bytes>& some_units() {
  static const std::vector<Bytes> units = {test::unit_of(1, 'a'), test::unit_of(5, 'b'),
                                           test::unit_of(test::pattern(300)), test::unit_of(1, 'c'),
                                           test::unit_of(2, 'd')};
  return units;
}

Bytes joined(const std::vector<Bytes>& units) {
  Bytes all;
  for (const auto& unit : units) append(all, unit);
  return all;
}

}   // namespace

BOOST_AUTO_TEST_SUITE(unit_cutter)

BOOST_AUTO_TEST_CASE(P08_units_come_out_the_same_split_at_every_pair_of_offsets) {
  const auto stream = joined(some_units());
  const ByteView all = stream;
  for (std::size_t first = 0; first <= all.size(); ++first) {
    for (std::size_t second = first; second <= all.size(); second += 7) {
      Cut cut;
      BOOST_TEST_REQUIRE(cut.take(all.first(first)).has_value());
      BOOST_TEST_REQUIRE(cut.take(all.subspan(first, second - first)).has_value());
      BOOST_TEST_REQUIRE(cut.take(all.subspan(second)).has_value());
      BOOST_TEST_REQUIRE((cut.units == some_units()));
    }
  }
}

BOOST_AUTO_TEST_CASE(P08_byte_by_byte) {
  Cut cut;
  const auto stream = joined(some_units());
  for (const auto& byte : stream) BOOST_TEST_REQUIRE(cut.take({&byte, 1}).has_value());
  BOOST_TEST((cut.units == some_units()));
}

BOOST_AUTO_TEST_CASE(stops_where_it_is_told_and_goes_on_from_there) {
  const auto stream = joined(some_units());
  for (std::size_t split = 0; split <= stream.size(); ++split) {
    UnitCutter cutter;
    std::vector<Bytes> units;
    const auto one_only = [&](ByteView unit) {
      units.push_back(to_bytes(unit));
      return false;
    };
    BOOST_TEST_REQUIRE(cutter.cut(ByteView(stream).first(split), test::unit_size, one_only).has_value());
    BOOST_TEST_REQUIRE(units.size() <= 1U);
    // More comes while it stands still; then it is called until nothing is left.
    BOOST_TEST_REQUIRE(cutter.cut(ByteView(stream).subspan(split), test::unit_size, one_only).has_value());
    while (cutter.stopped()) BOOST_TEST_REQUIRE(cutter.cut({}, test::unit_size, one_only).has_value());
    BOOST_TEST_REQUIRE((units == some_units()));
  }
}

BOOST_AUTO_TEST_CASE(an_error_in_a_later_unit_comes_after_the_units_before_it) {
  Cut cut;
  auto stream = joined(some_units());
  append(stream, Bytes(4, 0xff));
  const auto status = cut.take(stream);
  BOOST_TEST_REQUIRE(!status.has_value());
  BOOST_TEST((status.error().code == Errc::too_large));
  BOOST_TEST((cut.units == some_units()));
}

BOOST_AUTO_TEST_SUITE_END()
