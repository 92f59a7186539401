// SPDX-License-Identifier: MIT
// What a user interface holds: commands in, events out. Lives on one EventLoop, owns no thread.
#pragma once

#include <functional>

#include "netcore/session/command.h"
#include "netcore/session/event.h"

namespace coterie {

// Called on the loop's thread, never from inside handle().
using EventSink = std::function<void(Event)>;

class Engine {
 public:
  virtual ~Engine() = default;
  virtual void handle(Command command) = 0;
};

}   // namespace coterie
