// SPDX-License-Identifier: MIT
// The first thing that went wrong inside a callback, where nothing may be thrown; thrown by whoever runs the loop.
#pragma once

#include <optional>
#include <stdexcept>
#include <string>

#include "netcore/io/event_loop.h"

namespace coterie::bench {

class Trouble {
 public:
  void note(std::string what) {
    if (!what_) what_ = std::move(what);
  }

  // Runs the loop until `done` holds; throws std::runtime_error for trouble, or with `too_late` after `deadline`.
  template <class Done>
  void run_until(io::EventLoop& loop, Done done, io::Duration deadline, const std::string& too_late) {
    const bool in_time = loop.run_until([&] { return what_ || done(); }, deadline);
    if (what_) throw std::runtime_error(*what_);
    if (!in_time) throw std::runtime_error(too_late);
  }
  void run_for(io::EventLoop& loop, io::Duration span) {
    const auto until = io::Clock::now() + span;
    (void)loop.run_until([&] { return what_ || io::Clock::now() >= until; }, span);
    if (what_) throw std::runtime_error(*what_);
  }

 private:
  std::optional<std::string> what_;
};

}   // namespace coterie::bench
