// SPDX-License-Identifier: MIT
// Peers, the keys the user has verified, and the sessions with peers.
#include <limits>

#include "netcore/store/profile_state.h"

namespace coterie::store {
namespace {

constexpr int max_skipped_keys = 2000;   // of one peer (protocol.md S6)

// Single numbers mostly come in runs with a gap below: stored as (first, how many).
void pack(Packer& fields, const StreamPosition& position) {
  std::vector<std::pair<std::uint64_t, std::uint64_t>> runs;
  for (const auto seq : position.beyond) {
    if (!runs.empty() && seq - runs.back().first == runs.back().second)
      ++runs.back().second;
    else
      runs.emplace_back(seq, 1);
  }
  fields.number(position.known ? 1 : 0).number(position.upto).number(runs.size());
  for (const auto& [first, count] : runs) fields.number(first).number(count);
}

StreamPosition unpack_position(Unpacker& fields) {
  StreamPosition position;
  position.known = fields.flag();
  position.upto = fields.number();
  for (auto runs = fields.number(); runs > 0; --runs) {
    const auto first = fields.number();
    const auto count = fields.number();
    if (count == 0 || count - 1 > std::numeric_limits<std::uint64_t>::max() - first) Unpacker::damaged();
    for (std::uint64_t i = 0; i < count; ++i) position.beyond.insert(position.beyond.end(), first + i);
  }
  return position;
}

template <class State>
Bytes sealed_peer(const State& state, RowId id, const PeerRow& peer) {
  Packer fields;
  fields.bytes(peer.member.view()).text(peer.user_id).bytes(peer.key.view()).bytes(peer.drop_cap.view());
  fields.number(static_cast<std::uint64_t>(peer.state)).number(static_cast<std::uint64_t>(peer.last_seen));
  fields.number(peer.direct_seq);
  pack(fields, peer.group_in);
  pack(fields, peer.direct_in);
  return state.seal(Place("peers", id), fields);
}

}   // namespace

std::vector<PeerRow> ProfileStore::peers(RowId group) {
  std::vector<PeerRow> peers;
  auto rows = state_->query("SELECT id, sealed FROM peers WHERE group_id = ? ORDER BY id");
  rows.bind(group);
  while (rows.next()) {
    PeerRow peer;
    peer.id = rows.integer(0);
    peer.group = group;
    auto fields = state_->open(Place("peers", peer.id), rows.blob(1));
    peer.member = fields.id<MemberId>();
    peer.user_id = fields.text();
    peer.key = fields.id<PublicKey>();
    peer.drop_cap = fields.id<DropCap>();
    peer.state = fields.number_as<PeerState>(static_cast<std::uint64_t>(PeerState::left));
    peer.last_seen = static_cast<Millis>(fields.number());
    peer.direct_seq = fields.number();
    peer.group_in = unpack_position(fields);
    peer.direct_in = unpack_position(fields);
    fields.finish();
    peers.push_back(std::move(peer));
  }
  return peers;
}

RowId ProfileStore::add_peer(const PeerRow& peer) {
  // Its number is part of what seals it, so the row comes first.
  state_->query("INSERT INTO peers (group_id, sealed) VALUES (?, x'')").bind(peer.group).run();
  const auto id = state_->last_row();
  state_->query("UPDATE peers SET sealed = ? WHERE id = ?").bind(sealed_peer(*state_, id, peer), id).run();
  return id;
}

void ProfileStore::update_peer(const PeerRow& peer) {
  state_->query("UPDATE peers SET sealed = ? WHERE id = ?").bind(sealed_peer(*state_, peer.id, peer), peer.id).run();
}

// ── verified keys ──

bool ProfileStore::is_verified(const PublicKey& key) {
  auto rows = state_->query("SELECT sealed FROM verified");
  if (!state_->verified) {
    std::set<PublicKey> keys;
    while (rows.next()) {
      auto fields = state_->open(Place("verified"), rows.blob(0));
      keys.insert(fields.id<PublicKey>());
      fields.finish();
    }
    state_->verified = std::move(keys);
  }
  return state_->verified->contains(key);
}

void ProfileStore::set_verified(const PublicKey& key, bool verified) {
  if (is_verified(key) == verified) return;
  if (verified) {
    Packer fields;
    fields.bytes(key.view());
    state_->query("INSERT INTO verified (sealed) VALUES (?)").bind(state_->seal(Place("verified"), fields)).run();
    state_->verified->insert(key);
    return;
  }
  std::vector<RowId> gone;
  {
    auto rows = state_->query("SELECT id, sealed FROM verified");
    while (rows.next())
      if (state_->open(Place("verified"), rows.blob(1)).id<PublicKey>() == key) gone.push_back(rows.integer(0));
  }
  for (const auto id : gone) state_->query("DELETE FROM verified WHERE id = ?").bind(id).run();
  state_->verified->erase(key);
}

// ── sessions ──

namespace {

template <class State>
Bytes sealed_session(const State& state, RowId peer, const SessionRow& session) {
  Packer fields;
  fields.number(static_cast<std::uint64_t>(session.created));
  fields.number(session.initiator ? 1 : 0).number(session.may_send ? 1 : 0).number(session.heard ? 1 : 0);
  fields.bytes(session.send_key.view()).number(session.send_next);
  fields.bytes(session.receive_key.view()).number(session.receive_next);
  return state.seal(Place("sessions", peer, session.session), fields);
}

}   // namespace

std::vector<SessionRow> ProfileStore::sessions(RowId peer) {
  constexpr std::uint64_t max_index = std::numeric_limits<std::uint32_t>::max();
  std::vector<SessionRow> sessions;
  auto rows = state_->query("SELECT id, session, sealed FROM sessions WHERE peer_id = ? ORDER BY id DESC");
  rows.bind(peer);
  while (rows.next()) {
    SessionRow session;
    session.id = rows.integer(0);
    session.peer = peer;
    session.session = rows.id<SessionId>(1);
    auto fields = state_->open(Place("sessions", peer, session.session), rows.blob(2));
    session.created = static_cast<Millis>(fields.number());
    session.initiator = fields.flag();
    session.may_send = fields.flag();
    session.heard = fields.flag();
    session.send_key = fields.secret();
    session.send_next = fields.number_as<std::uint32_t>(max_index);
    session.receive_key = fields.secret();
    session.receive_next = fields.number_as<std::uint32_t>(max_index);
    fields.finish();
    sessions.push_back(std::move(session));
  }
  return sessions;
}

RowId ProfileStore::add_session(const SessionRow& session) {
  state_->query("INSERT INTO sessions (peer_id, session, sealed) VALUES (?, ?, ?)")
      .bind(session.peer, session.session, sealed_session(*state_, session.peer, session))
      .run();
  return state_->last_row();
}

void ProfileStore::update_session(const SessionRow& session) {
  state_->query("UPDATE sessions SET sealed = ? WHERE id = ? AND peer_id = ? AND session = ?")
      .bind(sealed_session(*state_, session.peer, session), session.id, session.peer, session.session)
      .run();
}

void ProfileStore::drop_session(RowId session) {
  state_->query("DELETE FROM sessions WHERE id = ?").bind(session).run();
}

void ProfileStore::drop_sessions_of_peer(RowId peer) {
  state_->query("DELETE FROM sessions WHERE peer_id = ?").bind(peer).run();
}

// ── skipped keys ──

void ProfileStore::add_skipped(RowId session, const std::vector<SkippedKey>& keys, Millis now) {
  for (const auto& [index, key] : keys) {
    Packer fields;
    fields.bytes(key.view());
    state_->query("INSERT INTO skipped_keys (session_id, key_index, created, sealed) VALUES (?, ?, ?, ?)")
        .bind(session, index, now, state_->seal(Place("skipped_keys", session, index), fields))
        .run();
  }
}

std::optional<SecretBytes> ProfileStore::skipped_key(RowId session, std::uint32_t index) {
  auto row = state_->query("SELECT sealed FROM skipped_keys WHERE session_id = ? AND key_index = ?");
  if (!row.bind(session, index).next()) return std::nullopt;
  auto fields = state_->open(Place("skipped_keys", session, index), row.blob(0));
  auto key = fields.secret();
  fields.finish();
  return key;
}

void ProfileStore::drop_skipped(RowId session, std::uint32_t index) {
  state_->query("DELETE FROM skipped_keys WHERE session_id = ? AND key_index = ?").bind(session, index).run();
}

void ProfileStore::trim_skipped(RowId peer, Millis oldest) {
  state_
      ->query(
          "DELETE FROM skipped_keys WHERE session_id IN (SELECT id FROM sessions WHERE peer_id = ?) AND created < ?")
      .bind(peer, oldest)
      .run();
  state_
      ->query(
          "DELETE FROM skipped_keys WHERE id IN (SELECT k.id FROM skipped_keys k JOIN sessions s ON s.id = k.session_id"
          " WHERE s.peer_id = ? ORDER BY k.id DESC LIMIT -1 OFFSET ?)")
      .bind(peer, max_skipped_keys)
      .run();
}

}   // namespace coterie::store
