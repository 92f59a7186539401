// SPDX-License-Identifier: MIT
// Contents on their way: kept until everybody confirmed, states only ever raised.
#include <limits>

#include "tests/store/store_fixture.h"

using namespace coterie;
using namespace coterie::store;

namespace {

struct OutgoingFixture : GroupFixture {
  // A content of ours, with a message in the history if `text` is given.
  MessageId send(std::uint64_t seq, const std::vector<RowId>& to, const std::string& text = {},
                 Scope scope = Scope::group) {
    auto content = an_outgoing(group, seq, "content " + std::to_string(seq));
    content.scope = scope;
    commit([&] {
      if (!text.empty()) {
        auto message = a_message(group, std::nullopt, text);
        message.message = content.message;
        store->add_message(message);
      }
      store->add_outgoing(content, to);
    });
    return content.message;
  }
  bool raise(const MessageId& message, RowId peer, Delivery state) {
    return commit([&] { return store->raise_delivery(message, peer, state); });
  }
  std::vector<MessageId> cover(RowId peer, std::uint64_t upto, const std::vector<std::uint64_t>& beyond = {},
                               Delivery state = Delivery::delivered, Scope scope = Scope::group) {
    return commit([&] { return store->cover(group, peer, scope, upto, beyond, state); });
  }
  std::vector<Delivery> states(const MessageId& message) {
    std::vector<Delivery> all;
    for (const auto& delivery : look([&] { return store->deliveries(message); })) all.push_back(delivery.state);
    return all;
  }
  std::size_t pending(RowId peer) {
    return look([&] { return store->pending(peer).size(); });
  }
  std::size_t pending_in_group() {
    return look([&] { return store->pending_count(group); });
  }
};

using States = std::vector<Delivery>;
using Ids = std::vector<MessageId>;

}   // namespace

BOOST_AUTO_TEST_SUITE(outgoing)

BOOST_FIXTURE_TEST_CASE(a_content_waits_for_each_peer_in_the_order_made, OutgoingFixture) {
  const auto first = send(9, {bob, carol});
  const auto second = send(2, {bob}, {}, Scope::direct);
  reopen();
  const auto contents = look([&] { return store->pending(bob); });
  BOOST_REQUIRE(contents.size() == 2U);
  BOOST_TEST((contents[0].message == first));
  BOOST_TEST(contents[0].group == group);
  BOOST_TEST((contents[0].scope == Scope::group));
  BOOST_TEST(contents[0].seq == 9U);
  BOOST_TEST(contents[0].created == 1'700'000'000'009);
  BOOST_TEST(text_of(contents[0].content) == "content 9");
  BOOST_TEST((contents[1].message == second));
  BOOST_TEST((contents[1].scope == Scope::direct));
  BOOST_TEST(pending(carol) == 1U);
  BOOST_TEST(pending_in_group() == 2U);
}

BOOST_FIXTURE_TEST_CASE(a_state_is_raised_and_never_lowered, OutgoingFixture) {
  const auto id = send(1, {bob}, "hello");
  BOOST_TEST(raise(id, bob, Delivery::at_relay));
  BOOST_TEST(!raise(id, bob, Delivery::at_relay));
  BOOST_TEST(!raise(id, bob, Delivery::waiting));
  BOOST_TEST(pending(bob) == 1U, "at the relay is not with the member");
  BOOST_TEST(raise(id, bob, Delivery::read));
  BOOST_TEST(!raise(id, bob, Delivery::delivered));
  BOOST_TEST(!raise(id, bob, Delivery::failed));
  BOOST_TEST((states(id) == States{Delivery::read}));
  BOOST_TEST(pending(bob) == 0U);
  BOOST_TEST(!raise(id, carol, Delivery::read), "it was not for carol");
  BOOST_TEST(!raise(random_id<MessageId>(), bob, Delivery::read));
}

BOOST_FIXTURE_TEST_CASE(what_was_given_up_may_still_turn_out_to_have_arrived, OutgoingFixture) {
  const auto id = send(1, {bob}, "hello");
  BOOST_TEST(raise(id, bob, Delivery::failed));
  BOOST_TEST((states(id) == States{Delivery::failed}));
  BOOST_TEST(!raise(id, bob, Delivery::at_relay));
  BOOST_TEST(raise(id, bob, Delivery::delivered));
  BOOST_TEST((states(id) == States{Delivery::delivered}));
}

BOOST_FIXTURE_TEST_CASE(a_message_keeps_its_states_when_its_content_is_no_longer_needed, OutgoingFixture) {
  const auto id = send(1, {bob, carol}, "hello");
  raise(id, bob, Delivery::delivered);
  BOOST_TEST(pending_in_group() == 1U);
  BOOST_TEST(pending(carol) == 1U);
  raise(id, carol, Delivery::delivered);
  BOOST_TEST(pending_in_group() == 0U);
  BOOST_TEST((states(id) == States{Delivery::delivered, Delivery::delivered}));
  raise(id, bob, Delivery::read);
  BOOST_TEST((states(id) == States{Delivery::read, Delivery::delivered}));
}

