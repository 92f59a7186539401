// SPDX-License-Identifier: MIT
// Search in the history. The index is a temporary table, and temporary tables live in memory (database.cpp sees to it): no word of
// a message reaches the disk. As a table it also follows every rollback by itself.
#include "netcore/base/search_form.h"
#include "netcore/store/profile_state.h"

namespace coterie::store {
namespace {

constexpr std::size_t max_query_bytes = 1'024;
constexpr std::size_t max_query_words = 32;
constexpr std::size_t max_rows = 10'000;

std::int64_t bounded(std::size_t limit) { return static_cast<std::int64_t>(std::min(limit, max_rows)); }

// Open at its end. A word has no quotes left in it: what looks like query syntax is text.
std::string beginning(const std::string& word) { return "\"" + word + "\" *"; }

// All of the words, each in one piece or in its parts.
std::string query_for(std::string_view typed) {
  if (typed.size() > max_query_bytes) {
    std::size_t cut = max_query_bytes;
    while (cut > 0 && (static_cast<unsigned char>(typed[cut]) & 0xC0U) == 0x80U) --cut;   // not inside a character
    typed = typed.substr(0, cut);
  }
  auto words = search_words(typed);
  if (words.size() > max_query_words) words.resize(max_query_words);
  std::string query;
  for (const auto& word : words) {
    query.append(query.empty() ? "" : " AND ").append("(").append(beginning(word.whole));
    for (const auto& part : word.parts)
      query.append(&part == &word.parts.front() ? " OR (" : " AND ").append(beginning(part));
    query.append(word.parts.empty() ? ")" : "))");
  }
  return query;
}

}   // namespace

// Rows are added with growing ids, and whatever else happens to them happens to the index at once: so it lacks exactly those above
// the last one it holds. Adding them here rather than with every message keeps the cost away from those who never search.
void ProfileStore::State::bring_index_up_to_date() {
  if (!indexed_upto) {
    // Contentless: it holds words and where they are, not the texts.
    query(
        "CREATE VIRTUAL TABLE temp.message_index USING fts5("
        "text, content = '', tokenize = \"unicode61 remove_diacritics 2\")")
        .run();
    indexed_upto = 0;
  }
  auto rows =
      query("SELECT id, group_id, message, conversation, author, file, sealed FROM messages WHERE id > ? ORDER BY id");
  rows.bind(*indexed_upto);
  while (rows.next()) {
    const auto message = message_at(rows);
    query("INSERT INTO temp.message_index (rowid, text) VALUES (?, ?)")
        .bind(message.id, searchable(message.text))
        .run();
    indexed_upto = message.id;
  }
}

void ProfileStore::State::reindex(const MessageRow& message) {
  if (!indexed_upto || message.id > *indexed_upto) return;
  std::string before;
  {
    auto row = query("SELECT id, group_id, message, conversation, author, file, sealed FROM messages WHERE id = ?");
    if (!row.bind(message.id).next()) return;
    before = message_at(row).text;
  }
  // An index without contents forgets words only when it is told them.
  query("INSERT INTO temp.message_index (message_index, rowid, text) VALUES ('delete', ?, ?)")
      .bind(message.id, searchable(before))
      .run();
  query("INSERT INTO temp.message_index (rowid, text) VALUES (?, ?)").bind(message.id, searchable(message.text)).run();
}

void ProfileStore::State::empty_index() {
  if (!indexed_upto) return;
  query("INSERT INTO temp.message_index (message_index) VALUES ('delete-all')").run();
  indexed_upto = 0;
}

std::vector<MessageRow> ProfileStore::search(RowId group, const std::string& words, std::size_t limit) {
  const auto wanted = query_for(words);
  if (wanted.empty()) return {};
  state_->bring_index_up_to_date();
  auto rows = state_->query(
      "SELECT m.id, m.group_id, m.message, m.conversation, m.author, m.file, m.sealed"
      " FROM temp.message_index i JOIN messages m ON m.id = i.rowid"
      " WHERE i.message_index MATCH ? AND m.group_id = ? ORDER BY i.rank, m.id DESC LIMIT ?");
  rows.bind(wanted, group, bounded(limit));
  return state_->messages_at(rows);
}

std::vector<MessageRow> ProfileStore::search_newest(RowId group, std::optional<RowId> conversation,
                                                    const std::string& words, RowId before, std::size_t limit) {
  const auto wanted = query_for(words);
  if (wanted.empty()) return {};
  state_->bring_index_up_to_date();
  // In the order of rows the index stops at the limit, however many there are.
  auto rows = state_->query(
      "SELECT m.id, m.group_id, m.message, m.conversation, m.author, m.file, m.sealed"
      " FROM temp.message_index i JOIN messages m ON m.id = i.rowid"
      " WHERE i.message_index MATCH ? AND i.rowid < ? AND m.group_id = ? AND m.conversation IS ?"
      " ORDER BY i.rowid DESC LIMIT ?");
  rows.bind(wanted, before > 0 ? before : std::numeric_limits<RowId>::max(), group, conversation, bounded(limit));
  return state_->messages_at(rows);
}

}   // namespace coterie::store
