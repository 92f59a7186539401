// SPDX-License-Identifier: MIT
#include "gui/model/cause.h"

#include "gui/model/group_model.h"
#include "tests/gui/messages.h"

#include <boost/test/unit_test.hpp>

using namespace coterie;
using namespace coterie::gui;

namespace {

struct Told {
  GroupModel group{
      Connection{.relay = "r:1", .user_id = "alice", .group = "climbing", .profile = "/p", .pin = {}, .folder = {}}};
  Rate::Clock::time_point now{std::chrono::hours(1)};

  void tell(const Event& event) {
    std::vector<Attention> ignored;
    group.apply(event, now, 1'700'000'000'000, ignored);
  }
  void link(event::LinkState state, std::optional<std::chrono::milliseconds> retry = {}) {
    tell(event::LinkChanged{state, {}, retry});
  }
  void comes(const std::string& user, bool online = true) {
    event::MemberChanged member;
    member.user_id = user;
    member.online = online;
    member.state = event::MemberState::ready;
    tell(member);
  }
  void goes(const std::string& user) { comes(user, false); }
  [[nodiscard]] bool stands(Cause::Kind kind, const std::string& about = {}) const {
    return !is_over({kind, 1, about}, &group);
  }
};

event::TransferChanged file(event::TransferPhase phase, std::optional<Error> error = {}) {
  event::TransferChanged transfer;
  transfer.id = transfer.batch = file_id(1);
  transfer.phase = phase;
  transfer.error = std::move(error);
  return transfer;
}

}   // namespace

BOOST_AUTO_TEST_SUITE(cause)

BOOST_AUTO_TEST_CASE(a_notice_of_a_closed_group_is_over_and_one_of_the_program_is_not) {
  BOOST_TEST(is_over({Cause::Kind::offers, 1, "bob"}, nullptr));
  BOOST_TEST(is_over({Cause::Kind::refusal, 1}, nullptr));
  BOOST_TEST(!is_over("connections", nullptr));
}

BOOST_AUTO_TEST_CASE(a_broken_link_is_told_of_until_it_stands_or_is_not_tried_any_more) {
  Told alice;
  alice.link(event::LinkState::offline, std::chrono::seconds(4));
  BOOST_TEST(alice.stands(Cause::Kind::link));
  alice.link(event::LinkState::connecting);
  BOOST_TEST(alice.stands(Cause::Kind::link));
  alice.link(event::LinkState::online);
  BOOST_TEST(!alice.stands(Cause::Kind::link));
  alice.link(event::LinkState::offline);
  BOOST_TEST(!alice.stands(Cause::Kind::link));
}

BOOST_AUTO_TEST_CASE(an_engine_that_could_not_go_on_is_told_of_until_it_is_online) {
  Told alice;
  alice.tell(event::Failed{Error{Errc::user_id_taken, {}}});
  BOOST_TEST(alice.stands(Cause::Kind::failed));
  alice.link(event::LinkState::online);
  BOOST_TEST(!alice.stands(Cause::Kind::failed));
}

BOOST_AUTO_TEST_CASE(another_password_is_told_of_as_long_as_the_link_on_which_it_was_seen_stands) {
  Told alice;
  alice.link(event::LinkState::online);
  BOOST_TEST(!alice.stands(Cause::Kind::password));
  alice.tell(event::PasswordRejected{.rejected = 1, .of = 2, .attempts_left = 5, .ours_is_right = false});
  BOOST_TEST(alice.stands(Cause::Kind::password));
  alice.tell(event::OtherPassword{.user_id = "bob"});
  BOOST_TEST(alice.stands(Cause::Kind::other_password, "bob"));
  alice.tell(event::Settled{.ready = 1, .rejected = 1, .unanswered = 0});
  BOOST_TEST(alice.stands(Cause::Kind::password));
  alice.tell(event::Settled{.ready = 2, .rejected = 0, .unanswered = 0});
  BOOST_TEST(!alice.stands(Cause::Kind::password));
  alice.link(event::LinkState::offline);
  BOOST_TEST(!alice.stands(Cause::Kind::other_password, "bob"));
}

BOOST_AUTO_TEST_CASE(another_password_is_told_of_until_that_person_comes_with_the_right_one) {
  Told alice;
  alice.link(event::LinkState::online);
  alice.comes("bob");
  alice.comes("carol");
  // Under bob's id, while he is here himself: nothing about him that changes is his coming.
  alice.tell(event::OtherPassword{.user_id = "bob"});
  alice.comes("bob");
  alice.comes("carol");
  BOOST_TEST(alice.stands(Cause::Kind::other_password, "bob"));
  alice.goes("bob");
  BOOST_TEST(alice.stands(Cause::Kind::other_password, "bob"));
  alice.comes("bob");
  BOOST_TEST(!alice.stands(Cause::Kind::other_password, "bob"));
}

