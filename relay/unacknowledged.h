// SPDX-License-Identifier: MIT
// The envelopes handed to one connection and not yet acknowledged by it, under the numbers it knows them by.
#pragma once

#include <optional>
#include <vector>

#include "netcore/base/ids.h"

namespace coterie::relay {

class Unacknowledged {
 public:
  struct Envelope {
    MemberId sender;
    MessageId message;
  };

  // From the oldest open number to the newest: what the bound is on, so that one number left open for ever is bounded too.
  [[nodiscard]] std::size_t span() const { return static_cast<std::size_t>(next_ - first_); }
  // Numbers count up from 1.
  std::uint64_t add(const Envelope& envelope);
  // Nothing for a number that is not open.
  std::optional<Envelope> acknowledge(std::uint64_t number);
  // All that is still open, oldest first; nothing is open afterwards.
  std::vector<Envelope> take_all();

 private:
  struct Slot {
    Envelope envelope;
    bool open = false;
  };
  [[nodiscard]] Slot& slot(std::uint64_t number) { return slots_[number & (slots_.size() - 1)]; }
  void grow();

  std::vector<Slot> slots_;      // number n lies at n modulo the size, a power of two; no memory while nothing was ever sent
  std::uint64_t first_ = 1;      // oldest that may be open
  std::uint64_t next_ = 1;
};

}  // namespace coterie::relay
