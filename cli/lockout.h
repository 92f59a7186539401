// SPDX-License-Identifier: MIT
// Whether everyone who is here has another password than we. Of those who are not here nothing is known.
#pragma once

#include "cli/roster.h"
#include "netcore/session/event.h"

#include <algorithm>
#include <optional>

namespace coterie::cli {

class Lockout {
 public:
  void on_settled(const event::Settled& settled) { settled_ = settled; }
  // Those who are here are asked one after the other.
  void on_rejected(const event::PasswordRejected& rejected) {
    if (settled_) settled_->rejected = rejected.rejected;
  }

  [[nodiscard]] bool holds(const Roster& roster) const {
    const auto members = roster.all();
    return settled_ && settled_->ready == 0 && settled_->rejected > 0 &&
           std::none_of(members.begin(), members.end(),
                        [](const auto& member) { return member.state == event::MemberState::ready; });
  }

 private:
  std::optional<event::Settled> settled_;   // since we joined last
};

}   // namespace coterie::cli
