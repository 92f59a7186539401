// SPDX-License-Identifier: MIT
// Resolves a name and connects to the first of its addresses that answers, within one deadline.
#pragma once

#include <functional>
#include <memory>

#include "netcore/base/result.h"
#include "netcore/base/worker.h"
#include "netcore/io/endpoint.h"
#include "netcore/io/event_loop.h"
#include "netcore/io/handles.h"

namespace coterie::io {

// One attempt; destroying it abandons the attempt and nothing is called any more.
class Dialer {
 public:
  // The socket is connected, non-blocking, TCP_NODELAY. Errors: unreachable (with the system's reason) or timed_out. The
  // function may destroy the dialer.
  using Done = std::function<void(Result<Descriptor>)>;

  // Never calls `done` from inside the constructor. Numeric addresses need no resolving; names are resolved on `worker`.
  // Addresses are tried in the resolver's order, each two seconds after the one before or as soon as that has failed.
  Dialer(EventLoop& loop, Worker& worker, const Endpoint& to, Duration deadline, Done done);
  Dialer(const Dialer&) = delete;
  Dialer& operator=(const Dialer&) = delete;
  ~Dialer();

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}   // namespace coterie::io
