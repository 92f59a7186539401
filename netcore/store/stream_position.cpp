// SPDX-License-Identifier: MIT
#include "netcore/store/profile_store.h"

namespace coterie::store {

bool StreamPosition::add(std::uint64_t seq) {
  if (has(seq)) return false;
  beyond.insert(seq);
  // The run that now begins right above `upto`, if any, belongs below it.
  while (!beyond.empty() && *beyond.begin() == upto + 1) {
    ++upto;
    beyond.erase(beyond.begin());
  }
  return true;
}

bool StreamPosition::has(std::uint64_t seq) const { return seq <= upto || beyond.contains(seq); }

std::uint64_t StreamPosition::missing() const { return beyond.empty() ? 0 : *beyond.rbegin() - upto - beyond.size(); }

}   // namespace coterie::store
