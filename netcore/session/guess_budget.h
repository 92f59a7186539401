// SPDX-License-Identifier: MIT
// How many password guesses a group's members give to strangers (protocol.md S5): a bucket of ten, one more every ten minutes.
// Taken when a guess becomes possible, given back when it turns out to be a member.
#pragma once

#include <algorithm>
#include <cstdint>

namespace coterie {

class GuessBudget {
 public:
  static constexpr unsigned capacity = 10;
  static constexpr std::int64_t refill_ms = 10 * 60 * 1000;

  GuessBudget() = default;
  // As stored: what was left at `as_of_ms`.
  GuessBudget(unsigned left, std::int64_t as_of_ms) : left_(std::min(left, capacity)), as_of_ms_(as_of_ms) {}

  // `now_ms`: wall clock, milliseconds since 1970. A clock that went backwards refills nothing.
  bool take(std::int64_t now_ms) {
    refill(now_ms);
    if (left_ == 0) return false;
    --left_;
    return true;
  }
  void give_back() { left_ = std::min(left_ + 1, capacity); }
  unsigned left(std::int64_t now_ms) {
    refill(now_ms);
    return left_;
  }
  // Until there is one; 0: now.
  std::int64_t next_in_ms(std::int64_t now_ms) {
    if (left(now_ms) > 0) return 0;
    return std::clamp(as_of_ms_ + refill_ms - now_ms, std::int64_t{1}, refill_ms);
  }
  [[nodiscard]] std::int64_t as_of_ms() const { return as_of_ms_; }

 private:
  void refill(std::int64_t now_ms) {
    if (as_of_ms_ == 0 || now_ms < as_of_ms_ || left_ == capacity) {
      as_of_ms_ = now_ms;
      return;
    }
    const auto gained = (now_ms - as_of_ms_) / refill_ms;
    if (gained <= 0) return;
    left_ = static_cast<unsigned>(std::min<std::int64_t>(capacity, left_ + gained));
    as_of_ms_ += gained * refill_ms;
  }

  unsigned left_ = capacity;
  std::int64_t as_of_ms_ = 0;
};

}   // namespace coterie
