// SPDX-License-Identifier: MIT
// Rates, address buckets and the comparison of access keys.
#include "relay/limits.h"

#include <boost/test/unit_test.hpp>

#include "relay/config.h"
#include "tests/support/relay_host.h"
#include "tests/support/temp_folder.h"

using namespace coterie;
using namespace coterie::relay;
using namespace std::chrono_literals;

namespace {

const auto start = io::Clock::time_point() + 1h;

int taken_at_once(TokenBucket& bucket, const Rate& rate, io::Clock::time_point now) {
  int taken = 0;
  while (bucket.try_take(rate, now)) ++taken;
  return taken;
}

}   // namespace

BOOST_AUTO_TEST_SUITE(limits)

BOOST_AUTO_TEST_CASE(a_bucket_gives_its_burst_and_then_its_rate) {
  const Rate rate{20, 100};
  TokenBucket bucket(rate, start);
  BOOST_TEST(taken_at_once(bucket, rate, start) == 100);
  BOOST_TEST(taken_at_once(bucket, rate, start + 49ms) == 0);
  BOOST_TEST(taken_at_once(bucket, rate, start + 1s) == 20);
  BOOST_TEST(taken_at_once(bucket, rate, start + 1h) == 100);
}

BOOST_AUTO_TEST_CASE(a_bucket_that_is_overdrawn_is_level_again_when_the_rate_has_paid_it_back) {
  const Rate rate{10, 1};
  TokenBucket bucket(rate, start);
  bucket.take(rate, start);
  BOOST_TEST(bucket.is_level(rate, start));
  bucket.take(rate, start);
  BOOST_TEST(!bucket.is_level(rate, start));
  BOOST_TEST(!bucket.is_level(rate, start + 99ms));
  BOOST_TEST(bucket.is_level(rate, start + 101ms));
}

BOOST_AUTO_TEST_CASE(a_clock_that_goes_back_gives_nothing) {
  const Rate rate{10, 1};
  TokenBucket bucket(rate, start);
  BOOST_TEST(bucket.try_take(rate, start));
  BOOST_TEST(!bucket.try_take(rate, start - 10s));
  BOOST_TEST(!bucket.try_take(rate, start));
}

BOOST_AUTO_TEST_CASE(an_ipv6_network_is_one_address_and_ipv4_addresses_are_their_own) {
  BOOST_TEST(address_key("2001:db8:1:2::1") == address_key("2001:db8:1:2:ffff::99"));
  BOOST_TEST(address_key("2001:db8:1:2::1") != address_key("2001:db8:1:3::1"));
  BOOST_TEST(address_key("192.0.2.1") != address_key("192.0.2.2"));
  BOOST_TEST(address_key("::ffff:192.0.2.1") != address_key("::ffff:192.0.2.2"));
}

BOOST_AUTO_TEST_CASE(each_address_has_its_own_bucket_and_full_ones_are_forgotten) {
  const Rate rate{1, 2};
  AddressBuckets buckets;
  BOOST_TEST(buckets.admit("192.0.2.1", rate, start));
  BOOST_TEST(buckets.admit("192.0.2.1", rate, start));
  BOOST_TEST(!buckets.admit("192.0.2.1", rate, start));
  BOOST_TEST(buckets.admit("192.0.2.2", rate, start));
  BOOST_TEST(buckets.size() == 2U);
  buckets.sweep(rate, start + 1s);
  BOOST_TEST(buckets.size() == 1U);
  buckets.sweep(rate, start + 2s);
  BOOST_TEST(buckets.size() == 0U);
}

