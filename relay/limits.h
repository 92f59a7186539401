// SPDX-License-Identifier: MIT
// What one client may ask of the relay, and how fast. The numbers and the reasons for them: docs/relay-limits.md.
#pragma once

#include <string>
#include <string_view>
#include <unordered_map>

#include "netcore/io/event_loop.h"
#include "netcore/wire/control.h"
#include "relay/mailbox_store.h"

namespace coterie::relay {

// A steady rate and how far above it a burst may go.
struct Rate {
  double per_second = 0;
  double burst = 0;
};

struct Limits {
  // Per connection. Above the rate the relay reads that connection no faster: nothing is dropped.
  Rate sends{20, 100};
  Rate handshakes{20, 400};
  // Per address (IPv6: per /64). Above the rate a JOIN is refused.
  Rate joins{0.5, 30};
  std::size_t connections_per_address = 64;
  std::size_t connections = 30'000;   // control and data connections together

  // Per group.
  std::size_t members = control::max_members;   // at most control::max_members
  std::size_t unvouched = 64;                   // of them, members nobody has vouched for
  // In all: members remembered while they are away.
  std::size_t remembered = 200'000;
  // What is kept for members who are away.
  MailboxQuotas mailbox;

  // Per connection that receives.
  std::size_t unacknowledged = 4096;          // envelopes sent to it and not yet acknowledged
  std::size_t unacknowledged_bytes = 4_MiB;   // of their bodies, held for the mailbox
  std::size_t hold_senders_at = 256_KiB;      // of output: whoever adds to it is not read until it has fallen
  std::size_t drop_at = 4_MiB;                // of output: the connection is dropped

  // Per member.
  std::size_t blobs = 8;              // offered at a time
  std::size_t waiting_reads = 8;      // wanted and not yet matched
  std::size_t data_connections = 8;   // transfers under way, either direction

  // Bytes a second; 0: no limit.
  std::uint64_t transfer_bandwidth = 0;    // of one transfer
  std::uint64_t transfers_bandwidth = 0;   // of all together
};

// A token bucket. Overdrawing is allowed, so that what has arrived is served; `level` below zero means: wait.
class TokenBucket {
 public:
  TokenBucket(const Rate& rate, io::Clock::time_point now) : level_(rate.burst), at_(now) {}

  // Takes tokens, whether they are there or not.
  void take(const Rate& rate, io::Clock::time_point now, double tokens = 1);
  // Takes one token if it is there.
  bool try_take(const Rate& rate, io::Clock::time_point now);
  // No token is owed.
  bool is_level(const Rate& rate, io::Clock::time_point now);
  // It has been left alone so long that it is full again: it can be forgotten.
  bool is_full(const Rate& rate, io::Clock::time_point now);

 private:
  void refill(const Rate& rate, io::Clock::time_point now);
  double level_;
  io::Clock::time_point at_;
};

// One bucket for each address that has joined lately.
class AddressBuckets {
 public:
  bool admit(const std::string& address, const Rate& rate, io::Clock::time_point now);
  // Forgets the buckets that are full again.
  void sweep(const Rate& rate, io::Clock::time_point now);
  [[nodiscard]] std::size_t size() const { return buckets_.size(); }

 private:
  std::unordered_map<std::string, TokenBucket> buckets_;
  io::Clock::time_point swept_;
};

// What counts as one address: an IPv4 address, or the /64 an IPv6 address lies in, which one household or host has to itself.
std::string address_key(const std::string& address);

// Equality whose duration tells nothing about where two texts differ.
bool equal_in_constant_time(std::string_view a, std::string_view b);

}   // namespace coterie::relay
