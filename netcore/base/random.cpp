// SPDX-License-Identifier: MIT
#include "netcore/base/random.h"

#include <limits>

namespace coterie {

std::uint64_t random_below(std::uint64_t bound) noexcept {
  // Numbers above the last whole multiple of `bound` would make the small results a little likelier.
  const auto multiple = std::numeric_limits<std::uint64_t>::max() / bound * bound;
  for (;;) {
    ByteArray<8> bytes{};
    fill_random(bytes);
    const auto value = load_be<std::uint64_t>(bytes.data());
    if (value < multiple) return value % bound;
  }
}

}   // namespace coterie