BOOST_AUTO_TEST_CASE(a_flood_of_addresses_takes_bounded_memory) {
  const Rate rate{0.001, 2};
  AddressBuckets buckets;
  for (int i = 0; i < 100'000; ++i) buckets.admit("host-" + std::to_string(i), rate, start);
  BOOST_TEST(buckets.size() <= 65'536U);
}

BOOST_AUTO_TEST_CASE(keys_are_equal_only_when_every_byte_is) {
  BOOST_TEST(equal_in_constant_time("", ""));
  BOOST_TEST(equal_in_constant_time("secret", "secret"));
  BOOST_TEST(!equal_in_constant_time("secret", "Secret"));
  BOOST_TEST(!equal_in_constant_time("secret", "secreT"));
  BOOST_TEST(!equal_in_constant_time("secret", "secre"));
  BOOST_TEST(!equal_in_constant_time("secret", "secret2"));
  BOOST_TEST(!equal_in_constant_time("", "x"));
  BOOST_TEST(!equal_in_constant_time(std::string_view("a\0", 2), "a"));
}

BOOST_AUTO_TEST_CASE(an_access_key_is_one_line_of_a_file_only_the_owner_can_read) {
  test::TempFolder folder;
  const auto file = folder / "key";
  const auto read = [&](std::string_view content) {
    test::write_file(file, as_bytes(content));
    std::filesystem::permissions(file, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
    return read_access_key(file);
  };
  BOOST_TEST(read("open sesame\n").value() == "open sesame");
  BOOST_TEST(read("open sesame\r\n").value() == "open sesame");
  BOOST_TEST(read(std::string(64, 'k')).value() == std::string(64, 'k'));
  BOOST_TEST(read(std::string(64, 'k') + "\r\n").value() == std::string(64, 'k'));
  BOOST_TEST((read(std::string(65, 'k')).error().code == Errc::invalid_argument));
  BOOST_TEST((read(std::string(6500, 'k')).error().code == Errc::invalid_argument));
  BOOST_TEST((read("").error().code == Errc::invalid_argument));
  BOOST_TEST((read("first line\nsecond line\n").error().code == Errc::invalid_argument));
  BOOST_TEST((read("\nsecond line").error().code == Errc::invalid_argument));
  std::filesystem::permissions(file, std::filesystem::perms::group_read, std::filesystem::perm_options::add);
  BOOST_TEST((read_access_key(file).error().code == Errc::permission_denied));
  BOOST_TEST((read_access_key(folder / "none").error().code == Errc::not_found));
}

BOOST_AUTO_TEST_CASE(joins_above_the_rate_of_an_address_are_refused_with_words) {
  test::RelayHost host([](relay::Config& config) { config.limits.joins = {1e-6, 2}; });
  const auto first = host.join({"club", "alice"});
  const auto second = host.join({"other club", "bob"});
  auto third = host.dial();
  third->send(test::RawMember("third club", "carol").join());
  const auto refused = third->wait_for_end();
  BOOST_REQUIRE(refused.has_value());
  BOOST_TEST((refused->reason == control::Refusal::too_many));
  BOOST_TEST(!refused->text->empty());
  first->sync();
  second->sync();
}

BOOST_AUTO_TEST_CASE(an_access_key_opens_the_relay_and_nothing_else_does) {
  test::RelayHost host([](relay::Config& config) { config.access_key = "open sesame"; });
  for (const char* wrong : {"", "open", "open sesame ", "OPEN SESAME"}) {
    auto client = host.dial();
    client->send(test::RawMember("club", "alice").join(wrong));
    const auto refused = client->wait_for_end();
    BOOST_REQUIRE(refused.has_value());
    BOOST_TEST((refused->reason == control::Refusal::access_denied));
  }
  auto client = host.dial();
  BOOST_TEST(client->join({"club", "alice"}, "open sesame").roster->empty());
}

BOOST_AUTO_TEST_CASE(a_relay_that_asks_for_no_access_key_overlooks_a_given_one) {
  test::RelayHost host;
  auto client = host.dial();
  BOOST_TEST(client->join({"club", "alice"}, "the key of last year").roster->empty());
}

BOOST_AUTO_TEST_CASE(what_is_sent_above_the_rate_comes_later_and_all_of_it) {
  test::RelayHost host([](relay::Config& config) {
    config.limits.sends = {2000, 3};
    config.limits.handshakes = {2000, 3};
  });
  const test::RawMember a("club", "alice");
  const test::RawMember b("club", "bob");
  const auto alice = host.join(a);
  const auto bob = host.join(b);
  for (std::uint32_t i = 0; i < 40; ++i) {
    alice->send(
        control::Send{.message = {}, .keep = false, .recipients = std::vector{b.as_recipient(i)}, .body = Bytes(100)});
    alice->send(control::Handshake{.peer = b.id, .id = {}, .step = control::HandshakeStep::h1, .body = Bytes(10)});
  }
  for (std::uint32_t i = 0; i < 40; ++i) {
    const auto envelope = bob->wait_for<control::Receive>();
    BOOST_REQUIRE(envelope.has_value());
    BOOST_TEST(envelope->index == i);
  }
  host.until([&] { return bob->count<control::Handshake>() == 40; });
  BOOST_TEST(host.stats().counters.throttled > 0U);
  BOOST_TEST(!alice->is_closed());
}

BOOST_AUTO_TEST_SUITE_END()
