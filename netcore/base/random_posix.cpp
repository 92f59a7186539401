// SPDX-License-Identifier: MIT
#include <unistd.h>

#include <cstdlib>

#include "netcore/base/random.h"

namespace coterie {

void fill_random(MutableByteView out) noexcept {
  constexpr std::size_t most_at_once = 256;   // of getentropy(3)
  while (!out.empty()) {
    const auto part = out.first(std::min(out.size(), most_at_once));
    if (::getentropy(part.data(), part.size()) != 0) std::abort();
    out = out.subspan(part.size());
  }
}

}   // namespace coterie
