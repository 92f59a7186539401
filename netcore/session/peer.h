// SPDX-License-Identifier: MIT
// The people of one group as this device knows them: their stored row, their sessions, and whether they are here. Loaded from the
// profile at start, changed in memory and store together.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>

#include "netcore/store/profile_store.h"

namespace coterie {

struct Peer {
  store::PeerRow row;
  std::vector<store::SessionRow> sessions;   // newest first
  bool verified = false;
  bool online = false;
  bool mailbox_open = false;        // away, and the relay has not refused to keep envelopes for it
  bool trusts_relay = false;        // what the relay has said to have counts as in flight with the next flush
  std::set<MessageId> in_flight;    // given to the relay on this connection, not yet receipted
  std::set<MessageId> depositing;   // given to it while the peer was away, not answered yet
  bool keep_sent = false;           // on this connection, under the newest session
  bool receipted_lately = false;    // since repeat_unreceipted() looked last
  unsigned failed_opens = 0;

  // The newest session we may send under; none: contents wait.
  [[nodiscard]] store::SessionRow* sending_session();
  [[nodiscard]] bool is_reachable() {
    return online && row.state == store::PeerState::active && sending_session() != nullptr;
  }
  // Away, and what it is sent can wait at the relay. Not under a session it may not know to stand: it could open nothing.
  [[nodiscard]] bool takes_deposits();
};

class PeerBook {
 public:
  static constexpr std::size_t kept_sessions = 4;   // the newest and three older
  static constexpr store::Millis session_life = store::Millis{15} * 24 * 3600 * 1000;

  PeerBook(store::ProfileStore& store, store::RowId group) : store_(store), group_(group) {}

  // Inside read() or transact().
  void load();
  void reload_sessions(Peer& peer);
  // Inside transact(): if it rolls back, the peer goes again.
  Peer& add(store::PeerRow row);

  [[nodiscard]] Peer* find(store::RowId row) const;
  [[nodiscard]] Peer* find(const PublicKey& key) const;
  [[nodiscard]] Peer* find_active(const MemberId& member) const;
  // By user id, whatever its case; active ones only.
  [[nodiscard]] Peer* find_active(std::string_view user_id) const;
  // All rows of that member id, the active one first.
  [[nodiscard]] std::vector<Peer*> all_of(const MemberId& member) const;
  // Everyone a message to the group is for: active, and seen in the last thirty days.
  [[nodiscard]] std::vector<Peer*> addressees(store::Millis now) const;
  [[nodiscard]] std::map<store::RowId, std::unique_ptr<Peer>>& all() { return peers_; }
  [[nodiscard]] const std::map<store::RowId, std::unique_ptr<Peer>>& everyone() const { return peers_; }

 private:
  store::ProfileStore& store_;
  const store::RowId group_;
  std::map<store::RowId, std::unique_ptr<Peer>> peers_;
};

}   // namespace coterie
