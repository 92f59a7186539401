// SPDX-License-Identifier: MIT
// One data connection as the relay sees it: reads the ticket that admits it, then belongs to the transfer of that ticket.
//
//   Hello ──ticket taken──▶ Joined ──transfer over──▶ Ending ──flushed, or too late──▶ on_closed ──▶ gone
#pragma once

#include <memory>
#include <string>

#include "netcore/io/data_stream.h"
#include "netcore/io/listener.h"
#include "netcore/wire/control.h"
#include "relay/config.h"

namespace coterie::relay {

class Blobs;
class Transfer;

class DataConnection : private io::DataStream::Observer {
 public:
  // What one read takes from the socket; large reads cost least, smaller ones leave chat more room (docs/relay-limits.md).
  static constexpr std::size_t read_size = 256_KiB;

  DataConnection(io::EventLoop& loop, Blobs& blobs, const Timing& timing, io::Accepted accepted);
  DataConnection(const DataConnection&) = delete;
  DataConnection& operator=(const DataConnection&) = delete;

  // For the transfer it belongs to, whose stream it is until finish() or close().
  void join(Transfer& transfer);
  [[nodiscard]] io::DataStream& stream() { return stream_; }
  // Lets what is queued leave, ends, and closes when the peer has ended too. What the peer still sends is thrown away.
  void finish();
  void close(Error reason);

  void tick(io::Clock::time_point now);

 private:
  enum class State : std::uint8_t { hello, joined, ending };

  void on_data(io::Slab data) override;
  void on_writable() override;
  void on_end() override;
  void on_closed(const Error& error) override;
  void read_hello(io::Slab data);

  Blobs& blobs_;
  const Timing& timing_;
  std::shared_ptr<void> slot_;   // its place among the connections of its address
  State state_ = State::hello;
  Bytes hello_;   // what has come of it
  Transfer* transfer_ = nullptr;
  io::Clock::time_point since_;       // when its state began
  io::Clock::time_point flushed_{};   // when ending and nothing was left to write
  io::DataStream stream_;             // last: it calls all of the above
};

}   // namespace coterie::relay
