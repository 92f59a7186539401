// SPDX-License-Identifier: MIT
#include "netcore/transfer/chunk_map.h"

#include <algorithm>
#include <iterator>

#include "netcore/crypto/file_stream.h"

namespace coterie::transfer {

void ChunkMap::add(ChunkRange range) {
  if (range.first >= range.end) return;
  auto at = ranges_.upper_bound(range.first);
  if (at != ranges_.begin() && std::prev(at)->second >= range.first) --at;
  while (at != ranges_.end() && at->first <= range.end) {
    range.first = std::min(range.first, at->first);
    range.end = std::max(range.end, at->second);
    count_ -= at->second - at->first;
    at = ranges_.erase(at);
  }
  ranges_.emplace(range.first, range.end);
  count_ += range.count();
}

bool ChunkMap::has(ChunkIndex index) const {
  const auto after = ranges_.upper_bound(index);
  return after != ranges_.begin() && std::prev(after)->second > index;
}

ChunkIndex ChunkMap::first_missing() const {
  return ranges_.empty() || ranges_.begin()->first != 0 ? 0 : ranges_.begin()->second;
}

std::uint64_t ChunkMap::bytes_of(std::uint64_t size) const {
  std::uint64_t bytes = 0;
  for (const auto& [first, end] : ranges_)
    bytes += std::min(size, end * crypto::chunk_size) - std::min(size, first * crypto::chunk_size);
  return bytes;
}

std::vector<ChunkRange> ChunkMap::ranges() const {
  std::vector<ChunkRange> list;
  list.reserve(ranges_.size());
  for (const auto& [first, end] : ranges_) list.push_back({first, end});
  return list;
}

std::vector<ChunkRange> ChunkMap::beyond(const ChunkMap& other) const {
  std::vector<ChunkRange> list;
  for (const auto& [first, end] : ranges_) {
    auto from = first;
    auto known = other.ranges_.upper_bound(from);
    if (known != other.ranges_.begin()) --known;
    for (; known != other.ranges_.end() && known->first < end; ++known) {
      if (known->second <= from) continue;
      if (known->first > from) list.push_back({from, known->first});
      from = known->second;
    }
    if (from < end) list.push_back({from, end});
  }
  return list;
}

}   // namespace coterie::transfer
