// SPDX-License-Identifier: MIT
// What the relay has done since its start, in numbers.
#pragma once

#include <array>
#include <cstdint>

#include "netcore/wire/control.h"

namespace coterie::relay {

struct Counters {
  std::uint64_t accepted = 0;   // connections, of every kind
  std::uint64_t joins = 0;
  std::uint64_t turned_away = 0;   // connections closed because there were too many, or they are not allowed
  std::array<std::uint64_t, static_cast<std::size_t>(control::Refusal::last) + 1>
      refusals{};                      // Refused frames sent, by reason
  std::uint64_t handshakes = 0;        // steps passed on
  std::uint64_t envelopes = 0;         // SENDs taken
  std::uint64_t deliveries = 0;        // envelopes handed to a recipient's connection
  std::uint64_t delivered_bytes = 0;   // of their bodies
  std::uint64_t acknowledged = 0;      // of them, acknowledged
  std::uint64_t holds = 0;             // times a sender was held because a receiver had too much before it
  std::uint64_t throttled = 0;         // times a connection was read no faster than its rate
  std::uint64_t transfers = 0;         // that came to their DONE
  std::uint64_t transfers_failed = 0;
  std::uint64_t transferred_bytes = 0;
};

}   // namespace coterie::relay
