// SPDX-License-Identifier: MIT
// One line about files under way, with bar, rate and time left. Pure: the clock and the width come in as values.
#pragma once

#include "cli/rate.h"
#include "netcore/session/event.h"

#include <map>
#include <string>

namespace coterie::cli {

class Progress {
 public:
  using Clock = RateEstimator::Clock;

  void update(const event::TransferChanged& transfer, Clock::time_point now);
  // At most `columns` wide; empty when nothing is under way.
  [[nodiscard]] std::string line(std::size_t columns, Clock::time_point now) const;

 private:
  struct File {
    event::TransferChanged last;
    std::uint64_t done_at_start = 0;   // there before we looked: not moved now
  };
  std::map<FileId, File> files_;
  RateEstimator rate_;
};

bool is_final(event::TransferPhase phase);

}   // namespace coterie::cli
