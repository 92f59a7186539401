// SPDX-License-Identifier: MIT
#include "netcore/store/statements.h"

#include <SQLiteCpp/Exception.h>

namespace coterie::store {

Query::~Query() {
  statement_.tryReset();
  try {
    statement_.clearBindings();
  } catch (const SQLite::Exception&) {
    assert(false && "sqlite3_clear_bindings does not fail");
  }
}

ByteView Query::blob(int column) const {
  const auto value = statement_.getColumn(column);
  return {static_cast<const std::uint8_t*>(value.getBlob()), static_cast<std::size_t>(value.getBytes())};
}

void Query::bind_next(ByteView bytes) {
  // A null pointer would be NULL, which is not the same as nothing.
  static constexpr std::uint8_t none = 0;
  statement_.bind(++bound_, bytes.empty() ? &none : bytes.data(), static_cast<int>(bytes.size()));
}

Query Statements::operator()(Sql sql) {
  auto found = parsed_.find(sql.text());
  if (found == parsed_.end()) found = parsed_.try_emplace(sql.text(), db_, sql.text()).first;
  return Query(found->second);
}

}   // namespace coterie::store
