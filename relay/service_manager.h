// SPDX-License-Identifier: MIT
// Tells the service manager how it goes (sd_notify(3)): datagrams to the socket it named in NOTIFY_SOCKET. Without one, nothing
// happens. Takes the sockets it listens on for us, where it does (sd_listen_fds(3)). The signs of life for its watchdog come from the event loop, so that a loop that hangs is noticed.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "netcore/io/event_loop.h"
#include "netcore/io/handles.h"

namespace coterie::relay {

// Standard error goes to the journal: it is the stream that JOURNAL_STREAM names (systemd.exec(5)), not one that somebody put in
// its place since.
bool writes_to_journal();

class ServiceManager {
 public:
  // Reads the environment, and takes its variables out of it.
  explicit ServiceManager(io::EventLoop& loop);

  // Those handed over, once.
  std::vector<io::Descriptor> take_sockets() { return std::move(sockets_); }

  void ready(std::string_view status);   // and from now on the watchdog is fed
  void reloading();
  void stopping();

 private:
  void tell(const std::string& words);

  io::EventLoop& loop_;
  io::Descriptor socket_;
  std::vector<io::Descriptor> sockets_;
  std::string address_;   // of the manager; empty: there is none
  std::optional<std::chrono::microseconds> watchdog_;
  io::Timer alive_;
};

}   // namespace coterie::relay
