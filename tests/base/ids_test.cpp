// SPDX-License-Identifier: MIT
#include <boost/test/unit_test.hpp>

#include <type_traits>
#include <unordered_set>

#include "netcore/base/ids.h"
#include "netcore/base/random.h"

using namespace coterie;

BOOST_AUTO_TEST_SUITE(ids)

BOOST_AUTO_TEST_CASE(ids_of_one_length_are_different_types) {
  static_assert(!std::is_convertible_v<MessageId, MemberId>);
  static_assert(!std::is_convertible_v<MemberId, MessageId>);
  static_assert(!std::is_convertible_v<DropCap, ReadCap>);
  static_assert(sizeof(MessageId) == 16 && sizeof(SessionId) == 8 && sizeof(GroupTag) == 32);
  BOOST_TEST(MessageId::size == 16U);
}

BOOST_AUTO_TEST_CASE(an_id_is_made_of_the_first_bytes_and_filled_with_zeros) {
  BOOST_TEST(SessionId::from(as_bytes("0123456789")).hex() == "3031323334353637");
  BOOST_TEST(SessionId::from(as_bytes("01")).hex() == "3031000000000000");
  BOOST_TEST(SessionId::from({}).is_zero());
}

BOOST_AUTO_TEST_CASE(ids_are_ordered_by_their_bytes) {
  SessionId low;
  SessionId high;
  low.bytes[7] = 0xff;
  high.bytes[0] = 0x01;
  BOOST_TEST((low < high));
  BOOST_TEST((low == SessionId::from(low.view())));
  BOOST_TEST((low != high));
}

BOOST_AUTO_TEST_CASE(ids_can_be_looked_up) {
  std::unordered_set<MemberId> known;
  for (int i = 0; i < 1000; ++i) known.insert(random_id<MemberId>());
  BOOST_TEST(known.size() == 1000U);
  BOOST_TEST(known.contains(*known.begin()));
  BOOST_TEST(!known.contains(MemberId{}));
}

BOOST_AUTO_TEST_CASE(every_byte_of_an_id_counts_for_its_hash) {
  const auto id = random_id<MemberId>();
  const std::hash<MemberId> hash;
  BOOST_TEST(hash(id) == hash(MemberId::from(id.view())));
  for (std::size_t at = 0; at < MemberId::size; ++at) {
    auto other = id;
    other.bytes[at] ^= 1U;
    BOOST_TEST(hash(other) != hash(id), "byte " << at);
  }
}

BOOST_AUTO_TEST_SUITE_END()
