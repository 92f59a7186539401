// SPDX-License-Identifier: MIT
// Who may join, and who gets what: groups, rosters, handshakes, envelopes and what became of them.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "netcore/io/connection.h"
#include "netcore/wire/control.h"
#include "relay/config.h"
#include "relay/counters.h"
#include "relay/group.h"
#include "relay/postman.h"
#include "relay/registry.h"
#include "relay/unacknowledged.h"

namespace coterie::relay {

class Router {
 public:
  // All of these outlive the router; there may be no mailbox. `news` is called when there is something for end_turn() again: a turn must end soon then.
  Router(const Config& config, Registry& registry, Mailbox* mailbox, Counters& counters, std::function<void()> news);
  Router(const Router&) = delete;
  Router& operator=(const Router&) = delete;

  struct No {
    control::Refusal reason;
    std::string text;
  };
  // Seats the client and sends it the roster; or says why not.
  std::optional<No> join(Client& client, const control::Join& join);
  // Takes the client out of its group; what it has not acknowledged is reported to whoever sent it.
  void leave(Client& client);

  void hand_on(Client& from, const control::Handshake& step);
  void send(Client& from, control::Send envelope);
  void acknowledge(Client& client, const control::Ack& ack);
  // Keeps what the client was given before `since` and has not acknowledged.
  void look_at_overdue(Client& client, io::Clock::time_point since);

  // `client` has something to be told at the end of this turn.
  void has_outcomes(Client& client);
  // Rosters and outcomes, gathered since the last time.
  void end_turn();
  // Forgets members who were away for too long, and joins of long ago.
  void sweep(io::Clock::time_point now);

  [[nodiscard]] std::size_t groups() const { return groups_.size(); }
  [[nodiscard]] std::size_t seats() const { return seats_; }

 private:
  Group& group_of(const GroupTag& tag);
  Group* find_group(const GroupTag& tag);
  void touch(Group& group);
  // Why the member cannot have a place in the group; clears the place where somebody else has it wrongly.
  std::optional<No> refusal_of(Group& group, const control::Join& join, const MemberId& id);
  // What can be said at once about one recipient; nothing: it was handed over, and its acknowledgement will tell.
  std::optional<control::Delivery> deliver(Client& from, const control::Send& envelope,
                                           const control::Recipient& recipient, const io::SharedBytes& body);
  void vouch(Group& group, Member& sender, Member& recipient);
  static void report(const Member* sender, const MessageId& message, const control::DeliveryTo& outcome);

  const Config& config_;
  Registry& registry_;
  Counters& counters_;
  std::function<void()> news_;
  AddressBuckets joins_;
  std::unordered_map<GroupTag, std::unique_ptr<Group>> groups_;   // those with somebody here
  Postman postman_;
  std::unordered_set<Group*>
      touched_;   // somebody came or went: tell the others, or forget the group, at the turn's end
  std::unordered_set<Client*> reporting_;
  std::size_t seats_ = 0;
  std::uint64_t last_join_ = 0;
  std::uint64_t last_envelope_ = 0;
  Bytes head_;   // of the envelope being handed over, used again
};

}   // namespace coterie::relay
