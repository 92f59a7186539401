// SPDX-License-Identifier: MIT
// The envelopes handed to one connection and not yet acknowledged by it, under the numbers it knows them by. Of those that may be
// kept, the whole letter: what is not acknowledged in time goes to the mailbox.
#pragma once

#include <functional>
#include <optional>
#include <vector>

#include "netcore/io/event_loop.h"
#include "relay/letter.h"

namespace coterie::relay {

class Unacknowledged {
 public:
  struct Envelope {
    Letter letter;                   // with a body: it is kept nowhere else
    io::Clock::time_point since{};   // when it was handed over
    bool in_mailbox = false;         // or on its way there
  };

  // From the oldest open number to the newest: what the bound is on, so that one number left open for ever is bounded too.
  [[nodiscard]] std::size_t span() const { return static_cast<std::size_t>(next_ - first_); }
  // Of the bodies held here, each counted once for this connection.
  [[nodiscard]] std::size_t bytes() const { return bytes_; }
  // Numbers count up from 1.
  std::uint64_t add(Envelope envelope);
  // Nothing for a number that is not open.
  std::optional<Envelope> acknowledge(std::uint64_t number);
  // All that is still open, oldest first; nothing is open afterwards.
  std::vector<Envelope> take_all();
  // The letters that were handed over before `since` and are kept nowhere else, oldest first. They stay open, but are taken to be
  // in the mailbox from now on.
  std::vector<Letter> take_overdue(io::Clock::time_point since);
  // That letter is open, and in the mailbox.
  [[nodiscard]] bool has_from_mailbox(const MemberId& sender, const MessageId& message) const;

 private:
  struct Slot {
    Envelope envelope;
    bool open = false;
  };
  [[nodiscard]] Slot& slot(std::uint64_t number) { return slots_[number & (slots_.size() - 1)]; }
  [[nodiscard]] const Slot& slot(std::uint64_t number) const { return slots_[number & (slots_.size() - 1)]; }
  void grow();

  std::vector<Slot>
      slots_;   // number n lies at n modulo the size, a power of two; no memory while nothing was ever sent
  std::uint64_t first_ = 1;   // oldest that may be open
  std::uint64_t next_ = 1;
  std::uint64_t looked_at_ = 1;   // everything below has been looked at by take_overdue()
  std::size_t bytes_ = 0;
};

}   // namespace coterie::relay
