// SPDX-License-Identifier: MIT
// Offering and wanting blobs: matching, capabilities, tickets and their limits.
#include <boost/test/unit_test.hpp>

#include "netcore/base/random.h"
#include "tests/support/relay_host.h"

using namespace coterie;
using namespace std::chrono_literals;
using control::BlobRefusal;
using test::RawClient;
using test::RawData;
using test::RawMember;
using test::RelayHost;

namespace {

struct Club : RelayHost {
  explicit Club(const Adjust& adjust = {}) : RelayHost(adjust) {}
  RawMember a{"club", "alice"};
  RawMember b{"club", "bob"};
  RawMember c{"club", "carol"};
  std::unique_ptr<RawClient> alice = join(a);
  std::unique_ptr<RawClient> bob = join(b);
  BlobId blob = random_id<BlobId>();
  ReadCap cap = random_id<ReadCap>();

  [[nodiscard]] control::BlobPut put(std::uint64_t length = 1000) const {
    return {.blob = blob, .length = length, .read_hash = control::read_hash_of(cap), .mode = control::BlobMode::pipe};
  }
  [[nodiscard]] control::BlobGet get(std::uint64_t offset = 0) const {
    return {.blob = blob, .read_cap = cap, .offset = offset};
  }

  static BlobRefusal refusal(RawClient& client) {
    const auto refused = client.wait_for<control::BlobRefused>();
    BOOST_REQUIRE_MESSAGE(refused.has_value(), "the relay did not refuse");
    return refused->reason;
  }
};

}   // namespace

BOOST_FIXTURE_TEST_SUITE(blobs, Club)

BOOST_AUTO_TEST_CASE(a_reader_who_comes_after_the_uploader_is_matched_at_once) {
  alice->send(put(1000));
  alice->sync();
  bob->send(get(64));
  const auto to_read = bob->wait_for<control::BlobTicket>();
  const auto to_write = alice->wait_for<control::BlobNeed>();
  BOOST_REQUIRE((to_read && to_write));
  BOOST_TEST((to_read->blob == blob));
  BOOST_TEST((to_write->blob == blob));
  BOOST_TEST(to_read->offset == 64U);
  BOOST_TEST(to_write->offset == 64U);
  BOOST_TEST(to_read->length == 1000U);
  BOOST_TEST((to_read->ticket != to_write->ticket));
  BOOST_TEST(stats().tickets == 2U);
}

BOOST_AUTO_TEST_CASE(a_reader_who_comes_first_waits_and_is_matched_then) {
  bob->send(get());
  BOOST_TEST((refusal(*bob) == BlobRefusal::waiting));
  alice->send(put());
  BOOST_TEST(bob->wait_for<control::BlobTicket>().has_value());
  BOOST_TEST(alice->wait_for<control::BlobNeed>().has_value());
}

BOOST_AUTO_TEST_CASE(a_wrong_capability_is_refused_whoever_comes_first) {
  auto wrong = get();
  wrong.read_cap.bytes[0] ^= 1;
  bob->send(wrong);
  BOOST_TEST((refusal(*bob) == BlobRefusal::waiting));
  alice->send(put());
  BOOST_TEST((refusal(*bob) == BlobRefusal::bad_cap));
  bob->send(wrong);
  BOOST_TEST((refusal(*bob) == BlobRefusal::bad_cap));
  BOOST_TEST(stats().transfers == 0U);
  bob->send(get());
  BOOST_TEST(bob->wait_for<control::BlobTicket>().has_value());
}

BOOST_AUTO_TEST_CASE(an_offset_behind_the_end_is_refused_and_one_at_the_end_is_not) {
  alice->send(put(1000));
  alice->sync();
  bob->send(get(1001));
  BOOST_TEST((refusal(*bob) == BlobRefusal::too_large));
  bob->send(get(~0ULL));
  BOOST_TEST((refusal(*bob) == BlobRefusal::too_large));
  bob->send(get(1000));
  BOOST_TEST(bob->wait_for<control::BlobTicket>().has_value());
}

BOOST_AUTO_TEST_CASE(keeping_is_not_offered_and_absurd_lengths_are_refused) {
  auto keep = put();
  keep.mode = control::BlobMode::keep;
  alice->send(keep);
  BOOST_TEST((refusal(*alice) == BlobRefusal::unsupported));
  alice->send(put(~0ULL));
  BOOST_TEST((refusal(*alice) == BlobRefusal::too_large));
  alice->send(put((1ULL << 44U) + (1ULL << 32U) + 1));
  BOOST_TEST((refusal(*alice) == BlobRefusal::too_large));
  BOOST_TEST(stats().blobs == 0U);
}

BOOST_AUTO_TEST_CASE(blobs_of_another_group_are_out_of_reach) {
  alice->send(put());
  alice->sync();
  const auto stranger = join({"other club", "mallory"});
  stranger->send(get());
  BOOST_TEST((refusal(*stranger) == BlobRefusal::waiting));
}

BOOST_AUTO_TEST_CASE(a_blob_has_one_uploader) {
  alice->send(put());
  alice->sync();
  bob->send(put());
  BOOST_TEST((refusal(*bob) == BlobRefusal::too_many));
}

