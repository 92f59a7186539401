// SPDX-License-Identifier: MIT
// A plain TCP stream of bytes for a client that speaks lines, on libevent's bufferevent: it buffers, watches its watermarks and
// calls back. Where figures matter there is DataStream: a bufferevent reads 4 KiB at a time (docs/design.md, section 7).
#pragma once

#include <memory>

#include "netcore/base/bytes.h"
#include "netcore/base/result.h"
#include "netcore/io/event_loop.h"
#include "netcore/io/handles.h"

namespace coterie::io {

class ByteStream {
 public:
  // Never called from inside a method of the stream. The observer may dispose of the stream in any of these (through
  // EventLoop::dispose), and must outlive it otherwise.
  class Observer {
   public:
    virtual ~Observer() = default;
    // What has come, and how many bytes of it are taken; the rest comes again, with what follows it, once reading goes on.
    // Whoever takes less than all has paused reading, or closed.
    virtual std::size_t on_bytes(ByteView bytes) = 0;
    virtual void on_writable() = 0;   // the output is at or below the low-water mark
    // Exactly once, last: connection_lost for the end of the stream and for errors, or what close() was given.
    virtual void on_closed(const Error& error) = 0;
  };

  struct Options {
    std::size_t low_water = 64_KiB;
    std::size_t most_unread = 256_KiB;   // kept in memory while reading is paused
  };

  // Takes over a connected, non-blocking socket. Reads from the start.
  ByteStream(EventLoop& loop, Descriptor socket, Options options, Observer& observer);
  ByteStream(const ByteStream&) = delete;
  ByteStream& operator=(const ByteStream&) = delete;
  ~ByteStream();

  void send(ByteView bytes);   // copied
  [[nodiscard]] std::size_t queued() const;
  void pause_reading(bool paused);
  // on_writable() comes from the loop, even if nothing is written meanwhile.
  void ask_writable();
  // Sends what is queued, ends our direction, then waits for the peer's end; gives up after `patience`. What the peer still says is
  // dropped.
  void finish(Duration patience);
  void close(Error reason);   // at once; on_closed() follows from the loop

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}   // namespace coterie::io
