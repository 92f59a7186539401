// SPDX-License-Identifier: MIT
// Whoever serves the connections of a relay that speak neither of its own two protocols, told by their first byte (protocol.md S1).
#pragma once

#include <cstddef>
#include <functional>

#include "netcore/io/listener.h"

namespace coterie::relay {

class Guests {
 public:
  virtual ~Guests() = default;
  virtual void accept(io::Accepted accepted) = 0;
  [[nodiscard]] virtual std::size_t connections() const = 0;
  // Regular looks at what time does.
  virtual void tick(io::Clock::time_point now) = 0;
  virtual void close_all() = 0;

  // Called whenever a connection has gone.
  std::function<void()> on_gone;
};

}   // namespace coterie::relay
