// SPDX-License-Identifier: MIT
// How fast a transfer goes and how long it will still take, averaged over some seconds. Pure: the clock comes in as a value.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <optional>

namespace coterie::gui {

class Rate {
 public:
  using Clock = std::chrono::steady_clock;
  static constexpr std::chrono::seconds window{8};            // what is averaged
  static constexpr std::chrono::milliseconds settling{400};   // before that there is no figure
  static constexpr std::chrono::hours longest{99};            // a time left beyond this says nothing

  // `done` bytes stand at `now`; fewer than before means that everything began anew.
  void add(Clock::time_point now, std::uint64_t done) {
    if (!samples_.empty() && done < samples_.back().done) samples_.clear();
    // A few samples a second are enough for a figure with one digit.
    if (samples_.size() > 1 && now - samples_.back().at < std::chrono::milliseconds(200) &&
        samples_.back().at - samples_[samples_.size() - 2].at < std::chrono::milliseconds(200))
      samples_.pop_back();
    samples_.push_back({now, done});
    while (samples_.size() > 2 && now - samples_[1].at >= window) samples_.pop_front();
  }

  void stop() { samples_.clear(); }

  // Bytes per second; falls towards zero while nothing is added.
  [[nodiscard]] std::optional<double> at(Clock::time_point now) const {
    if (samples_.empty() || now - samples_.front().at < settling) return std::nullopt;
    const std::chrono::duration<double> span = now - samples_.front().at;
    return static_cast<double>(samples_.back().done - samples_.front().done) / span.count();
  }

  [[nodiscard]] std::optional<std::chrono::seconds> left(Clock::time_point now, std::uint64_t remaining) const {
    const auto rate = at(now);
    if (!rate || *rate <= 0) return std::nullopt;
    const double seconds = static_cast<double>(remaining) / *rate;
    if (seconds > static_cast<double>(std::chrono::seconds(longest).count())) return std::nullopt;
    return std::chrono::seconds(static_cast<std::int64_t>(seconds + 0.5));
  }

 private:
  struct Sample {
    Clock::time_point at;
    std::uint64_t done;
  };
  std::deque<Sample> samples_;   // oldest first; the front may be older than the window, to span it
};

}   // namespace coterie::gui
