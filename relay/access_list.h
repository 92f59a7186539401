// SPDX-License-Identifier: MIT
// Which addresses may connect at all: lists of addresses and networks that are let in, or kept out.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "netcore/base/result.h"

namespace coterie::relay {

// "192.0.2.7", "192.0.2.0/24", "2001:db8::1", "2001:db8::/32".
class Network {
 public:
  static Result<Network> parse(std::string_view text);
  [[nodiscard]] bool contains(const Network& address) const;

 private:
  // IPv4 as ::ffff:a.b.c.d (RFC 4291 §2.5.5.2), so that an address is the same whichever way it came.
  std::array<std::uint8_t, 16> bits_{};
  unsigned length_ = 128;
};

struct AccessList {
  std::vector<Network> allow;   // empty: everybody
  std::vector<Network> deny;    // stronger than allow

  // `address` is numeric. What is no address is kept out as soon as there is a list.
  [[nodiscard]] bool admits(const std::string& address) const;
};

}   // namespace coterie::relay
