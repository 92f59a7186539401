// SPDX-License-Identifier: MIT
// What the relay remembers of members who are away, in memory and on disk.
#include "relay/registry.h"

#include <boost/test/unit_test.hpp>

#include "tests/support/loopback.h"
#include "tests/support/temp_folder.h"

using namespace coterie;
using namespace std::chrono_literals;
using relay::Registry;
using relay::Remembered;

namespace {

template <class IdType>
IdType id(std::uint8_t n) {
  IdType made;
  made.bytes.fill(n);
  return made;
}

Remembered member(std::uint8_t n, std::uint8_t handle = 1) {
  return {.member = id<MemberId>(n), .handle = id<UserHandle>(handle), .cap_hash = id<CapHash>(n)};
}

struct Fixture {
  test::TempFolder folder;
  io::EventLoop loop;
  Registry::Options options{.capacity = 10, .keep = 1h, .persist = 1ms};

  std::unique_ptr<Registry> open() {
    auto registry = Registry::open(loop, folder / "relay.db", options);
    if (!registry) BOOST_FAIL(explain(registry.error()));
    return std::move(*registry);
  }
};

bool nobody_is_here(const GroupTag&, const MemberId&) { return false; }

const auto garden = id<GroupTag>(1);
const auto kitchen = id<GroupTag>(2);

}   // namespace

BOOST_FIXTURE_TEST_SUITE(registry, Fixture)

BOOST_AUTO_TEST_CASE(members_are_remembered_by_group_across_a_restart) {
  {
    const auto registry = open();
    BOOST_TEST(registry->members_of(garden).empty());
    BOOST_TEST(registry->remember(garden, member(1)));
    BOOST_TEST(registry->remember(garden, member(2)));
    BOOST_TEST(registry->remember(kitchen, member(1)));
    BOOST_TEST(registry->size() == 3U);
  }
  const auto registry = open();
  BOOST_TEST(registry->size() == 3U);
  BOOST_TEST(registry->members_of(garden).size() == 2U);
  const auto kept = registry->members_of(kitchen);
  BOOST_REQUIRE(kept.size() == 1U);
  BOOST_TEST((kept[0].member == member(1).member));
  BOOST_TEST((kept[0].handle == member(1).handle));
  BOOST_TEST((kept[0].cap_hash == member(1).cap_hash));
}

BOOST_AUTO_TEST_CASE(the_newest_state_of_a_member_is_kept) {
  {
    const auto registry = open();
    registry->remember(garden, member(1, 5));
    registry->remember(garden, member(1, 6));
    BOOST_TEST(registry->size() == 1U);
  }
  const auto registry = open();
  BOOST_REQUIRE(registry->members_of(garden).size() == 1U);
  BOOST_TEST((registry->members_of(garden)[0].handle == id<UserHandle>(6)));
}

BOOST_AUTO_TEST_CASE(changes_reach_the_disk_while_the_relay_runs) {
  const auto registry = open();
  registry->remember(garden, member(1));
  std::filesystem::create_directory(folder / "copy");
  const auto copied = [&] {
    // As after a crash: whatever files are there now.
    for (const char* name : {"relay.db", "relay.db-wal"})
      if (std::filesystem::exists(folder / name))
        std::filesystem::copy_file(folder / name, folder / "copy" / name,
                                   std::filesystem::copy_options::overwrite_existing);
    auto copy = Registry::open(loop, folder / "copy" / "relay.db", options);
    return copy && (*copy)->size() == 1;
  };
  BOOST_TEST(test::until(loop, copied));
}

BOOST_AUTO_TEST_CASE(a_change_made_while_another_is_being_written_is_not_lost) {
  {
    const auto registry = open();
    for (std::uint8_t i = 0; i < 200; ++i) {
      registry->remember(garden, member(static_cast<std::uint8_t>(i % 10), i));
      loop.run_once(0ms);
    }
  }
  const auto registry = open();
  BOOST_TEST(registry->size() == 10U);
  for (const auto& kept : registry->members_of(garden)) BOOST_TEST(kept.handle.bytes[0] == 190 + kept.member.bytes[0]);
}

BOOST_AUTO_TEST_CASE(a_full_registry_takes_no_new_member_but_keeps_the_known_ones_up_to_date) {
  const auto registry = open();
  for (std::uint8_t i = 1; i <= 10; ++i) BOOST_TEST(registry->remember(garden, member(i)));
  BOOST_TEST(!registry->remember(garden, member(11)));
  BOOST_TEST(!registry->remember(kitchen, member(1)));
  BOOST_TEST(registry->remember(garden, member(10, 9)));
  BOOST_TEST(registry->size() == 10U);
}

BOOST_AUTO_TEST_CASE(who_is_away_for_too_long_is_forgotten_on_disk_too) {
  options.keep = 0s;
  {
    const auto registry = open();
    registry->remember(garden, member(1));
    registry->remember(kitchen, member(2));
    BOOST_TEST(registry->expire(nobody_is_here).size() == 2U);
    BOOST_TEST(registry->size() == 0U);
    BOOST_TEST(registry->members_of(garden).empty());
  }
  BOOST_TEST(open()->size() == 0U);
}

BOOST_AUTO_TEST_CASE(nobody_is_forgotten_early) {
  const auto registry = open();
  registry->remember(garden, member(1));
  BOOST_TEST(registry->expire(nobody_is_here).empty());
  BOOST_TEST(registry->size() == 1U);
}

BOOST_AUTO_TEST_CASE(who_is_here_is_never_forgotten) {
  options.keep = 0s;
  const auto registry = open();
  registry->remember(garden, member(1));
  registry->remember(garden, member(2));
  const auto expired = registry->expire(
      [](const GroupTag& group, const MemberId& who) { return group == garden && who == member(2).member; });
  BOOST_REQUIRE(expired.size() == 1U);
  BOOST_TEST((expired[0].member == member(1).member));
  BOOST_TEST(registry->size() == 1U);
}

BOOST_AUTO_TEST_CASE(a_damaged_database_stops_the_start_and_is_left_as_it_is) {
  { open()->remember(garden, member(1)); }
  auto content = test::read_file(folder / "relay.db");
  for (std::size_t i = 0; i < 100; ++i) content[i] = 0xee;
  test::write_file(folder / "relay.db", content);
  const auto registry = Registry::open(loop, folder / "relay.db", options);
  BOOST_REQUIRE(!registry.has_value());
  BOOST_TEST((registry.error().code == Errc::database_corrupt));
  BOOST_TEST((test::read_file(folder / "relay.db") == content));
}

BOOST_AUTO_TEST_SUITE_END()
