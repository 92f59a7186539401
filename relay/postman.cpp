// SPDX-License-Identifier: MIT
#include "relay/postman.h"

#include <cassert>

#include "netcore/base/log.h"
#include "relay/client.h"

namespace coterie::relay {
namespace {

constexpr std::size_t read_on_below = 128;   // letters handed over and not acknowledged: the next page may come

}   // namespace

std::optional<control::Delivery> Postman::keep(const Group& group, Member& recipient, Letter letter) {
  // Nobody keeps anything for a stranger: its place is not known to be anyone's.
  if (mailbox_ == nullptr || !recipient.vouched) return control::Delivery::offline;
  if (recipient.is_here() && !recipient.behind) {
    // What it was given before must not come after this one if it has to be given again.
    for (auto& open : recipient.client->unacknowledged().take_overdue(io::Clock::time_point::max()))
      deposit(group, recipient, std::move(open));
    fall_behind(recipient);
  }
  deposit(group, recipient, std::move(letter));
  return std::nullopt;
}

void Postman::deposit(const Group& group, const Member& recipient, Letter letter) {
  mailbox_->deposit(group.tag(), recipient.id, std::move(letter));
}

void Postman::arrived(const Group& group, Member& member) {
  assert(!member.behind);
  if (mailbox_ == nullptr || !mailbox_->has_mail(member.id)) return;
  fall_behind(member);
  advance(group, member);
}

void Postman::fall_behind(Member& member) {
  member.behind = true;
  Drain drain;
  drain.number = ++last_drain_;
  drains_[member.id] = std::move(drain);
}

std::vector<Letter> Postman::left(const Group& group, Member& member, std::vector<Unacknowledged::Envelope> envelopes) {
  drains_.erase(member.id);
  member.behind = false;
  std::vector<Letter> dropped;
  for (auto& envelope : envelopes) {
    if (envelope.in_mailbox) continue;
    const bool is_kept = mailbox_ != nullptr && member.vouched && envelope.letter.body;
    if (is_kept)
      deposit(group, member, std::move(envelope.letter));
    else
      dropped.push_back(std::move(envelope.letter));
  }
  return dropped;
}

void Postman::acknowledged(const Group& group, Member& member, const Unacknowledged::Envelope& envelope) {
  if (envelope.in_mailbox && mailbox_ != nullptr)
    mailbox_->remove({.recipient = member.id, .sender = envelope.letter.sender, .message = envelope.letter.message});
  if (member.behind) advance(group, member);
}

void Postman::look_at(const Group& group, Member& member, io::Clock::time_point since) {
  if (mailbox_ == nullptr || !member.vouched) return;
  for (auto& letter : member.client->unacknowledged().take_overdue(since)) deposit(group, member, std::move(letter));
  if (member.behind) advance(group, member);
}

// As much of the page as the member takes; then the next one, or it is through.
void Postman::advance(const Group& group, Member& member) {
  const auto found = drains_.find(member.id);
  assert(found != drains_.end() && member.is_here());
  auto& drain = found->second;
  while (!drain.page.empty() && member.client->takes_more()) {
    const auto entry = std::move(drain.page.front());
    drain.page.pop_front();
    hand_over(member, entry.letter);
  }
  if (!drain.page.empty() || drain.is_reading) return;
  const bool nothing_came = !mailbox_->has_mail(member.id) || mailbox_->last_deposit(member.id) == drain.last_deposit;
  if (drain.at_end && nothing_came) {
    member.behind = false;
    drains_.erase(found);
    return;
  }
  if (member.client->unacknowledged().span() < read_on_below) read_on(group, member, drain);
}

void Postman::hand_over(Member& member, const Letter& letter) {
  auto& open = member.client->unacknowledged();
  if (open.has_from_mailbox(letter.sender, letter.message)) return;   // on this connection already
  const auto body = letter.body;
  Unacknowledged::Envelope envelope{.letter = letter, .since = io::Clock::now(), .in_mailbox = true};
  envelope.letter.body = nullptr;
  const auto number = open.add(std::move(envelope));
  head_.clear();
  control::append_receive_head(head_, number, letter.sender, letter.message, true, letter.as_recipient(member.id),
                               body->size());
  member.client->pass_on(head_, body, *member.client);
  ++counters_.deliveries;
  counters_.delivered_bytes += body->size();
}

void Postman::read_on(const Group& group, Member& member, Drain& drain) {
  drain.is_reading = true;
  drain.last_deposit = mailbox_->last_deposit(member.id);
  mailbox_->fetch(
      member.id, drain.after,
      [this, tag = group.tag(), id = member.id, number = drain.number](Result<MailboxStore::Page> page) {
        const auto found = drains_.find(id);
        if (found == drains_.end() || found->second.number != number) return;   // it has left since
        auto& waiting = found->second;
        waiting.is_reading = false;
        auto* owner = find_group_(tag);
        auto* reader = owner == nullptr ? nullptr : owner->find(id);
        assert(reader != nullptr && reader->is_here());
        if (!page) {   // looked at again with the next tick
          log::error("mailbox_not_read", {{"error", name_of(page.error().code)}, {"detail", page.error().detail}});
          // Damage does not go away: the member gets at least what comes from now on.
          if (page.error().code == Errc::database_corrupt) {
            reader->behind = false;
            drains_.erase(found);
          }
          return;
        }
        waiting.at_end = page->at_end;
        for (auto& entry : page->letters) {
          waiting.after = entry.place;
          waiting.page.push_back(std::move(entry));
        }
        advance(*owner, *reader);
      });
}

}   // namespace coterie::relay
