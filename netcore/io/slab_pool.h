// SPDX-License-Identifier: MIT
// Large buffers for data connections, used again and again: one is zeroed and mapped once, not for every read.
#pragma once

#include <memory>
#include <mutex>
#include <vector>

#include "netcore/base/bytes.h"

namespace coterie::io {

// Owned by a shared_ptr: buffers find their way back as long as it lives, from whatever thread drops them last.
class SlabPool : public std::enable_shared_from_this<SlabPool> {
 public:
  std::shared_ptr<Bytes> take(std::size_t size);

 private:
  static constexpr std::size_t kept = 8;
  void give_back(std::unique_ptr<Bytes> slab);

  std::mutex mutex_;
  std::vector<std::unique_ptr<Bytes>> free_;
};

}   // namespace coterie::io
