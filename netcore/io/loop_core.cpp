// SPDX-License-Identifier: MIT
#include "netcore/io/loop_core.h"

namespace coterie::io {

bool LoopCore::bury() {
  bool any = false;
  while (!graveyard_.empty()) {
    any = true;
    auto disposed = std::exchange(graveyard_, {});   // a destructor may dispose of more
    for (auto& object : disposed) object.reset();
  }
  return any;
}

void LoopCore::ask(TurnEnd& object) {
  if (object.slot_ != TurnEnd::not_asked) return;
  object.slot_ = asked_.size();
  asked_.push_back(&object);
}

void LoopCore::forget(TurnEnd& object) {
  if (object.slot_ != TurnEnd::not_asked) asked_[object.slot_] = nullptr;
  object.slot_ = TurnEnd::not_asked;
}

void LoopCore::end_turn() {
  // Whoever asks again meanwhile is appended, and served by the next turn.
  const auto count = asked_.size();
  for (std::size_t i = 0; i < count; ++i) {
    auto* object = std::exchange(asked_[i], nullptr);
    if (!object) continue;
    object->slot_ = TurnEnd::not_asked;
    Callback callback(*this);
    object->turn_ended();
  }
  asked_.erase(asked_.begin(), asked_.begin() + static_cast<std::ptrdiff_t>(count));
  for (std::size_t i = 0; i < asked_.size(); ++i)
    if (asked_[i]) asked_[i]->slot_ = i;
}

MutableByteView LoopCore::received_scratch() {
  if (!received_) received_ = std::make_unique_for_overwrite<std::uint8_t[]>(scratch_size);
  return {received_.get(), scratch_size};
}

MutableByteView LoopCore::opened_scratch() {
  if (!opened_) opened_ = std::make_unique_for_overwrite<std::uint8_t[]>(scratch_size);
  return {opened_.get(), scratch_size};
}

}   // namespace coterie::io
