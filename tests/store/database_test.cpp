// SPDX-License-Identifier: MIT
// One SQLite file: made whole or not at all, migrated, refused when it is not ours, and its errors told apart.
#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <boost/test/unit_test.hpp>
#include <fstream>
#include <stdexcept>

#include "netcore/store/database.h"
#include "tests/support/temp_folder.h"

using namespace coterie;
using namespace coterie::store;
using coterie::test::read_file;
using coterie::test::TempFolder;
using coterie::test::write_file;
namespace fs = std::filesystem;

namespace {

constexpr std::array<std::string_view, 1> first = {
    "CREATE TABLE note (id INTEGER PRIMARY KEY, body TEXT NOT NULL) STRICT"};
constexpr std::array<std::string_view, 2> second = {first[0],
                                                    "ALTER TABLE note ADD COLUMN colour TEXT NOT NULL DEFAULT 'green'"};

Database opened(const fs::path& file, std::span<const std::string_view> migrations = first) {
  auto db = Database::open(file, migrations);
  BOOST_REQUIRE_MESSAGE(db, (db ? "" : explain(db.error())));
  return std::move(*db);
}

Errc refusal(const fs::path& file, std::span<const std::string_view> migrations = first) {
  const auto db = Database::open(file, migrations);
  BOOST_REQUIRE(!db);
  BOOST_TEST(db.error().detail.find(file.string()) != std::string::npos,
             "the detail says the path: " << db.error().detail);
  return db.error().code;
}

void add_note(Database& db, const std::string& body) {
  SQLite::Statement insert(db.handle(), "INSERT INTO note (body) VALUES (?)");
  insert.bind(1, body);
  insert.exec();
}

Status commit_note(Database& db, const std::string& body) {
  return db.transact([&]() -> Status {
    add_note(db, body);
    return {};
  });
}

int notes(Database& db) { return db.handle().execAndGet("SELECT count(*) FROM note").getInt(); }

mode_t mode_of(const fs::path& file) {
  struct stat facts {};
  BOOST_REQUIRE(::stat(file.c_str(), &facts) == 0);
  return facts.st_mode & 0777U;
}

// The exit status of `work` in a process of its own, without the rights of root.
int in_child_without_rights(const std::function<int()>& work) {
  const auto child = ::fork();
  if (child == 0) {
    if (::getuid() == 0 && (::setgid(65534) != 0 || ::setuid(65534) != 0)) ::_exit(99);
    ::_exit(work());
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

// True if a literal with SQL in it is joined with something else in this line of a source.
bool joins_sql(std::string_view line) {
  constexpr std::array words = {"SELECT ", "INSERT ",  "UPDATE ", "DELETE ",  "CREATE ", "DROP ",
                                "ALTER ",  "PRAGMA ",  "ATTACH ", "REPLACE ", "VALUES ", " WHERE ",
                                " FROM ",  "ORDER BY", " SET ",   "COLLATE ", " LIMIT "};
  const auto is_one_of = [](std::string_view text, std::initializer_list<std::string_view> ends) {
    return std::any_of(ends.begin(), ends.end(), [&](auto end) { return text.ends_with(end); });
  };
  for (std::size_t open = line.find('"'); open != std::string_view::npos;) {
    const auto close = line.find('"', open + 1);
    if (close == std::string_view::npos) return false;
    const auto literal = line.substr(open + 1, close - open - 1);
    auto before = line.substr(0, open);
    auto after = line.substr(close + 1);
    while (!before.empty() && before.back() == ' ') before.remove_suffix(1);
    while (!after.empty() && after.front() == ' ') after.remove_prefix(1);
    const bool is_sql =
        std::any_of(words.begin(), words.end(), [&](auto word) { return literal.find(word) != literal.npos; });
    if (is_sql && (is_one_of(before, {"+", "+=", "<<", "append(", "format("}) || after.starts_with('+') ||
                   after.starts_with("<<")))
      return true;
    open = line.find('"', close + 1);
  }
  return false;
}

}   // namespace

BOOST_AUTO_TEST_SUITE(database)

BOOST_AUTO_TEST_CASE(is_made_for_its_owner_only) {
  TempFolder folder;
  auto db = opened(folder / "a.db");
  BOOST_REQUIRE(commit_note(db, "x"));
  for (const auto& entry : fs::directory_iterator(folder.path()))
    BOOST_TEST(mode_of(entry.path()) == 0600U, entry.path());
  BOOST_TEST(!fs::exists(folder / "a.db.new"));
}

BOOST_AUTO_TEST_CASE(keeps_what_was_committed) {
  TempFolder folder;
  {
    auto db = opened(folder / "a.db");
    BOOST_REQUIRE(commit_note(db, "x"));
  }
  auto db = opened(folder / "a.db");
  BOOST_TEST(notes(db) == 1);
}

BOOST_AUTO_TEST_CASE(is_durable_and_careful) {
  TempFolder folder;
  auto db = opened(folder / "a.db");
  const auto asked = [&](const char* pragma) { return std::string(db.handle().execAndGet(pragma).getText()); };
  BOOST_TEST(asked("PRAGMA journal_mode") == "wal");
  BOOST_TEST(asked("PRAGMA synchronous") == "2");
  BOOST_TEST(asked("PRAGMA foreign_keys") == "1");
  BOOST_TEST(asked("PRAGMA secure_delete") == "1");
  BOOST_TEST(asked("PRAGMA temp_store") == "2");
  BOOST_TEST(asked("PRAGMA trusted_schema") == "0");
}

BOOST_AUTO_TEST_CASE(rolls_back_when_the_work_fails) {
  TempFolder folder;
  auto db = opened(folder / "a.db");
  const auto done = db.transact([&]() -> Status {
    add_note(db, "x");
    return fail(Errc::replay, "not this one");
  });
  BOOST_REQUIRE(!done);
  BOOST_TEST((done.error().code == Errc::replay));
  BOOST_TEST(done.error().detail == "not this one");
  BOOST_TEST(notes(db) == 0);
  BOOST_TEST(!db.busy());
}

BOOST_AUTO_TEST_CASE(rolls_back_for_a_foreign_exception_and_lets_it_pass) {
  TempFolder folder;
  auto db = opened(folder / "a.db");
  BOOST_CHECK_THROW((void)db.transact([&]() -> Status {
    add_note(db, "x");
    throw std::runtime_error("foreign");
  }),
                    std::runtime_error);
  BOOST_TEST(notes(db) == 0);
  BOOST_TEST(commit_note(db, "y").has_value());
  BOOST_TEST(notes(db) == 1);
}

BOOST_AUTO_TEST_CASE(nested_work_joins_the_outer_transaction) {
  TempFolder folder;
  auto db = opened(folder / "a.db");
  const auto done = db.transact([&]() -> Status {
    add_note(db, "outer");
    if (auto inner = commit_note(db, "inner"); !inner) return inner;
    return fail(Errc::replay);
  });
  BOOST_TEST(!done);
  BOOST_TEST(notes(db) == 0);
}

BOOST_AUTO_TEST_CASE(an_error_of_nested_work_fails_the_whole_even_if_ignored) {
  TempFolder folder;
  auto db = opened(folder / "a.db");
  const auto done = db.transact([&]() -> Status {
    add_note(db, "outer");
    const auto inner = db.transact([&]() -> Status {
      add_note(db, "inner");
      return fail(Errc::not_found, "inside");
    });
    BOOST_TEST(!inner);
    BOOST_TEST(!db.transact([]() -> Status { return {}; }), "what follows in a failed transaction fails too");
    return {};
  });
  BOOST_REQUIRE(!done);
  BOOST_TEST((done.error().code == Errc::not_found));
  BOOST_TEST(notes(db) == 0);
}

BOOST_AUTO_TEST_CASE(what_sqlite_throws_becomes_an_error) {
  TempFolder folder;
  auto db = opened(folder / "a.db");
  const auto done = db.guard([&] { db.handle().exec("SELECT * FROM nowhere"); });
  BOOST_REQUIRE(!done);
  BOOST_TEST((done.error().code == Errc::database_corrupt));
  BOOST_TEST(done.error().detail.find("nowhere") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_read_sees_one_state_and_writes_none) {
  TempFolder folder;
  auto db = opened(folder / "a.db");
  auto other = opened(folder / "a.db");
  BOOST_REQUIRE(commit_note(db, "x"));
  const auto done = db.read([&] {
    BOOST_TEST(notes(db) == 1);
    BOOST_TEST(commit_note(other, "y").has_value());
    BOOST_TEST(notes(db) == 1);
  });
  BOOST_TEST(done.has_value());
  BOOST_TEST(notes(db) == 2);
}

BOOST_AUTO_TEST_CASE(migrates_step_by_step_and_keeps_the_rows) {
  TempFolder folder;
  {
    auto db = opened(folder / "a.db");
    BOOST_REQUIRE(commit_note(db, "x"));
  }
  auto db = opened(folder / "a.db", second);
  BOOST_TEST(std::string(db.handle().execAndGet("SELECT colour FROM note").getText()) == "green");
  BOOST_TEST(db.handle().execAndGet("PRAGMA user_version").getInt() == 2);
}

BOOST_AUTO_TEST_CASE(a_migration_that_fails_leaves_the_version_before) {
  TempFolder folder;
  {
    auto db = opened(folder / "a.db");
    BOOST_REQUIRE(commit_note(db, "x"));
  }
  constexpr std::array<std::string_view, 3> broken = {second[0], second[1], "CREATE TABLE note (again INTEGER)"};
  (void)refusal(folder / "a.db", broken);
  auto db = opened(folder / "a.db");
  BOOST_TEST(notes(db) == 1);
  BOOST_TEST(db.handle().execAndGet("PRAGMA user_version").getInt() == 1);
}

BOOST_AUTO_TEST_CASE(S02_refuses_a_newer_schema_and_leaves_it_alone) {
  TempFolder folder;
  {
    auto db = opened(folder / "a.db", second);
    BOOST_REQUIRE(commit_note(db, "x"));
  }
  const auto before = read_file(folder / "a.db");
  BOOST_TEST((refusal(folder / "a.db") == Errc::database_newer));
  BOOST_TEST((read_file(folder / "a.db") == before));
}

BOOST_AUTO_TEST_CASE(S02_a_refused_database_keeps_its_journal_too) {
  TempFolder folder;
  {
    auto db = opened(folder / "a.db", second);
    BOOST_REQUIRE(commit_note(db, "x"));
    // As after a crash: the journal is still there.
    for (const char* name : {"a.db", "a.db-wal"})
      fs::copy_file(folder / name, folder / (std::string("b") + (name + 1)));
  }
  const auto file = read_file(folder / "b.db");
  const auto journal = read_file(folder / "b.db-wal");
  BOOST_TEST(!journal.empty());
  BOOST_TEST((refusal(folder / "b.db") == Errc::database_newer));
  BOOST_TEST((read_file(folder / "b.db") == file));
  BOOST_TEST((read_file(folder / "b.db-wal") == journal));
  auto db = opened(folder / "b.db", second);
  BOOST_TEST(notes(db) == 1);
}

BOOST_AUTO_TEST_CASE(S02_refuses_an_empty_file_and_leaves_it_empty) {
  TempFolder folder;
  write_file(folder / "a.db", {});
  BOOST_TEST((refusal(folder / "a.db") == Errc::database_corrupt));
  BOOST_TEST(fs::file_size(folder / "a.db") == 0U);
  BOOST_TEST(std::distance(fs::directory_iterator(folder.path()), fs::directory_iterator()) == 1);
}

BOOST_AUTO_TEST_CASE(S02_refuses_what_is_no_database) {
  TempFolder folder;
  const Bytes letter(10'000, 'a');
  write_file(folder / "a.db", letter);
  BOOST_TEST((refusal(folder / "a.db") == Errc::database_corrupt));
  BOOST_TEST((read_file(folder / "a.db") == letter));
}

BOOST_AUTO_TEST_CASE(S02_refuses_a_database_of_another_program) {
  TempFolder folder;
  {
    SQLite::Database foreign(folder / "a.db", SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
    foreign.exec("CREATE TABLE theirs (x)");
  }
  const auto before = read_file(folder / "a.db");
  BOOST_TEST((refusal(folder / "a.db") == Errc::database_corrupt));
  BOOST_TEST((read_file(folder / "a.db") == before));
}

BOOST_AUTO_TEST_CASE(S02_does_not_start_anew_beside_the_journal_of_a_lost_file) {
  TempFolder folder;
  write_file(folder / "a.db-wal", as_bytes("what is left"));
  BOOST_TEST((refusal(folder / "a.db") == Errc::database_corrupt));
  BOOST_TEST(!fs::exists(folder / "a.db"));
  BOOST_TEST(fs::exists(folder / "a.db-wal"));
}

BOOST_AUTO_TEST_CASE(a_start_that_was_cut_off_is_begun_again) {
  TempFolder folder;
  write_file(folder / "a.db.new", as_bytes("half a schema"));
  write_file(folder / "a.db.new-journal", as_bytes("of a crashed start"));
  auto db = opened(folder / "a.db");
  BOOST_TEST(commit_note(db, "x").has_value());
  BOOST_TEST(!fs::exists(folder / "a.db.new"));
  BOOST_TEST(!fs::exists(folder / "a.db.new-journal"));
}

BOOST_AUTO_TEST_CASE(a_start_cut_off_between_its_last_two_steps_is_complete) {
  TempFolder folder;
  {
    auto db = opened(folder / "a.db");
    BOOST_REQUIRE(commit_note(db, "x"));
  }
  fs::create_hard_link(folder / "a.db", folder / "a.db.new");
  auto db = opened(folder / "a.db");
  BOOST_TEST(notes(db) == 1);
  BOOST_TEST(!fs::exists(folder / "a.db.new"));
}

BOOST_AUTO_TEST_CASE(a_schema_that_cannot_be_made_leaves_no_file) {
  TempFolder folder;
  constexpr std::array<std::string_view, 1> wrong = {"CREATE TABLE"};
  (void)refusal(folder / "a.db", wrong);
  BOOST_TEST(fs::is_empty(folder.path()));
}

BOOST_AUTO_TEST_CASE(says_when_another_program_holds_it) {
  TempFolder folder;
  auto db = opened(folder / "a.db");
  SQLite::Database holder(folder / "a.db", SQLite::OPEN_READWRITE);
  holder.exec("BEGIN IMMEDIATE");
  const auto done = commit_note(db, "x");
  BOOST_REQUIRE(!done);
  BOOST_TEST((done.error().code == Errc::in_use));
  holder.exec("ROLLBACK");
  BOOST_TEST(commit_note(db, "x").has_value());
}

BOOST_AUTO_TEST_CASE(S03_a_full_database_says_so_and_goes_on_when_there_is_room) {
  TempFolder folder;
  auto db = opened(folder / "a.db");
  BOOST_REQUIRE(commit_note(db, "first"));
  db.handle().exec("PRAGMA max_page_count = 8");
  const std::string large(3'000, 'x');
  Status done;
  int stored = 1;
  while ((done = commit_note(db, large)) && stored < 100) ++stored;
  BOOST_REQUIRE(!done);
  BOOST_TEST((done.error().code == Errc::disk_full));
  BOOST_TEST(notes(db) == stored);
  db.handle().exec("PRAGMA max_page_count = 1000");
  BOOST_TEST(commit_note(db, large).has_value());
  BOOST_TEST(notes(db) == stored + 1);
  BOOST_TEST(db.check(Database::Check::full).has_value());
}

BOOST_AUTO_TEST_CASE(S03_a_full_database_in_nested_work_commits_nothing_of_the_outer) {
  TempFolder folder;
  auto db = opened(folder / "a.db");
  db.handle().exec("PRAGMA max_page_count = 8");
  const auto done = db.transact([&]() -> Status {
    add_note(db, "outer");
    BOOST_TEST(!commit_note(db, std::string(100'000, 'x')));
    return {};
  });
  BOOST_REQUIRE(!done);
  BOOST_TEST((done.error().code == Errc::disk_full));
  BOOST_TEST(notes(db) == 0);
}

BOOST_AUTO_TEST_CASE(says_when_it_may_not_be_read_or_written) {
  TempFolder folder;
  fs::create_directory(folder / "closed");
  { auto db = opened(folder / "closed/a.db"); }
  const auto open_there = [&] {
    const auto db = Database::open(folder / "closed/a.db", first);
    return db ? 0 : static_cast<int>(db.error().code) + 1;
  };
  const int denied = static_cast<int>(Errc::permission_denied) + 1;
  fs::permissions(folder.path(), fs::perms(0755));
  fs::permissions(folder / "closed", fs::perms(0755));
  fs::permissions(folder / "closed/a.db", fs::perms(0600));
  if (::getuid() == 0) BOOST_TEST(in_child_without_rights(open_there) == denied, "not readable");
  fs::permissions(folder / "closed/a.db", fs::perms(0444));
  BOOST_TEST(in_child_without_rights(open_there) == denied, "read-only");
  fs::permissions(folder / "closed", fs::perms(0555));
  BOOST_TEST(in_child_without_rights(open_there) == denied, "read-only folder");
  BOOST_TEST(in_child_without_rights([&] {
               const auto db = Database::open(folder / "closed/new.db", first);
               return db ? 0 : static_cast<int>(db.error().code) + 1;
             }) == denied,
             "nothing can be made there");
}

BOOST_AUTO_TEST_CASE(works_in_memory) {
  auto db = Database::open_in_memory(second);
  BOOST_REQUIRE(db);
  BOOST_TEST(commit_note(*db, "x").has_value());
  BOOST_TEST(notes(*db) == 1);
}

// Rule for the sources: values reach SQL as bound parameters only.
BOOST_AUTO_TEST_CASE(S01_no_sql_text_is_put_together_from_values) {
  BOOST_TEST(joins_sql(R"(db.exec("SELECT * FROM t WHERE x = " + name);)"), "the rule sees what it forbids");
  BOOST_TEST(joins_sql(R"(text += " ORDER BY id";)"));
  BOOST_TEST(joins_sql(R"(text.append("DELETE FROM t");)"));
  BOOST_TEST(joins_sql(R"(fmt::format("PRAGMA user_version = {}", n);)"));
  BOOST_TEST(!joins_sql(R"(query("SELECT 1 FROM t WHERE x = ?").bind(x + 1);)"));

  const char* root = std::getenv("COTERIE_SOURCE");
  if (root == nullptr) {
    BOOST_TEST_MESSAGE("SKIPPED: COTERIE_SOURCE is not set");
    return;
  }
  int looked_at = 0;
  for (const char* part : {"netcore/store", "relay"}) {
    if (!fs::exists(fs::path(root) / part)) continue;
    for (const auto& entry : fs::directory_iterator(fs::path(root) / part)) {
      if (entry.path().extension() != ".cpp" && entry.path().extension() != ".h") continue;
      ++looked_at;
      std::ifstream in(entry.path());
      std::string line;
      for (int number = 1; std::getline(in, line); ++number)
        BOOST_TEST(!joins_sql(line), entry.path().string() << ":" << number << ": " << line);
    }
  }
  BOOST_TEST(looked_at > 10);
}

BOOST_AUTO_TEST_SUITE_END()
