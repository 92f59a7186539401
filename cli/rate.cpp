// SPDX-License-Identifier: MIT
#include "cli/rate.h"

namespace coterie::cli {

void RateEstimator::add(Clock::time_point now, std::uint64_t done) {
  if (!samples_.empty() && done < samples_.back().done) samples_.clear();
  samples_.push_back({now, done});
  while (samples_.size() > 2 && now - samples_[1].at >= window) samples_.pop_front();
}

std::optional<double> RateEstimator::rate(Clock::time_point now) const {
  if (samples_.size() < 2 || now - samples_.front().at < settling) return std::nullopt;
  const auto seconds = std::chrono::duration<double>(now - samples_.front().at).count();
  return static_cast<double>(samples_.back().done - samples_.front().done) / seconds;
}

std::optional<std::chrono::seconds> RateEstimator::time_left(Clock::time_point now, std::uint64_t remaining) const {
  const auto current = rate(now);
  if (!current || *current <= 0) return std::nullopt;
  const double seconds = static_cast<double>(remaining) / *current;
  if (seconds > 99 * 3600) return std::nullopt;
  // Rounded up: "0:00 left" is said only when nothing is left.
  return std::chrono::seconds(static_cast<std::int64_t>(seconds) + (remaining > 0 ? 1 : 0));
}

}   // namespace coterie::cli
