// SPDX-License-Identifier: MIT
// An SQLite file that is opened carefully: migrated step by step, durable at commit, never replaced when damaged.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <span>
#include <string_view>

#include "netcore/base/result.h"

namespace SQLite {
class Database;
}

namespace coterie::store {

// Thrown inside transact(), read() or guard(), which return it: for what a row holds but should not.
struct Failure {
  Error error;
};

class Database {
 public:
  // `migrations[i]` takes the schema from version i to i + 1 (PRAGMA user_version). Created 0600, and under its name only when
  // the schema is complete; WAL, synchronous=FULL, foreign keys on, secure_delete on, temporary tables in memory only.
  // Errors, all with the path: database_newer; database_corrupt, also for a file that exists but is empty or has lost
  // its schema, and for one that is gone while its journal is here (all left as they are); disk_full; permission_denied;
  // in_use; io_failure.
  static Result<Database> open(const std::filesystem::path& file, std::span<const std::string_view> migrations);
  static Result<Database> open_in_memory(std::span<const std::string_view> migrations);

  Database(Database&&) noexcept;
  Database& operator=(Database&&) noexcept;
  ~Database();

  // Runs `work` in one transaction. What SQLite throws inside, or a Failure, becomes an Error. Nested calls join the outer
  // one: an error of theirs fails the outer one too, whatever that makes of it.
  Status transact(const std::function<Status()>& work);
  // Runs `work` on one unchanging view of the data; it must not write. Inside transact() it sees what that did.
  Status read(const std::function<void()>& work);
  // Runs `work` without a transaction of its own, turning what SQLite throws into an Error.
  Status guard(const std::function<void()>& work);
  // True inside transact() or read().
  [[nodiscard]] bool busy() const;
  // The error that has already failed the transaction under way, if any.
  [[nodiscard]] const Error* doomed() const;

  // Looks through the whole file; `full` also compares every index with its table, which takes five times as long (about a
  // second per 100 MiB). Errc::database_corrupt.
  enum class Check { quick, full };
  Status check(Check depth);

  [[nodiscard]] SQLite::Database& handle();

 private:
  struct State;
  explicit Database(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}   // namespace coterie::store
