// SPDX-License-Identifier: MIT
#include "relay/unacknowledged.h"

#include <algorithm>
#include <utility>

namespace coterie::relay {
namespace {

constexpr std::size_t smallest = 16;   // slots; what a quiet member keeps

std::size_t held_by(const Letter& letter) { return letter.body ? letter.body->size() : 0; }

}   // namespace

void Unacknowledged::grow() {
  std::vector<Slot> old(slots_.empty() ? smallest : slots_.size() * 2);
  old.swap(slots_);
  for (auto number = first_; number < next_; ++number) slot(number) = std::move(old[number & (old.size() - 1)]);
}

std::uint64_t Unacknowledged::add(Envelope envelope) {
  if (span() == slots_.size()) grow();
  bytes_ += held_by(envelope.letter);
  auto& free = slot(next_);
  free.envelope = std::move(envelope);
  free.open = true;
  return next_++;
}

std::optional<Unacknowledged::Envelope> Unacknowledged::acknowledge(std::uint64_t number) {
  if (number < first_ || number >= next_ || !slot(number).open) return std::nullopt;
  slot(number).open = false;
  auto envelope = std::move(slot(number).envelope);
  bytes_ -= held_by(envelope.letter);
  while (first_ < next_ && !slot(first_).open) ++first_;
  if (first_ == next_ && slots_.size() > smallest) slots_ = {};   // a burst is over
  return envelope;
}

std::vector<Unacknowledged::Envelope> Unacknowledged::take_all() {
  std::vector<Envelope> all;
  for (auto number = first_; number < next_; ++number)
    if (slot(number).open) all.push_back(std::move(slot(number).envelope));
  first_ = next_;
  slots_ = {};
  bytes_ = 0;
  return all;
}

std::vector<Letter> Unacknowledged::take_overdue(io::Clock::time_point since) {
  std::vector<Letter> overdue;
  for (looked_at_ = std::max(looked_at_, first_); looked_at_ < next_; ++looked_at_) {
    auto& [envelope, open] = slot(looked_at_);
    if (!open) continue;
    if (envelope.since > since) break;   // so are all behind it
    if (!envelope.letter.body || envelope.in_mailbox) continue;
    bytes_ -= held_by(envelope.letter);
    overdue.push_back(envelope.letter);
    envelope.letter.body = nullptr;
    envelope.in_mailbox = true;
  }
  return overdue;
}

bool Unacknowledged::has_from_mailbox(const MemberId& sender, const MessageId& message) const {
  for (auto number = first_; number < next_; ++number) {
    const auto& [envelope, open] = slot(number);
    if (open && envelope.in_mailbox && envelope.letter.message == message && envelope.letter.sender == sender)
      return true;
  }
  return false;
}

}   // namespace coterie::relay
