// SPDX-License-Identifier: MIT
#include "netcore/io/endpoint.h"

#include <boost/test/unit_test.hpp>

using namespace coterie;
using io::Endpoint;
using io::parse_endpoint;

BOOST_AUTO_TEST_SUITE(endpoint)

BOOST_AUTO_TEST_CASE(reads_what_people_write) {
  const std::pair<std::string_view, Endpoint> cases[] = {
      {"127.0.0.1:12345", {"127.0.0.1", 12345}},
      {"127.0.0.1", {"127.0.0.1", 7}},
      {"relay.example.org:1", {"relay.example.org", 1}},
      {"relay", {"relay", 7}},
      {"[::1]:65535", {"::1", 65535}},
      {"[::1]", {"::1", 7}},
      {"::1", {"::1", 7}},
      {"fe80::1%eth0", {"fe80::1%eth0", 7}},
      {"localhost:0", {"localhost", 0}},
  };
  for (const auto& [text, expected] : cases) {
    const auto parsed = parse_endpoint(text, 7);
    BOOST_TEST_REQUIRE(parsed.has_value(), text);
    BOOST_TEST((*parsed == expected), text);
  }
}

BOOST_AUTO_TEST_CASE(refuses_what_cannot_be_meant) {
  for (const std::string_view text :
       {"", ":1", "host:", "host:65536", "host:-1", "host:+1", "host:1x", "host: 1", "[::1", "[::1]1",
        "[::1]:", "[host]:1", "[]:1", "a b:1", "host\n:1", "host/path", "user@host:1", "[::1]:1:2"}) {
    const auto parsed = parse_endpoint(text, 7);
    BOOST_TEST_REQUIRE(!parsed.has_value(), text);
    BOOST_TEST((parsed.error().code == Errc::invalid_argument), text);
  }
  BOOST_TEST(!parse_endpoint(std::string(254, 'a'), 7).has_value());
}

BOOST_AUTO_TEST_CASE(an_address_of_the_web_is_refused_with_what_is_wanted) {
  for (const std::string_view text : {"http://x", "https://relay.example.org/", "https://x:12345", "x:12345/", "//x"}) {
    const auto parsed = parse_endpoint(text, 7);
    BOOST_TEST_REQUIRE(!parsed.has_value(), text);
    BOOST_TEST(parsed.error().detail.find("HOST:PORT, without a scheme") != std::string::npos, text);
  }
}

BOOST_AUTO_TEST_CASE(writes_brackets_around_ipv6_only) {
  BOOST_TEST((Endpoint{"::1", 5}.text()) == "[::1]:5");
  BOOST_TEST((Endpoint{"host", 5}.text()) == "host:5");
  for (const std::string_view text : {"[::1]:5", "host:5", "10.0.0.1:0"})
    BOOST_TEST(parse_endpoint(text, 9)->text() == text);
}

BOOST_AUTO_TEST_CASE(numeric_addresses_need_no_resolver) {
  const auto four = io::numeric_addresses({"127.0.0.1", 80});
  BOOST_TEST_REQUIRE(four.size() == 1U);
  BOOST_TEST(four[0].host() == "127.0.0.1");
  BOOST_TEST(four[0].port() == 80);
  const auto six = io::numeric_addresses({"::1", 81});
  BOOST_TEST_REQUIRE(six.size() == 1U);
  BOOST_TEST(six[0].host() == "::1");
  BOOST_TEST(six[0].port() == 81);
  BOOST_TEST(io::numeric_addresses({"localhost", 80}).empty());
}

BOOST_AUTO_TEST_SUITE_END()
