// SPDX-License-Identifier: MIT
#include "netcore/store/database.h"

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Exception.h>
#include <SQLiteCpp/Statement.h>
#include <sqlite3.h>

#include <array>
#include <cassert>
#include <cerrno>
#include <optional>
#include <string>
#include <utility>

#include "netcore/base/private_file.h"

namespace coterie::store {
namespace {

namespace fs = std::filesystem;

constexpr int busy_timeout_ms = 1000;

// A PRAGMA takes no parameter, and no SQL is put together from values here: one ready text for every version.
constexpr std::array set_version = {
    "PRAGMA user_version = 1",  "PRAGMA user_version = 2",  "PRAGMA user_version = 3",  "PRAGMA user_version = 4",
    "PRAGMA user_version = 5",  "PRAGMA user_version = 6",  "PRAGMA user_version = 7",  "PRAGMA user_version = 8",
    "PRAGMA user_version = 9",  "PRAGMA user_version = 10", "PRAGMA user_version = 11", "PRAGMA user_version = 12",
    "PRAGMA user_version = 13", "PRAGMA user_version = 14", "PRAGMA user_version = 15", "PRAGMA user_version = 16",
};

Errc code_of(int code, int system_errno) {
  const bool no_room = system_errno == ENOSPC || system_errno == EDQUOT;
  switch (code & 0xff) {
    case SQLITE_FULL: return Errc::disk_full;
    case SQLITE_CANTOPEN:
      if (no_room) return Errc::disk_full;
      return system_errno == EMFILE || system_errno == ENFILE ? Errc::io_failure : Errc::permission_denied;
    case SQLITE_PERM:
    case SQLITE_AUTH:
    case SQLITE_READONLY: return Errc::permission_denied;
    case SQLITE_BUSY:
    case SQLITE_LOCKED: return Errc::in_use;
    case SQLITE_TOOBIG: return Errc::too_large;
    // A statement of ours that the file's schema does not know, or a rule that its content breaks: not the file we wrote.
    case SQLITE_ERROR:
    case SQLITE_CONSTRAINT:
    case SQLITE_MISMATCH:
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB: return Errc::database_corrupt;
    default: return no_room ? Errc::disk_full : Errc::io_failure;
  }
}

Error translate(const SQLite::Exception& e, sqlite3* db, const std::string& path) {
  // Only these two come from a call to the system; what another error finds there is old.
  const bool by_system = (e.getErrorCode() & 0xff) == SQLITE_IOERR || (e.getErrorCode() & 0xff) == SQLITE_CANTOPEN;
  const int system_errno = db != nullptr && by_system ? sqlite3_system_errno(db) : 0;
  return {code_of(e.getErrorCode(), system_errno), path + " (" + e.what() + ")"};
}

void switch_on(sqlite3* db, int option, bool on) { sqlite3_db_config(db, option, on ? 1 : 0, nullptr); }

std::int64_t ask(SQLite::Database& db, const char* pragma) { return db.execAndGet(pragma).getInt64(); }

// All that must hold before anything is read. Nothing here changes the file.
void prepare(SQLite::Database& db) {
  db.setBusyTimeout(busy_timeout_ms);
  switch_on(db.getHandle(), SQLITE_DBCONFIG_DEFENSIVE, true);
  // Whoever is refused below leaves the file and its journal exactly as they were.
  switch_on(db.getHandle(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true);
  db.exec("PRAGMA trusted_schema = OFF");
  db.exec("PRAGMA cell_size_check = ON");
  db.exec("PRAGMA temp_store = MEMORY");
  if (ask(db, "PRAGMA temp_store") != 2 || sqlite3_compileoption_used("TEMP_STORE=0") != 0)
    throw Failure{{Errc::unsupported, "this SQLite keeps temporary tables on the disk"}};
}

void configure(SQLite::Database& db) {
  db.exec("PRAGMA synchronous = FULL");
  db.exec("PRAGMA secure_delete = ON");
  db.exec("PRAGMA foreign_keys = ON");
  db.exec("PRAGMA journal_size_limit = 4194304");   // what a big transaction grew is given back
  switch_on(db.getHandle(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, false);
}

void migrate(SQLite::Database& db, std::span<const std::string_view> migrations) {
  assert(migrations.size() <= set_version.size());
  const auto version = static_cast<std::size_t>(ask(db, "PRAGMA user_version"));
  if (version == migrations.size()) return;
  db.exec("BEGIN IMMEDIATE");
  for (auto step = version; step < migrations.size(); ++step) {
    db.exec(std::string(migrations[step]));
    db.exec(set_version[step]);
  }
  db.exec("COMMIT");
}

// A file that is there was complete when it got its name, so it has a version.
void check_version(SQLite::Database& db, std::size_t known) {
  const auto version = ask(db, "PRAGMA user_version");
  if (version > static_cast<std::int64_t>(known))
    throw Failure{
        {Errc::database_newer, "version " + std::to_string(version) + ", known up to " + std::to_string(known)}};
  if (version < 1 || ask(db, "SELECT count(*) FROM sqlite_schema") == 0)
    throw Failure{{Errc::database_corrupt, "its schema is missing"}};
}

fs::path beside(const fs::path& file, const char* suffix) {
  auto path = file;
  path += suffix;
  return path;
}

void remove_fresh(const fs::path& fresh) {
  std::error_code ignored;   // what stays in the way is found out when the file is made
  for (const char* suffix : {"", "-journal", "-wal", "-shm"}) fs::remove(beside(fresh, suffix), ignored);
}

// A start that is cut off leaves a "<file>.new" and no file; the next one begins again.
Status create(const fs::path& file, std::span<const std::string_view> migrations) {
  const auto fresh = beside(file, ".new");
  remove_fresh(fresh);
  if (auto made = create_private_file(fresh, {}); !made) return made;
  Status result;
  try {
    SQLite::Database db(fresh, SQLite::OPEN_READWRITE | SQLite::OPEN_NOMUTEX);
    try {
      db.exec("PRAGMA synchronous = FULL");
      migrate(db, migrations);
    } catch (const SQLite::Exception& e) {
      result = tl::unexpected(translate(e, db.getHandle(), file.string()));
    }
  } catch (const SQLite::Exception& e) {
    result = tl::unexpected(translate(e, nullptr, file.string()));
  }
  if (result) result = move_into_place(fresh, file);
  if (!result) remove_fresh(fresh);
  return result;
}

Status look_at(const fs::path& file, std::span<const std::string_view> migrations) {
  std::error_code error;
  const auto status = fs::status(file, error);
  if (status.type() == fs::file_type::not_found) {
    std::error_code ignored;
    if (const auto size = fs::file_size(beside(file, "-wal"), ignored); !ignored && size > 0)
      return fail(Errc::database_corrupt, file.string() + " (it is missing, though its journal is here)");
    return create(file, migrations);
  }
  if (error) return fail(Errc::permission_denied, file.string() + " (" + error.message() + ")");
  if (!fs::is_regular_file(status)) return fail(Errc::not_a_file, file.string());
  if (fs::file_size(file, error) == 0 && !error) return fail(Errc::database_corrupt, file.string() + " (it is empty)");
  fs::remove(beside(file, ".new"),
             error);   // a second name of this file, where the first start ended between two steps
  return {};
}

}   // namespace

struct Database::State {
  State(const fs::path& file, int flags) : path(file.string()), db(file, flags) {}

  std::string path;
  SQLite::Database db;
  // Parsed once; destroyed before db.
  std::optional<SQLite::Statement> begin, begin_reading, commit, rollback;
  int depth = 0;
  bool reading = false;   // the outermost is a read()
  std::optional<Error> doomed;

  Error error_of(const SQLite::Exception& e) { return translate(e, db.getHandle(), path); }
  Error error_of(const Failure& failure) const {
    auto error = failure.error;
    error.detail = error.detail.empty() ? path : path + " (" + error.detail + ")";
    return error;
  }

  void parse() {
    begin.emplace(db, "BEGIN IMMEDIATE");
    begin_reading.emplace(db, "BEGIN");
    commit.emplace(db, "COMMIT");
    rollback.emplace(db, "ROLLBACK");
  }

  static void run(SQLite::Statement& statement) {
    statement.tryReset();   // tells of the failure before, if there was one
    statement.exec();
    statement.tryReset();
  }

  // Never throws: after a failed commit or a full disk SQLite may have rolled back by itself.
  void undo() noexcept {
    if (sqlite3_get_autocommit(db.getHandle()) != 0) return;
    rollback->tryReset();
    rollback->tryExecuteStep();
    rollback->tryReset();
    assert(sqlite3_get_autocommit(db.getHandle()) != 0);
  }

  Status guarded(const std::function<Status()>& work) {
    try {
      return work();
    } catch (const SQLite::Exception& e) {
      return tl::unexpected(error_of(e));
    } catch (const Failure& failure) {
      return tl::unexpected(error_of(failure));
    }
  }

  Status outermost(SQLite::Statement& start, const std::function<Status()>& work) {
    struct Scope {
      State& state;
      ~Scope() {
        state.undo();   // nothing to do after a commit; everything after an error or a foreign exception
        state.depth = 0;
        state.reading = false;
        state.doomed.reset();
      }
    } scope{*this};
    depth = 1;
    return guarded([&]() -> Status {
      run(start);
      auto done = work();
      if (doomed) return tl::unexpected(*doomed);
      if (!done) return done;
      run(*commit);
      return {};
    });
  }

  Status nested(const std::function<Status()>& work) {
    if (doomed) return tl::unexpected(*doomed);
    struct Scope {
      int& depth;
      ~Scope() { --depth; }
    } scope{++depth};
    auto done = guarded(work);
    if (!done && !doomed) doomed = done.error();
    return done;
  }
};

Database::Database(std::unique_ptr<State> state) : state_(std::move(state)) {}
Database::Database(Database&&) noexcept = default;
Database& Database::operator=(Database&&) noexcept = default;
Database::~Database() = default;

Result<Database> Database::open(const fs::path& file, std::span<const std::string_view> migrations) {
  if (auto there = look_at(file, migrations); !there) return tl::unexpected(there.error());
  std::unique_ptr<State> state;
  try {
    state = std::make_unique<State>(file, SQLite::OPEN_READWRITE | SQLite::OPEN_NOMUTEX);
    auto& db = state->db;
    prepare(db);
    check_version(db, migrations.size());
    if (sqlite3_db_readonly(db.getHandle(), "main") != 0)
      throw Failure{{Errc::permission_denied, "it may not be written to"}};
    if (const std::string mode = db.execAndGet("PRAGMA journal_mode = WAL").getText(); mode != "wal")
      throw Failure{{Errc::unsupported, "the file system does not allow a write-ahead log"}};
    migrate(db, migrations);
    configure(db);
    state->parse();
    return Database(std::move(state));
  } catch (const SQLite::Exception& e) {
    return tl::unexpected(translate(e, state ? state->db.getHandle() : nullptr, file.string()));
  } catch (const Failure& failure) {
    return tl::unexpected(state->error_of(failure));
  }
}

Result<Database> Database::open_in_memory(std::span<const std::string_view> migrations) {
  try {
    auto state = std::make_unique<State>(":memory:", SQLite::OPEN_READWRITE | SQLite::OPEN_NOMUTEX);
    prepare(state->db);
    migrate(state->db, migrations);
    configure(state->db);
    state->parse();
    return Database(std::move(state));
  } catch (const SQLite::Exception& e) {
    return tl::unexpected(translate(e, nullptr, "a database in memory"));
  } catch (const Failure& failure) {
    return tl::unexpected(failure.error);
  }
}

Status Database::transact(const std::function<Status()>& work) {
  assert(!state_->reading && "a read() only reads");
  return state_->depth > 0 ? state_->nested(work) : state_->outermost(*state_->begin, work);
}

Status Database::read(const std::function<void()>& work) {
  const auto look = [&]() -> Status {
    work();
    assert(!state_->reading || sqlite3_txn_state(state_->db.getHandle(), "main") != SQLITE_TXN_WRITE);
    return {};
  };
  if (state_->depth > 0) return state_->nested(look);
  state_->reading = true;
  return state_->outermost(*state_->begin_reading, look);
}

Status Database::guard(const std::function<void()>& work) {
  const auto wrapped = [&]() -> Status {
    work();
    return {};
  };
  return state_->depth > 0 ? state_->nested(wrapped) : state_->guarded(wrapped);
}

bool Database::busy() const { return state_->depth > 0; }
const Error* Database::doomed() const { return state_->doomed ? &*state_->doomed : nullptr; }

Status Database::check(Check depth) {
  return guard([&] {
    SQLite::Statement found(state_->db, depth == Check::full ? "PRAGMA integrity_check(1)" : "PRAGMA quick_check(1)");
    if (found.executeStep(); found.getColumn(0).getString() != "ok")
      throw Failure{{Errc::database_corrupt, found.getColumn(0).getString()}};
    SQLite::Statement dangling(state_->db, "PRAGMA foreign_key_check");
    if (dangling.executeStep()) throw Failure{{Errc::database_corrupt, "a row belongs to nothing"}};
  });
}

SQLite::Database& Database::handle() { return state_->db; }

}   // namespace coterie::store
