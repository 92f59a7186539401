// SPDX-License-Identifier: MIT
// A control connection: whole units in, bytes out, over one socket, plain or TLS. Dies once: on_closed() is the last call, and
// comes exactly once.
//
//   Opening ──TLS done──▶ Open ──close_after_flush()──▶ Flushing ──all sent──▶ Lingering ──peer has closed──▶ Closed
//      └────────────────────┴───────── close(), an error, the end of the stream, a deadline ────────────────────▲
#pragma once

#include <functional>
#include <memory>
#include <optional>

#include "netcore/base/bytes.h"
#include "netcore/base/ids.h"
#include "netcore/base/result.h"
#include "netcore/io/event_loop.h"
#include "netcore/io/handles.h"
#include "netcore/io/tls.h"

namespace coterie::io {

// An immutable body shared by many connections' outputs.
using SharedBytes = std::shared_ptr<const Bytes>;

class Connection {
 public:
  // Never called from inside a method of the connection. The observer may dispose of the connection in any of these (through
  // EventLoop::dispose), and must outlive it otherwise.
  class Observer {
   public:
    virtual ~Observer() = default;
    virtual void on_open() {}                  // TLS done, identity checked (with the next turn for plain)
    virtual void on_unit(ByteView unit) = 0;   // one whole unit, valid during the call
    virtual void on_drained() {}               // the output fell to its low-water mark
    // connection_lost for an end of stream, whether announced or not: it is never a success by itself. tls_failure,
    // relay_identity_changed, relay_unknown and timed_out come from opening; others are what close() was given.
    virtual void on_closed(const Error& error) = 0;
  };

  // How many bytes the unit at `head` occupies; 0: more bytes needed to tell; an error closes the connection with it.
  using UnitSize = std::function<Result<std::size_t>(ByteView head)>;

  struct Options {
    UnitSize unit_size;
    std::optional<TlsContext> tls = std::nullopt;        // plain without
    bool is_server = false;                              // must agree with the context
    Duration open_deadline = std::chrono::seconds(10);   // for TLS to be done
    std::size_t low_water = 64 * 1024;   // on_drained() when the output falls to this after having been above
  };

  // Takes over a connected, non-blocking socket.
  Connection(EventLoop& loop, Descriptor socket, Options options, Observer& observer);
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  ~Connection();

  // Queues bytes; they leave at the end of the loop turn, many small ones in one TLS record. Nothing happens once closed.
  void send(ByteView bytes);
  // A small head, then a shared body: bodies of 2 KiB and more are queued by reference, smaller ones are copied.
  void send(ByteView head, const SharedBytes& body);
  [[nodiscard]] std::size_t queued() const;   // bytes not yet given to the socket

  // While paused nothing is read from the socket beyond what is buffered, and no unit is delivered. The end of the stream is
  // noticed when reading goes on.
  void pause_reading(bool paused);

  // Sends what is queued, ends our direction and waits for the peer to close too, so that it loses nothing of it; then
  // on_closed(`reason`). Gives up after `patience`. No unit is delivered any more.
  void close_after_flush(Error reason, Duration patience = std::chrono::seconds(5));
  // Drops what is queued; on_closed(`reason`) follows from the loop.
  void close(Error reason);

  // The relay's identity as seen in the handshake, also when it was refused. Client side of TLS only.
  [[nodiscard]] std::optional<RelayPin> peer_pin() const;
  [[nodiscard]] Clock::time_point last_received() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}   // namespace coterie::io
