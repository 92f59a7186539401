// SPDX-License-Identifier: MIT
#include <cryptopp/osrng.h>

#include <cstdlib>

#include "netcore/base/random.h"

namespace coterie {

void fill_random(MutableByteView out) noexcept {
  try {
    CryptoPP::OS_GenerateRandomBlock(false, out.data(), out.size());
  } catch (...) {
    std::abort();
  }
}

}   // namespace coterie
