// SPDX-License-Identifier: MIT
// Sockets connected to each other over 127.0.0.1, and observers that write down what they are told.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "netcore/base/bytes.h"
#include "netcore/io/connection.h"
#include "netcore/io/data_stream.h"
#include "netcore/io/event_loop.h"
#include "netcore/io/handles.h"

namespace coterie::test {

// What a test waits at the most for something that must come; never waited out by a test that passes.
constexpr std::chrono::seconds long_enough{60};

// Handles events until `done()` holds, and looks at it every millisecond at least: for conditions on things that are not on the
// loop. False if that takes longer than `limit`.
bool until(io::EventLoop& loop, const std::function<bool()>& done, io::Duration limit = long_enough);

// Handles what is ready, a hundred times over: for what must NOT come.
void settle(io::EventLoop& loop);

struct SocketPair {
  io::Descriptor dialled;
  io::Descriptor accepted;
};
// Both ends non-blocking, on ports the system chose. With `buffer` the kernel is asked to hold little in between.
SocketPair loopback_pair(std::optional<int> buffer = std::nullopt);

// A bare socket's own writing and reading, for ends that are no Connection; none of it waits. write_all is for what fits the
// kernel's buffers. read_some returns what is there: nothing for an end or a reset.
bool write_all(int socket, ByteView bytes);
Bytes read_some(int socket);
bool has_ended(int socket);                   // the other end has closed; what it sent before is dropped
void reset_on_close(io::Descriptor socket);   // closes with RST instead of FIN

// u32 length, then that many bytes: the framing used by the tests of this rung; 1 to 262,144 bytes.
constexpr std::size_t largest_unit = 262'144;
Result<std::size_t> unit_size(ByteView head);
Bytes unit_of(ByteView body);
Bytes unit_of(std::size_t size, std::uint8_t filling);

// Bytes that differ from place to place and from seed to seed.
Bytes pattern(std::size_t size, std::uint32_t seed = 1);

struct ConnectionRecorder : io::Connection::Observer {
  void on_open() override;
  void on_unit(ByteView unit) override;
  void on_drained() override;
  void on_closed(const Error& error) override;
  [[nodiscard]] bool closed_with(Errc code) const { return closed && closed->code == code; }

  std::vector<Bytes> units;   // with their heads
  int opened = 0;
  int drained = 0;
  int times_closed = 0;
  bool called_after_closed = false;
  std::optional<Error> closed;
  std::function<void()> when_open;
  std::function<void(ByteView)> when_unit;
  std::function<void()> when_closed;
  std::unique_ptr<io::Connection> connection;
};

struct StreamRecorder : io::DataStream::Observer {
  void on_data(io::Slab data) override;
  void on_writable() override;
  void on_end() override;
  void on_closed(const Error& error) override;
  [[nodiscard]] bool closed_with(Errc code) const { return closed && closed->code == code; }

  Bytes received;
  int ended = 0;
  int times_closed = 0;
  bool called_after_closed = false;
  std::optional<Error> closed;
  std::function<void(io::Slab)> when_data;   // instead of keeping it in `received`
  std::function<void()> when_writable;
  std::unique_ptr<io::DataStream> stream;
};

}   // namespace coterie::test
