// SPDX-License-Identifier: MIT
#include "tests/support/loopback.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

#include <cerrno>
#include <stdexcept>
#include <system_error>

#include "netcore/io/socket.h"

namespace coterie::test {
namespace {

using Outcome = io::Moved::Outcome;

void must(bool done) {
  if (!done) throw std::system_error(errno, std::generic_category());
}

void set_buffers(int socket, std::optional<int> size) {
  if (!size) return;
  must(::setsockopt(socket, SOL_SOCKET, SO_SNDBUF, &*size, sizeof *size) == 0);
  must(::setsockopt(socket, SOL_SOCKET, SO_RCVBUF, &*size, sizeof *size) == 0);
}

void wait_for(int socket, short what) {
  pollfd wanted{.fd = socket, .events = what, .revents = 0};
  must(::poll(&wanted, 1, 60'000) == 1);
}

}   // namespace

bool until(io::EventLoop& loop, const std::function<bool()>& done, io::Duration limit) {
  const auto look_again = loop.every(std::chrono::milliseconds(1), [] {});
  return loop.run_until(done, limit);
}

void settle(io::EventLoop& loop) {
  for (int i = 0; i < 100; ++i) loop.run_once(io::Duration::zero());
}

SocketPair loopback_pair(std::optional<int> buffer) {
  io::Descriptor listener(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  must(static_cast<bool>(listener));
  set_buffers(listener.get(), buffer);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  must(::bind(listener.get(), reinterpret_cast<sockaddr*>(&address), size) == 0);
  must(::listen(listener.get(), 1) == 0);
  must(::getsockname(listener.get(), reinterpret_cast<sockaddr*>(&address), &size) == 0);
  SocketPair pair;
  pair.dialled.reset(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  must(static_cast<bool>(pair.dialled));
  set_buffers(pair.dialled.get(), buffer);
  must(::connect(pair.dialled.get(), reinterpret_cast<sockaddr*>(&address), size) == 0 || errno == EINPROGRESS);
  wait_for(listener.get(), POLLIN);
  pair.accepted.reset(::accept4(listener.get(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
  must(static_cast<bool>(pair.accepted));
  wait_for(pair.dialled.get(), POLLOUT);
  return pair;
}

bool write_all(int socket, ByteView bytes) {
  while (!bytes.empty()) {
    const auto moved = io::transmit(socket, bytes);
    if (moved.outcome != Outcome::some) return false;
    bytes = bytes.subspan(moved.bytes);
  }
  return true;
}

Bytes read_some(int socket) {
  Bytes got(64_KiB);
  const auto moved = io::receive(socket, got);
  got.resize(moved.bytes);
  return got;
}

bool has_ended(int socket) {
  Bytes dropped(64_KiB);
  for (;;) {
    const auto moved = io::receive(socket, dropped);
    if (moved.outcome == Outcome::some) continue;
    return moved.outcome != Outcome::wait;
  }
}

void reset_on_close(io::Descriptor socket) {
  const linger at_once{.l_onoff = 1, .l_linger = 0};
  must(::setsockopt(socket.get(), SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once) == 0);
}

Result<std::size_t> unit_size(ByteView head) {
  if (head.size() < 4) return 0;
  const std::size_t length = load_be<std::uint32_t>(head.data());
  if (length == 0) return fail(Errc::malformed, "an empty unit");
  if (length > largest_unit) return fail(Errc::too_large, "a unit of " + std::to_string(length) + " bytes");
  return 4 + length;
}

Bytes unit_of(ByteView body) {
  Bytes unit;
  append_be(unit, static_cast<std::uint32_t>(body.size()));
  append(unit, body);
  return unit;
}

Bytes unit_of(std::size_t size, std::uint8_t filling) { return unit_of(Bytes(size, filling)); }

Bytes pattern(std::size_t size, std::uint32_t seed) {
  Bytes bytes(size);
  std::uint32_t state = seed * 2'654'435'761U + 1;
  for (auto& byte : bytes) {
    state = state * 1'664'525U + 1'013'904'223U;
    byte = static_cast<std::uint8_t>(state >> 24U);
  }
  return bytes;
}

void ConnectionRecorder::on_open() {
  called_after_closed |= times_closed > 0;
  ++opened;
  if (when_open) when_open();
}

void ConnectionRecorder::on_unit(ByteView unit) {
  called_after_closed |= times_closed > 0;
  units.push_back(to_bytes(unit));
  if (when_unit) when_unit(unit);
}

void ConnectionRecorder::on_drained() {
  called_after_closed |= times_closed > 0;
  ++drained;
}

void ConnectionRecorder::on_closed(const Error& error) {
  ++times_closed;
  closed = error;
  if (when_closed) when_closed();
}

void StreamRecorder::on_data(io::Slab data) {
  called_after_closed |= times_closed > 0;
  if (when_data) return when_data(std::move(data));
  append(received, data.view());
}

void StreamRecorder::on_writable() {
  called_after_closed |= times_closed > 0;
  if (when_writable) when_writable();
}

void StreamRecorder::on_end() {
  called_after_closed |= times_closed > 0;
  ++ended;
}

void StreamRecorder::on_closed(const Error& error) {
  ++times_closed;
  closed = error;
}

}   // namespace coterie::test