BOOST_AUTO_TEST_CASE(a_stranger_with_another_password_is_told_of_until_somebody_new_comes) {
  Told alice;
  alice.link(event::LinkState::online);
  alice.comes("bob");
  alice.goes("bob");
  alice.tell(event::OtherPassword{});
  alice.comes("bob");
  BOOST_TEST(alice.stands(Cause::Kind::other_password), "bob was known: the stranger was somebody else");
  alice.comes("dora");
  BOOST_TEST(!alice.stands(Cause::Kind::other_password));
}

BOOST_AUTO_TEST_CASE(a_changed_relay_is_told_of_until_it_is_the_known_one_again) {
  Told alice;
  BOOST_TEST(!alice.stands(Cause::Kind::relay_changed));
  alice.tell(event::RelayChanged{});
  alice.link(event::LinkState::offline);
  BOOST_TEST(alice.stands(Cause::Kind::relay_changed));
  alice.link(event::LinkState::connecting);
  BOOST_TEST(alice.stands(Cause::Kind::relay_changed));
  alice.link(event::LinkState::joining);
  BOOST_TEST(!alice.stands(Cause::Kind::relay_changed));
}

BOOST_AUTO_TEST_CASE(that_no_try_is_left_is_told_until_somebody_is_reached) {
  Told alice;
  alice.link(event::LinkState::online);
  std::vector<Attention> attention;
  alice.group.apply(event::Settled{.unanswered = 1, .busy = 1, .next_try = std::chrono::minutes(7)}, alice.now,
                    1'700'000'000'000, attention);
  BOOST_REQUIRE(attention.size() == 1U);
  BOOST_TEST((std::get<event::Notice>(attention.front()).error.code == Errc::guess_budget_empty));
  BOOST_TEST(alice.stands(Cause::Kind::no_tries));
  event::MemberChanged bob;
  bob.user_id = "bob";
  bob.online = true;
  bob.state = event::MemberState::ready;
  alice.tell(bob);
  BOOST_TEST(!alice.stands(Cause::Kind::no_tries));
}

BOOST_AUTO_TEST_CASE(a_look_alike_is_told_and_stays) {
  Told alice;
  std::vector<Attention> attention;
  alice.group.apply(event::LookAlike{"аlice", "alice"}, alice.now, 1'700'000'000'000, attention);   // Cyrillic а
  BOOST_REQUIRE(attention.size() == 1U);
  BOOST_TEST(alice.stands(Cause::Kind::look_alike, "аlice"));
}

BOOST_AUTO_TEST_CASE(a_changed_identity_is_told_of_until_it_was_decided_about) {
  Told alice;
  event::IdentityChanged changed;
  changed.user_id = "bob";
  alice.tell(changed);
  BOOST_TEST(alice.stands(Cause::Kind::identity, "bob"));
  event::MemberChanged bob;
  bob.user_id = "bob";
  bob.state = event::MemberState::ready;
  alice.tell(bob);
  BOOST_TEST(!alice.stands(Cause::Kind::identity, "bob"));
}

BOOST_AUTO_TEST_CASE(a_file_is_told_of_while_it_cannot_go_on_or_has_come_until_it_leaves_the_list) {
  Told alice;
  const auto about = file_id(1).hex();
  BOOST_TEST(!alice.stands(Cause::Kind::transfer, about));
  alice.tell(file(event::TransferPhase::waiting, Error{Errc::disk_full, {}}));
  BOOST_TEST(alice.stands(Cause::Kind::transfer, about));
  alice.tell(file(event::TransferPhase::running));
  BOOST_TEST(!alice.stands(Cause::Kind::transfer, about));
  alice.tell(file(event::TransferPhase::finished));
  BOOST_TEST(alice.stands(Cause::Kind::transfer, about));
  alice.group.transfers().clear_finished();
  BOOST_TEST(!alice.stands(Cause::Kind::transfer, about));
}

BOOST_AUTO_TEST_CASE(that_there_is_nobody_to_write_to_is_over_when_somebody_comes) {
  Told alice;
  BOOST_TEST(alice.stands(Cause::Kind::nobody_yet));
  event::MemberChanged bob;
  bob.user_id = "bob";
  bob.state = event::MemberState::ready;
  alice.tell(bob);
  BOOST_TEST(!alice.stands(Cause::Kind::nobody_yet));
}

BOOST_AUTO_TEST_SUITE_END()
