// SPDX-License-Identifier: MIT
// Who is known in the group, kept up from MemberChanged.
#pragma once

#include "netcore/session/event.h"

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace coterie::cli {

class Roster {
 public:
  void apply(const event::MemberChanged& member);

  // By user id in any case of letters. Where a held key claims the same user id, the one known first is meant.
  [[nodiscard]] const event::MemberChanged* find(std::string_view user_id) const;
  // The newcomer that claims the user id of somebody known, if there is one.
  [[nodiscard]] const event::MemberChanged* held(std::string_view user_id) const;
  // In the order of their user ids.
  [[nodiscard]] std::vector<event::MemberChanged> all() const;
  // Those to whom something can be addressed: not gone for good, not held.
  [[nodiscard]] std::vector<event::MemberChanged> addressable() const;
  // "; known here: alice, bob and carol" at the end of a sentence about somebody who is not; empty where nobody is.
  [[nodiscard]] std::string known_here() const;

 private:
  std::map<PublicKey, event::MemberChanged> members_;
};

// "here", "away, verified, last seen 2024-05-01 12:34".
std::string describe_state(const event::MemberChanged& member, std::int64_t now_ms);

// "alice", "alice and bob", "alice, bob and carol"; names are made safe for the terminal.
std::string join_names(const std::vector<std::string>& names);

// User ids that the relay would take for the same: equal but for the case of letters.
bool same_user(std::string_view a, std::string_view b);

}   // namespace coterie::cli
