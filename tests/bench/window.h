// SPDX-License-Identifier: MIT
// Counts what was published and what has arrived, holds the publisher inside its window, and measures between two moments.
#pragma once

#include <nlohmann/json.hpp>

#include "netcore/io/event_loop.h"
#include "tests/bench/fanout.h"
#include "tests/bench/process_clock.h"
#include "tests/bench/trouble.h"

namespace coterie::bench {

class Window {
 public:
  explicit Window(const FanoutLoad& load) : load_(load) {}

  [[nodiscard]] bool is_open() const { return sent_ * load_.members - delivered_ < load_.window * load_.members; }
  void sent() { ++sent_; }
  void delivered(std::size_t count = 1) { delivered_ += count; }
  // Keeps `publish` going (it fills the window) for the warm-up and the measured time, then waits for what is on its way.
  template <class Publish>
  nlohmann::json measure(io::EventLoop& loop, Trouble& trouble, Publish publish, std::size_t delivered_bytes) {
    bool publishing = true;
    const auto turn_end = loop.at_turn_end([&] {
      if (publishing) publish();
    });
    trouble.run_for(loop, load_.warm_up);
    begin();
    trouble.run_for(loop, load_.measured);
    auto result = end();
    publishing = false;
    (void)loop.run_until([&] { return missing() == 0; }, std::chrono::seconds(30));
    result["lost"] = missing();
    result["delivered_bytes"] = delivered_bytes;
    return result;
  }

 private:
  struct Moment {
    io::Clock::time_point at;
    std::uint64_t delivered = 0;
    CpuTime server{};
    CpuTime own{};
  };

  [[nodiscard]] std::uint64_t missing() const { return sent_ * load_.members - delivered_; }
  void begin() { from_ = {io::Clock::now(), delivered_, cpu_time_of(load_.watched), cpu_time_of_self()}; }
  [[nodiscard]] nlohmann::json end() const {
    const Moment to{io::Clock::now(), delivered_, cpu_time_of(load_.watched), cpu_time_of_self()};
    const auto count = static_cast<double>(to.delivered - from_.delivered);
    const std::chrono::duration<double> wall = to.at - from_.at;
    const std::chrono::duration<double> server = to.server - from_.server;
    const std::chrono::duration<double> own = to.own - from_.own;
    return {{"delivered_per_second", count / wall.count()},
            {"server_us_per_delivery", server.count() * 1e6 / count},
            {"generator_us_per_delivery", own.count() * 1e6 / count},
            {"server_busy", server / wall},
            {"generator_busy", own / wall}};
  }

  const FanoutLoad load_;
  std::uint64_t sent_ = 0;
  std::uint64_t delivered_ = 0;
  Moment from_;
};

}   // namespace coterie::bench
