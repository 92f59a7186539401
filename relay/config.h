// SPDX-License-Identifier: MIT
// Everything a relay is told, at its start or when it is to read it again.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "netcore/io/listener.h"
#include "relay/access_list.h"
#include "relay/limits.h"

namespace coterie::relay {

constexpr std::uint16_t default_port = 12345;

// How long the relay waits for what (protocol.md S2, S10). Tests shorten it; the program does not offer it.
struct Timing {
  io::Duration first_byte = std::chrono::seconds(5);
  io::Duration tls = std::chrono::seconds(10);           // from the first byte to the end of the TLS handshake
  io::Duration join = std::chrono::seconds(10);          // from there to JOIN
  io::Duration ping = std::chrono::seconds(20);          // without a frame: ask
  io::Duration silent = std::chrono::seconds(45);        // without a frame: dead
  io::Duration acknowledge = std::chrono::seconds(2);    // for an envelope handed over; then it is kept
  io::Duration stuck = std::chrono::seconds(3);          // others are held and the receiver takes nothing: dropped
  io::Duration unread = std::chrono::seconds(20);        // others are held and the receiver takes too little: dropped
  io::Duration flush = std::chrono::seconds(5);          // for the last frames of a connection that is closed
  io::Duration hello = std::chrono::seconds(5);          // for the first 44 bytes of a data connection
  io::Duration ticket = std::chrono::seconds(30);        // for both ends of a transfer to come
  io::Duration stall = std::chrono::seconds(60);         // for a data connection on which nothing moves
  io::Duration tick = std::chrono::seconds(1);           // between two looks at all deadlines
  io::Duration sweep = std::chrono::minutes(10);         // between two looks at members away for too long
  io::Duration refill = std::chrono::milliseconds(20);   // between two looks at connections held by their rate
  io::Duration persist = std::chrono::seconds(1);        // from a change of what is remembered to its being written
  io::Duration drain = std::chrono::seconds(5);          // for everything to close when the relay stops
  std::chrono::seconds remember = std::chrono::hours(24 * 30);   // a member who is away, in the relay's running time
};

struct Config {
  std::vector<io::Endpoint> listen;      // empty: all addresses, IPv4 and IPv6, default_port
  std::filesystem::path state_dir;       // made (0700) where it is missing
  std::string access_key;                // empty: anyone may join
  AccessList access;                     // who may connect
  bool mailbox = true;                   // keep letters for members who are away
  bool classic = false;                  // serve clients of the educational prototype too
  std::optional<io::Endpoint> metrics;   // where to serve them; nothing: nowhere
  Limits limits;
  Timing timing;
};

// $STATE_DIRECTORY (set by systemd); else /var/lib/coterie-relay for root; else $XDG_STATE_HOME/coterie-relay, by default
// ~/.local/state/coterie-relay.
std::filesystem::path default_state_dir();

// The one line of a file that only its owner can read: 1..64 bytes.
Result<std::string> read_access_key(const std::filesystem::path& file);

}   // namespace coterie::relay
