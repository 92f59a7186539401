// SPDX-License-Identifier: MIT
#include "netcore/session/peer.h"

#include <algorithm>

#include "netcore/base/unicode.h"

namespace coterie {
namespace {

constexpr store::Millis dormant_after = store::Millis{30} * 24 * 3600 * 1000;

std::string folded(std::string_view user_id) { return casefold(user_id).value_or(std::string(user_id)); }

}   // namespace

store::SessionRow* Peer::sending_session() {
  const auto found =
      std::find_if(sessions.begin(), sessions.end(), [](const auto& session) { return session.may_send; });
  return found == sessions.end() ? nullptr : &*found;
}

bool Peer::takes_deposits() {
  if (online || !mailbox_open || row.state != store::PeerState::active) return false;
  const auto* session = sending_session();
  return session != nullptr && (session->heard || !session->initiator);
}

void PeerBook::load() {
  peers_.clear();
  for (auto& row : store_.peers(group_)) {
    auto peer = std::make_unique<Peer>();
    peer->verified = store_.is_verified(row.key);
    const auto id = row.id;
    peer->row = std::move(row);
    reload_sessions(*peer);
    peers_.emplace(id, std::move(peer));
  }
}

void PeerBook::reload_sessions(Peer& peer) { peer.sessions = store_.sessions(peer.row.id); }

Peer& PeerBook::add(store::PeerRow row) {
  row.group = group_;
  row.id = store_.add_peer(row);
  auto peer = std::make_unique<Peer>();
  peer->verified = store_.is_verified(row.key);
  const auto id = row.id;
  peer->row = std::move(row);
  // Somebody whose row never reached the disk is not known; rows that refer to it could not be written either.
  store_.after_rollback([this, id] { peers_.erase(id); });
  return *peers_.emplace(id, std::move(peer)).first->second;
}

Peer* PeerBook::find(store::RowId row) const {
  const auto found = peers_.find(row);
  return found == peers_.end() ? nullptr : found->second.get();
}

Peer* PeerBook::find(const PublicKey& key) const {
  for (const auto& [id, peer] : peers_)
    if (peer->row.key == key) return peer.get();
  return nullptr;
}

Peer* PeerBook::find_active(const MemberId& member) const {
  for (const auto& [id, peer] : peers_)
    if (peer->row.member == member && peer->row.state == store::PeerState::active) return peer.get();
  return nullptr;
}

Peer* PeerBook::find_active(std::string_view user_id) const {
  const auto wanted = folded(user_id);
  for (const auto& [id, peer] : peers_)
    if (peer->row.state == store::PeerState::active && folded(peer->row.user_id) == wanted) return peer.get();
  return nullptr;
}

std::vector<Peer*> PeerBook::all_of(const MemberId& member) const {
  std::vector<Peer*> found;
  for (const auto& [id, peer] : peers_)
    if (peer->row.member == member) found.push_back(peer.get());
  std::stable_partition(found.begin(), found.end(), [](Peer* p) { return p->row.state == store::PeerState::active; });
  return found;
}

std::vector<Peer*> PeerBook::addressees(store::Millis now) const {
  std::vector<Peer*> found;
  for (const auto& [id, peer] : peers_)
    if (peer->row.state == store::PeerState::active && (peer->online || now - peer->row.last_seen < dormant_after))
      found.push_back(peer.get());
  return found;
}

}   // namespace coterie
