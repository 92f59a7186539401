// SPDX-License-Identifier: MIT
// Member ids in hash tables. They are hashes: eight of their bytes, mixed with a number nobody outside knows, spread well and
// cannot be aimed at one bucket.
#pragma once

#include <cstring>

#include "netcore/base/ids.h"
#include "netcore/base/random.h"

namespace coterie::relay {

struct MemberHash {
  std::size_t operator()(const MemberId& id) const noexcept {
    static const std::uint64_t secret = random_odd();
    static_assert(sizeof(std::size_t) == sizeof(std::uint64_t));
    std::uint64_t first = 0;
    std::memcpy(&first, id.bytes.data(), sizeof first);
    const auto mixed = (first ^ secret) * 0x9e3779b97f4a7c15ULL;
    return mixed ^ (mixed >> 32U);
  }

 private:
  static std::uint64_t random_odd() {
    ByteArray<8> bytes;
    fill_random(bytes);
    return load_be<std::uint64_t>(bytes.data()) | 1U;
  }
};

}   // namespace coterie::relay
