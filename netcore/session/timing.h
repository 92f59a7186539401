// SPDX-License-Identifier: MIT
// Every waiting time of the client engine in one place (protocol.md S2, S5, S12), so that scenarios can shorten them.
#pragma once

#include <chrono>

namespace coterie {

struct Timing {
  using Span = std::chrono::milliseconds;

  Span dial_deadline = std::chrono::seconds(15);
  Span join_deadline = std::chrono::seconds(10);
  Span ping_when_idle = std::chrono::seconds(20);
  Span dead_when_silent = std::chrono::seconds(45);
  Span first_retry = std::chrono::seconds(1);   // doubled after each failure, ±50 %
  Span longest_retry = std::chrono::seconds(60);
  Span handshake_deadline = std::chrono::seconds(20);
  Span initiate_anyway = std::chrono::seconds(30);   // without a session after this, either side may begin, ±10 s
  Span handshake_retry = std::chrono::minutes(1);    // doubled after each silence
  Span busy_retry = std::chrono::minutes(10);   // at most, until one who takes no guesses for the moment is asked again
  Span after_wrong_password =
      std::chrono::seconds(30);   // a newcomer whose password one member has refused asks the next
  Span receipt_delay{30};         // receipts of a burst travel together
  Span receipt_repeat =
      std::chrono::seconds(15);   // unconfirmed contents to a member who is here are sent again after this
  Span typing_repeat = std::chrono::seconds(3);   // between two words that somebody types, in one conversation
  Span session_age = std::chrono::hours(24);
  Span storage_retry = std::chrono::seconds(5);   // after the disk was full
};

}   // namespace coterie
