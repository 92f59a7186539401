// SPDX-License-Identifier: MIT
// How fast something goes and how long it will still take, from what was done at which moment. Averaged over the last eight seconds,
// so that the figure neither jumps nor lags. Pure: the clock comes in as a value.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <optional>

namespace coterie::cli {

class RateEstimator {
 public:
  using Clock = std::chrono::steady_clock;

  // `done` bytes in all stand at `now`. The first call is only the starting line: what was there before a resume was not moved now.
  // A smaller number than before (a transfer that began anew) starts again.
  void add(Clock::time_point now, std::uint64_t done);

  // Bytes per second; nothing while less than `settling` has been watched. Falls towards zero while nothing is added.
  [[nodiscard]] std::optional<double> rate(Clock::time_point now) const;
  // Nothing while the rate is unknown, or too low to say anything sensible (over 99 hours).
  [[nodiscard]] std::optional<std::chrono::seconds> time_left(Clock::time_point now, std::uint64_t remaining) const;

  static constexpr std::chrono::seconds window{8};
  static constexpr std::chrono::seconds settling{2};

 private:
  struct Sample {
    Clock::time_point at;
    std::uint64_t done;
  };
  std::deque<Sample> samples_;   // oldest first; the front may be older than the window, to span it
};

}   // namespace coterie::cli
