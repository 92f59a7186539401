// SPDX-License-Identifier: MIT
// SHA-256 of a file at either end of a transfer, a slice at a time, so that the worker has time for others between two slices.
#pragma once

#include <functional>

#include "netcore/base/digest.h"
#include "netcore/base/worker.h"

namespace coterie::transfer {

// Fills `into` from `offset` on.
using ReadAt = std::function<Status(std::uint64_t offset, MutableByteView into)>;

// Computes the digest of `size` bytes that `read` gives; `done` is called on the owner's thread. Stops, without calling, when
// `wanted` is gone.
void compute_digest(Worker& worker, std::uint64_t size, ReadAt read, std::weak_ptr<void> wanted,
                    std::function<void(Result<Sha256Digest>)> done);

}   // namespace coterie::transfer
