// SPDX-License-Identifier: MIT
// Out: counting, sealing, keeping, sending again. Opening is in courier_in.cpp.
#include "netcore/session/courier.h"

#include <cassert>

#include "netcore/base/digest.h"
#include "netcore/base/log.h"
#include "netcore/base/random.h"

namespace coterie {

using content::Scope;

namespace {

constexpr store::Millis outgoing_life = store::Millis{14} * 24 * 3600 * 1000;
// Unanswered deposits for one peer. What a full mailbox refuses has moved the chain on all the same, and its receiver jumps no
// more than 1,000 indexes (S6).
constexpr std::size_t deposits_at_once = 64;

store::Scope stored(Scope scope) { return scope == Scope::group ? store::Scope::group : store::Scope::direct; }

}   // namespace

Courier::Courier(io::EventLoop& loop, Timing timing, store::ProfileStore& store, PeerBook& peers, store::RowId group,
                 GroupTag tag, MemberId self, Host& host)
    : loop_(loop), timing_(timing), store_(store), peers_(peers), group_(group), tag_(tag), self_(self), host_(host) {
  turn_end_ = loop_.at_turn_end([this] { send_acknowledgements(); });
}

Courier::~Courier() = default;

content::Header Courier::header(Scope scope, std::uint64_t seq, const std::vector<Peer*>& to) const {
  std::vector<PublicKey> keys;
  for (const auto* peer : to) keys.push_back(peer->row.key);
  std::sort(keys.begin(), keys.end());
  Sha256 hash;
  for (const auto& key : keys) hash.update(key.view());
  const auto digest = hash.finish();
  content::Header made{.scope = scope,
                       .sent_ms = static_cast<std::uint64_t>(host_.now()),
                       .seq = seq,
                       .members = static_cast<std::uint16_t>(to.size())};
  std::copy_n(digest.bytes.begin(), made.digest.size(), made.digest.begin());
  return made;
}

Status Courier::send(const MessageId& message, Scope scope, content::Body body, const std::vector<Peer*>& to) {
  if (to.empty()) return {};
  assert(scope == Scope::group || to.size() == 1);
  return store_.transact([&]() -> Status {
    std::uint64_t seq = 0;
    if (scope == Scope::group) {
      seq = ++group_seq_;
      store_.after_rollback([this] { --group_seq_; });
      store_.set_group_seq(group_, seq);
    } else {
      seq = ++to.front()->row.direct_seq;
      store_.after_rollback([peer = to.front()] { --peer->row.direct_seq; });
      store_.update_peer(to.front()->row);
    }
    const auto encoded = content::encode_content({.header = header(scope, seq, to), .body = std::move(body)});
    store::OutgoingRow row{.message = message,
                           .group = group_,
                           .scope = stored(scope),
                           .seq = seq,
                           .created = host_.now(),
                           .content = SecretBytes(ByteView(encoded))};
    std::vector<store::RowId> ids;
    std::vector<Peer*> able;
    for (auto* peer : to) {
      ids.push_back(peer->row.id);
      if (!can_leave(*peer) || waiting_for_output_.contains(peer->row.id)) continue;
      if (peer->online || (peer->keep_sent && peer->depositing.size() < deposits_at_once)) {
        able.push_back(peer);
        continue;
      }
      // Behind what is waiting, and behind the word where our counting stands: it may have gone before it heard that.
      waiting_for_output_.insert(peer->row.id);
      if (!peer->keep_sent)
        store_.after_commit([this, id = peer->row.id] {
          if (auto* found = peers_.find(id)) flush(*found);
        });
    }
    store_.add_outgoing(row, ids);
    return dispatch(message, Kept::in_outbox, encoded, able);
  });
}

Status Courier::send_uncounted(Peer& to, content::Body body) {
  if (!can_leave(to)) return {};
  return store_.transact([&]() -> Status {
    const auto encoded = content::encode_content({.header = header(Scope::direct, 0, {&to}), .body = std::move(body)});
    return dispatch(random_id<MessageId>(), to.online ? Kept::no : Kept::at_relay, encoded, {&to});
  });
}

Status Courier::send_passing(Scope scope, content::Body body, const std::vector<Peer*>& to) {
  if (!host_.is_online() || host_.output_is_full()) return {};
  std::vector<Peer*> here;
  for (auto* peer : to)
    if (peer->is_reachable()) here.push_back(peer);
  if (here.empty()) return {};
  return store_.transact([&]() -> Status {
    const auto encoded = content::encode_content({.header = header(scope, 0, to), .body = std::move(body)});
    return dispatch(random_id<MessageId>(), Kept::no, encoded, here);
  });
}

// Everything below the oldest content still kept for the peer has been confirmed by it, was given up, or was never for it.
Status Courier::send_keep(Peer& to, bool asks) {
  if (!can_leave(to)) return {};
  return store_.transact([&]() -> Status {
    content::Keep keep{.group_upto = group_seq_, .direct_upto = to.row.direct_seq, .asks = asks};
    for (const auto& row : store_.pending(to.row.id)) {
      auto& upto = row.scope == store::Scope::group ? keep.group_upto : keep.direct_upto;
      upto = std::min(upto, row.seq - 1);
    }
    to.keep_sent = true;
    return send_uncounted(to, keep);
  });
}

// One body for all, one wrap for each; the frame leaves when the transaction is on disk.
Status Courier::dispatch(const MessageId& message, Kept kept, ByteView encoded, const std::vector<Peer*>& to) {
  if (to.empty()) return {};
  auto sealed = crypto::seal_body({.group = tag_, .sender = self_, .message = message}, encoded);
  if (!sealed) return tl::unexpected(sealed.error());
  control::Send frame{.message = message, .keep = kept != Kept::no, .recipients = {}, .body = sealed->body};
  for (auto* peer : to) {
    auto recipient = wrap_for(*peer, message, *sealed);
    if (!recipient) {
      // The chain is used up: a new session is due, and the outbox keeps the content until then.
      host_.on_session_wanted(peer->row.member);
      continue;
    }
    frame.recipients->push_back(std::move(*recipient));
    if (kept == Kept::in_outbox) peer->in_flight.insert(message);
    if (!peer->online) peer->depositing.insert(message);
    store_.after_rollback([peer, message] {
      peer->in_flight.erase(message);
      peer->depositing.erase(message);
    });
  }
  if (frame.recipients->empty()) return {};
  store_.after_commit([this, frame = std::move(frame)] { host_.send_frame(frame); });
  return {};
}

Result<control::Recipient> Courier::wrap_for(Peer& peer, const MessageId& message, const crypto::SealedBody& body) {
  auto* session = peer.sending_session();
  assert(session != nullptr);
  crypto::SendChain chain(crypto::ChainKey::from(session->send_key.view()), session->send_next);
  auto step = chain.advance();
  if (!step) return tl::unexpected(step.error());
  restore_on_rollback(peer);
  session->send_key = SecretBytes(chain.key().view());
  session->send_next = chain.next();
  store_.update_session(*session);
  const crypto::WrapContext context{.envelope = {.group = tag_, .sender = self_, .message = message},
                                    .recipient = peer.row.member,
                                    .session = session->session,
                                    .index = step->index};
  return control::Recipient{.member = peer.row.member,
                            .drop_cap = peer.row.drop_cap,
                            .session = session->session,
                            .index = step->index,
                            .wrap = crypto::seal_wrap(context, step->key, body)};
}

void Courier::restore_on_rollback(Peer& peer) {
  store_.after_rollback([this, id = peer.row.id] {
    if (auto* found = peers_.find(id)) (void)store_.read([&] { peers_.reload_sessions(*found); });
  });
}

void Courier::flush(Peer& peer) {
  if (!can_leave(peer)) return;
  waiting_for_output_.erase(peer.row.id);
  std::vector<store::OutgoingRow> pending;
  auto status = store_.read([&] { pending = store_.pending(peer.row.id); });
  if (std::exchange(peer.trusts_relay, false))
    for (const auto& row : pending)
      if (row.at_relay) peer.in_flight.insert(row.message);
  std::erase_if(pending, [&](const auto& row) { return peer.in_flight.contains(row.message); });
  // Whoever was not here from the beginning cannot place the first of them without it.
  if (status && !pending.empty() && !peer.keep_sent) status = send_keep(peer, false);
  for (auto& row : pending) {
    if (!status) break;
    if (host_.output_is_full() || peer.depositing.size() >= deposits_at_once) {
      waiting_for_output_.insert(peer.row.id);
      return;
    }
    status = store_.transact([&] { return dispatch(row.message, Kept::in_outbox, row.content.view(), {&peer}); });
  }
  if (!status) host_.on_storage_failed(status.error());
}

void Courier::on_output_drained() {
  for (const auto id : std::set(waiting_for_output_))
    if (auto* peer = peers_.find(id)) flush(*peer);
}

void Courier::repeat_unreceipted() {
  for (auto& [id, peer] : peers_.all()) {
    const bool progress = std::exchange(peer->receipted_lately, false);
    if (peer->in_flight.empty() || progress || !peer->online) continue;
    peer->in_flight.clear();
    flush(*peer);
  }
}

void Courier::on_outcome(const control::Outcome& outcome) {
  for (const auto& [member, delivery] : *outcome.members) {
    auto* peer = peers_.find_active(member);
    if (peer == nullptr) continue;
    peer->depositing.erase(outcome.message);
    switch (delivery) {
      case control::Delivery::delivered:
      case control::Delivery::stored: {
        bool raised = false;
        const auto status = store_.transact([&]() -> Status {
          raised = store_.raise_delivery(outcome.message, peer->row.id, store::Delivery::at_relay);
          return {};
        });
        if (!status) return host_.on_storage_failed(status.error());
        if (raised) host_.on_delivery(outcome.message, *peer, store::Delivery::at_relay);
        break;
      }
      case control::Delivery::bad_cap: host_.on_session_wanted(member); [[fallthrough]];
      case control::Delivery::offline:
      case control::Delivery::full:
      case control::Delivery::no_such:
        peer->in_flight.erase(outcome.message);   // the outbox has it
        if (!peer->online) peer->mailbox_open = false;
        break;
    }
    if (waiting_for_output_.contains(peer->row.id) && peer->depositing.size() < deposits_at_once / 2) flush(*peer);
  }
}

Status Courier::add_session(Peer& peer, const crypto::PairOutcome& outcome, bool initiator) {
  return store_.transact([&]() -> Status {
    restore_on_rollback(peer);
    store::SessionRow row{.peer = peer.row.id,
                          .session = outcome.session,
                          .created = host_.now(),
                          .initiator = initiator,
                          .may_send = initiator,
                          .send_key = SecretBytes(outcome.send.view()),
                          .receive_key = SecretBytes(outcome.receive.view())};
    row.id = store_.add_session(row);
    peer.sessions.insert(peer.sessions.begin(), std::move(row));
    while (peer.sessions.size() > PeerBook::kept_sessions) {
      store_.drop_session(peer.sessions.back().id);
      peer.sessions.pop_back();
    }
    peer.failed_opens = 0;
    if (!initiator) return {};
    store_.after_commit([this, id = peer.row.id] {
      auto* found = peers_.find(id);
      if (found == nullptr) return;
      // What travelled under the old session may never have been opened.
      found->in_flight.clear();
      host_.on_reachable(*found);
      flush(*found);
    });
    return send_keep(peer, false);
  });
}

void Courier::on_peer_online(Peer& peer) {
  peer.online = true;
  peer.mailbox_open = false;
  peer.trusts_relay = true;   // what waits there is being handed over to it now
  peer.in_flight.clear();
  peer.depositing.clear();
  peer.keep_sent = false;
  if (!peer.is_reachable()) return;
  // The peer may not know yet that this session stands, and cannot answer before it does.
  if (const auto* session = peer.sending_session(); session->initiator && !session->heard)
    if (const auto status = send_keep(peer, false); !status) return host_.on_storage_failed(status.error());
  host_.on_reachable(peer);
  flush(peer);
}

// What is in flight stays so: the relay keeps it or says that it does not.
void Courier::on_peer_away(Peer& peer) {
  if (!peer.online && peer.mailbox_open) return;
  if (!std::exchange(peer.online, false)) peer.trusts_relay = true;
  peer.mailbox_open = true;
  peer.keep_sent = false;
  flush(peer);
}

void Courier::before_leaving() {
  if (!host_.is_online()) return;
  send_acknowledgements();
  receipt_timer_.cancel();
  send_receipts();
}

void Courier::on_offline() {
  acks_.clear();
  receipts_due_.clear();
  waiting_for_output_.clear();
  for (auto& [id, peer] : peers_.all()) {
    peer->online = false;
    peer->mailbox_open = false;
    peer->keep_sent = false;
    peer->in_flight.clear();
    peer->depositing.clear();
  }
}

Status Courier::sweep() {
  const auto now = host_.now();
  return store_.transact([&]() -> Status {
    store_.expire_held_changes(now - outgoing_life);
    for (auto& [id, peer] : peers_.all()) {
      store_.trim_skipped(id, now - PeerBook::session_life);
      const auto before = peer->sessions.size();
      for (std::size_t i = 1; i < peer->sessions.size();) {
        if (now - peer->sessions[i].created <= PeerBook::session_life) {
          ++i;
          continue;
        }
        store_.drop_session(peer->sessions[i].id);
        peer->sessions.erase(peer->sessions.begin() + static_cast<std::ptrdiff_t>(i));
      }
      if (before != peer->sessions.size()) restore_on_rollback(*peer);
    }
    for (const auto& message : store_.expire_outgoing(now - outgoing_life)) {
      for (const auto& [peer_id, state] : store_.deliveries(message))
        if (auto* peer = peers_.find(peer_id); peer != nullptr && state == store::Delivery::failed)
          store_.after_commit([this, message, peer] { host_.on_delivery(message, *peer, store::Delivery::failed); });
    }
    return {};
  });
}

}   // namespace coterie
