// SPDX-License-Identifier: MIT
// A data connection: raw bytes at full rate over plain TCP (protocol.md S10). It moves whole slabs between socket and owner,
// without looking at them: what one stream has read another writes from the same memory.
#pragma once

#include <memory>
#include <optional>

#include "netcore/base/bytes.h"
#include "netcore/base/result.h"
#include "netcore/io/event_loop.h"
#include "netcore/io/handles.h"

namespace coterie::io {

// A run of bytes just read, in memory that is counted: kept alive by whoever holds it, moved on without a copy. Several runs
// may lie in one memory; each is written once, before it is handed out. May be dropped on any thread.
struct Slab {
  std::shared_ptr<Bytes> memory;
  std::size_t offset = 0;
  std::size_t length = 0;
  [[nodiscard]] ByteView view() const { return ByteView(*memory).subspan(offset, length); }
};

class DataStream {
 public:
  // Never called from inside a method of the stream. The observer may dispose of the stream in any of these (through
  // EventLoop::dispose), and must outlive it otherwise.
  class Observer {
   public:
    virtual ~Observer() = default;
    virtual void on_data(Slab data) = 0;   // never while reading is paused
    virtual void on_writable() {}          // the output is at or below the low-water mark: ask for more
    virtual void on_end() = 0;             // the peer ended its direction; writing may go on
    // Exactly once, last. connection_lost also when both directions have been ended: nothing can follow.
    virtual void on_closed(const Error& error) = 0;
  };

  struct Options {
    std::size_t read_size = 512 * 1024;   // of one slab
    std::size_t low_water = 512 * 1024;
    // Neither direction moves although it should: timed_out. Without: whoever talks may be silent, and the system is asked to notice
    // when a peer is gone.
    std::optional<Duration> stall_limit = std::chrono::seconds(60);
  };

  // Takes over a connected, non-blocking socket. Starts paused: call pause_reading(false), want_writable(true).
  DataStream(EventLoop& loop, Descriptor socket, Options options, Observer& observer);
  DataStream(const DataStream&) = delete;
  DataStream& operator=(const DataStream&) = delete;
  ~DataStream();

  void send(Slab data);        // queued by reference
  void send(ByteView bytes);   // small: copied
  [[nodiscard]] std::size_t queued() const;
  void pause_reading(bool paused);
  // While wanted, on_writable() comes from the loop: once now if queued() <= low_water, and after every write that leaves it so.
  void want_writable(bool wanted);
  // After the queue has been written: ends our direction (shutdown), reading goes on.
  void end_writing();
  void close(Error reason);   // at once; on_closed follows from the loop

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}   // namespace coterie::io
