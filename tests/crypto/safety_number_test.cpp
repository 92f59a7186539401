// SPDX-License-Identifier: MIT
#include <boost/test/unit_test.hpp>
#include <cctype>
#include <set>

#include "netcore/crypto/keys.h"
#include "netcore/crypto/safety_number.h"
#include "support.h"

using namespace coterie;

namespace {

const auto& number_of = crypto::safety_number;
const PublicKey a = PublicKey::from(test::pattern(32, 1));
const PublicKey b = PublicKey::from(test::pattern(32, 2));

}   // namespace

// The known number is checked in the suite kat.
BOOST_AUTO_TEST_SUITE(safety_number)

BOOST_AUTO_TEST_CASE(is_the_same_for_both_sides) { BOOST_TEST(number_of(a, b) == number_of(b, a)); }

BOOST_AUTO_TEST_CASE(has_twelve_groups_of_five_digits) {
  for (std::uint8_t seed = 0; seed < 100; ++seed) {   // among so many some groups begin with zeros
    const auto number = number_of(a, PublicKey::from(test::pattern(32, seed)));
    BOOST_REQUIRE(number.size() == 12U * 5 + 11);
    for (std::size_t at = 0; at < number.size(); ++at) {
      const bool is_gap = at % 6 == 5;
      BOOST_TEST((is_gap ? number[at] == ' ' : std::isdigit(static_cast<unsigned char>(number[at])) != 0));
    }
  }
}

BOOST_AUTO_TEST_CASE(any_changed_bit_of_a_key_shows) {
  std::set<std::string> numbers{number_of(a, b)};
  for (std::size_t bit = 0; bit < 256; ++bit) {
    auto changed = a;
    changed.bytes[bit / 8] ^= static_cast<std::uint8_t>(1U << (bit % 8));
    numbers.insert(number_of(changed, b));
  }
  BOOST_TEST(numbers.size() == 257U);
}

BOOST_AUTO_TEST_SUITE_END()