BOOST_FIXTURE_TEST_CASE(any_other_content_leaves_nothing_behind, OutgoingFixture) {
  const auto id = send(1, {bob, carol});
  raise(id, bob, Delivery::delivered);
  raise(id, carol, Delivery::delivered);
  BOOST_TEST(states(id).empty());
  BOOST_TEST(pending_in_group() == 0U);
}

BOOST_FIXTURE_TEST_CASE(a_content_for_nobody_waits_for_nobody, OutgoingFixture) {
  send(1, {}, "alone here");
  send(2, {});
  BOOST_TEST(pending_in_group() == 0U);
}

BOOST_FIXTURE_TEST_CASE(a_receipt_covers_its_stream_up_to_a_number_and_single_ones, OutgoingFixture) {
  std::vector<MessageId> ids;
  for (std::uint64_t seq = 1; seq <= 6; ++seq) ids.push_back(send(seq, {bob, carol}, "message"));
  const auto direct = send(1, {bob}, "direct", Scope::direct);
  BOOST_TEST((cover(bob, 2, {4, 5, 99}) == Ids{ids[0], ids[1], ids[3], ids[4]}));
  BOOST_TEST(pending(bob) == 3U);
  BOOST_TEST(pending(carol) == 6U);
  BOOST_TEST((states(ids[0]) == States{Delivery::delivered, Delivery::waiting}));
  BOOST_TEST((states(ids[2]) == States{Delivery::waiting, Delivery::waiting}));
  BOOST_TEST((states(direct) == States{Delivery::waiting}));
  BOOST_TEST(cover(bob, 2, {4, 5}).empty(), "the same again changes nothing");
  BOOST_TEST((cover(bob, 1, {}, Delivery::delivered, Scope::direct) == Ids{direct}));
  BOOST_TEST((cover(bob, 4, {}, Delivery::read) == Ids{ids[0], ids[1], ids[2], ids[3]}));
  BOOST_TEST(cover(bob, 6, {}, Delivery::delivered).size() == 1U);
}

BOOST_FIXTURE_TEST_CASE(P10_a_receipt_may_name_any_number, OutgoingFixture) {
  const auto id = send(1, {bob}, "hello");
  constexpr auto highest = std::numeric_limits<std::uint64_t>::max();
  BOOST_TEST(cover(bob, 0, {highest, highest - 1, std::uint64_t{1} << 63U}).empty());
  BOOST_TEST((cover(bob, highest, {highest}) == Ids{id}));
}

BOOST_FIXTURE_TEST_CASE(M03_a_receipt_covers_nothing_of_another_member_or_group, OutgoingFixture) {
  const auto id = send(1, {bob}, "hello");
  BOOST_TEST(cover(carol, 10).empty());
  const auto other = commit([&] { return store->add_group(a_group("other")); });
  BOOST_TEST(commit([&] { return store->cover(other, bob, Scope::group, 10, {}, Delivery::read); }).empty());
  BOOST_TEST((states(id) == States{Delivery::waiting}));
}

BOOST_FIXTURE_TEST_CASE(what_is_too_old_is_given_up_for_those_who_did_not_confirm, OutgoingFixture) {
  const auto old = send(1, {bob, carol}, "old");
  const auto silent = send(2, {bob});
  const auto recent = send(3, {bob}, "recent");
  raise(old, carol, Delivery::delivered);
  BOOST_TEST((commit([&] { return store->expire_outgoing(1'700'000'000'003); }) == Ids{old, silent}));
  BOOST_TEST((states(old) == States{Delivery::failed, Delivery::delivered}));
  BOOST_TEST((states(recent) == States{Delivery::waiting}));
  BOOST_TEST(states(silent).empty());
  BOOST_TEST(pending_in_group() == 1U);
  BOOST_TEST(commit([&] { return store->expire_outgoing(1'700'000'000'003); }).empty());
}

BOOST_FIXTURE_TEST_CASE(a_long_conversation_is_receipted_quickly, OutgoingFixture) {
  // Not timed: the query must use its index, whatever was read long ago.
  commit([&] {
    for (std::uint64_t seq = 1; seq <= 20'000; ++seq) {
      auto content = an_outgoing(group, seq);
      auto message = a_message(group, std::nullopt, "m");
      message.message = content.message;
      store->add_message(message);
      store->add_outgoing(content, {bob});
      if (seq % 100 == 0) BOOST_TEST(store->cover(group, bob, Scope::group, seq, {}, Delivery::read).size() == 100U);
    }
  });
  BOOST_TEST(pending(bob) == 0U);
}

BOOST_AUTO_TEST_SUITE_END()
