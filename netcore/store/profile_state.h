// SPDX-License-Identifier: MIT
// What the parts of ProfileStore share: the database, its statements, sealing and opening of rows.
#pragma once

#include <set>

#include "netcore/store/profile_store.h"
#include "netcore/store/sealed_row.h"
#include "netcore/store/statements.h"

namespace coterie::store {

struct ProfileStore::State {
  State(Database database, const AtRest& sealing)
      : db(std::move(database)), at_rest(sealing), statements(db.handle()) {}

  Database db;
  const AtRest& at_rest;
  Statements statements;                         // destroyed before db
  std::optional<RowId> indexed_upto;             // last row in temp.message_index; none: there is no index yet
  std::optional<std::set<PublicKey>> verified;   // the table in memory, once asked for
  std::vector<std::function<void()>> when_committed;
  std::vector<std::function<void()>> when_rolled_back;

  // The only way to a statement.
  Query query(Sql sql) {
    assert(db.busy() && "calls of the store belong inside transact() or read()");
    if (const auto* doomed = db.doomed(); doomed != nullptr) throw Failure{{doomed->code, {}}};
    return statements(sql);
  }
  [[nodiscard]] RowId last_row() { return db.handle().getLastInsertRowid(); }

  [[nodiscard]] Bytes seal(const Place& place, const Packer& packed) const {
    return at_rest.seal(place.view(), packed.view());
  }
  [[nodiscard]] Unpacker open(const Place& place, ByteView sealed) const {
    auto opened = at_rest.open(place.view(), sealed);
    if (!opened) throw Failure{opened.error()};
    return Unpacker(std::move(*opened));
  }

  // profile_store_messages.cpp
  [[nodiscard]] MessageRow message_at(const Query& row) const;
  [[nodiscard]] std::vector<MessageRow> messages_at(Query& rows) const;
  // profile_store_search.cpp
  void bring_index_up_to_date();
  // Before a stored message becomes `message`.
  void reindex(const MessageRow& message);
  void empty_index();
};

}   // namespace coterie::store
