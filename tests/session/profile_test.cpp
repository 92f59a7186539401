// SPDX-License-Identifier: MIT
// The profile folder: made for its owner, held by one program, and refused rather than repaired.
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <boost/test/unit_test.hpp>

#include "netcore/crypto/aead.h"
#include "netcore/session/profile.h"
#include "tests/support/temp_folder.h"

using namespace coterie;
using coterie::test::read_file;
using coterie::test::TempFolder;
using coterie::test::write_file;
namespace fs = std::filesystem;

namespace {

struct ProfileFixture {
  TempFolder home;
  fs::path folder = home / "a/b/alice";

  ProfileFixture() { crypto::initialise(); }
  [[nodiscard]] std::unique_ptr<Profile> opened() const {
    auto profile = Profile::open(folder);
    BOOST_REQUIRE_MESSAGE(profile, (profile ? "" : explain(profile.error())));
    return std::move(*profile);
  }
  // The refusal, which must name what is refused.
  [[nodiscard]] Errc refused(const std::string& about) const {
    const auto profile = Profile::open(folder);
    BOOST_REQUIRE(!profile);
    BOOST_TEST(profile.error().detail.find(about) != std::string::npos, profile.error().detail);
    return profile.error().code;
  }
};

unsigned mode_of(const fs::path& path) {
  struct stat facts {};
  BOOST_REQUIRE(::stat(path.c_str(), &facts) == 0);
  return facts.st_mode & 0777U;
}

bool contains(ByteView bytes, ByteView wanted) {
  return std::search(bytes.begin(), bytes.end(), wanted.begin(), wanted.end()) != bytes.end();
}

}   // namespace

BOOST_AUTO_TEST_SUITE(profile)

BOOST_FIXTURE_TEST_CASE(is_made_for_its_owner_only, ProfileFixture) {
  const auto profile = opened();
  BOOST_TEST(profile->folder() == folder);
  BOOST_TEST(mode_of(folder) == 0700U);
  BOOST_TEST(mode_of(folder.parent_path()) == 0700U);
  BOOST_TEST(mode_of(profile->transfers_folder()) == 0700U);
  BOOST_TEST(mode_of(folder / "key") == 0600U);
  BOOST_TEST(mode_of(folder / "lock") == 0600U);
  BOOST_TEST(mode_of(folder / "coterie.db") == 0600U);
  BOOST_TEST(fs::file_size(folder / "key") == 32U);
}

BOOST_FIXTURE_TEST_CASE(keeps_its_identity, ProfileFixture) {
  const auto first = opened()->identity().public_key;
  BOOST_TEST(!first.is_zero());
  const auto again = opened();
  BOOST_TEST((again->identity().public_key == first));
  BOOST_TEST((crypto::KeyPair::from_secret(again->identity().secret.view()).public_key == first));
  folder = home / "other";
  BOOST_TEST((opened()->identity().public_key != first));
}

BOOST_FIXTURE_TEST_CASE(S07_a_second_program_is_told_that_it_is_in_use, ProfileFixture) {
  auto profile = opened();
  BOOST_TEST((refused(folder.string()) == Errc::in_use));
  const auto child = ::fork();
  if (child == 0) {
    const auto there = Profile::open(folder);
    ::_exit(there ? 1 : there.error().code == Errc::in_use ? 0 : 2);
  }
  int status = 0;
  BOOST_REQUIRE(::waitpid(child, &status, 0) == child);
  BOOST_TEST(status == 0);
  profile.reset();
  (void)opened();
}

BOOST_FIXTURE_TEST_CASE(S07_a_key_that_others_can_read_is_refused, ProfileFixture) {
  (void)opened();
  for (const unsigned mode : {0640U, 0604U, 0620U, 0666U}) {
    fs::permissions(folder / "key", static_cast<fs::perms>(mode));
    BOOST_TEST((refused((folder / "key").string()) == Errc::permission_denied));
  }
  fs::permissions(folder / "key", static_cast<fs::perms>(0600));
  (void)opened();
}

