// SPDX-License-Identifier: MIT
// Decides what becomes of an envelope whose recipient does not take it now, and hands over what was kept when the recipient is
// back: oldest first, and everything that is kept in order, so whoever has letters waiting gets new ones behind them.
//
//   away ──joins──▶ letters waiting ──fetch a page, hand it over, acknowledged──▶ … ──nothing left──▶ live
#pragma once

#include <deque>
#include <functional>
#include <optional>
#include <unordered_map>

#include "relay/config.h"
#include "relay/counters.h"
#include "relay/group.h"
#include "relay/mailbox.h"
#include "relay/unacknowledged.h"

namespace coterie::relay {

class Postman {
 public:
  // Without a mailbox nothing is kept. `find_group` is asked for groups with somebody here; nothing where there is nobody.
  Postman(Mailbox* mailbox, Counters& counters, std::function<Group*(const GroupTag&)> find_group)
      : mailbox_(mailbox), counters_(counters), find_group_(std::move(find_group)) {}
  Postman(const Postman&) = delete;
  Postman& operator=(const Postman&) = delete;

  // The letter (with its body) cannot be handed over now. What can be said at once; nothing: the mailbox tells.
  std::optional<control::Delivery> keep(const Group& group, Member& recipient, Letter letter);
  // The member has joined.
  void arrived(const Group& group, Member& member);
  // The member leaves without having acknowledged these. Those that are not kept are returned.
  std::vector<Letter> left(const Group& group, Member& member, std::vector<Unacknowledged::Envelope> envelopes);
  void acknowledged(const Group& group, Member& member, const Unacknowledged::Envelope& envelope);
  // What the member was given before `since` and has not acknowledged goes to the mailbox.
  void look_at(const Group& group, Member& member, io::Clock::time_point since);

 private:
  struct Drain {
    std::uint64_t number = 0;         // of this drain: answers for an earlier one come too late
    std::int64_t after = 0;           // place of the last letter that was read
    std::uint64_t last_deposit = 0;   // for its recipient when the page was asked for
    bool is_reading = false;
    bool at_end = false;   // nothing was behind the page
    std::deque<MailboxStore::Page::Entry> page;
  };

  void deposit(const Group& group, const Member& recipient, Letter letter);
  void fall_behind(Member& member);
  void advance(const Group& group, Member& member);
  void read_on(const Group& group, Member& member, Drain& drain);
  void hand_over(Member& member, const Letter& letter);

  Mailbox* const mailbox_;
  Counters& counters_;
  const std::function<Group*(const GroupTag&)> find_group_;
  std::unordered_map<MemberId, Drain, MemberHash> drains_;   // of the members that are behind
  std::uint64_t last_drain_ = 0;
  Bytes head_;   // of the letter being handed over, used again
};

}   // namespace coterie::relay
