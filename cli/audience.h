// SPDX-License-Identifier: MIT
// Whom say and send are for: waits until everyone present has been greeted and everyone wanted is known, and knows what to say when that
// does not happen.
#pragma once

#include "cli/lockout.h"
#include "cli/task.h"

#include <optional>
#include <string>
#include <vector>

namespace coterie::cli {

class Audience {
 public:
  // `wanted`: user ids in any case of letters; none: everyone. `nothing_done`: "Nothing was sent", for the sentences below.
  Audience(Shell& shell, std::vector<std::string> wanted, std::string nothing_done)
      : shell_(shell), wanted_(std::move(wanted)), nothing_done_(std::move(nothing_done)) {}

  void on_settled(const event::Settled& settled) {
    settled_ = settled;
    lockout_.on_settled(settled);
  }
  [[nodiscard]] bool is_everyone() const { return wanted_.empty(); }

  [[nodiscard]] bool has_settled() const { return settled_.has_value(); }
  // Who it is for, as the members write themselves, each once. Nothing while somebody is missing; ends the program where waiting is
  // in vain, since those who are here have another password.
  std::optional<std::vector<std::string>> find();
  // The same, whoever has been greeted yet: by what the profile knows.
  [[nodiscard]] std::optional<std::vector<std::string>> known() const;
  // Ends the program with what is missing after `limit`.
  void give_up_waiting(std::chrono::seconds limit);

 private:
  Shell& shell_;
  std::vector<std::string> wanted_;
  std::string nothing_done_;
  std::optional<event::Settled> settled_;
  Lockout lockout_;
};

}   // namespace coterie::cli
