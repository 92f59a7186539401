// SPDX-License-Identifier: MIT
// Members and what they say: the roster, new sessions, identities, contents, and how all of it looks from outside.
#include "netcore/base/log.h"
#include "netcore/base/look_alike.h"
#include "netcore/base/overloaded.h"
#include "netcore/base/random.h"
#include "netcore/base/unicode.h"
#include "netcore/crypto/safety_number.h"
#include "netcore/session/group_engine.h"

namespace coterie {
namespace {

constexpr std::chrono::minutes other_password_again{1};   // between two words about the same member

event::DeliveryState shown(store::Delivery state) {
  switch (state) {
    case store::Delivery::waiting: return event::DeliveryState::waiting;
    case store::Delivery::at_relay: return event::DeliveryState::at_relay;
    case store::Delivery::delivered: return event::DeliveryState::delivered;
    case store::Delivery::read: return event::DeliveryState::read;
    case store::Delivery::failed: return event::DeliveryState::failed;
  }
  return event::DeliveryState::waiting;
}

}   // namespace

// ── the roster ─────────────────────────────────────────────────────────────────────────────────────────────────────

void GroupEngine::on_frame(control::ToClient frame) {
  std::visit(overloaded{[&](control::Member& member) { on_member(member); },
                        [&](control::Handshake& step) { pairing_.on_step(step); },
                        [&](control::Receive& envelope) { courier_.on_receive(envelope); },
                        [&](control::Outcome& outcome) { courier_.on_outcome(outcome); },
                        [&](control::BlobTicket& ticket) { files_.on_ticket(ticket); },
                        [&](control::BlobNeed& need) { files_.on_need(need); },
                        [&](control::BlobRefused& refused) { files_.on_refused(refused); },
                        // The link keeps these to itself.
                        [](control::Ping&) {}, [](control::Pong&) {}, [](control::Bye&) {}, [](control::Joined&) {},
                        [](control::Refused&) {}},
             frame);
}

void GroupEngine::on_member(const control::Member& member) {
  if (member.id == self_) return;
  auto* peer = peers_.find_active(member.id);
  const auto before = roster_.find(member.id);
  const bool same_connection = before != roster_.end() && member.online && before->second.nonce == member.nonce;
  if (!member.online) {
    for (auto* known : peers_.all_of(member.id)) courier_.on_peer_away(*known);
    if (before == roster_.end()) return;
    roster_.erase(before);
    rejected_.erase(member.id);
    pairing_.on_member(member, false);
    if (peer == nullptr) return;
    peer->row.last_seen = now();
    const auto status = store_.transact([&]() -> Status {
      store_.update_peer(peer->row);
      return {};
    });
    if (!status) on_storage_failed(status.error());
    return tell_member(*peer);
  }
  // A roster is bounded by the protocol; a relay that reports more members than a group holds is not believed.
  if (before == roster_.end() && roster_.size() >= control::max_members) return;
  roster_[member.id] = member;
  bool has_session = false;
  for (auto* known : peers_.all_of(member.id))
    has_session = has_session || (known->row.state == store::PeerState::held ? !known->sessions.empty()
                                                                             : known->sending_session() != nullptr);
  if (peer != nullptr && !same_connection) {
    peer->row.last_seen = now();
    courier_.on_peer_online(*peer);
  }
  pairing_.on_member(member, has_session);
  // It counts on the session we could not keep, and will not begin.
  if (unadopted_.contains(member.id)) pairing_.request(member.id);
  if (peer != nullptr) tell_member(*peer);
}

// ── new sessions ───────────────────────────────────────────────────────────────────────────────────────────────────

void GroupEngine::send_handshake(control::Handshake step) { link_.send(std::move(step)); }

void GroupEngine::on_paired(const MemberId& member, crypto::PairOutcome outcome, bool initiator) {
  rejected_.erase(member);
  const auto status = store_.transact([&]() -> Status {
    if (password_is_new_)
      if (auto accepted = accept_new_password(); !accepted) return accepted;
    return adopt(member, outcome, initiator);
  });
  if (status) {
    unadopted_.erase(member);
    return;
  }
  // The session stands on the other side only: made anew when the disk may have room again.
  unadopted_.insert(member);
  on_storage_failed(status.error());
}

// Whose key is this? Known: the session is theirs. New: a new person, unless the name or the member id belongs to another key
// already; then it is held until the user has decided.
Status GroupEngine::adopt(const MemberId& member, const crypto::PairOutcome& outcome, bool initiator) {
  const auto user_id = parse_user_id(outcome.peer.user_id);
  const auto here = roster_.find(member);
  if (!user_id || here == roster_.end()) return {};
  const auto folded = casefold(*user_id).value_or(*user_id);
  // The relay keeps handles unique without knowing the names: the name must be the one that was registered.
  if (crypto::user_handle(tag_, folded) != here->second.handle ||
      folded == casefold(login_.user_id).value_or(login_.user_id)) {
    log::warning("member.name_mismatch", {{"member", member}});
    return {};
  }
  auto* peer = peers_.find(outcome.peer_key);
  auto* same_name = peers_.find_active(*user_id);
  auto* same_member = peers_.find_active(member);
  Peer* rival = nullptr;
  if (same_name != nullptr && same_name != peer) rival = same_name;
  if (same_member != nullptr && same_member != peer) rival = same_member;
  const auto state = rival != nullptr ? store::PeerState::held : store::PeerState::active;
  const bool is_new = peer == nullptr;
  if (is_new) {
    peer = &peers_.add({.member = member,
                        .user_id = *user_id,
                        .key = outcome.peer_key,
                        .drop_cap = outcome.peer.drop_cap,
                        .state = state,
                        .last_seen = now(),
                        .group_in = {},
                        .direct_in = {}});
  } else {
    store_.after_rollback([peer, before = peer->row] { peer->row = before; });
    peer->row.member = member;
    peer->row.user_id = *user_id;
    peer->row.drop_cap = outcome.peer.drop_cap;
    peer->row.last_seen = now();
    // Accepted once means accepted; one who left has come back.
    if (peer->row.state == store::PeerState::left || rival != nullptr) peer->row.state = state;
    store_.update_peer(peer->row);
  }
  peer->online = true;
  if (is_new) {
    const auto& like = lookalike_of(*peer);
    if (!like.empty() || mixes_alphabets(*user_id))
      store_.after_commit([this, name = *user_id, like] { emit(event::LookAlike{name, like}); });
  }
  if (peer->row.state == store::PeerState::held) {
    const auto number = crypto::safety_number(profile_.identity().public_key, peer->row.key);
    store_.after_commit(
        [this, name = *user_id, known = rival != nullptr ? rival->row.key : PublicKey{}, seen = peer->row.key, number] {
          emit(event::IdentityChanged{name, known, seen, number});
        });
  }
  if (auto added = courier_.add_session(*peer, outcome, initiator); !added) return added;
  store_.after_commit([this, id = peer->row.id] {
    if (auto* found = peers_.find(id)) tell_member(*found);
  });
  return {};
}

void GroupEngine::on_rejected(const MemberId& member) {
  rejected_.insert(member);
  emit(event::PasswordRejected{.rejected = rejected_.size(),
                               .of = roster_.size(),
                               .attempts_left = pairing_.guesses_left(),
                               .ours_is_right = pairing_.is_proved()});
}

void GroupEngine::on_other_password(const MemberId& member) {
  const bool is_here = roster_.contains(member);
  if (is_here) rejected_.insert(member);
  const auto moment = io::Clock::now();
  std::erase_if(told_of_other_password_, [&](const auto& told) { return moment - told.second > other_password_again; });
  if (!told_of_other_password_.emplace(member, moment).second) return;
  const auto* known = peers_.find_active(member);
  const std::size_t gone = is_here ? 0 : 1;
  emit(event::OtherPassword{.user_id = known == nullptr ? std::string() : known->row.user_id,
                            .rejected = rejected_.size() + gone,
                            .of = roster_.size() + gone,
                            .attempts_left = pairing_.guesses_left(),
                            .ours_is_right = pairing_.is_proved()});
}

void GroupEngine::on_pairing_changed() {
  for (auto& [id, peer] : peers_.all())
    if (peer->online) tell_member(*peer);
  tell_settled();
}

void GroupEngine::tell_settled() {
  if (settled_ || !link_.is_online() || !pairing_.has_secret()) return;
  const auto count = pairing_.count();
  if (count.open > 0) return;
  settled_ = true;
  std::size_t ready = 0;
  for (auto& [id, peer] : peers_.all())
    if (peer->row.state == store::PeerState::active && peer->sending_session() != nullptr) ++ready;
  const auto wait = count.busy == 0 ? 0 : std::max<std::int64_t>(count.next_try_ms - now(), 1);
  emit(event::Settled{.ready = ready,
                      .rejected = count.rejected,
                      .unanswered = count.unanswered,
                      .busy = count.busy,
                      .next_try = std::chrono::seconds((wait + 999) / 1000)});
}

void GroupEngine::on_session_wanted(const MemberId& member) { pairing_.request(member); }

void GroupEngine::on_reachable(Peer& peer) {
  tell_member(peer);
  files_.on_reachable(peer.row.id);
}

// ── trust ──────────────────────────────────────────────────────────────────────────────────────────────────────────

void GroupEngine::on(const command::SetVerified& set) {
  const auto status = store_.transact([&]() -> Status {
    store_.set_verified(set.key, set.verified);
    return {};
  });
  if (!status) return notice(status.error());
  if (auto* peer = peers_.find(set.key)) {
    peer->verified = set.verified;
    tell_member(*peer);
  }
}

void GroupEngine::on(const command::AcceptIdentity& accept) {
  auto* peer = peers_.find(accept.key);
  if (peer == nullptr || peer->row.state != store::PeerState::held) return;
  std::vector<Peer*> replaced;
  for (auto& [id, other] : peers_.all())
    if (other.get() != peer && other->row.state == store::PeerState::active &&
        (other->row.member == peer->row.member || casefold(other->row.user_id) == casefold(peer->row.user_id)))
      replaced.push_back(other.get());
  const auto status = store_.transact([&]() -> Status {
    for (auto* old : replaced) {
      old->row.state = store::PeerState::left;
      old->online = false;
      store_.update_peer(old->row);
      store_.drop_sessions_of_peer(old->row.id);
      old->sessions.clear();
    }
    peer->row.state = store::PeerState::active;
    store_.update_peer(peer->row);
    return {};
  });
  if (!status) return notice(status.error());
  for (auto* old : replaced) tell_member(*old);
  if (const auto here = roster_.find(peer->row.member); here != roster_.end()) {
    courier_.on_peer_online(*peer);
    // What came while the key was held was dropped: a fresh session makes the sender's outbox send it again.
    pairing_.request(peer->row.member);
  }
  tell_member(*peer);
}

// ── contents ───────────────────────────────────────────────────────────────────────────────────────────────────────

Status GroupEngine::on_content(Peer& from, Arrived arrived) {
  const bool direct = arrived.content.header.scope == content::Scope::direct;
  return std::visit(
      overloaded{[&](content::Text& text) -> Status { return add_text(from, arrived, *text.text, nullptr); },
                 [&](content::Reply& reply) { return add_text(from, arrived, *reply.text, &reply.target); },
                 [&](content::Reaction& reaction) { return on_change(from, arrived, reaction.target.message); },
                 [&](content::Edit& edit) { return on_change(from, arrived, edit.message); },
                 [&](content::Delete& removal) { return on_change(from, arrived, removal.message); },
                 [&](content::Typing& typing) -> Status {
                   store_.after_commit([this, active = typing.active, name = from.row.user_id, direct] {
                     emit(event::Typing{name, direct ? std::optional(name) : std::nullopt, active});
                   });
                   return {};
                 },
                 [&](content::FileOffer& offer) { return files_.on_content(from.row.id, std::move(offer)); },
                 [&](content::FileAnswer& answer) { return files_.on_content(from.row.id, answer); },
                 [&](content::FileDone& done) { return files_.on_content(from.row.id, done); },
                 [&](content::FileCancel& cancel) { return files_.on_content(from.row.id, cancel); },
                 [&](content::Leave&) -> Status {
                   from.row.state = store::PeerState::left;
                   store_.update_peer(from.row);
                   store_.after_commit([this, id = from.row.id] {
                     if (auto* found = peers_.find(id)) tell_member(*found);
                   });
                   return {};
                 },
                 // The courier keeps these to itself; a kind of a later version is receipted and ignored.
                 [](content::Keep&) -> Status { return {}; }, [](content::Receipt&) -> Status { return {}; },
                 [](content::Unknown&) -> Status { return {}; }},
      arrived.content.body);
}

Status GroupEngine::add_message(store::MessageRow row) {
  if (!store_.add_message(row)) return {};
  apply_held(row.message);
  store_.after_commit([this, id = row.message, author = row.author] {
    std::optional<event::Message> message;
    const auto status = store_.read([&] {
      if (const auto stored = store_.find_message(group_.id, author, id)) message = view_of(*stored);
    });
    if (!status) return on_storage_failed(status.error());
    if (message) emit(event::MessageAdded{std::move(*message)});
  });
  return {};
}

// Edits, reactions and the words about files travel and are confirmed in the same way, under ids that nobody was told. Only what is given
// up is worth a word there.
void GroupEngine::on_delivery(const MessageId& message, Peer& to, store::Delivery state) {
  if (state != store::Delivery::failed) {
    bool is_message = false;
    const auto status = store_.read([&] { is_message = store_.has_own_message(group_.id, message); });
    if (!status) return on_storage_failed(status.error());
    if (!is_message) return;
  }
  emit(event::DeliveryChanged{message, to.row.user_id, shown(state)});
}

void GroupEngine::on_gap(Peer& from, content::Scope stream, std::uint64_t missing) {
  const bool direct = stream == content::Scope::direct;
  emit(event::GapChanged{from.row.user_id, direct ? std::optional(from.row.user_id) : std::nullopt, missing});
}

// ── for the files ──────────────────────────────────────────────────────────────────────────────────────────────────

Status GroupEngine::send_content(store::RowId id, content::Body body) {
  auto* peer = peers_.find(id);
  if (peer == nullptr) return {};
  return courier_.send(random_id<MessageId>(), content::Scope::direct, std::move(body), {peer});
}

bool GroupEngine::is_reachable(store::RowId id) const {
  auto* peer = peers_.find(id);
  return peer != nullptr && link_.is_online() && peer->is_reachable();
}

std::string GroupEngine::user_id_of(store::RowId id) const {
  const auto* peer = peers_.find(id);
  return peer == nullptr ? std::string() : peer->row.user_id;
}

bool GroupEngine::is_verified(store::RowId id) const {
  const auto* peer = peers_.find(id);
  return peer != nullptr && peer->verified;
}

Status GroupEngine::add_file_message(const store::TransferRow& transfer, const MessageId& message,
                                     const std::string& name) {
  // Of ours to several one is shown, under the name that is common to all.
  const auto file = transfer.outgoing && transfer.to_group ? transfer.batch : transfer.file;
  if (store_.find_file_message(group_.id, file)) return {};
  return add_message({.group = group_.id,
                      .message = message,
                      .conversation = transfer.to_group ? std::nullopt : std::optional(transfer.peer),
                      .author = transfer.outgoing ? std::nullopt : std::optional(transfer.peer),
                      .scope = transfer.to_group ? store::Scope::group : store::Scope::direct,
                      .sent = now(),
                      .arrived = now(),
                      .kind = store::MessageKind::file,
                      .text = name,
                      .file = file});
}

// ── how it looks from outside ──────────────────────────────────────────────────────────────────────────────────────

event::Message GroupEngine::view_of(const store::MessageRow& row) {
  event::Message message{.row = row.id,
                         .id = row.message,
                         .from = row.author ? user_id_of(*row.author) : login_.user_id,
                         .outgoing = !row.author,
                         .conversation = row.conversation ? std::optional(user_id_of(*row.conversation)) : std::nullopt,
                         .text = row.text,
                         .file = row.file,
                         .sent_ms = row.sent,
                         .arrived_ms = row.arrived,
                         .deliveries = {},
                         .edited = row.edited,
                         .deleted = row.deleted,
                         .reactions = reactions_to(row.id)};
  if (row.quote && !row.deleted) message.quote = view_of(*row.quote, row.conversation);
  if (message.outgoing)
    for (const auto& [peer, state] : store_.deliveries(row.message))
      message.deliveries.push_back({.user_id = user_id_of(peer), .state = shown(state)});
  message.past_file = past_file_of(row);
  return message;
}

std::optional<event::PastFile> GroupEngine::past_file_of(const store::MessageRow& row) {
  if (!row.file || row.deleted) return std::nullopt;
  std::vector<store::TransferRow> transfers;
  if (auto one = store_.find_transfer(group_.id, *row.file)) {
    transfers.push_back(std::move(*one));
  } else if (!row.author) {
    transfers = store_.transfers(group_.id);
    std::erase_if(transfers, [&](const store::TransferRow& transfer) { return transfer.batch != *row.file; });
  }
  if (transfers.empty()) return std::nullopt;
  const auto phase_of = [](store::TransferState state) -> std::optional<event::TransferPhase> {
    switch (state) {
      case store::TransferState::offered:
      case store::TransferState::accepted: return std::nullopt;
      case store::TransferState::finished: return event::TransferPhase::finished;
      case store::TransferState::declined: return event::TransferPhase::declined;
      case store::TransferState::cancelled: return event::TransferPhase::cancelled;
      case store::TransferState::failed: return event::TransferPhase::failed;
    }
    return std::nullopt;
  };
  event::PastFile past{.receivers = transfers.size(), .path = {}};
  for (const auto& transfer : transfers) {
    const auto phase = phase_of(transfer.state);
    if (!phase) return std::nullopt;
    if (past.finished == 0) {
      past.phase = *phase;
      past.size = transfer.size;
      past.path = transfer.path;
    }
    if (*phase == event::TransferPhase::finished) ++past.finished;
  }
  return past;
}

event::MemberChanged GroupEngine::view_of(Peer& peer) {
  using State = event::MemberState;
  const auto state = [&] {
    if (peer.row.state == store::PeerState::held) return State::held;
    if (peer.row.state == store::PeerState::left) return State::left;
    if (link_.is_online() && peer.is_reachable()) return State::ready;
    return pairing_.is_greeting(peer.row.member) ? State::pairing : State::waiting;
  }();
  return {.user_id = peer.row.user_id,
          .id = peer.row.member,
          .key = peer.row.key,
          .online = peer.online && roster_.contains(peer.row.member),
          .verified = peer.verified,
          .state = state,
          .last_seen_ms = peer.row.last_seen,
          .safety_number = crypto::safety_number(profile_.identity().public_key, peer.row.key),
          .looks_like = lookalike_of(peer)};
}

// Who came first keeps the name; whoever looks like them is marked. What was found once holds.
const std::string& GroupEngine::lookalike_of(const Peer& peer) {
  const auto [known, is_new] = lookalikes_.try_emplace({peer.row.id, peer.row.user_id});
  if (!is_new) return known->second;
  if (are_look_alike(peer.row.user_id, login_.user_id)) return known->second = login_.user_id;
  for (const auto& [id, other] : peers_.everyone())
    if (id < peer.row.id && are_look_alike(peer.row.user_id, other->row.user_id))
      return known->second = other->row.user_id;
  return known->second;
}

void GroupEngine::tell_member(Peer& peer) {
  auto view = view_of(peer);
  auto& told = told_[peer.row.id];
  if (told && told->state == view.state && told->online == view.online && told->verified == view.verified &&
      told->user_id == view.user_id)
    return;
  // Somebody has just come and still has to confirm the session that was agreed: told in a moment, when it can be used.
  const bool is_arriving = view.online && view.state == event::MemberState::waiting && !peer.sessions.empty();
  if (is_arriving && !(told && told->online)) return;
  told = view;
  emit(std::move(view));
}

}   // namespace coterie
