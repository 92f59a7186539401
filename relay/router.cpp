// SPDX-License-Identifier: MIT
#include "relay/router.h"

#include <cassert>

#include "netcore/base/log.h"
#include "relay/client.h"

namespace coterie::relay {

Router::Router(const Config& config, Registry& registry, Mailbox* mailbox, Counters& counters,
               std::function<void()> news)
    : config_(config),
      registry_(registry),
      counters_(counters),
      news_(std::move(news)),
      postman_(mailbox, counters, [this](const GroupTag& tag) { return find_group(tag); }) {
  if (mailbox == nullptr) return;
  mailbox->set_told([this](const GroupTag& tag, const MailboxStore::Name& letter, control::Delivery outcome) {
    if (auto* group = find_group(tag))
      report(group->find(letter.sender), letter.message, {.member = letter.recipient, .delivery = outcome});
  });
}

Group* Router::find_group(const GroupTag& tag) {
  const auto found = groups_.find(tag);
  return found == groups_.end() ? nullptr : found->second.get();
}

// ── coming and going ───────────────────────────────────────────────────────────────────────────────────────────────

Group& Router::group_of(const GroupTag& tag) {
  auto& group = groups_[tag];
  if (group) return *group;
  group = std::make_unique<Group>(tag);
  for (const auto& remembered : registry_.members_of(tag)) {
    auto& member = group->add(remembered.member);
    member.handle = remembered.handle;
    member.cap_hash = remembered.cap_hash;
    group->vouch(member);
  }
  return *group;
}

std::optional<Router::No> Router::join(Client& client, const control::Join& join) {
  assert(client.seat().member == nullptr);
  if (!joins_.admit(client.address(), config_.limits.joins, io::Clock::now()))
    return No{control::Refusal::too_many, "too many joins from your address, try again in a minute"};
  // Where none is asked for, a client that still has one is as welcome as everybody.
  if (!config_.access_key.empty() && !equal_in_constant_time(config_.access_key, *join.access_key))
    return No{control::Refusal::access_denied, "this relay asks for an access key, and yours is not it"};

  const auto id = control::member_id_of(join.group, join.token);
  auto& group = group_of(join.group);
  touch(group);
  if (auto no = refusal_of(group, join, id)) return no;

  auto* member = group.find(id);
  if (member == nullptr) member = &group.add(id);
  if (member->cap_hash != join.cap_hash) member->has_verified_cap = false;
  member->handle = join.handle;
  member->cap_hash = join.cap_hash;
  member->nonce = join.nonce;
  member->join_seq = ++last_join_;
  if (member->vouched)
    registry_.remember(group.tag(), {.member = id, .handle = member->handle, .cap_hash = member->cap_hash});
  group.arrive(*member, client);
  client.sit({.group = &group, .member = member});
  ++seats_;
  ++counters_.joins;
  log::info("join", {{"group", group.tag()}, {"member", id}, {"here", group.here()}, {"address", client.address()}});
  client.send(control::Joined{.join_seq = member->join_seq, .roster = group.roster_for(id)});
  postman_.arrived(group, *member);
  return std::nullopt;
}

std::optional<Router::No> Router::refusal_of(Group& group, const control::Join& join, const MemberId& id) {
  const auto* known = group.find(id);
  if (auto* holder = group.holder_of(join.handle, id)) {
    // A user id belongs to whoever is here under it; only one the group knows may claim it from a stranger.
    if (holder->vouched || known == nullptr || !known->vouched)
      return No{control::Refusal::user_id_taken, "somebody is online under this user id"};
    holder->client->refuse(control::Refusal::user_id_taken, "a member known to the group has come under this user id");
  }
  if (known == nullptr) {
    if (group.size() >= config_.limits.members) return No{control::Refusal::group_full, "this group has no place left"};
    if (group.unvouched() >= config_.limits.unvouched)
      return No{control::Refusal::too_many, "too many newcomers in this group, try again in a minute"};
  } else if (known->is_here()) {
    known->client->refuse(control::Refusal::replaced, "you have joined on a newer connection");
  }
  return std::nullopt;
}

void Router::leave(Client& client) {
  const auto [group, member] = client.seat();
  assert(member != nullptr && member->client == &client);
  client.sit({});
  reporting_.erase(&client);
  --seats_;
  log::info("leave", {{"group", group->tag()}, {"member", member->id}, {"here", group->here() - 1}});
  for (const auto& letter : postman_.left(*group, *member, client.unacknowledged().take_all()))
    report(group->find(letter.sender), letter.message, {.member = member->id, .delivery = control::Delivery::offline});
  if (member->vouched) registry_.seen(group->tag(), member->id);
  group->depart(*member);
  touch(*group);
}

void Router::touch(Group& group) {
  if (touched_.empty() && reporting_.empty()) news_();
  touched_.insert(&group);
}

void Router::has_outcomes(Client& client) {
  if (touched_.empty() && reporting_.empty()) news_();
  reporting_.insert(&client);
}

void Router::end_turn() {
  for (auto* client : std::exchange(reporting_, {})) client->tell_outcomes();
  for (auto* group : std::exchange(touched_, {})) {
    if (group->here() == 0)
      groups_.erase(GroupTag(group->tag()));
    else
      group->tell();
  }
}

void Router::sweep(io::Clock::time_point now) {
  joins_.sweep(config_.limits.joins, now);
  const auto find_known = [&](const GroupTag& tag, const MemberId& id) -> Member* {
    const auto group = groups_.find(tag);
    return group == groups_.end() ? nullptr : group->second->find(id);
  };
  const auto is_here = [&](const GroupTag& tag, const MemberId& id) {
    const auto* member = find_known(tag, id);
    return member != nullptr && member->is_here();
  };
  for (const auto& gone : registry_.expire(is_here))
    if (find_known(gone.group, gone.member) != nullptr) groups_.at(gone.group)->erase(gone.member);
}

// ── handshakes and envelopes ───────────────────────────────────────────────────────────────────────────────────────

void Router::hand_on(Client& from, const control::Handshake& step) {
  const auto& [group, sender] = from.seat();
  const auto* peer = group->find(step.peer);
  if (peer == nullptr || !peer->is_here() || peer == sender)
    return;   // S5: a step that cannot arrive is dropped silently
  auto passed = step;
  passed.peer = sender->id;
  if (peer->client->pass_on(control::encode_frame(control::ToClient(std::move(passed))), nullptr, from))
    ++counters_.handshakes;
}

void Router::send(Client& from, control::Send envelope) {
  ++counters_.envelopes;
  ++last_envelope_;
  const auto body = std::make_shared<const Bytes>(std::move(*envelope.body));
  for (const auto& recipient : *envelope.recipients)
    if (const auto outcome = deliver(from, envelope, recipient, body))
      from.report(envelope.message, {.member = recipient.member, .delivery = *outcome});
}

std::optional<control::Delivery> Router::deliver(Client& from, const control::Send& envelope,
                                                 const control::Recipient& recipient, const io::SharedBytes& body) {
  const auto& [group, sender] = from.seat();
  auto* member = group->find(recipient.member);
  if (member == nullptr || member == sender) return control::Delivery::no_such;
  if (member->named_in == last_envelope_) return std::nullopt;   // a second naming: the first one counts
  member->named_in = last_envelope_;
  if (!member->accepts(recipient.drop_cap)) return control::Delivery::bad_cap;
  if (!member->vouched) vouch(*group, *sender, *member);

  Letter letter{.sender = sender->id,
                .message = envelope.message,
                .session = recipient.session,
                .index = recipient.index,
                .wrap = recipient.wrap,
                .body = envelope.keep ? body : nullptr};
  auto* client = member->client;
  if (client == nullptr || !client->takes_more() || (member->behind && envelope.keep)) {
    if (!envelope.keep) return control::Delivery::offline;
    return postman_.keep(*group, *member, std::move(letter));
  }
  const auto number = client->unacknowledged().add({.letter = std::move(letter), .since = from.heard()});
  head_.clear();
  control::append_receive_head(head_, number, sender->id, envelope.message, envelope.keep, recipient, body->size());
  client->pass_on(head_, body, from);
  ++counters_.deliveries;
  counters_.delivered_bytes += body->size();
  return std::nullopt;
}

void Router::vouch(Group& group, Member& sender, Member& recipient) {
  // Only who shares the group's password gets a drop capability, in the handshake. So whoever is known and deposits with the
  // right one vouches for its owner; in a group of strangers the first two vouch for each other.
  if (!sender.vouched && group.vouched() > 0) return;
  for (auto* member : {&sender, &recipient}) {
    if (member->vouched) continue;
    if (!registry_.remember(group.tag(),
                            {.member = member->id, .handle = member->handle, .cap_hash = member->cap_hash}))
      return;
    group.vouch(*member);
  }
}

void Router::acknowledge(Client& client, const control::Ack& ack) {
  const auto& [group, member] = client.seat();
  Member* sender = nullptr;   // of the envelope before: most often of this one too
  for (const auto number : *ack.numbers) {
    const auto envelope = client.unacknowledged().acknowledge(number);
    if (!envelope) continue;
    ++counters_.acknowledged;
    const auto& letter = envelope->letter;
    if (sender == nullptr || sender->id != letter.sender) sender = group->find(letter.sender);
    report(sender, letter.message, {.member = member->id, .delivery = control::Delivery::delivered});
    if (envelope->in_mailbox || member->behind) postman_.acknowledged(*group, *member, *envelope);
  }
}

void Router::look_at_overdue(Client& client, io::Clock::time_point since) {
  const auto& [group, member] = client.seat();
  postman_.look_at(*group, *member, since);
}

void Router::report(const Member* sender, const MessageId& message, const control::DeliveryTo& outcome) {
  if (sender != nullptr && sender->is_here()) sender->client->report(message, outcome);
}

}   // namespace coterie::relay
