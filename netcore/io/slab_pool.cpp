// SPDX-License-Identifier: MIT
#include "netcore/io/slab_pool.h"

namespace coterie::io {

std::shared_ptr<Bytes> SlabPool::take(std::size_t size) {
  std::unique_ptr<Bytes> slab;
  {
    std::lock_guard lock(mutex_);
    while (!slab && !free_.empty()) {
      if (free_.back()->size() == size) slab = std::move(free_.back());
      free_.pop_back();
    }
  }
  if (!slab) slab = std::make_unique<Bytes>(size);
  return {slab.release(), [home = weak_from_this()](Bytes* bytes) {
            std::unique_ptr<Bytes> returned(bytes);
            if (auto pool = home.lock()) pool->give_back(std::move(returned));
          }};
}

void SlabPool::give_back(std::unique_ptr<Bytes> slab) {
  std::lock_guard lock(mutex_);
  if (free_.size() < kept) free_.push_back(std::move(slab));
}

}   // namespace coterie::io
