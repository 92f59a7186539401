// SPDX-License-Identifier: MIT
// Prepared statements, each parsed once and kept. Their texts are literals (the compiler sees to it) and values only ever
// enter as bound parameters.
#pragma once

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>

#include <cassert>
#include <optional>
#include <unordered_map>

#include "netcore/base/ids.h"
#include "netcore/store/database.h"

namespace coterie::store {

// A text of SQL that was there when the program was compiled: one made of values does not convert.
class Sql {
 public:
  consteval Sql(const char* text) : text_(text) {}   // NOLINT: a literal reads as what it is
  [[nodiscard]] const char* text() const { return text_; }

 private:
  const char* text_;
};

// One run of a statement; lets go of its row and its parameters at the end.
class Query {
 public:
  explicit Query(SQLite::Statement& statement) : statement_(statement) {}
  Query(const Query&) = delete;
  Query& operator=(const Query&) = delete;
  ~Query();

  // The next parameters, in order.
  template <class... T>
  Query& bind(const T&... values) {
    (bind_next(values), ...);
    return *this;
  }
  // False when there is no further row.
  bool next() { return statement_.executeStep(); }
  // Runs a statement to its end; how many rows it changed.
  int run() { return statement_.exec(); }

  [[nodiscard]] std::int64_t integer(int column) const { return statement_.getColumn(column).getInt64(); }
  [[nodiscard]] bool is_null(int column) const { return statement_.isColumnNull(column); }
  // Until the next call of next().
  [[nodiscard]] ByteView blob(int column) const;
  template <class IdType>
  [[nodiscard]] IdType id(int column) const {
    const auto bytes = blob(column);
    if (bytes.size() != IdType::size) throw Failure{{Errc::database_corrupt, "an identifier of the wrong length"}};
    return IdType::from(bytes);
  }
  template <class IdType>
  [[nodiscard]] std::optional<IdType> optional_id(int column) const {
    if (is_null(column)) return std::nullopt;
    return id<IdType>(column);
  }
  [[nodiscard]] std::optional<std::int64_t> optional_integer(int column) const {
    if (is_null(column)) return std::nullopt;
    return integer(column);
  }

 private:
  void bind_next(std::int64_t value) { statement_.bind(++bound_, value); }
  void bind_next(ByteView bytes);
  template <std::integral T>
  void bind_next(T value) {
    bind_next(static_cast<std::int64_t>(value));   // a u64 above 2^63 comes back the same, and sorts below 0
  }
  template <class Tag, std::size_t N>
  void bind_next(const Id<Tag, N>& id) {
    bind_next(id.view());
  }
  void bind_next(const Bytes& bytes) { bind_next(ByteView(bytes)); }
  void bind_next(const std::string& text) { statement_.bind(++bound_, text); }
  template <class T>
  void bind_next(const std::optional<T>& value) {
    if (value)
      bind_next(*value);
    else
      statement_.bind(++bound_);
  }

  SQLite::Statement& statement_;
  int bound_ = 0;
};

class Statements {
 public:
  explicit Statements(SQLite::Database& db) : db_(db) {}

  // Not again before the Query given out for the same text is gone.
  Query operator()(Sql sql);

 private:
  SQLite::Database& db_;
  std::unordered_map<const char*, SQLite::Statement> parsed_;
};

}   // namespace coterie::store
