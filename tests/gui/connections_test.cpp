// SPDX-License-Identifier: MIT
#include "gui/model/connections.h"

#include "tests/support/temp_folder.h"

#include <boost/test/unit_test.hpp>

#include <fstream>

using namespace coterie;
using namespace coterie::gui;
using coterie::test::TempFolder;

namespace {

Connection connection(const std::string& user, const std::string& group) {
  Connection made;
  made.relay = "example.org:12345";
  made.user_id = user;
  made.group = group;
  made.profile = "/somewhere/" + user;
  return made;
}

}   // namespace

BOOST_AUTO_TEST_SUITE(connections)

BOOST_AUTO_TEST_CASE(what_is_saved_is_loaded_again) {
  TempFolder folder;
  auto first = connection("سارا", "کوه");
  first.accept = AcceptPolicy::verified;
  first.muted = true;
  first.remember = false;
  first.keeps_password = true;
  first.peer = "باب";
  first.was_shown = true;
  BOOST_REQUIRE(save_connections(folder.path() / "list.json", {first, connection("bob", "b")}).has_value());
  const auto loaded = load_connections(folder.path() / "list.json");
  BOOST_REQUIRE(loaded.has_value());
  BOOST_REQUIRE(loaded->size() == 2U);
  BOOST_TEST(loaded->at(0).is_same_group(first));
  BOOST_TEST(loaded->at(0).muted);
  BOOST_TEST(!loaded->at(0).remember);
  BOOST_TEST(loaded->at(0).keeps_password);
  BOOST_TEST(!loaded->at(1).keeps_password);
  BOOST_TEST(loaded->at(0).peer == "باب");
  BOOST_TEST(loaded->at(0).was_shown);
  BOOST_TEST(!loaded->at(1).was_shown);
  BOOST_TEST((loaded->at(0).accept == AcceptPolicy::verified));
}

BOOST_AUTO_TEST_CASE(a_classic_connection_stays_one_and_is_never_taken_for_a_group) {
  TempFolder folder;
  auto classic = connection("alice", "");
  classic.classic = true;
  classic.remember = false;
  BOOST_REQUIRE(save_connections(folder.path() / "list.json", {classic, connection("alice", "")}).has_value());
  const auto loaded = load_connections(folder.path() / "list.json");
  BOOST_REQUIRE(loaded.has_value());
  BOOST_TEST(loaded->at(0).classic);
  BOOST_TEST(!loaded->at(1).classic);
  BOOST_TEST(!loaded->at(0).is_same_group(loaded->at(1)));
  BOOST_TEST(loaded->at(0).title() == "example.org:12345");
}

BOOST_AUTO_TEST_CASE(without_a_file_there_are_none) {
  TempFolder folder;
  const auto loaded = load_connections(folder.path() / "list.json");
  BOOST_REQUIRE(loaded.has_value());
  BOOST_TEST(loaded->empty());
}

BOOST_AUTO_TEST_CASE(a_damaged_file_is_told_and_foreign_values_are_passed_over) {
  TempFolder folder;
  const auto file = folder.path() / "list.json";
  std::ofstream(file) << "{\"half";
  BOOST_TEST((load_connections(file).error().code == Errc::malformed));
  std::ofstream(file, std::ios::trunc) << R"([7, {"relay": 5}, {"relay": "h", "profile": "/p", "group": "g"}])";
  const auto loaded = load_connections(file);
  BOOST_REQUIRE(loaded.has_value());
  BOOST_TEST(loaded->size() == 1U);
}

BOOST_AUTO_TEST_CASE(two_groups_of_one_user_have_two_profiles) {
  auto first = connection("alice", "a");
  first.profile = choose_profile({}, first);
  auto second = connection("alice", "b");
  second.profile = choose_profile({first}, second);
  BOOST_TEST(first.profile != second.profile);
  BOOST_TEST(choose_profile({first, second}, first) == first.profile);
  auto third = connection("alice", "c");
  third.profile = choose_profile({first, second}, third);
  BOOST_TEST(third.profile != second.profile);
}

BOOST_AUTO_TEST_CASE(a_relay_is_known_at_its_address_as_long_as_all_groups_there_agree) {
  auto first = connection("alice", "a");
  BOOST_TEST(known_pin({first}, first.relay).empty());
  first.pin = std::string(64, 'a');
  auto second = connection("alice", "b");
  BOOST_TEST(known_pin({first, second}, first.relay) == first.pin);
  BOOST_TEST(known_pin({first, second}, "example.org:12346").empty());
  second.pin = first.pin;
  BOOST_TEST(known_pin({first, second}, first.relay) == first.pin);
  second.pin = std::string(64, 'b');
  BOOST_TEST(known_pin({first, second}, first.relay).empty());
  // What stands there is of no relay with an identity.
  second.classic = true;
  BOOST_TEST(known_pin({second}, first.relay).empty());
}

BOOST_AUTO_TEST_CASE(only_a_persons_login_name_is_proposed) {
  BOOST_TEST(proposed_user_id("sara", 1000) == "sara");
  BOOST_TEST(proposed_user_id("root", 0).empty());
  BOOST_TEST(proposed_user_id("www-data", 33).empty());
  BOOST_TEST(proposed_user_id("nobody", 65534).empty());
  BOOST_TEST(proposed_user_id(std::string(33, 'x'), 1000).empty());   // the form would refuse it
}

BOOST_AUTO_TEST_SUITE_END()
