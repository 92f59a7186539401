// SPDX-License-Identifier: MIT
// Which chunks of a file are there, as a set of ranges: mostly a single one that begins at 0.
#pragma once

#include <cstdint>
#include <map>
#include <vector>

namespace coterie::transfer {

using ChunkIndex = std::uint64_t;

// Chunks [first, end).
struct ChunkRange {
  ChunkIndex first = 0;
  ChunkIndex end = 0;
  [[nodiscard]] ChunkIndex count() const { return end - first; }
  bool operator==(const ChunkRange&) const = default;
};

class ChunkMap {
 public:
  // Adding what is there already changes nothing; an empty range neither.
  void add(ChunkRange range);
  [[nodiscard]] bool has(ChunkIndex index) const;
  // The lowest chunk that is not there.
  [[nodiscard]] ChunkIndex first_missing() const;
  // All of [0, count).
  [[nodiscard]] bool is_complete(ChunkIndex count) const { return first_missing() >= count; }
  [[nodiscard]] ChunkIndex count() const { return count_; }
  // Plaintext bytes in the chunks there, of a file of `size` bytes.
  [[nodiscard]] std::uint64_t bytes_of(std::uint64_t size) const;
  // Ascending, neither touching nor overlapping.
  [[nodiscard]] std::vector<ChunkRange> ranges() const;
  // What is here and not in `other`.
  [[nodiscard]] std::vector<ChunkRange> beyond(const ChunkMap& other) const;

  bool operator==(const ChunkMap&) const = default;

 private:
  std::map<ChunkIndex, ChunkIndex> ranges_;   // first → end
  ChunkIndex count_ = 0;
};

}   // namespace coterie::transfer