BOOST_FIXTURE_TEST_CASE(S02_a_lost_or_damaged_key_is_never_replaced, ProfileFixture) {
  (void)opened();
  const auto key = read_file(folder / "key");
  const auto database = read_file(folder / "coterie.db");

  fs::remove(folder / "key");
  BOOST_TEST((refused("key") == Errc::database_corrupt));
  BOOST_TEST(!fs::exists(folder / "key"));

  for (const Bytes& wrong : {Bytes{}, Bytes(31, 1), Bytes(33, 1), Bytes(100'000, 1)}) {
    write_file(folder / "key", wrong);
    fs::permissions(folder / "key", static_cast<fs::perms>(0600));
    (void)refused((folder / "key").string());
    BOOST_TEST((read_file(folder / "key") == wrong));
  }

  // Another profile's key: of the right form, and it opens nothing.
  write_file(folder / "key", Bytes(32, 7));
  BOOST_TEST((refused("coterie.db") == Errc::database_corrupt));
  BOOST_TEST((read_file(folder / "coterie.db") == database));

  write_file(folder / "key", key);
  (void)opened();
}

BOOST_FIXTURE_TEST_CASE(S02_a_damaged_database_is_left_as_it_is, ProfileFixture) {
  (void)opened();
  write_file(folder / "coterie.db", {});
  BOOST_TEST((refused((folder / "coterie.db").string()) == Errc::database_corrupt));
  BOOST_TEST(fs::file_size(folder / "coterie.db") == 0U);
}

BOOST_FIXTURE_TEST_CASE(a_first_start_that_was_cut_off_is_begun_again, ProfileFixture) {
  fs::create_directories(folder);
  write_file(folder / "key.new", Bytes(5));
  write_file(folder / "coterie.db.new", Bytes(5));
  (void)opened();
  BOOST_TEST(!fs::exists(folder / "key.new"));
  BOOST_TEST(!fs::exists(folder / "coterie.db.new"));
}

BOOST_FIXTURE_TEST_CASE(a_file_in_place_of_the_folder_is_refused, ProfileFixture) {
  write_file(home / "alice", as_bytes("a file"));
  folder = home / "alice";
  BOOST_TEST((refused(folder.string()) == Errc::not_found));
}

BOOST_FIXTURE_TEST_CASE(L02_neither_keys_nor_texts_lie_in_the_clear, ProfileFixture) {
  auto profile = opened();
  auto& rows = profile->store();
  BOOST_REQUIRE(rows.transact([&]() -> Status {
    store::GroupRow group;
    group.name = "canary-group";
    group.secret = SecretBytes(as_bytes("canary-prs"));
    store::MessageRow message;
    message.group = rows.add_group(group);
    message.text = "canary-text";
    rows.add_message(message);
    rows.set_value("name", as_bytes("canary-value"));
    return {};
  }));
  const auto secret = to_bytes(profile->identity().secret.view());
  const auto key = read_file(folder / "key");
  for (int closed = 0; closed < 2; ++closed) {
    for (const auto& entry : fs::recursive_directory_iterator(folder)) {
      if (!entry.is_regular_file()) continue;
      const auto content = read_file(entry.path());
      BOOST_TEST(!contains(content, as_bytes("canary")), entry.path());
      BOOST_TEST(!contains(content, secret), entry.path());
      BOOST_TEST(contains(content, key) == (entry.path().filename() == "key"), entry.path());
    }
    profile.reset();
  }
}

BOOST_FIXTURE_TEST_CASE(one_that_came_to_nothing_is_taken_back_with_its_folders, ProfileFixture) {
  auto profile = opened();
  BOOST_TEST(profile->is_new());
  profile->discard();
  profile.reset();
  BOOST_TEST(!fs::exists(home / "a"));
  BOOST_TEST(fs::exists(home.path()));
}

BOOST_FIXTURE_TEST_CASE(what_was_in_the_folder_before_stays_when_a_profile_is_taken_back, ProfileFixture) {
  fs::create_directories(folder);
  write_file(folder / "letter", as_bytes("dear bob"));
  auto profile = opened();
  profile->discard();
  profile.reset();
  BOOST_TEST(fs::exists(folder / "letter"));
  BOOST_TEST(!fs::exists(folder / "key"));
  BOOST_TEST(!fs::exists(folder / "coterie.db"));
}

BOOST_FIXTURE_TEST_CASE(one_that_was_there_is_not_new, ProfileFixture) {
  BOOST_TEST(opened()->is_new());
  BOOST_TEST(!opened()->is_new());
}

BOOST_FIXTURE_TEST_CASE(a_damaged_one_is_set_aside_whole_and_a_new_one_begins, ProfileFixture) {
  const auto before = opened()->identity().public_key;
  write_file(folder / "coterie.db", to_bytes(as_bytes("not a database any more")));
  const auto damaged = read_file(folder / "coterie.db");
  const auto key = read_file(folder / "key");
  BOOST_TEST((refused("coterie.db") == Errc::database_corrupt));
  const auto kept = Profile::set_aside(folder, "damaged-20260102-030405");
  BOOST_REQUIRE(kept.has_value());
  BOOST_TEST(read_file(*kept / "coterie.db") == damaged);
  BOOST_TEST(read_file(*kept / "key") == key);
  const auto fresh = opened();
  BOOST_TEST((fresh->identity().public_key != before));
  BOOST_TEST((Profile::set_aside(folder, "again").error().code == Errc::in_use));
}

BOOST_FIXTURE_TEST_CASE(nothing_that_was_set_aside_is_written_over, ProfileFixture) {
  opened().reset();
  BOOST_REQUIRE(Profile::set_aside(folder, "kept").has_value());
  opened().reset();
  BOOST_TEST((Profile::set_aside(folder, "kept").error().code == Errc::in_use));
  opened().reset();
}

BOOST_AUTO_TEST_SUITE_END()
