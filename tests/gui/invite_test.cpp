// SPDX-License-Identifier: MIT
#include "gui/model/invite.h"

#include <boost/test/unit_test.hpp>

using namespace coterie;
using namespace coterie::gui;

BOOST_AUTO_TEST_SUITE(invite)

BOOST_AUTO_TEST_CASE(what_is_written_is_read_again) {
  RelayPin pin;
  for (std::size_t i = 0; i < pin.bytes.size(); ++i) pin.bytes[i] = static_cast<std::uint8_t>(i * 7 + 1);
  const auto link = format_invite({"example.org:12345", "کوهنوردی & friends", pin});
  BOOST_TEST(link.find(' ') == std::string::npos);
  const auto read = parse_invite("  " + link + "\n");
  BOOST_REQUIRE(read.has_value());
  BOOST_TEST(read->relay == "example.org:12345");
  BOOST_TEST(read->group == "کوهنوردی & friends");
  BOOST_TEST((read->pin == pin));
}

BOOST_AUTO_TEST_CASE(a_link_without_a_fingerprint_is_a_link) {
  const auto read = parse_invite("coterie://[::1]:99/club");
  BOOST_REQUIRE(read.has_value());
  BOOST_TEST(read->relay == "[::1]:99");
  BOOST_TEST(!read->pin);
}

BOOST_AUTO_TEST_CASE(parts_of_a_later_version_are_passed_over) {
  const auto read = parse_invite("coterie://h/club?color=red&x");
  BOOST_TEST(read.has_value());
}

BOOST_AUTO_TEST_CASE(damaged_links_are_refused) {
  for (const auto* text : {"", "https://h/club", "coterie://", "coterie://h", "coterie:///club", "coterie://h/",
                           "coterie://h/%zz", "coterie://h/club?pin=short", "coterie://h h/club", "coterie://h/%00",
                           "coterie://h/club?pin=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAB"})
    BOOST_TEST(!parse_invite(text).has_value(), text);
  BOOST_TEST(!parse_invite("coterie://h/" + std::string(2000, 'a')).has_value());
}

BOOST_AUTO_TEST_CASE(a_look_at_the_clipboard_takes_only_whole_links) {
  BOOST_TEST(looks_like_invite(" coterie://h:1/club "));
  BOOST_TEST(!looks_like_invite("see coterie://h:1/club"));
  BOOST_TEST(!looks_like_invite("coterie://"));
}

BOOST_AUTO_TEST_CASE(an_address_is_taken_apart_and_put_together) {
  BOOST_TEST(join_address(" host ", 5) == "host:5");
  BOOST_TEST(join_address("::1", 5) == "[::1]:5");
  BOOST_TEST(split_address("host:5", 9).host == "host");
  BOOST_TEST(split_address("host:5", 9).port == 5);
  BOOST_TEST(split_address("host", 9).port == 9);
  BOOST_TEST(split_address("[::1]:5", 9).host == "[::1]");
  BOOST_TEST(split_address("::1", 9).host == "::1");
  BOOST_TEST(split_address("::1", 9).port == 9);
}

BOOST_AUTO_TEST_SUITE_END()
