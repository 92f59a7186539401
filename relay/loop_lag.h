// SPDX-License-Identifier: MIT
// How late the event loop is: a timer that looks at the clock when it runs. What takes the loop too long shows here first.
#pragma once

#include <algorithm>
#include <utility>

#include "netcore/io/event_loop.h"

namespace coterie::relay {

class LoopLag {
 public:
  explicit LoopLag(io::EventLoop& loop)
      : due_(io::Clock::now() + period), timer_(loop.every(period, [this] { look(); })) {}

  // The worst since this was asked last.
  io::Duration take_worst() {
    // A loop that answers only now is as late as the timer is overdue.
    worst_ = std::max(worst_, io::Clock::now() - due_);
    return std::max(std::exchange(worst_, io::Duration{}), io::Duration{});
  }

 private:
  static constexpr io::Duration period = std::chrono::milliseconds(250);
  void look() {
    const auto now = io::Clock::now();
    worst_ = std::max(worst_, now - due_);
    due_ = now + period;
  }

  io::Clock::time_point due_;
  io::Duration worst_{};
  io::Timer timer_;   // last: it looks at the above
};

}   // namespace coterie::relay
