// SPDX-License-Identifier: MIT
#include "cli/audience.h"

#include <algorithm>

namespace coterie::cli {

std::optional<std::vector<std::string>> Audience::find() {
  if (!settled_) return std::nullopt;
  auto recipients = known();
  // The refusal itself has been told.
  if (!recipients && settled_->ready == 0 && settled_->rejected > 0) shell_.finish(ExitCode::no_common_password);
  return recipients;
}

std::optional<std::vector<std::string>> Audience::known() const {
  std::vector<std::string> recipients;
  if (is_everyone())
    for (const auto& member : shell_.roster().addressable()) recipients.push_back(member.user_id);
  for (const auto& wanted : wanted_) {
    const auto* member = shell_.roster().find(wanted);
    if (member == nullptr || member->state == event::MemberState::left) return std::nullopt;
    recipients.push_back(member->user_id);
  }
  if (recipients.empty()) return std::nullopt;
  std::sort(recipients.begin(), recipients.end());
  recipients.erase(std::unique(recipients.begin(), recipients.end()), recipients.end());
  return recipients;
}

void Audience::give_up_waiting(std::chrono::seconds limit) {
  const auto within = " within " + std::to_string(limit.count()) + " s. " + nothing_done_;
  if (!settled_)
    return shell_.give_up(ExitCode::error, "timed_out",
                          "Not connected to the group" + within + "; check the relay and try again.");
  if (const auto busy = lockout_.no_tries(shell_.roster()))
    return shell_.give_up(ExitCode::not_delivered, name_of(busy->code), nothing_done_ + ". " + explain_end(*busy));
  std::vector<std::string> unknown;
  for (const auto& wanted : wanted_)
    if (const auto* member = shell_.roster().find(wanted);
        member == nullptr || member->state == event::MemberState::left)
      unknown.push_back(wanted);
  if (unknown.empty())
    return shell_.give_up(ExitCode::not_delivered, "no_such_member",
                          "Nobody else has been seen in this group" + within +
                              "; try again when somebody has joined, or give --wait more time.");
  shell_.give_up(ExitCode::not_delivered, "no_such_member",
                 "Nobody named " + join_names(unknown) + " has been seen in this group. " + nothing_done_ +
                     shell_.roster().known_here() + "." +
                     (settled_->busy > 0 ? " " + explain_end(Lockout::no_tries(*settled_)) : std::string()));
}

}   // namespace coterie::cli
