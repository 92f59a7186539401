// SPDX-License-Identifier: MIT
#include <boost/test/unit_test.hpp>
#include <set>

#include "netcore/crypto/chain.h"
#include "support.h"

using namespace coterie;
using namespace coterie::crypto;
using test::fails_with;

namespace {

ChainKey first_key() { return ChainKey::from(test::pattern(32, 1)); }

}   // namespace

BOOST_AUTO_TEST_SUITE(chain)

BOOST_AUTO_TEST_CASE(both_ends_walk_in_step) {
  SendChain sender(first_key(), 0);
  ReceiveChain receiver(first_key(), 0);
  std::set<std::string> seen;
  for (std::uint32_t index = 0; index < 50; ++index) {
    const auto sent = sender.advance().value();
    BOOST_TEST(sent.index == index);
    auto got = receiver.step_to(index).value();
    BOOST_TEST(to_hex(got.key.view()) == to_hex(sent.key.view()));
    BOOST_TEST(got.skipped.empty());
    BOOST_TEST(got.next == index + 1);
    receiver = ReceiveChain(std::move(got.next_key), got.next);
    BOOST_TEST(to_hex(receiver.key().view()) == to_hex(sender.key().view()));
    seen.insert(to_hex(sent.key.view()));
    seen.insert(to_hex(sender.key().view()));
  }
  BOOST_TEST(seen.size() == 100U);   // no key twice, no message key equal to a chain key
}

BOOST_AUTO_TEST_CASE(keys_passed_over_are_handed_out_for_keeping) {
  SendChain sender(first_key(), 0);
  std::vector<std::string> sent;
  for (int i = 0; i < 8; ++i) sent.push_back(to_hex(sender.advance().value().key.view()));

  const ReceiveChain receiver(first_key(), 0);
  const auto got = receiver.step_to(7).value();
  BOOST_TEST(to_hex(got.key.view()) == sent[7]);
  BOOST_TEST(to_hex(got.next_key.view()) == to_hex(sender.key().view()));
  BOOST_REQUIRE(got.skipped.size() == 7U);
  for (std::uint32_t i = 0; i < 7; ++i) {
    BOOST_TEST(got.skipped[i].index == i);
    BOOST_TEST(to_hex(got.skipped[i].key.view()) == sent[i]);
  }
}

BOOST_AUTO_TEST_CASE(looking_ahead_changes_nothing) {
  const ReceiveChain receiver(first_key(), 0);
  const auto once = receiver.step_to(3).value();
  BOOST_TEST(receiver.next() == 0U);
  BOOST_TEST(to_hex(receiver.key().view()) == to_hex(first_key().view()));
  const auto again = receiver.step_to(3).value();
  BOOST_TEST(to_hex(once.key.view()) == to_hex(again.key.view()));
}

BOOST_AUTO_TEST_CASE(an_index_already_passed_is_a_replay) {
  const ReceiveChain receiver(first_key(), 5);
  for (std::uint32_t index = 0; index < 5; ++index) BOOST_TEST(fails_with(receiver.step_to(index), Errc::replay));
  BOOST_TEST(receiver.step_to(5).has_value());
}

BOOST_AUTO_TEST_CASE(a_jump_of_1000_is_taken_and_of_1001_refused) {
  for (std::uint32_t next : {0U, 7U, 123'456U}) {
    const ReceiveChain receiver(first_key(), next);
    const auto got = receiver.step_to(next + 1000);
    BOOST_REQUIRE(got.has_value());
    BOOST_TEST(got->skipped.size() == 1000U);
    BOOST_TEST(got->next == next + 1001);
    BOOST_TEST(fails_with(receiver.step_to(next + 1001), Errc::too_large));
    BOOST_TEST(fails_with(receiver.step_to(next + 2001), Errc::too_large));
  }
}

BOOST_AUTO_TEST_CASE(indexes_from_two_to_the_31_on_are_refused_to_receive) {
  const ReceiveChain early(first_key(), 0);
  BOOST_TEST(fails_with(early.step_to(max_chain_index), Errc::too_large));
  BOOST_TEST(fails_with(early.step_to(0xFFFFFFFF), Errc::too_large));

  const ReceiveChain late(first_key(), max_chain_index - 1);
  BOOST_TEST(fails_with(late.step_to(max_chain_index), Errc::too_large));
  auto last = late.step_to(max_chain_index - 1);
  BOOST_REQUIRE(last.has_value());
  BOOST_TEST(last->next == max_chain_index);
  const ReceiveChain used_up(std::move(last->next_key), last->next);
  BOOST_TEST(fails_with(used_up.step_to(max_chain_index), Errc::too_large));
  BOOST_TEST(fails_with(used_up.step_to(max_chain_index - 1), Errc::replay));
}

BOOST_AUTO_TEST_CASE(indexes_from_two_to_the_31_on_are_refused_to_send) {
  SendChain sender(first_key(), max_chain_index - 1);
  BOOST_TEST(sender.advance().value().index == max_chain_index - 1);
  BOOST_TEST(sender.next() == max_chain_index);
  const auto key = to_hex(sender.key().view());
  BOOST_TEST(fails_with(sender.advance(), Errc::no_session));
  BOOST_TEST(fails_with(sender.advance(), Errc::no_session));
  BOOST_TEST(sender.next() == max_chain_index);
  BOOST_TEST(to_hex(sender.key().view()) == key);
}

BOOST_AUTO_TEST_CASE(a_stored_chain_goes_on_where_it_was) {
  SendChain whole(first_key(), 0);
  for (int i = 0; i < 3; ++i) BOOST_REQUIRE(whole.advance().has_value());
  SendChain loaded(whole.key().copy(), whole.next());
  const auto expected = whole.advance().value();
  const auto got = loaded.advance().value();
  BOOST_TEST(got.index == expected.index);
  BOOST_TEST(to_hex(got.key.view()) == to_hex(expected.key.view()));
}

BOOST_AUTO_TEST_SUITE_END()
