// SPDX-License-Identifier: MIT
// Who belongs to a group, in the order in which people are listed: those who are here first, then by name.
#pragma once

#include "netcore/base/look_alike.h"
#include "netcore/session/event.h"

#include <algorithm>
#include <map>
#include <string>
#include <vector>

namespace coterie::gui {

struct Member {
  std::string user_id;
  PublicKey key;
  bool online = false;
  bool verified = false;
  event::MemberState state{};
  std::int64_t last_seen_ms = 0;
  std::string safety_number;
  std::string looks_like;   // somebody known longer, or ourselves, whose user id looks the same in other letters
  bool mixes_alphabets = false;

  [[nodiscard]] bool may_be_mistaken() const { return !looks_like.empty() || mixes_alphabets; }
};

class MembersModel {
 public:
  [[nodiscard]] const std::vector<Member>& members() const { return members_; }
  [[nodiscard]] const Member* find(std::string_view user_id) const {
    const auto at =
        std::find_if(members_.begin(), members_.end(), [&](const Member& member) { return member.user_id == user_id; });
    return at == members_.end() ? nullptr : &*at;
  }
  [[nodiscard]] std::size_t online() const {
    return static_cast<std::size_t>(
        std::count_if(members_.begin(), members_.end(), [](const Member& member) { return is_here(member); }));
  }
  [[nodiscard]] static bool is_here(const Member& member) {
    return member.online && member.state != event::MemberState::left;
  }

  void apply(const event::MemberChanged& changed) {
    const auto at = std::find_if(members_.begin(), members_.end(),
                                 [&](const Member& member) { return member.user_id == changed.user_id; });
    Member member{changed.user_id,       changed.key,        changed.online,
                  changed.verified,      changed.state,      changed.last_seen_ms,
                  changed.safety_number, changed.looks_like, coterie::mixes_alphabets(changed.user_id)};
    if (at != members_.end()) {
      // A key that is held does not speak for the person until it is accepted, whatever else is known of it.
      if (member.last_seen_ms == 0) member.last_seen_ms = at->last_seen_ms;
      *at = std::move(member);
    } else {
      members_.push_back(std::move(member));
    }
    std::sort(members_.begin(), members_.end(), [](const Member& left, const Member& right) {
      return std::make_tuple(!is_here(left), left.state == event::MemberState::left, left.user_id) <
             std::make_tuple(!is_here(right), right.state == event::MemberState::left, right.user_id);
    });
  }

  // Nobody is known to be here while the relay is away. `now` becomes the last time those were seen who were.
  void all_away(std::int64_t now) {
    for (auto& member : members_) {
      if (member.online) member.last_seen_ms = now;
      member.online = false;
    }
  }

 private:
  std::vector<Member> members_;
};

}   // namespace coterie::gui
