// SPDX-License-Identifier: MIT
#include <boost/test/unit_test.hpp>

#include <array>
#include <limits>
#include <set>

#include "netcore/base/ids.h"
#include "netcore/base/random.h"

using namespace coterie;

namespace coterie::tests {   // the C library has a function of that name

BOOST_AUTO_TEST_SUITE(random)

BOOST_AUTO_TEST_CASE(fills_all_of_any_length) {
  fill_random({});
  for (const std::size_t size :
       {std::size_t{1}, std::size_t{32}, std::size_t{256}, std::size_t{257}, std::size_t{100'000}}) {
    // Every byte becomes something else than zero sooner or later.
    Bytes touched(size);
    for (int round = 0; round < 100 && std::find(touched.begin(), touched.end(), 0) != touched.end(); ++round) {
      Bytes bytes(size);
      fill_random(bytes);
      for (std::size_t i = 0; i < size; ++i) touched[i] |= bytes[i];
    }
    BOOST_TEST((std::find(touched.begin(), touched.end(), 0) == touched.end()), size);
  }
}

BOOST_AUTO_TEST_CASE(never_gives_the_same_id_twice) {
  std::set<MessageId> seen;
  for (int i = 0; i < 10'000; ++i) BOOST_TEST(seen.insert(random_id<MessageId>()).second);
}

BOOST_AUTO_TEST_CASE(gives_every_number_below_the_bound_about_as_often) {
  BOOST_TEST(random_below(1) == 0U);
  std::array<int, 7> counts{};
  for (int i = 0; i < 70'000; ++i) ++counts.at(random_below(counts.size()));
  // Ten standard deviations: once in 10^22 runs by chance.
  for (const int count : counts) BOOST_TEST(std::abs(count - 10'000) < 930);
  const auto half = std::numeric_limits<std::uint64_t>::max() / 2 + 2;
  for (int i = 0; i < 1000; ++i) BOOST_TEST(random_below(half) < half);
}

BOOST_AUTO_TEST_SUITE_END()

}   // namespace coterie::tests
