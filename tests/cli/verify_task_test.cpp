// SPDX-License-Identifier: MIT
#include "tests/cli/fake_shell.h"

namespace coterie::cli {
namespace {

struct Verifying : FakeShell {
  void verify(bool confirm, std::string number = {}) {
    run(make_verify(*this, VerifyOptions{"bob", confirm, std::move(number)}));
  }
  void profile_told() { feed(event::HistoryPage{}); }
  static event::MemberChanged new_bob() {
    auto made = member("bob", event::MemberState::held);
    made.key = PublicKey{{0xff}};
    made.safety_number = "99999";
    return made;
  }
};

}   // namespace

BOOST_FIXTURE_TEST_SUITE(verify_task, Verifying)

BOOST_AUTO_TEST_CASE(a_known_members_number_is_shown_without_connecting) {
  verify(false);
  feed(member("bob"));
  profile_told();
  BOOST_TEST(code == ExitCode::ok);
  BOOST_TEST(told<command::Connect>().empty());
  BOOST_TEST(told<command::SetVerified>().empty());
  BOOST_TEST(reports.results.front().find("12345 67890 (bob)") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(an_unknown_member_is_looked_for_online) {
  verify(false);
  profile_told();
  BOOST_TEST(told<command::Connect>().size() == 1U);
  feed(member("bob"));
  BOOST_TEST(code == ExitCode::ok);
}

BOOST_AUTO_TEST_CASE(nobody_of_that_name_is_an_error) {
  verify(false);
  profile_told();
  feed(event::Settled{0, 0, 0});
  BOOST_TEST(code == ExitCode::error);
  BOOST_TEST(reports.errors.back().first == "no_such_member");
}

BOOST_AUTO_TEST_CASE(where_everyone_here_has_another_password_that_is_the_code) {
  verify(false);
  profile_told();
  feed(event::Settled{0, 1, 0});
  BOOST_TEST(code == ExitCode::no_common_password);
  BOOST_TEST(reports.errors.empty());   // told when it happened
}

BOOST_AUTO_TEST_CASE(C09_confirming_binds_to_the_key_that_was_shown) {
  verify(true);
  feed(member("bob"));
  profile_told();
  BOOST_REQUIRE_EQUAL(told<command::SetVerified>().size(), 1U);
  BOOST_TEST(told<command::SetVerified>()[0].key.hex() == member("bob").key.hex());
  BOOST_TEST(!code);
  auto verified = member("bob");
  verified.verified = true;
  feed(verified);
  BOOST_TEST(code == ExitCode::ok);
}

// Whoever knows the password can come as bob: the key that came last need not be the one that was compared.
BOOST_AUTO_TEST_CASE(C09_of_two_keys_none_is_confirmed_without_a_word_which) {
  verify(true);
  feed(member("bob"));
  feed(new_bob());
  profile_told();
  BOOST_TEST(code == ExitCode::error);
  BOOST_TEST(reports.errors.back().first == "identity_changed");
  BOOST_TEST(told<command::AcceptIdentity>().empty());
  BOOST_TEST(told<command::SetVerified>().empty());
}

BOOST_AUTO_TEST_CASE(a_number_says_which_key_is_confirmed) {
  verify(true, "99999");
  feed(member("bob"));
  feed(new_bob());
  profile_told();
  BOOST_REQUIRE_EQUAL(told<command::SetVerified>().size(), 1U);
  BOOST_TEST(told<command::SetVerified>()[0].key.hex() == new_bob().key.hex());
  BOOST_TEST(told<command::AcceptIdentity>().size() == 1U);
}

BOOST_AUTO_TEST_CASE(a_number_of_the_known_key_leaves_the_other_one_held) {
  verify(true, "1234567890");
  feed(member("bob"));
  feed(new_bob());
  profile_told();
  BOOST_TEST(told<command::AcceptIdentity>().empty());
  BOOST_REQUIRE_EQUAL(told<command::SetVerified>().size(), 1U);
  BOOST_TEST(told<command::SetVerified>()[0].key.hex() == member("bob").key.hex());
}

BOOST_AUTO_TEST_CASE(a_number_of_nobody_confirms_nothing) {
  verify(true, "12345 67891");
  feed(member("bob"));
  profile_told();
  BOOST_TEST(code == ExitCode::error);
  BOOST_TEST(told<command::SetVerified>().empty());
}

BOOST_AUTO_TEST_CASE(a_changed_key_is_accepted_after_both_numbers_were_shown) {
  interactive = true;
  verify(true);
  feed(member("bob"));
  feed(new_bob());
  profile_told();
  reply("y");
  BOOST_TEST(reports.results.at(0).find("12345 67890 (bob)") != std::string::npos);
  BOOST_TEST(reports.results.at(1).find("99999") != std::string::npos);
  BOOST_REQUIRE_EQUAL(told<command::AcceptIdentity>().size(), 1U);
  BOOST_TEST(told<command::AcceptIdentity>()[0].key.hex() == new_bob().key.hex());
  BOOST_TEST(told<command::SetVerified>()[0].key.hex() == new_bob().key.hex());
  auto accepted = new_bob();
  accepted.verified = true;
  feed(accepted);
  BOOST_TEST(!code);   // still held
  accepted.state = event::MemberState::ready;
  feed(accepted);
  BOOST_TEST(code == ExitCode::ok);
}

BOOST_AUTO_TEST_CASE(at_a_terminal_a_person_is_asked_first) {
  interactive = true;
  verify(true);
  feed(member("bob"));
  profile_told();
  BOOST_TEST(told<command::SetVerified>().empty());
  reply("n");
  BOOST_TEST(code == ExitCode::error);
  BOOST_TEST(told<command::SetVerified>().empty());
}

BOOST_AUTO_TEST_CASE(a_verified_member_stays_verified) {
  verify(true);
  auto verified = member("bob");
  verified.verified = true;
  feed(verified);
  profile_told();
  BOOST_TEST(code == ExitCode::ok);
  BOOST_TEST(told<command::SetVerified>().empty());
}

BOOST_AUTO_TEST_SUITE_END()

}   // namespace coterie::cli
