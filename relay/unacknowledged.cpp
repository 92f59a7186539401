// SPDX-License-Identifier: MIT
#include "relay/unacknowledged.h"

#include <utility>

namespace coterie::relay {
namespace {

constexpr std::size_t smallest = 16;   // slots; what a quiet member keeps

}  // namespace

void Unacknowledged::grow() {
  std::vector<Slot> old(slots_.empty() ? smallest : slots_.size() * 2);
  old.swap(slots_);
  for (auto number = first_; number < next_; ++number) slot(number) = old[number & (old.size() - 1)];
}

std::uint64_t Unacknowledged::add(const Envelope& envelope) {
  if (span() == slots_.size()) grow();
  slot(next_) = {.envelope = envelope, .open = true};
  return next_++;
}

std::optional<Unacknowledged::Envelope> Unacknowledged::acknowledge(std::uint64_t number) {
  if (number < first_ || number >= next_ || !slot(number).open) return std::nullopt;
  slot(number).open = false;
  const auto envelope = slot(number).envelope;
  while (first_ < next_ && !slot(first_).open) ++first_;
  if (first_ == next_ && slots_.size() > smallest) slots_ = {};   // a burst is over
  return envelope;
}

std::vector<Unacknowledged::Envelope> Unacknowledged::take_all() {
  std::vector<Envelope> all;
  for (auto number = first_; number < next_; ++number)
    if (slot(number).open) all.push_back(slot(number).envelope);
  first_ = next_;
  slots_ = {};
  return all;
}

}  // namespace coterie::relay
