// SPDX-License-Identifier: MIT
// What was committed is there after the process was killed, and a full disk loses nothing.
#include <signal.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/store/store_fixture.h"

using namespace coterie;
using namespace coterie::store;
namespace fs = std::filesystem;

namespace {

// A child that commits messages and names each one after its commit, until it is killed.
[[noreturn]] void commit_for_ever(const fs::path& file, RowId group, int report) {
  const HashSeal seal;
  auto store = ProfileStore::open(file, seal);
  if (!store) ::_exit(2);
  for (std::uint64_t number = 1;; ++number) {
    const auto message = a_message(group, std::nullopt, "message " + std::to_string(number));
    const auto outgoing = [&] {
      auto row = an_outgoing(group, number);
      row.message = message.message;
      return row;
    }();
    const auto done = (*store)->transact([&]() -> Status {
      (*store)->add_message(message);
      (*store)->add_outgoing(outgoing, {1});
      (*store)->set_group_seq(group, number);
      return {};
    });
    if (!done) ::_exit(3);
    if (::write(report, message.message.bytes.data(), MessageId::size) != static_cast<ssize_t>(MessageId::size))
      ::_exit(4);
  }
}

}   // namespace

BOOST_AUTO_TEST_SUITE(durability)

BOOST_FIXTURE_TEST_CASE(S05_a_killed_process_loses_nothing_it_committed, GroupFixture) {
  store.reset();
  std::vector<MessageId> reported;
  for (int round = 0; round < 10; ++round) {
    int ends[2];
    BOOST_REQUIRE(::pipe(ends) == 0);
    const auto child = ::fork();
    if (child == 0) {
      ::close(ends[0]);
      commit_for_ever(file(), group, ends[1]);
    }
    ::close(ends[1]);
    // Killed after a different number of commits each time, wherever it is just then; what it reported before counts.
    const auto killed_after = static_cast<std::size_t>(5 + round * 7);
    std::size_t this_round = 0;
    for (MessageId id; ::read(ends[0], id.bytes.data(), MessageId::size) == static_cast<ssize_t>(MessageId::size);) {
      reported.push_back(id);
      if (++this_round == killed_after) ::kill(child, SIGKILL);
    }
    ::close(ends[0]);
    int status = 0;
    BOOST_REQUIRE(::waitpid(child, &status, 0) == child);
    BOOST_REQUIRE_MESSAGE(WIFSIGNALED(status), "the child ended by itself: " << WEXITSTATUS(status));
    BOOST_TEST(this_round >= killed_after);

    reopen();
    for (const auto& id : reported) {
      BOOST_TEST(look([&] { return store->find_message(group, {}, id).has_value(); }));
      BOOST_TEST(look([&] { return store->deliveries(id).size(); }) == 1U);
    }
    // At most one commit per round was complete and not reported.
    const auto stored = look([&] { return store->history(group, {}, 0, 100'000).size(); });
    BOOST_TEST(stored <= reported.size() + static_cast<std::size_t>(round) + 1);
    store.reset();
  }
}

BOOST_FIXTURE_TEST_CASE(a_process_killed_at_its_first_start_leaves_a_profile_that_opens, StoreFixture) {
  // Stops the child in every state a first start goes through, by killing it as soon as the folder looks different.
  store.reset();
  for (int round = 0; round < 20; ++round) {
    TempFolder place;
    const auto child = ::fork();
    if (child == 0) {
      const HashSeal mine;
      ::_exit(ProfileStore::open(place / "coterie.db", mine) ? 0 : 1);
    }
    while (std::distance(fs::directory_iterator(place.path()), fs::directory_iterator()) < 1 + round % 2 &&
           ::waitpid(child, nullptr, WNOHANG) == 0) {
    }
    ::kill(child, SIGKILL);
    ::waitpid(child, nullptr, 0);
    const auto opened = ProfileStore::open(place / "coterie.db", seal);
    BOOST_TEST(opened.has_value(), (opened ? "" : explain(opened.error())));
  }
}

BOOST_AUTO_TEST_CASE(S03_a_full_disk_refuses_the_commit_and_loses_nothing) {
  TempFolder folder;
  if (::getuid() != 0 || ::mount("tmpfs", folder.path().c_str(), "tmpfs", 0, "size=1m") != 0) {
    BOOST_TEST_MESSAGE(
        "SKIPPED: a small file system can only be mounted by root (the page limit is tried in database_test)");
    return;
  }
  struct Unmount {
    fs::path where;
    ~Unmount() { ::umount2(where.c_str(), MNT_DETACH); }
  } unmount{folder.path()};

  const HashSeal seal;
  auto opened = ProfileStore::open(folder / "coterie.db", seal);
  BOOST_REQUIRE_MESSAGE(opened, (opened ? "" : explain(opened.error())));
  auto store = std::move(*opened);
  RowId group = 0;
  BOOST_REQUIRE(store->transact([&]() -> Status {
    group = store->add_group(a_group());
    return {};
  }));
  const auto add = [&](const std::string& text) {
    return store->transact([&]() -> Status {
      store->add_message(a_message(group, std::nullopt, text));
      return {};
    });
  };
  test::write_file(folder / "ballast", Bytes(300'000));
  Status done;
  int stored = 0;
  while ((done = add(std::string(10'000, 'x'))) && stored < 1000) ++stored;
  BOOST_REQUIRE(!done);
  BOOST_TEST((done.error().code == Errc::disk_full), explain(done.error()));
  BOOST_TEST(stored > 0);
  for (int i = 0; i < 5; ++i) BOOST_TEST((add(std::string(10'000, 'x')).error().code == Errc::disk_full));
  const auto count = [&] {
    std::size_t found = 0;
    BOOST_REQUIRE(store->read([&] { found = store->history(group, {}, 0, 1000).size(); }));
    return static_cast<int>(found);
  };
  BOOST_TEST(count() == stored);
  fs::remove(folder / "ballast");
  BOOST_TEST(add("after").has_value(), "goes on as soon as there is room");
  store.reset();
  opened = ProfileStore::open(folder / "coterie.db", seal);
  BOOST_REQUIRE_MESSAGE(opened, (opened ? "" : explain(opened.error())));
  store = std::move(*opened);
  BOOST_TEST(count() == stored + 1);

  // A first start without room leaves nothing behind.
  store.reset();
  std::error_code ignored;
  Bytes filler(4096);
  for (int i = 0; i < 1000 && fs::space(folder.path(), ignored).available > 0; ++i) {
    try {
      test::write_file(folder / ("filler" + std::to_string(i)), filler);
    } catch (const std::runtime_error&) {
      break;
    }
  }
  const auto refused = ProfileStore::open(folder / "other.db", seal);
  BOOST_REQUIRE(!refused);
  BOOST_TEST((refused.error().code == Errc::disk_full), explain(refused.error()));
  BOOST_TEST(!fs::exists(folder / "other.db"));
}

BOOST_AUTO_TEST_SUITE_END()
