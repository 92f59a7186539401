// SPDX-License-Identifier: MIT
// What is still to be delivered, and how far it came.
#include <limits>

#include "netcore/store/profile_state.h"

namespace coterie::store {
namespace {

// In the tables states are numbered by rank, so that a state is only ever raised: Delivery in its order of rank.
constexpr std::array by_rank = {Delivery::waiting, Delivery::at_relay, Delivery::failed, Delivery::delivered,
                                Delivery::read};
constexpr int rank_failed = 2;

int rank_of(Delivery state) {
  return static_cast<int>(std::find(by_rank.begin(), by_rank.end(), state) - by_rank.begin());
}

Delivery state_of(std::int64_t rank) {
  if (rank < 0 || rank >= static_cast<std::int64_t>(by_rank.size()))
    throw Failure{{Errc::database_corrupt, "a delivery of no known state"}};
  return by_rank[static_cast<std::size_t>(rank)];
}

Place place_of(const OutgoingRow& content) {
  return Place("outgoing", content.group, content.message, static_cast<std::uint8_t>(content.scope), content.seq,
               content.created);
}

// Once nobody is left to confirm it the content goes; if it is no message of the history, all of it.
template <class State>
void release_confirmed(State& state, const MessageId& message) {
  state
      .query(
          "UPDATE outgoing SET sealed = NULL WHERE message = ? AND sealed IS NOT NULL"
          " AND NOT EXISTS (SELECT 1 FROM deliveries d WHERE d.outgoing_id = outgoing.id AND d.rank < ?)")
      .bind(message, rank_failed)
      .run();
  state
      .query(
          "DELETE FROM outgoing WHERE message = ? AND sealed IS NULL AND NOT EXISTS"
          " (SELECT 1 FROM messages m WHERE m.group_id = outgoing.group_id AND m.message = outgoing.message"
          " AND ifnull(m.author, 0) = 0)")
      .bind(message)
      .run();
}

}   // namespace

void ProfileStore::add_outgoing(const OutgoingRow& content, const std::vector<RowId>& peers) {
  Packer fields(64 + content.content.size());
  fields.bytes(content.content.view());
  state_->query("INSERT INTO outgoing (group_id, message, scope, seq, created, sealed) VALUES (?, ?, ?, ?, ?, ?)")
      .bind(content.group, content.message, static_cast<int>(content.scope), content.seq, content.created,
            state_->seal(place_of(content), fields))
      .run();
  const auto id = state_->last_row();
  for (const auto peer : peers)
    state_->query("INSERT INTO deliveries (outgoing_id, peer_id, scope, seq, rank) VALUES (?, ?, ?, ?, 0)")
        .bind(id, peer, static_cast<int>(content.scope), content.seq)
        .run();
  if (peers.empty()) release_confirmed(*state_, content.message);
}

std::vector<OutgoingRow> ProfileStore::pending(RowId peer) {
  std::vector<OutgoingRow> contents;
  auto rows = state_->query(
      "SELECT o.group_id, o.message, o.scope, o.seq, o.created, o.sealed, d.rank FROM deliveries d JOIN outgoing o ON "
      "o.id = "
      "d.outgoing_id"
      " WHERE d.peer_id = ? AND d.rank < ? ORDER BY o.id");
  rows.bind(peer, rank_failed);
  while (rows.next()) {
    OutgoingRow content;
    content.group = rows.integer(0);
    content.message = rows.id<MessageId>(1);
    content.scope = rows.integer(2) == 0 ? Scope::group : Scope::direct;
    content.seq = static_cast<std::uint64_t>(rows.integer(3));
    content.created = rows.integer(4);
    auto fields = state_->open(place_of(content), rows.blob(5));
    content.content = fields.secret();
    fields.finish();
    content.at_relay = state_of(rows.integer(6)) == Delivery::at_relay;
    contents.push_back(std::move(content));
  }
  return contents;
}

std::size_t ProfileStore::pending_count(RowId group) {
  auto row = state_->query("SELECT count(*) FROM outgoing WHERE group_id = ? AND sealed IS NOT NULL");
  row.bind(group).next();
  return static_cast<std::size_t>(row.integer(0));
}

bool ProfileStore::raise_delivery(const MessageId& message, RowId peer, Delivery state) {
  const int rank = rank_of(state);
  const int raised = state_
                         ->query(
                             "UPDATE deliveries SET rank = ?1 WHERE peer_id = ?2 AND rank < ?1"
                             " AND outgoing_id = (SELECT id FROM outgoing WHERE message = ?3)")
                         .bind(rank, peer, message)
                         .run();
  if (raised > 0 && rank >= rank_failed) release_confirmed(*state_, message);
  return raised > 0;
}

std::vector<MessageId> ProfileStore::cover(RowId group, RowId peer, Scope stream, std::uint64_t upto,
                                           const std::vector<std::uint64_t>& beyond, Delivery state) {
  const int rank = rank_of(state);
  std::vector<RowId> raised;
  const auto raise = [&](std::uint64_t first, std::uint64_t last) {
    // Numbers of ours never come near the sign; a peer may name any.
    constexpr std::uint64_t highest = std::numeric_limits<std::int64_t>::max();
    if (first > highest) return;
    auto rows = state_->query(
        "UPDATE deliveries SET rank = ?1 WHERE peer_id = ?2 AND scope = ?3 AND rank < ?1"
        " AND seq BETWEEN ?4 AND ?5 AND ?2 IN (SELECT id FROM peers WHERE group_id = ?6)"
        " RETURNING outgoing_id");
    rows.bind(rank, peer, static_cast<int>(stream), first, std::min(last, highest), group);
    while (rows.next()) raised.push_back(rows.integer(0));
  };
  raise(0, upto);
  for (const auto seq : beyond) raise(seq, seq);
  std::sort(raised.begin(), raised.end());

  std::vector<MessageId> messages;
  for (const auto id : raised) {
    auto row = state_->query("SELECT message FROM outgoing WHERE id = ?");
    if (row.bind(id).next()) messages.push_back(row.id<MessageId>(0));
  }
  if (rank >= rank_failed)
    for (const auto& message : messages) release_confirmed(*state_, message);
  return messages;
}

std::vector<DeliveryRow> ProfileStore::deliveries(const MessageId& message) {
  std::vector<DeliveryRow> deliveries;
  auto rows = state_->query(
      "SELECT d.peer_id, d.rank FROM outgoing o JOIN deliveries d ON d.outgoing_id = o.id"
      " WHERE o.message = ? ORDER BY d.peer_id");
  rows.bind(message);
  while (rows.next()) deliveries.push_back({.peer = rows.integer(0), .state = state_of(rows.integer(1))});
  return deliveries;
}

std::vector<MessageId> ProfileStore::expire_outgoing(Millis oldest) {
  std::vector<std::pair<RowId, MessageId>> old;
  {
    auto rows = state_->query("SELECT id, message FROM outgoing WHERE sealed IS NOT NULL AND created < ? ORDER BY id");
    rows.bind(oldest);
    while (rows.next()) old.emplace_back(rows.integer(0), rows.id<MessageId>(1));
  }
  std::vector<MessageId> messages;
  for (const auto& [id, message] : old) {
    state_->query("UPDATE deliveries SET rank = ?1 WHERE outgoing_id = ?2 AND rank < ?1").bind(rank_failed, id).run();
    release_confirmed(*state_, message);
    messages.push_back(message);
  }
  return messages;
}

}   // namespace coterie::store
