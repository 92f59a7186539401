// SPDX-License-Identifier: MIT
// A relay inside this program, on a thread of its own: the same library coterie-relay is made of, for small circles without a server.
// It runs as long as the program does.
#pragma once

#include "netcore/base/ids.h"
#include "netcore/base/result.h"

#include <cstddef>
#include <filesystem>
#include <memory>

namespace coterie::gui {

class HostedRelay {
 public:
  // Listens on all addresses when it returns. Port 0: one the system chooses. Errors as relay::Server::open gives them.
  static Result<std::unique_ptr<HostedRelay>> start(const std::filesystem::path& state_folder, std::uint16_t port);
  HostedRelay(const HostedRelay&) = delete;
  HostedRelay& operator=(const HostedRelay&) = delete;
  // Tells everybody who is connected, and waits for them to go.
  ~HostedRelay();

  [[nodiscard]] std::uint16_t port() const;
  [[nodiscard]] RelayPin pin() const;

  struct Presence {
    std::size_t groups = 0;
    std::size_t members = 0;   // who are connected and in one of them, this program's own engines among them
  };
  [[nodiscard]] Presence presence() const;

 private:
  struct State;
  explicit HostedRelay(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}   // namespace coterie::gui