BOOST_AUTO_TEST_CASE(a_blob_has_one_reader_at_a_time_and_the_next_one_waits) {
  const auto carol = join(c);
  alice->send(put());
  alice->sync();
  bob->send(get());
  BOOST_TEST(bob->wait_for<control::BlobTicket>().has_value());
  carol->send(get());
  BOOST_TEST((refusal(*carol) == BlobRefusal::waiting));
  bob->send(control::BlobDrop{blob});
  BOOST_TEST(carol->wait_for<control::BlobTicket>().has_value());
  BOOST_TEST(stats().transfers == 1U);
}

BOOST_AUTO_TEST_CASE(asking_again_replaces_what_was_asked_before) {
  alice->send(put(1000));
  alice->sync();
  bob->send(get(0));
  const auto first = bob->wait_for<control::BlobTicket>();
  bob->send(get(500));
  const auto second = bob->wait_for<control::BlobTicket>();
  BOOST_REQUIRE((first && second));
  BOOST_TEST(second->offset == 500U);
  BOOST_TEST(stats().transfers == 1U);
  BOOST_TEST(stats().tickets == 2U);
  RawData old(loop, port());
  old.say_hello(first->ticket, 0);
  BOOST_TEST(old.ends());
}

BOOST_AUTO_TEST_CASE(an_uploader_has_a_bounded_number_of_blobs) {
  for (int i = 0; i < 8; ++i) {
    blob = random_id<BlobId>();
    alice->send(put());
  }
  alice->sync();
  BOOST_TEST(!alice->has<control::BlobRefused>());
  alice->send(put());   // the last one again: not one more
  alice->sync();
  BOOST_TEST(!alice->has<control::BlobRefused>());
  const auto last = blob;
  blob = random_id<BlobId>();
  alice->send(put());
  BOOST_TEST((refusal(*alice) == BlobRefusal::too_many));
  alice->send(control::BlobDrop{last});
  alice->send(put());
  alice->sync();
  BOOST_TEST(!alice->has<control::BlobRefused>());
  BOOST_TEST(stats().blobs == 8U);
}

BOOST_AUTO_TEST_CASE(a_reader_waits_for_a_bounded_number_of_blobs) {
  for (int i = 0; i < 9; ++i) {
    blob = random_id<BlobId>();
    bob->send(get());
    BOOST_TEST((refusal(*bob) == (i < 8 ? BlobRefusal::waiting : BlobRefusal::too_many)));
  }
  BOOST_TEST(stats().blobs == 8U);
}

BOOST_AUTO_TEST_CASE(a_member_has_a_bounded_number_of_transfers_and_the_rest_waits_its_turn) {
  Club club([](relay::Config& config) {
    config.limits.blobs = 20;
    config.limits.waiting_reads = 20;
  });
  std::vector<BlobId> all;
  for (int i = 0; i < 10; ++i) {
    club.blob = all.emplace_back(random_id<BlobId>());
    club.alice->send(club.put());
    club.bob->send(club.get());
  }
  club.until([&] { return club.bob->count<control::BlobTicket>() == 8U; });
  club.alice->sync();
  club.bob->sync();
  BOOST_TEST(club.bob->count<control::BlobTicket>() == 8U);
  BOOST_TEST(club.stats().transfers == 8U);
  const auto one = club.bob->take<control::BlobTicket>()->blob;
  club.bob->send(control::BlobDrop{one});
  club.until([&] { return club.bob->count<control::BlobTicket>() == 8U; });
  BOOST_TEST(club.stats().transfers == 8U);
}

BOOST_AUTO_TEST_CASE(everything_of_a_member_goes_with_its_control_connection) {
  const auto carol = join(c);
  alice->send(put());
  blob = random_id<BlobId>();
  alice->send(get());
  alice->sync();
  carol->send(put());
  BOOST_TEST(alice->wait_for<control::BlobTicket>().has_value());
  blob = random_id<BlobId>();
  alice->send(get());
  alice->sync();
  BOOST_TEST(stats().blobs == 3U);
  alice->vanish();
  until([&] { return stats().members == 2; });
  BOOST_TEST(stats().blobs == 1U);
  BOOST_TEST(stats().transfers == 0U);
  BOOST_TEST(stats().tickets == 0U);
  carol->send(control::Bye{});
  carol->wait_for_end();
  BOOST_TEST(stats().blobs == 0U);
}

BOOST_AUTO_TEST_CASE(a_reader_is_still_waiting_when_the_uploader_takes_it_back) {
  bob->send(get());
  bob->wait_for<control::BlobRefused>();
  const auto carol = join(c);
  carol->send(get());
  carol->wait_for<control::BlobRefused>();
  alice->send(put());
  BOOST_TEST(bob->wait_for<control::BlobTicket>().has_value());
  alice->send(control::BlobDrop{blob});
  alice->sync();
  BOOST_TEST(stats().transfers == 0U);
  alice->send(put());
  BOOST_TEST(carol->wait_for<control::BlobTicket>().has_value());
}

BOOST_AUTO_TEST_CASE(dropping_what_is_not_there_does_nothing) {
  alice->send(control::BlobDrop{blob});
  alice->sync();
  alice->send(put());
  alice->sync();
  bob->send(control::BlobDrop{blob});
  bob->send(get());
  BOOST_TEST(bob->wait_for<control::BlobTicket>().has_value());
}

BOOST_AUTO_TEST_SUITE_END()
