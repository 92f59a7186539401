// SPDX-License-Identifier: MIT
// In: finding the session, opening, committing, acknowledging, receipts.
#include "netcore/base/log.h"
#include "netcore/base/overloaded.h"
#include "netcore/session/courier.h"

namespace coterie {

using content::Scope;

namespace {

constexpr unsigned failed_opens_before_refresh = 20;
constexpr std::size_t max_out_of_order = 2000;
constexpr std::size_t most_refused_known = 1000;
constexpr auto ask_for_session_every = std::chrono::seconds(30);
constexpr auto ask_for_keep_every = std::chrono::seconds(2);

}   // namespace

store::SessionRow Courier::copy_of(const store::SessionRow& session) const {
  return {.id = session.id,
          .peer = session.peer,
          .session = session.session,
          .created = session.created,
          .initiator = session.initiator,
          .may_send = session.may_send,
          .heard = session.heard,
          .send_key = session.send_key.copy(),
          .send_next = session.send_next,
          .receive_key = session.receive_key.copy(),
          .receive_next = session.receive_next};
}

Courier::Found Courier::find_session(const control::Receive& envelope) {
  for (auto* peer : peers_.all_of(envelope.sender))
    for (auto& session : peer->sessions)
      if (session.session == envelope.session) return {.peer = peer, .session = &session};
  return {};
}

void Courier::on_receive(const control::Receive& envelope) {
  const auto [peer, session] = find_session(envelope);
  if (session == nullptr) {
    // Nothing of ours opens it, and it cannot be asked for again under this session: the sender's outbox sends it under a new one.
    acknowledge(envelope.number);
    return ask_for_session(envelope.sender);
  }
  // A key that replaced another's is neither shown nor receipted before the user accepts it; its sender keeps what it sent.
  if (peer->row.state == store::PeerState::held) return acknowledge(envelope.number);

  auto opened = open(*peer, *session, envelope);
  if (!opened) {
    if (opened.error().code == Errc::database_corrupt) return host_.on_storage_failed(opened.error());
    acknowledge(envelope.number);
    log::debug("envelope.refused", {{"from", envelope.sender}, {"why", name_of(opened.error().code)}});
    if (opened.error().code == Errc::replay) {
      if (is_behind(*peer, envelope)) ask_for_session(envelope.sender);
    } else if (++peer->failed_opens % failed_opens_before_refresh == 0) {
      host_.on_session_wanted(envelope.sender);
    }
    return;
  }
  const auto index = static_cast<std::size_t>(session - peer->sessions.data());
  if (const auto status = commit(*peer, index, std::move(*opened), envelope); !status) {
    // Not acknowledged, not receipted: the sender has it still.
    return host_.on_storage_failed(status.error());
  }
  acknowledge(envelope.number);
}

void Courier::ask_for_session(const MemberId& member) {
  auto& asked = asked_for_session_[member];
  const auto now = io::Clock::now();
  if (asked != io::Clock::time_point{} && now - asked <= ask_for_session_every) return;
  asked = now;
  host_.on_session_wanted(member);
}

// A message under a key that was used already, and then under another one of these: its sender does not know that they were used, since
// its profile was set back. It would catch up by one key with each repetition; a new session is there at once.
bool Courier::is_behind(const Peer& peer, const control::Receive& envelope) {
  if (refused_.size() >= most_refused_known) refused_.clear();
  const auto [known, is_new] = refused_.try_emplace({peer.row.id, envelope.message}, envelope.index);
  return !is_new && std::exchange(known->second, envelope.index) != envelope.index;
}

Result<Courier::Opened> Courier::open(Peer& peer, const store::SessionRow& session, const control::Receive& envelope) {
  Opened opened{.content = {}, .session = copy_of(session), .skipped = {}};
  crypto::MessageKey key;
  if (envelope.index < session.receive_next) {
    std::optional<SecretBytes> kept;
    if (const auto status = store_.read([&] { kept = store_.skipped_key(session.id, envelope.index); }); !status)
      return tl::unexpected(status.error());
    if (!kept) return fail(Errc::replay);
    key = crypto::MessageKey::from(kept->view());
    opened.used_skipped = true;
  } else {
    const crypto::ReceiveChain chain(crypto::ChainKey::from(session.receive_key.view()), session.receive_next);
    auto step = chain.step_to(envelope.index);
    if (!step) return tl::unexpected(step.error());
    key = std::move(step->key);
    for (auto& skipped : step->skipped)
      opened.skipped.push_back({.index = skipped.index, .key = SecretBytes(skipped.key.view())});
    opened.session.receive_key = SecretBytes(step->next_key.view());
    opened.session.receive_next = step->next;
  }
  const crypto::WrapContext context{.envelope = {.group = tag_, .sender = peer.row.member, .message = envelope.message},
                                    .recipient = self_,
                                    .session = session.session,
                                    .index = envelope.index};
  auto content = crypto::open_envelope(context, key, envelope.wrap, *envelope.body);
  if (!content) return tl::unexpected(content.error());
  opened.content = std::move(*content);
  return opened;
}

// One transaction: the chain, the keys passed over, and whatever the content changes. All of it, or nothing.
Status Courier::commit(Peer& peer, std::size_t session_index, Opened opened, const control::Receive& envelope) {
  auto content = content::decode_content(opened.content);
  wipe(opened.content.data(), opened.content.size());
  bool confirmed = false;
  const auto status = store_.transact([&]() -> Status {
    restore_on_rollback(peer);
    auto& session = peer.sessions[session_index];
    confirmed = !opened.session.may_send;
    opened.session.may_send = true;
    opened.session.heard = true;
    store_.update_session(opened.session);
    const auto id = opened.session.id;
    if (opened.used_skipped) store_.drop_skipped(id, envelope.index);
    if (!opened.skipped.empty()) {
      store_.add_skipped(id, opened.skipped, host_.now());
      store_.trim_skipped(peer.row.id, host_.now() - PeerBook::session_life);
    }
    session = std::move(opened.session);
    if (!content) {
      log::debug("content.refused", {{"from", envelope.sender}});
      return {};
    }
    return accept_content(peer, std::move(*content), envelope.message);
  });
  if (!status) return status;
  if (confirmed && (peer.online || peer.takes_deposits())) {
    peer.in_flight.clear();
    // The initiator's first word confirmed the session: now ours may leave, beginning with where our counting stands.
    if (const auto kept = send_keep(peer, false); !kept) host_.on_storage_failed(kept.error());
    if (peer.online) host_.on_reachable(peer);
    flush(peer);
  }
  return {};
}

Status Courier::accept_content(Peer& peer, content::Content content, const MessageId& message) {
  if (const auto* keep = std::get_if<content::Keep>(&content.body)) return on_keep(peer, *keep);
  if (const auto* receipt = std::get_if<content::Receipt>(&content.body)) return on_receipt(peer, *receipt);
  const auto& header = content.header;
  if (std::holds_alternative<content::Typing>(content.body))
    return host_.on_content(peer, {.content = std::move(content), .message = message, .when = host_.now()});
  if (!content::is_counted(content.body) || header.seq == 0) return {};
  const auto scope = header.scope;
  auto& position = scope == Scope::group ? peer.row.group_in : peer.row.direct_in;
  const auto seq = header.seq;
  if (!position.known && scope == Scope::group) {
    // A newcomer cannot tell what of the group's stream was meant for it: only the sender's KEEP can. Without a receipt the
    // content comes again after that.
    ask_for_keep(peer);
    return {};
  }
  auto before = position;
  store_.after_rollback([&position, before = std::move(before)] { position = before; });
  position.known = true;
  owe_receipt(peer, scope);
  if (!position.add(seq)) {
    // Here before: receipted again, shown no more. Another message under a number that was used is no repetition: the sender's profile
    // was set back to an earlier state, and what it says now has never been here.
    if (!store_.mark_seen(peer.row.id, message, host_.now())) return {};
    return host_.on_content(peer, {.content = std::move(content), .message = message, .when = host_.now()});
  }
  while (position.beyond.size() > max_out_of_order) {
    // What is still missing below will not come any more.
    position.upto = *position.beyond.begin();
    position.beyond.erase(position.beyond.begin());
    while (position.beyond.erase(position.upto + 1) > 0) ++position.upto;
  }
  store_.update_peer(peer.row);
  note_gap(peer, scope);
  if (!store_.mark_seen(peer.row.id, message, host_.now())) return {};
  return host_.on_content(peer, {.content = std::move(content), .message = message, .when = host_.now()});
}

void Courier::ask_for_keep(Peer& peer) {
  auto& asked = asked_for_keep_[peer.row.id];
  if (const auto now = io::Clock::now(); asked == io::Clock::time_point{} || now - asked > ask_for_keep_every) {
    asked = now;
    store_.after_commit([this, id = peer.row.id] {
      if (auto* found = peers_.find(id))
        if (const auto status = send_keep(*found, true); !status) host_.on_storage_failed(status.error());
    });
  }
}

Status Courier::on_keep(Peer& peer, const content::Keep& keep) {
  const auto before = std::pair(peer.row.group_in, peer.row.direct_in);
  store_.after_rollback([&peer, before] { std::tie(peer.row.group_in, peer.row.direct_in) = before; });
  const auto catch_up = [](store::StreamPosition& position, std::uint64_t upto) {
    position.known = true;
    position.upto = std::max(position.upto, upto);
    while (!position.beyond.empty() && *position.beyond.begin() <= position.upto + 1) {
      position.upto = std::max(position.upto, *position.beyond.begin());
      position.beyond.erase(position.beyond.begin());
    }
  };
  catch_up(peer.row.group_in, keep.group_upto);
  catch_up(peer.row.direct_in, keep.direct_upto);
  store_.update_peer(peer.row);
  note_gap(peer, Scope::group);
  note_gap(peer, Scope::direct);
  asked_for_keep_.erase(peer.row.id);
  // A peer that lacks our word has not taken what was in flight, even if it has come.
  store_.after_commit([this, id = peer.row.id, asks = keep.asks] {
    auto* found = peers_.find(id);
    if (found == nullptr) return;
    if (asks) {
      if (const auto status = send_keep(*found, false); !status) return host_.on_storage_failed(status.error());
      found->in_flight.clear();
    }
    flush(*found);
  });
  return {};
}

Status Courier::on_receipt(Peer& peer, const content::Receipt& receipt) {
  const auto state = receipt.what == content::ReceiptKind::read ? store::Delivery::read : store::Delivery::delivered;
  const auto stream = receipt.stream == Scope::group ? store::Scope::group : store::Scope::direct;
  const auto changed = store_.cover(group_, peer.row.id, stream, receipt.upto, *receipt.beyond, state);
  store_.after_commit([this, id = peer.row.id, changed, state] {
    auto* found = peers_.find(id);
    if (found == nullptr) return;
    found->receipted_lately = true;
    for (const auto& message : changed) {
      found->in_flight.erase(message);
      host_.on_delivery(message, *found, state);
    }
  });
  return {};
}

void Courier::note_gap(Peer& peer, Scope stream) {
  const auto& position = stream == Scope::group ? peer.row.group_in : peer.row.direct_in;
  const auto missing = position.missing();
  auto& told = gaps_[{peer.row.id, stream}];
  if (told == missing) return;
  told = missing;
  store_.after_commit([this, id = peer.row.id, stream, missing] {
    if (auto* found = peers_.find(id)) host_.on_gap(*found, stream, missing);
  });
}

void Courier::acknowledge(std::uint64_t number) { acks_.push_back(number); }

void Courier::send_acknowledgements() {
  for (std::size_t i = 0; i < acks_.size(); i += 1024) {
    control::Ack ack;
    ack.numbers->assign(acks_.begin() + static_cast<std::ptrdiff_t>(i),
                        acks_.begin() + static_cast<std::ptrdiff_t>(std::min(i + 1024, acks_.size())));
    host_.send_frame(ack);
  }
  acks_.clear();
}

void Courier::owe_receipt(Peer& peer, Scope stream) {
  store_.after_commit([this, id = peer.row.id, stream] {
    receipts_due_.emplace(id, stream);
    if (!receipt_timer_.is_set())
      receipt_timer_ = loop_.after(timing_.receipt_delay, [this] {
        receipt_timer_.cancel();
        send_receipts();
      });
  });
}

void Courier::send_receipts() {
  for (const auto& [id, stream] : std::exchange(receipts_due_, {})) {
    auto* peer = peers_.find(id);
    if (peer == nullptr) continue;
    const auto& position = stream == Scope::group ? peer->row.group_in : peer->row.direct_in;
    content::Receipt receipt{
        .what = content::ReceiptKind::delivered, .stream = stream, .upto = position.upto, .beyond = {}};
    for (const auto seq : position.beyond) {
      if (receipt.beyond->size() == 255) break;
      receipt.beyond->push_back(seq);
    }
    if (const auto status = send_uncounted(*peer, std::move(receipt)); !status)
      return host_.on_storage_failed(status.error());
  }
}

void Courier::mark_read(Peer& peer, Scope stream) {
  const auto& position = stream == Scope::group ? peer.row.group_in : peer.row.direct_in;
  if (!position.known || position.upto == 0) return;
  content::Receipt receipt{.what = content::ReceiptKind::read, .stream = stream, .upto = position.upto, .beyond = {}};
  if (const auto status = send_uncounted(peer, std::move(receipt)); !status) host_.on_storage_failed(status.error());
}

}   // namespace coterie
