// SPDX-License-Identifier: MIT
#include "netcore/transfer/chunk_map.h"

#include <boost/test/unit_test.hpp>
#include <set>

#include "netcore/crypto/file_stream.h"
#include "support.h"

using namespace coterie;
using transfer::ChunkMap;
using transfer::ChunkRange;

BOOST_AUTO_TEST_SUITE(chunk_map)

BOOST_AUTO_TEST_CASE(an_empty_map_misses_the_first_chunk) {
  const ChunkMap map;
  BOOST_TEST(map.first_missing() == 0U);
  BOOST_TEST(!map.is_complete(1));
  BOOST_TEST(map.bytes_of(1000) == 0U);
}

BOOST_AUTO_TEST_CASE(ranges_that_touch_become_one) {
  ChunkMap map;
  map.add({0, 3});
  map.add({5, 7});
  BOOST_TEST(map.first_missing() == 3U);
  map.add({3, 5});
  BOOST_TEST((map.ranges() == std::vector<ChunkRange>{{0, 7}}));
  BOOST_TEST(map.is_complete(7));
  BOOST_TEST(!map.is_complete(8));
}

BOOST_AUTO_TEST_CASE(the_last_chunk_counts_with_its_own_length) {
  constexpr auto chunk = crypto::chunk_size;
  ChunkMap map;
  map.add({0, 3});
  BOOST_TEST(map.bytes_of(2 * chunk + 1) == 2 * chunk + 1);
  BOOST_TEST(map.bytes_of(3 * chunk) == 3 * chunk);
  BOOST_TEST(map.bytes_of(4 * chunk) == 3 * chunk);
  ChunkMap of_nothing;
  of_nothing.add({0, 1});
  BOOST_TEST(of_nothing.bytes_of(0) == 0U);
  BOOST_TEST(of_nothing.is_complete(crypto::chunk_count(0)));
}

BOOST_AUTO_TEST_CASE(behaves_like_a_set_of_numbers) {
  test::Random random(1);
  for (int round = 0; round < 300; ++round) {
    ChunkMap map;
    ChunkMap other;
    std::set<std::uint64_t> model;
    std::set<std::uint64_t> other_model;
    for (int step = 0; step < 12; ++step) {
      const auto first = test::below(random, 60);
      const ChunkRange range{first, first + test::below(random, 10)};
      const bool to_other = test::below(random, 3) == 0;
      (to_other ? other : map).add(range);
      for (auto i = range.first; i < range.end; ++i) (to_other ? other_model : model).insert(i);
    }
    std::uint64_t missing = 0;
    while (model.contains(missing)) ++missing;
    BOOST_TEST_REQUIRE(map.first_missing() == missing);
    BOOST_TEST_REQUIRE(map.count() == model.size());
    for (std::uint64_t i = 0; i < 75; ++i) BOOST_TEST_REQUIRE(map.has(i) == model.contains(i));
    const auto ranges = map.ranges();
    for (std::size_t i = 1; i < ranges.size(); ++i) BOOST_TEST_REQUIRE(ranges[i - 1].end < ranges[i].first);
    std::set<std::uint64_t> beyond;
    for (const auto range : map.beyond(other))
      for (auto i = range.first; i < range.end; ++i) BOOST_TEST_REQUIRE(beyond.insert(i).second);
    std::set<std::uint64_t> expected;
    for (auto i : model)
      if (!other_model.contains(i)) expected.insert(i);
    BOOST_TEST_REQUIRE((beyond == expected));
  }
}

BOOST_AUTO_TEST_SUITE_END()
