// SPDX-License-Identifier: MIT
// S02: a profile whose file was damaged is refused or gives back what was in it; it is never emptied or repaired in silence.
#include <SQLiteCpp/Database.h>

#include <random>

#include "tests/store/store_fixture.h"

using namespace coterie;
using namespace coterie::store;
namespace fs = std::filesystem;

namespace {

constexpr int messages = 600;

struct FullFixture : GroupFixture {
  FullFixture() {
    commit([&] {
      store->set_identity(secret_of("identity"));
      store->set_pin("relay.example:12345", random_id<RelayPin>());
      for (const auto peer : {bob, carol}) {
        store->set_verified(store->peers(group).at(peer == bob ? 0 : 1).key, true);
        const auto session = store->add_session(a_session(peer));
        std::vector<SkippedKey> keys;
        for (std::uint32_t i = 0; i < 10; ++i)
          keys.push_back({.index = i * 3, .key = secret_of("skipped " + std::to_string(i))});
        store->add_skipped(session, keys, 1000);
      }
      for (int i = 0; i < messages; ++i) {
        auto message = a_message(group, i % 2 == 0 ? std::optional(bob) : std::nullopt, "message " + std::to_string(i));
        if (i % 3 == 0) message.conversation = carol;
        store->add_message(message);
      }
      for (std::uint64_t seq = 1; seq <= 10; ++seq) store->add_outgoing(an_outgoing(group, seq), {bob, carol});
      for (int i = 0; i < 5; ++i) store->add_transfer(a_transfer(group, bob, "file " + std::to_string(i)));
    });
  }
  // All rows; nothing if a reading was refused.
  std::optional<std::string> everything(ProfileStore& from) {
    std::string all;
    const auto done = from.read([&] { all = everything_in(from); });
    if (done) return all;
    BOOST_TEST((done.error().code == Errc::database_corrupt), explain(done.error()));
    return std::nullopt;
  }
};

}   // namespace

BOOST_AUTO_TEST_SUITE(damage)

BOOST_FIXTURE_TEST_CASE(S02_a_flipped_byte_is_refused_or_harmless_in_a_thousand_places, FullFixture) {
  const auto before = everything(*store).value();
  store.reset();
  const auto sound = test::read_file(file());
  std::mt19937 random(20240131);
  int refused = 0;
  int noticed = 0;
  int harmless = 0;
  for (int i = 0; i < 1000; ++i) {
    auto damaged = sound;
    damaged[std::uniform_int_distribution<std::size_t>(0, damaged.size() - 1)(random)] ^=
        static_cast<std::uint8_t>(1U << std::uniform_int_distribution<unsigned>(0, 7)(random));
    TempFolder place;
    const auto copy = place / "coterie.db";
    test::write_file(copy, damaged);
    auto opened = ProfileStore::open(copy, seal);
    if (!opened) {
      ++refused;
      BOOST_TEST((opened.error().code == Errc::database_corrupt || opened.error().code == Errc::database_newer),
                 explain(opened.error()));
      BOOST_TEST(opened.error().detail.find(copy.string()) != std::string::npos);
      BOOST_TEST((test::read_file(copy) == damaged), "a refused file stays as it is");
      continue;
    }
    const auto after = everything(**opened);
    if (!after)
      ++noticed;
    else if (*after == before)
      ++harmless;
    else
      BOOST_ERROR("damage went unnoticed");
  }
  BOOST_TEST_MESSAGE("flipped bits: " << refused << " refused at the start, " << noticed << " when read, " << harmless
                                      << " in unused space");
  BOOST_TEST(refused > 0);
  BOOST_TEST(noticed > 0);
}

BOOST_FIXTURE_TEST_CASE(S02_an_overwritten_page_is_refused, FullFixture) {
  store.reset();
  const auto sound = test::read_file(file());
  constexpr std::size_t page = 4096;
  for (std::size_t at = 0; at < sound.size(); at += page) {
    auto damaged = sound;
    std::fill_n(damaged.begin() + static_cast<std::ptrdiff_t>(at), page, std::uint8_t{0});
    TempFolder place;
    const auto copy = place / "coterie.db";
    test::write_file(copy, damaged);
    auto opened = ProfileStore::open(copy, seal);
    if (opened) {
      BOOST_TEST(!everything(**opened), "page " << at / page);
    } else {
      BOOST_TEST((opened.error().code == Errc::database_corrupt));
      BOOST_TEST((test::read_file(copy) == damaged));
    }
  }
}

BOOST_FIXTURE_TEST_CASE(S02_a_file_cut_short_is_refused_and_kept, FullFixture) {
  const auto before = everything(*store).value();
  store.reset();
  const auto sound = test::read_file(file());
  for (std::size_t size :
       {std::size_t{1}, std::size_t{15}, std::size_t{16}, std::size_t{100}, std::size_t{512}, std::size_t{4095},
        std::size_t{4096}, std::size_t{8192}, sound.size() / 2, sound.size() - 4096, sound.size() - 1}) {
    auto damaged = sound;
    damaged.resize(size);
    TempFolder place;
    const auto copy = place / "coterie.db";
    test::write_file(copy, damaged);
    auto opened = ProfileStore::open(copy, seal);
    if (opened) {
      // Only possible where less than a page is gone, as after a crash while the file grew.
      BOOST_TEST(size > sound.size() - 4096);
      BOOST_TEST(everything(**opened).value_or(before) == before);
      continue;
    }
    BOOST_TEST((opened.error().code == Errc::database_corrupt), explain(opened.error()));
    BOOST_TEST((test::read_file(copy) == damaged));
  }
}

