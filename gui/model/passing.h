// SPDX-License-Identifier: MIT
// When plain good news may go by itself: after it has been before somebody's eyes for a while, without being touched.
#pragma once

#include <chrono>
#include <optional>

namespace coterie::gui {

class Passing {
 public:
  using Clock = std::chrono::steady_clock;
  static constexpr std::chrono::seconds while_read{10};

  // Something else is in front now.
  void stop() { since_.reset(); }
  // To be asked every so often while it is in front. `is_read`: somebody looks at the window, and is not about to press anything there.
  bool is_over(Clock::time_point now, bool is_read) {
    if (!since_ || !is_read) since_ = now;
    return now - *since_ >= while_read;
  }

 private:
  std::optional<Clock::time_point> since_;   // it has been read
};

}   // namespace coterie::gui
