// SPDX-License-Identifier: MIT
// Unpredictable bytes from the operating system, for ids, tickets and nonces outside the end-to-end layer.
#pragma once

#include "netcore/base/bytes.h"

namespace coterie {

// Fills `out`; ends the process if the system cannot give randomness, since nothing safe can follow.
void fill_random(MutableByteView out) noexcept;

// A random Id: `random_id<MessageId>()`.
template <class IdType>
IdType random_id() {
  IdType id;
  fill_random(id.bytes);
  return id;
}

// Uniform in [0, bound); bound > 0. For jitter, not for keys.
std::uint64_t random_below(std::uint64_t bound) noexcept;

}   // namespace coterie
