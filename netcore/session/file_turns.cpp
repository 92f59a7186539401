// SPDX-License-Identifier: MIT
#include "netcore/session/file_turns.h"

#include <tuple>

namespace coterie {

void TurnQueue::ask(const FileId& file, store::RowId peer, std::uint64_t order) {
  if (!places_.try_emplace(file, Place{peer, order}).second) return;
  members_[peer].waiting.emplace(order, file);
  ++waiting_;
}

void TurnQueue::leave(const FileId& file) {
  const auto found = places_.find(file);
  if (found == places_.end()) return;
  const auto place = found->second;
  places_.erase(found);
  auto& member = members_[place.peer];
  if (holders_.erase(file) > 0) {
    --member.held;
  } else {
    member.waiting.erase({place.order, file});
    --waiting_;
  }
}

std::optional<FileId> TurnQueue::grant() {
  if (holders_.size() >= most_ || waiting_ == 0) return std::nullopt;
  Member* next = nullptr;
  for (auto& [peer, member] : members_)
    if (!member.waiting.empty() &&
        (next == nullptr || std::tie(member.held, member.last_turn) < std::tie(next->held, next->last_turn)))
      next = &member;
  const auto file = next->waiting.begin()->second;
  next->waiting.erase(next->waiting.begin());
  ++next->held;
  next->last_turn = ++turns_;
  --waiting_;
  holders_.insert(file);
  return file;
}

}   // namespace coterie
