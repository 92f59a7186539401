// SPDX-License-Identifier: MIT
// The last lines of the program's log, for a window that shows them: written from any thread, read by one. Bounded; what falls out at
// the old end was seen or is gone.
#pragma once

#include <cstdint>
#include <deque>
#include <mutex>
#include <string>
#include <vector>

namespace coterie::gui {

class LogBook {
 public:
  explicit LogBook(std::size_t most = 2000) : most_(most) {}

  void add(std::string line) {
    const std::lock_guard lock(mutex_);
    lines_.push_back(std::move(line));
    ++count_;
    if (lines_.size() > most_) lines_.pop_front();
  }

  // The lines after the first `seen` ever written, as far as they are still here; `seen` becomes the number of all.
  std::vector<std::string> after(std::uint64_t& seen) const {
    const std::lock_guard lock(mutex_);
    const auto fresh = static_cast<std::ptrdiff_t>(std::min<std::uint64_t>(count_ - seen, lines_.size()));
    seen = count_;
    return {lines_.end() - fresh, lines_.end()};
  }

 private:
  const std::size_t most_;
  mutable std::mutex mutex_;   // of the two below
  std::deque<std::string> lines_;
  std::uint64_t count_ = 0;
};

}   // namespace coterie::gui
