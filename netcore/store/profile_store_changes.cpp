// SPDX-License-Identifier: MIT
// What is said about messages: reactions, and changes that came before the message they are about.
#include "netcore/store/profile_state.h"

namespace coterie::store {
namespace {

constexpr int max_held = 500;   // of one peer
constexpr std::uint64_t max_emoji = 64;

template <class State>
Bytes sealed_reactions(const State& state, RowId message, const ReactionRow& row) {
  Packer fields;
  fields.number(row.seq).number(row.emoji.size());
  for (const auto& emoji : row.emoji) fields.text(emoji);
  return state.seal(Place("reactions", message, row.member), fields);
}

// Columns: message_row, member, sealed.
template <class State>
ReactionRow reactions_at(const State& state, const Query& row) {
  ReactionRow reactions{.member = row.optional_integer(1), .seq = 0, .emoji = {}};
  auto fields = state.open(Place("reactions", row.integer(0), reactions.member), row.blob(2));
  reactions.seq = fields.number();
  const auto count = fields.template number_as<std::size_t>(max_emoji);
  for (std::size_t i = 0; i < count; ++i) reactions.emoji.push_back(fields.text());
  fields.finish();
  return reactions;
}

Place place_of(const HeldChange& change) { return Place("held_changes", change.peer, change.message, change.arrived); }

}   // namespace

std::vector<ReactionRow> ProfileStore::reactions(RowId message) {
  std::vector<ReactionRow> all;
  auto rows = state_->query("SELECT message_row, member, sealed FROM reactions WHERE message_row = ? ORDER BY id");
  rows.bind(message);
  while (rows.next()) {
    auto reactions = reactions_at(*state_, rows);
    if (!reactions.emoji.empty()) all.push_back(std::move(reactions));
  }
  return all;
}

bool ProfileStore::set_reactions(RowId message, const ReactionRow& reactions) {
  std::optional<ReactionRow> before;
  {
    auto row = state_->query(
        "SELECT message_row, member, sealed FROM reactions WHERE message_row = ? AND ifnull(member, 0) = ?");
    if (row.bind(message, reactions.member.value_or(0)).next()) before = reactions_at(*state_, row);
  }
  // Ours have no numbers: what we say last is the last.
  if (before && reactions.member && reactions.seq <= before->seq) return false;
  const auto sealed = sealed_reactions(*state_, message, reactions);
  if (before)
    state_->query("UPDATE reactions SET sealed = ? WHERE message_row = ? AND ifnull(member, 0) = ?")
        .bind(sealed, message, reactions.member.value_or(0))
        .run();
  else
    state_->query("INSERT INTO reactions (message_row, member, sealed) VALUES (?, ?, ?)")
        .bind(message, reactions.member, sealed)
        .run();
  return true;
}

void ProfileStore::drop_reactions(RowId message) {
  state_->query("DELETE FROM reactions WHERE message_row = ?").bind(message).run();
}

void ProfileStore::hold_change(const HeldChange& change) {
  Packer fields(64 + change.content.size());
  fields.bytes(change.content.view());
  state_->query("INSERT INTO held_changes (peer_id, message, arrived, sealed) VALUES (?, ?, ?, ?)")
      .bind(change.peer, change.message, change.arrived, state_->seal(place_of(change), fields))
      .run();
  state_
      ->query(
          "DELETE FROM held_changes WHERE peer_id = ? AND id IN"
          " (SELECT id FROM held_changes WHERE peer_id = ? ORDER BY id DESC LIMIT -1 OFFSET ?)")
      .bind(change.peer, change.peer, max_held)
      .run();
}

std::vector<HeldChange> ProfileStore::held_changes(const MessageId& message) {
  std::vector<HeldChange> changes;
  auto rows = state_->query("SELECT id, peer_id, arrived, sealed FROM held_changes WHERE message = ? ORDER BY id");
  rows.bind(message);
  while (rows.next()) {
    HeldChange change{
        .id = rows.integer(0), .peer = rows.integer(1), .message = message, .arrived = rows.integer(2), .content = {}};
    auto fields = state_->open(place_of(change), rows.blob(3));
    change.content = fields.secret();
    fields.finish();
    changes.push_back(std::move(change));
  }
  return changes;
}

void ProfileStore::drop_held_change(RowId id) { state_->query("DELETE FROM held_changes WHERE id = ?").bind(id).run(); }

void ProfileStore::expire_held_changes(Millis oldest) {
  state_->query("DELETE FROM held_changes WHERE arrived < ?").bind(oldest).run();
}

}   // namespace coterie::store
