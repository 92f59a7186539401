// SPDX-License-Identifier: MIT
#include "cli/roster.h"

#include "tests/cli/fake_shell.h"

#include <boost/test/unit_test.hpp>

namespace coterie::cli {

BOOST_AUTO_TEST_SUITE(roster)

BOOST_AUTO_TEST_CASE(members_are_found_in_any_case_of_letters) {
  Roster people;
  people.apply(member("Straße"));
  BOOST_REQUIRE(people.find("STRASSE") != nullptr);
  BOOST_TEST(people.find("STRASSE")->user_id == "Straße");
  BOOST_TEST(people.find("strasse2") == nullptr);
}

BOOST_AUTO_TEST_CASE(C06_a_held_key_does_not_take_the_name_over) {
  Roster people;
  auto impostor = member("bob", event::MemberState::held);
  impostor.key = PublicKey::from(as_bytes("0 sorts first"));
  people.apply(impostor);
  people.apply(member("bob"));
  BOOST_TEST((people.find("bob")->state == event::MemberState::ready));
  BOOST_REQUIRE(people.held("bob") != nullptr);
  BOOST_TEST(people.held("bob")->key.hex() == impostor.key.hex());
  BOOST_TEST(people.addressable().size() == 1U);
}

BOOST_AUTO_TEST_CASE(after_acceptance_the_new_key_is_the_person) {
  Roster people;
  people.apply(member("bob"));
  auto renewed = member("bob", event::MemberState::held);
  renewed.key = PublicKey::from(as_bytes("new"));
  people.apply(renewed);
  people.apply(member("bob", event::MemberState::left, false));
  renewed.state = event::MemberState::ready;
  people.apply(renewed);
  BOOST_TEST(people.find("bob")->key.hex() == renewed.key.hex());
  BOOST_TEST(people.held("bob") == nullptr);
}

BOOST_AUTO_TEST_CASE(those_who_left_are_not_addressed) {
  Roster people;
  people.apply(member("bob", event::MemberState::left, false));
  people.apply(member("carol", event::MemberState::waiting, false));
  BOOST_REQUIRE_EQUAL(people.addressable().size(), 1U);
  BOOST_TEST(people.addressable().front().user_id == "carol");
}

BOOST_AUTO_TEST_CASE(names_are_joined_for_a_sentence_and_made_safe) {
  BOOST_TEST(join_names({}) == "nobody");
  BOOST_TEST(join_names({"a"}) == "a");
  BOOST_TEST(join_names({"a", "b", "c\x1b"}) == "a, b and c\\x1b");
}

BOOST_AUTO_TEST_CASE(presence_is_put_into_words) {
  auto bob = member("bob", event::MemberState::waiting, false);
  BOOST_TEST(describe_state(bob, 0) == "away");
  bob.verified = true;
  bob.last_seen_ms = 1'714'564'800'000;
  BOOST_TEST(describe_state(bob, 0).starts_with("away, verified, last seen 2024-05-01 "));
  BOOST_TEST(describe_state(member("carol"), 0) == "here");
  auto double_of_alice = member("аlice");   // Cyrillic а
  BOOST_TEST(describe_state(double_of_alice, 0) == "here, written with letters of more than one alphabet");
  double_of_alice.looks_like = "alice";
  BOOST_TEST(describe_state(double_of_alice, 0) == "here, written with other letters than alice");
}

BOOST_AUTO_TEST_SUITE_END()

}   // namespace coterie::cli
