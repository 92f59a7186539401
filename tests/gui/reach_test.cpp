// SPDX-License-Identifier: MIT
#include "gui/model/reach.h"

#include <boost/test/unit_test.hpp>

using namespace coterie::gui;

BOOST_AUTO_TEST_SUITE(reach)

BOOST_AUTO_TEST_CASE(a_loopback_address_reaches_this_computer_only) {
  for (const auto* host :
       {"127.0.0.1", "127.9.8.7", "0.0.0.0", "::1", "[::1]", "localhost", "LocalHost.", "relay.localhost"})
    BOOST_TEST((reach_of(host) == Reach::computer), host);
}

BOOST_AUTO_TEST_CASE(a_private_address_reaches_its_network) {
  for (const auto* host : {"10.0.0.1", "172.16.0.1", "172.31.255.1", "192.168.1.20", "100.64.0.1", "169.254.3.4",
                           "fe80::1", "[fd12::3]", "nas", "nas.local"})
    BOOST_TEST((reach_of(host) == Reach::network), host);
}

BOOST_AUTO_TEST_CASE(other_addresses_and_names_are_for_everybody) {
  for (const auto* host : {"93.184.216.34", "172.32.0.1", "172.15.0.1", "100.128.0.1", "2001:db8::1",
                           "relay.example.org", "127.0.0.1.example.org", "1.2.3", "1.2.3.4.5", "256.1.1.1"})
    BOOST_TEST((reach_of(host) == Reach::everywhere), host);
}

BOOST_AUTO_TEST_CASE(the_address_most_people_can_use_comes_first) {
  const std::vector<std::string> expected{"93.184.216.34", "192.168.1.20", "10.0.0.5", "172.17.0.1"};
  BOOST_TEST(best_first({"172.17.0.1", "169.254.1.1", "10.0.0.5", "192.168.1.20", "127.0.0.1", "93.184.216.34",
                         "10.0.0.5"}) == expected,
             boost::test_tools::per_element());
  BOOST_TEST(best_first({"127.0.0.1", "169.254.1.1"}).empty());
}

BOOST_AUTO_TEST_SUITE_END()
