// SPDX-License-Identifier: MIT
#include "gui/model/members_model.h"

#include <boost/test/unit_test.hpp>

using namespace coterie;
using namespace coterie::gui;

namespace {

event::MemberChanged member(const std::string& user, bool online) {
  event::MemberChanged made;
  made.user_id = user;
  made.online = online;
  made.state = online ? event::MemberState::ready : event::MemberState::waiting;
  return made;
}

}   // namespace

BOOST_AUTO_TEST_SUITE(members_model)

BOOST_AUTO_TEST_CASE(who_is_here_comes_first_then_by_name) {
  MembersModel members;
  for (const auto& one : {member("dora", false), member("bob", true), member("carol", false), member("abel", true)})
    members.apply(one);
  std::string order;
  for (const auto& one : members.members()) order += one.user_id + " ";
  BOOST_TEST(order == "abel bob carol dora ");
  BOOST_TEST(members.online() == 2U);
}

BOOST_AUTO_TEST_CASE(a_member_is_listed_once) {
  MembersModel members;
  members.apply(member("bob", true));
  members.apply(member("bob", false));
  BOOST_TEST(members.members().size() == 1U);
  BOOST_TEST(!members.find("bob")->online);
}

BOOST_AUTO_TEST_CASE(without_the_relay_nobody_is_here_and_now_is_when_they_were_seen) {
  MembersModel members;
  members.apply(member("bob", true));
  members.all_away(77);
  BOOST_TEST(members.online() == 0U);
  BOOST_TEST(members.find("bob")->last_seen_ms == 77);
}

BOOST_AUTO_TEST_CASE(who_can_be_taken_for_another_is_known_by_that) {
  MembersModel members;
  auto twin = member("b\u043eb", true);   // a Cyrillic letter among Latin ones
  twin.looks_like = "bob";
  members.apply(twin);
  members.apply(member("bob", true));
  BOOST_TEST(members.find("b\u043eb")->looks_like == "bob");
  BOOST_TEST(members.find("b\u043eb")->mixes_alphabets);
  BOOST_TEST(members.find("bob")->looks_like.empty());
  BOOST_TEST(!members.find("bob")->mixes_alphabets);
}

BOOST_AUTO_TEST_SUITE_END()