// What a crash leaves: the journal holds commits the file does not have yet. Wherever it is cut or flipped, whole
// commits from the front of it survive.
BOOST_FIXTURE_TEST_CASE(S02_a_damaged_journal_loses_whole_commits_from_its_end_only, GroupFixture) {
  reopen();   // the journal starts empty here
  constexpr int commits = 20;
  for (int i = 0; i < commits; ++i) commit([&] { store->add_message(a_message(group, bob, std::to_string(i))); });
  const auto database = test::read_file(file());
  auto journal_file = file();
  journal_file += "-wal";
  const auto journal = test::read_file(journal_file);
  BOOST_REQUIRE(journal.size() > commits * 4096U);

  const auto surviving = [&](const Bytes& damaged) {
    TempFolder place;
    test::write_file(place / "coterie.db", database);
    test::write_file(place / "coterie.db-wal", damaged);
    auto opened = ProfileStore::open(place / "coterie.db", seal);
    BOOST_REQUIRE_MESSAGE(opened, (opened ? "" : explain(opened.error())));
    std::vector<MessageRow> found;
    BOOST_REQUIRE((*opened)->read([&] { found = (*opened)->history(group, {}, 0, 100); }));
    for (std::size_t i = 0; i < found.size(); ++i) BOOST_TEST(found[i].text == std::to_string(i));
    return static_cast<int>(found.size());
  };
  BOOST_TEST(surviving(journal) == commits);
  int fewest = commits;
  int last = 0;
  for (std::size_t size = 0; size < journal.size(); size += 1237) {
    const int left = surviving(Bytes(journal.begin(), journal.begin() + static_cast<std::ptrdiff_t>(size)));
    BOOST_TEST(left >= last, "a longer journal never holds less");
    last = left;
    fewest = std::min(fewest, left);
  }
  BOOST_TEST(fewest == 0);
  BOOST_TEST(last > commits / 2);
  for (std::size_t at = 0; at < journal.size(); at += 4111) {
    auto damaged = journal;
    damaged[at] ^= 0x40;
    (void)surviving(damaged);
  }
}

BOOST_FIXTURE_TEST_CASE(a_sealed_value_opens_in_its_own_row_only, FullFixture) {
  // Each changes one row as somebody could who may write the file but has no key.
  for (const char* change :
       {"UPDATE messages SET sealed = (SELECT sealed FROM messages WHERE id = 2) WHERE id = 1",
        "UPDATE messages SET author = 1 WHERE id = 2", "UPDATE messages SET conversation = 1 WHERE id = 2",
        "UPDATE messages SET message = zeroblob(16) WHERE id = 2",
        "UPDATE messages SET file = zeroblob(16) WHERE id = 2",
        "UPDATE peers SET sealed = (SELECT sealed FROM peers WHERE id = 2) WHERE id = 1",
        "UPDATE groups SET sealed_seq = (SELECT sealed FROM groups)",
        "UPDATE sessions SET sealed = (SELECT sealed FROM sessions WHERE id = 2) WHERE id = 1",
        "UPDATE sessions SET session = zeroblob(8) WHERE id = 1",
        "UPDATE sessions SET session = zeroblob(7) WHERE id = 1", "UPDATE sessions SET peer_id = 2 WHERE id = 1",
        "UPDATE skipped_keys SET key_index = 1 WHERE id = 1", "UPDATE outgoing SET seq = 99 WHERE id = 1",
        "UPDATE outgoing SET scope = 1 WHERE id = 1", "UPDATE transfers SET peer_id = 2 WHERE id = 1",
        "UPDATE transfers SET sealed = (SELECT sealed FROM transfers WHERE id = 2) WHERE id = 1",
        "UPDATE identity SET sealed = (SELECT sealed FROM relays)", "UPDATE verified SET sealed = x''"}) {
    store.reset();
    TempFolder place;
    fs::copy_file(file(), place / "coterie.db");
    SQLite::Database(place / "coterie.db", SQLite::OPEN_READWRITE).exec(change);
    auto opened = ProfileStore::open(place / "coterie.db", seal);
    BOOST_REQUIRE_MESSAGE(opened, change << ": " << (opened ? "" : explain(opened.error())));
    BOOST_TEST(!everything(**opened), change);
  }
}

BOOST_FIXTURE_TEST_CASE(S02_a_newer_profile_is_refused_and_an_empty_file_too, StoreFixture) {
  store.reset();
  auto newer = test::read_file(file());
  newer[63] = 99;   // offset 60: user_version, big-endian
  test::write_file(file(), newer);
  auto opened = ProfileStore::open(file(), seal);
  BOOST_REQUIRE(!opened);
  BOOST_TEST((opened.error().code == Errc::database_newer));
  BOOST_TEST((test::read_file(file()) == newer));
  test::write_file(file(), {});
  opened = ProfileStore::open(file(), seal);
  BOOST_REQUIRE(!opened);
  BOOST_TEST((opened.error().code == Errc::database_corrupt));
  BOOST_TEST(fs::file_size(file()) == 0U);
}

BOOST_AUTO_TEST_SUITE_END()
