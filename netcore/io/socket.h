// SPDX-License-Identifier: MIT
// The system calls on non-blocking sockets, with one meaning on every system: what moved, or why nothing did.
#pragma once

#include <array>
#include <optional>
#include <span>
#include <string>
#include <tl/expected.hpp>

#include "netcore/base/bytes.h"
#include "netcore/io/endpoint.h"
#include "netcore/io/handles.h"

namespace coterie::io {

struct Moved {
  enum class Outcome {
    some,     // `bytes` of them
    wait,     // nothing now: ask again when the event comes
    end,      // the peer has ended its direction
    failed,   // `error` says why
  };
  Outcome outcome = Outcome::wait;
  std::size_t bytes = 0;
  int error = 0;   // errno
};

Moved receive(int socket, MutableByteView into);
Moved peek(int socket, MutableByteView into);
// Sends the parts in order, as far as the socket takes them; never raises SIGPIPE. At most max_parts are looked at.
constexpr std::size_t max_parts = 64;
Moved transmit(int socket, std::span<const ByteView> parts);
inline Moved transmit(int socket, ByteView bytes) { return transmit(socket, std::array{bytes}); }

// A connection just taken from a listening socket, non-blocking, or why there is none.
struct Taken {
  Descriptor socket;
  std::optional<SocketAddress> peer;
  Moved::Outcome outcome = Moved::Outcome::wait;
  int error = 0;
};
Taken accept_from(int listener);

// A socket that listens on `at`, and on IPv6 for IPv6 alone, so that both of 0.0.0.0 and [::] can be had. Else the errno.
tl::expected<Descriptor, int> listen_on(const SocketAddress& at);
// A socket of somebody else's making as listen_on() would have made it, or EINVAL: it is none that listens for TCP.
tl::expected<Descriptor, int> take_listening(Descriptor socket);
// A connect under way, or done; else the errno.
tl::expected<Descriptor, int> start_connecting(const SocketAddress& to);
std::optional<SocketAddress> local_address(int socket);

void set_no_delay(int socket);
// Asks a peer that is silent for half a minute whether it is still there: for protocols without a word for that.
void set_keep_alive(int socket);
void end_sending(int socket);   // shutdown of our direction

// The error that a connect under way has come to; 0: connected.
int connect_error(int socket);

// Two ends connected to each other, both non-blocking: a byte written to `second` makes `first` readable.
struct WakePair {
  Descriptor first;
  Descriptor second;
};
std::optional<WakePair> make_wake_pair();

// The system's text for an errno: "Connection refused".
std::string reason_of(int error);

// Whether accept failed because the process or the system has no descriptor left.
bool is_out_of_descriptors(int error);

}   // namespace coterie::io
