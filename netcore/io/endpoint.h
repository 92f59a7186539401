// SPDX-License-Identifier: MIT
// Where to listen or to connect: as people write it, and as the system wants it.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "netcore/base/bytes.h"
#include "netcore/base/result.h"

struct sockaddr;

namespace coterie::io {

// "127.0.0.1:12345", "[::1]:12345", "host:port", "host": port 0 asks for any free one.
struct Endpoint {
  std::string host;
  std::uint16_t port = 0;
  [[nodiscard]] std::string text() const;   // with brackets around IPv6
  friend bool operator==(const Endpoint&, const Endpoint&) = default;
};
// A bare IPv6 address, without brackets, is a host without a port.
Result<Endpoint> parse_endpoint(std::string_view text, std::uint16_t default_port);

// An address and port in the system's form.
class SocketAddress {
 public:
  SocketAddress(const sockaddr* address, std::size_t size);
  [[nodiscard]] const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(bytes_.data()); }
  [[nodiscard]] std::size_t size() const { return bytes_.size(); }
  [[nodiscard]] int family() const;
  [[nodiscard]] std::string host() const;   // numeric, without brackets and port
  [[nodiscard]] std::uint16_t port() const;

 private:
  Bytes bytes_;
};

// Numeric addresses only, at once: empty for anything else.
std::vector<SocketAddress> numeric_addresses(const Endpoint& endpoint);
// Asks the system's resolver, and blocks while it looks.
Result<std::vector<SocketAddress>> resolve(const Endpoint& endpoint);

}   // namespace coterie::io
