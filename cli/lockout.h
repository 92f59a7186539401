// SPDX-License-Identifier: MIT
// Whether everyone who is here has another password than we, or takes no tries because others had. Of those who are not here nothing is
// known.
#pragma once

#include "cli/roster.h"
#include "netcore/session/event.h"

#include <algorithm>
#include <chrono>
#include <optional>
#include <string>

namespace coterie::cli {

class Lockout {
 public:
  void on_settled(const event::Settled& settled) {
    settled_ = settled;
    settled_at_ = std::chrono::steady_clock::now();
  }
  // Those who are here are asked one after the other.
  void on_rejected(const event::PasswordRejected& rejected) {
    if (settled_) settled_->rejected = rejected.rejected;
  }

  [[nodiscard]] bool holds(const Roster& roster) const {
    return settled_ && settled_->ready == 0 && settled_->rejected > 0 && nobody_is_ready(roster);
  }
  // Nobody is reached, and somebody here would have to be tried later; whether our password is right nobody knows.
  [[nodiscard]] std::optional<Error> no_tries(const Roster& roster) const {
    if (!settled_ || settled_->ready > 0 || settled_->busy == 0 || settled_->rejected > 0 || !nobody_is_ready(roster))
      return std::nullopt;
    return no_tries(*settled_, std::chrono::steady_clock::now() - settled_at_);
  }
  static Error no_tries(const event::Settled& settled, std::chrono::steady_clock::duration passed = {}) {
    const auto left = std::chrono::ceil<std::chrono::minutes>(settled.next_try - passed).count();
    return {Errc::guess_budget_empty, left <= 0   ? "the next one is possible within ten minutes"
                                      : left == 1 ? "the next one is possible in a minute"
                                                  : "the next one is possible in " + std::to_string(left) + " minutes"};
  }

 private:
  static bool nobody_is_ready(const Roster& roster) {
    const auto members = roster.all();
    return std::none_of(members.begin(), members.end(),
                        [](const auto& member) { return member.state == event::MemberState::ready; });
  }

  std::optional<event::Settled> settled_;   // since we joined last
  std::chrono::steady_clock::time_point settled_at_;
};

}   // namespace coterie::cli
