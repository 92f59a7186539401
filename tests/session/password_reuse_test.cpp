// SPDX-License-Identifier: MIT
#include "netcore/session/password_reuse.h"

#include <boost/test/unit_test.hpp>

#include "netcore/base/random.h"
#include "netcore/session/profile.h"
#include "tests/support/temp_folder.h"

using namespace coterie;

namespace {

struct Fixture {
  Fixture() : profile(Profile::open(folder / "profile").value()) {}

  // As a profile keeps it: the stretched form where it was asked to remember it, else a check once a session has been made.
  void add_group(const std::string& name, const std::string& password, bool remembers) {
    const auto secret = crypto::stretch_password(name, as_bytes(password));
    BOOST_REQUIRE(profile->store().transact([&]() -> Status {
      store::GroupRow group;
      group.relay = "example.org:12345";
      group.name = name;
      group.user_id = "alice";
      group.token = random_id<MemberToken>();
      group.drop_cap = random_id<DropCap>();
      if (remembers) group.secret = SecretBytes(secret.view());
      const auto id = profile->store().add_group(group);
      if (!remembers) profile->store().set_value(password_check_key(id), password_check(secret));
      return {};
    }));
  }
  [[nodiscard]] std::string group_of(const std::string& password) {
    return PasswordReuse::look_up(profile->store()).value().group_of(as_bytes(password));
  }

  test::TempFolder folder;
  std::unique_ptr<Profile> profile;
};

}   // namespace

BOOST_FIXTURE_TEST_SUITE(password_reuse, Fixture)

BOOST_AUTO_TEST_CASE(a_profile_without_groups_knows_no_password) { BOOST_TEST(group_of("quartz lantern mossy") == ""); }

BOOST_AUTO_TEST_CASE(C18_the_password_of_a_stored_group_is_found_remembered_or_not) {
  add_group("climbing", "quartz lantern mossy", true);
  add_group("family", "other words entirely", false);
  add_group("library", "caf\u00e9 au lait", false);
  BOOST_TEST(group_of("quartz lantern mossy") == "climbing");
  BOOST_TEST(group_of("other words entirely") == "family");
  BOOST_TEST(group_of("cafe\u0301 au lait") == "library");   // the same once normalised
  BOOST_TEST(group_of("quartz lantern mossy ") == "");
  BOOST_TEST(group_of("short") == "");
  BOOST_TEST(group_of("") == "");
}

BOOST_AUTO_TEST_CASE(C18_a_profile_that_is_open_elsewhere_is_looked_into_all_the_same) {
  add_group("climbing", "quartz lantern mossy", true);
  std::string group;
  const auto look = [&](store::ProfileStore& store) -> Status {
    group = PasswordReuse::look_up(store).value().group_of(as_bytes("quartz lantern mossy"));
    return {};
  };
  BOOST_TEST(Profile::look_into(folder / "profile", look).has_value());
  BOOST_TEST(group == "climbing");
}

BOOST_AUTO_TEST_CASE(where_there_is_no_profile_nothing_is_looked_into_and_nothing_is_made) {
  bool looked = false;
  const auto look = [&](store::ProfileStore&) -> Status {
    looked = true;
    return {};
  };
  BOOST_TEST(Profile::look_into(folder / "nobody", look).has_value());
  BOOST_TEST(!looked);
  BOOST_TEST(!std::filesystem::exists(folder / "nobody"));
}

BOOST_AUTO_TEST_SUITE_END()
