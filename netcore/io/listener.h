// SPDX-License-Identifier: MIT
// Accepts on one address, peeks at the first byte of each connection without taking it, and hands the socket over with it.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "netcore/base/result.h"
#include "netcore/io/endpoint.h"
#include "netcore/io/event_loop.h"
#include "netcore/io/handles.h"

namespace coterie::io {

struct Accepted {
  Descriptor socket;   // non-blocking, TCP_NODELAY
  std::uint8_t first_byte = 0;
  std::string peer_address;   // numeric, without port
  // The connection's place among those of its address: kept as long as the connection lives, dropped with it, on the loop's
  // thread.
  std::shared_ptr<void> slot;
};

class Listener {
 public:
  struct Limits {
    // Places per peer address, waiting ones included; a socket beyond is closed at once. The addresses of one IPv6 network
    // (/64) count as one, since one customer has them all.
    std::size_t per_address = 64;
    Duration first_byte_deadline = std::chrono::seconds(5);
    std::size_t waiting = 4096;   // sockets that have not sent a first byte yet; beyond, the oldest goes
  };
  // May refuse early: called with the numeric address before anything is read.
  using Admit = std::function<bool(const std::string& peer_address)>;
  using Handler = std::function<void(Accepted)>;

  // Errc::in_use, permission_denied or invalid_argument where the address cannot be had. Looks a name up where `at` has one,
  // and waits for that: meant for the start of a program.
  static Result<std::unique_ptr<Listener>> open(EventLoop& loop, const Endpoint& at, Limits limits, Admit admit,
                                                Handler handler);
  // The same on a socket that listens already: handed over by whoever started this program.
  static Result<std::unique_ptr<Listener>> adopt(EventLoop& loop, Descriptor socket, Limits limits, Admit admit,
                                                 Handler handler);
  ~Listener();

  [[nodiscard]] std::uint16_t port() const;            // the real one when 0 was asked for
  [[nodiscard]] Endpoint bound_to() const;             // as the system says it
  void set_places_per_address(std::size_t places);     // for those who come from now on
  [[nodiscard]] std::size_t waiting() const;           // sockets that have not sent a byte yet
  [[nodiscard]] std::uint64_t beyond_limits() const;   // sockets closed so far because there were too many
  void stop();   // no more accepts; sockets waiting for their first byte are closed

 private:
  struct State;
  explicit Listener(std::unique_ptr<State> state);
  static Result<std::unique_ptr<Listener>> watch(std::unique_ptr<State> state, Descriptor socket);
  std::unique_ptr<State> state_;
};

}   // namespace coterie::io
