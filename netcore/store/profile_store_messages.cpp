// SPDX-License-Identifier: MIT
// The history: messages in order of arrival, and which contents have been seen.
#include <limits>

#include "netcore/store/profile_state.h"

namespace coterie::store {
namespace {

constexpr std::int64_t max_seen = 65'536;         // of one peer …
constexpr std::int64_t trim_seen_every = 1'024;   // … and how much may come on top before the oldest go

template <class State>
Bytes sealed_message(const State& state, const MessageRow& message) {
  Packer fields(256 + message.text.size());
  fields.number(static_cast<std::uint64_t>(message.scope)).number(message.seq);
  fields.number(static_cast<std::uint64_t>(message.sent)).number(static_cast<std::uint64_t>(message.arrived));
  fields.number(static_cast<std::uint64_t>(message.kind)).text(message.text);
  fields.number(message.edited ? 1 : 0).number(message.deleted ? 1 : 0).number(message.changed_seq);
  fields.number(message.quote ? 1 : 0);
  if (message.quote) fields.bytes(message.quote->message.view()).bytes(message.quote->author.view());
  return state.seal(
      Place("messages", message.group, message.message, message.conversation, message.author, message.file), fields);
}

std::int64_t as_limit(std::size_t limit) {
  return static_cast<std::int64_t>(std::min<std::size_t>(limit, std::numeric_limits<std::int32_t>::max()));
}

RowId upper_bound(RowId before) { return before > 0 ? before : std::numeric_limits<RowId>::max(); }

std::vector<MessageRow> oldest_first(std::vector<MessageRow> messages) {
  std::reverse(messages.begin(), messages.end());
  return messages;
}

}   // namespace

// Column order of every statement that asks for messages: id, group_id, message, conversation, author, file, sealed.
MessageRow ProfileStore::State::message_at(const Query& row) const {
  MessageRow message;
  message.id = row.integer(0);
  message.group = row.integer(1);
  message.message = row.id<MessageId>(2);
  message.conversation = row.optional_integer(3);
  message.author = row.optional_integer(4);
  message.file = row.optional_id<FileId>(5);
  auto fields =
      open(Place("messages", message.group, message.message, message.conversation, message.author, message.file),
           row.blob(6));
  message.scope = fields.number_as<Scope>(static_cast<std::uint64_t>(Scope::direct));
  message.seq = fields.number();
  message.sent = static_cast<Millis>(fields.number());
  message.arrived = static_cast<Millis>(fields.number());
  message.kind = fields.number_as<MessageKind>(static_cast<std::uint64_t>(MessageKind::file));
  message.text = fields.text();
  if (fields.at_end()) return message;   // written before messages could change
  message.edited = fields.flag();
  message.deleted = fields.flag();
  message.changed_seq = fields.number();
  if (fields.flag()) {
    const auto quoted = fields.id<MessageId>();
    message.quote = QuotedMessage{.message = quoted, .author = fields.id<PublicKey>()};
  }
  fields.finish();
  return message;
}

std::vector<MessageRow> ProfileStore::State::messages_at(Query& rows) const {
  std::vector<MessageRow> messages;
  while (rows.next()) messages.push_back(message_at(rows));
  return messages;
}

bool ProfileStore::add_message(const MessageRow& message) {
  const int added =
      state_
          ->query(
              "INSERT INTO messages (group_id, message, conversation, author, file, sealed) VALUES (?, ?, ?, ?, ?, ?)"
              " ON CONFLICT DO NOTHING")
          .bind(message.group, message.message, message.conversation, message.author, message.file,
                sealed_message(*state_, message))
          .run();
  return added > 0;
}

bool ProfileStore::mark_seen(RowId peer, const MessageId& message, Millis now) {
  const int added =
      state_->query("INSERT INTO seen (peer_id, message, arrived) VALUES (?, ?, ?) ON CONFLICT DO NOTHING")
          .bind(peer, message, now)
          .run();
  if (added == 0) return false;
  if (state_->last_row() % trim_seen_every == 0)
    state_
        ->query(
            "DELETE FROM seen WHERE peer_id = ? AND id IN"
            " (SELECT id FROM seen WHERE peer_id = ? ORDER BY id DESC LIMIT -1 OFFSET ?)")
        .bind(peer, peer, max_seen)
        .run();
  return true;
}

std::vector<MessageRow> ProfileStore::history(RowId group, std::optional<RowId> conversation, RowId before,
                                              std::size_t limit) {
  auto rows = state_->query(
      "SELECT id, group_id, message, conversation, author, file, sealed FROM messages"
      " WHERE group_id = ? AND conversation IS ? AND id < ? ORDER BY id DESC LIMIT ?");
  rows.bind(group, conversation, upper_bound(before), as_limit(limit));
  return oldest_first(state_->messages_at(rows));
}

std::vector<MessageRow> ProfileStore::history_of_all(RowId group, RowId before, std::size_t limit) {
  auto rows = state_->query(
      "SELECT id, group_id, message, conversation, author, file, sealed FROM messages"
      " WHERE group_id = ? AND id < ? ORDER BY id DESC LIMIT ?");
  rows.bind(group, upper_bound(before), as_limit(limit));
  return oldest_first(state_->messages_at(rows));
}

std::optional<MessageRow> ProfileStore::find_message(RowId group, std::optional<RowId> author,
                                                     const MessageId& message) {
  auto row = state_->query(
      "SELECT id, group_id, message, conversation, author, file, sealed FROM messages"
      " WHERE group_id = ? AND message = ? AND ifnull(author, 0) = ?");
  if (!row.bind(group, message, author.value_or(0)).next()) return std::nullopt;
  return state_->message_at(row);
}

bool ProfileStore::has_own_message(RowId group, const MessageId& message) {
  auto row = state_->query("SELECT 1 FROM messages WHERE group_id = ? AND message = ? AND ifnull(author, 0) = 0");
  return row.bind(group, message).next();
}

std::optional<MessageRow> ProfileStore::find_message_of_anyone(RowId group, const MessageId& message) {
  auto row = state_->query(
      "SELECT id, group_id, message, conversation, author, file, sealed FROM messages"
      " WHERE group_id = ? AND message = ? ORDER BY id LIMIT 1");
  if (!row.bind(group, message).next()) return std::nullopt;
  return state_->message_at(row);
}

std::vector<MessageRow> ProfileStore::history_after(RowId group, std::optional<RowId> conversation, RowId after,
                                                    std::size_t limit) {
  auto rows = state_->query(
      "SELECT id, group_id, message, conversation, author, file, sealed FROM messages"
      " WHERE group_id = ? AND conversation IS ? AND id > ? ORDER BY id LIMIT ?");
  rows.bind(group, conversation, after, as_limit(limit));
  return state_->messages_at(rows);
}

std::vector<MessageRow> ProfileStore::history_of_all_after(RowId group, RowId after, std::size_t limit) {
  auto rows = state_->query(
      "SELECT id, group_id, message, conversation, author, file, sealed FROM messages"
      " WHERE group_id = ? AND id > ? ORDER BY id LIMIT ?");
  rows.bind(group, after, as_limit(limit));
  return state_->messages_at(rows);
}

void ProfileStore::update_message(const MessageRow& message) {
  state_->reindex(message);
  state_->query("UPDATE messages SET sealed = ? WHERE id = ?").bind(sealed_message(*state_, message), message.id).run();
}

void ProfileStore::drop_history(RowId group, std::optional<RowId> conversation) {
  state_->query("DELETE FROM messages WHERE group_id = ? AND conversation IS ?").bind(group, conversation).run();
  // Delivery states are kept for the sake of the message only.
  state_
      ->query(
          "DELETE FROM outgoing WHERE group_id = ? AND sealed IS NULL AND NOT EXISTS"
          " (SELECT 1 FROM messages m WHERE m.group_id = outgoing.group_id AND m.message = outgoing.message"
          " AND ifnull(m.author, 0) = 0)")
      .bind(group)
      .run();
  // Rows are numbered on from the highest that is left, and so a number may come back.
  state_->query("DELETE FROM read_upto WHERE group_id = ? AND conversation = ?")
      .bind(group, conversation.value_or(0))
      .run();
  state_->empty_index();
}

// ── conversations ──

// Asked for by member, one look into the index each: grouping would walk through the whole history.
std::vector<ConversationRow> ProfileStore::conversations(RowId group) {
  std::vector<ConversationRow> found;
  {
    auto rows = state_->query(
        "SELECT id, group_id, message, conversation, author, file, sealed FROM messages WHERE id IN"
        " (SELECT (SELECT max(id) FROM messages WHERE group_id = ?1 AND conversation IS p.id)"
        " FROM (SELECT id FROM peers WHERE group_id = ?1 UNION ALL SELECT NULL) p) ORDER BY id DESC");
    rows.bind(group);
    while (rows.next()) {
      auto last = state_->message_at(rows);
      found.push_back({.conversation = last.conversation, .unread = 0, .last = std::move(last)});
    }
  }
  for (auto& row : found) {
    auto count = state_->query(
        "SELECT count(*) FROM messages WHERE group_id = ?1 AND conversation IS ?2 AND author IS NOT NULL AND id >"
        " ifnull((SELECT message_row FROM read_upto WHERE group_id = ?1 AND conversation = ifnull(?2, 0)), 0)");
    count.bind(group, row.conversation).next();
    row.unread = static_cast<std::size_t>(count.integer(0));
  }
  return found;
}

bool ProfileStore::set_all_read(RowId group, std::optional<RowId> conversation) {
  RowId newest = 0;
  {
    auto row = state_->query("SELECT ifnull(max(id), 0) FROM messages WHERE group_id = ? AND conversation IS ?");
    row.bind(group, conversation).next();
    newest = row.integer(0);
  }
  if (newest == 0) return false;
  return state_
             ->query(
                 "INSERT INTO read_upto (group_id, conversation, message_row) VALUES (?, ?, ?) ON CONFLICT DO UPDATE"
                 " SET message_row = excluded.message_row WHERE message_row < excluded.message_row")
             .bind(group, conversation.value_or(0), newest)
             .run() > 0;
}

std::optional<MessageRow> ProfileStore::find_file_message(RowId group, const FileId& file) {
  auto row = state_->query(
      "SELECT id, group_id, message, conversation, author, file, sealed FROM messages"
      " WHERE group_id = ? AND file = ? ORDER BY id LIMIT 1");
  if (!row.bind(group, file).next()) return std::nullopt;
  return state_->message_at(row);
}

}   // namespace coterie::store
