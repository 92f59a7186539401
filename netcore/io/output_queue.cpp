// SPDX-License-Identifier: MIT
#include "netcore/io/output_queue.h"

#include <cassert>

namespace coterie::io {

std::unique_ptr<BlockPool::Block> BlockPool::take() {
  if (free_.empty()) return std::make_unique_for_overwrite<Block>();
  auto block = std::move(free_.back());
  free_.pop_back();
  return block;
}

void BlockPool::give_back(std::unique_ptr<Block> block) {
  if (free_.size() < kept) free_.push_back(std::move(block));
}

void OutputQueue::append(ByteView bytes) {
  size_ += bytes.size();
  while (!bytes.empty()) {
    if (!filling_ || filled_ == record_size) {
      auto block = pool_.take();
      filling_ = block.get();
      filling_owner_ = pieces_.size();
      filled_ = 0;
      pieces_.push_back({.bytes = {filling_->bytes.data(), 0}, .block = std::move(block), .memory = nullptr});
    } else if (filling_owner_ + 1 != pieces_.size()) {
      // A shared body was queued since: a new piece of the same block, which takes over its ownership.
      auto block = std::move(pieces_[filling_owner_].block);
      filling_owner_ = pieces_.size();
      pieces_.push_back({.bytes = {filling_->bytes.data() + filled_, 0}, .block = std::move(block), .memory = nullptr});
    }
    const auto count = std::min(bytes.size(), record_size - filled_);
    std::copy_n(bytes.data(), count, filling_->bytes.data() + filled_);
    filled_ += count;
    auto& piece = pieces_.back().bytes;
    piece = {piece.data(), piece.size() + count};
    bytes = bytes.subspan(count);
  }
}

void OutputQueue::append(std::shared_ptr<const Bytes> memory, ByteView part) {
  if (part.empty()) return;
  size_ += part.size();
  pieces_.push_back({.bytes = part, .block = nullptr, .memory = std::move(memory)});
}

ByteView OutputQueue::front(std::size_t limit, MutableByteView staging) const {
  if (empty()) return {};
  limit = std::min(limit, size_);
  if (pieces_[first_].bytes.size() >= limit) return pieces_[first_].bytes.first(limit);
  assert(staging.size() >= limit);
  std::size_t have = 0;
  for (std::size_t i = first_; have < limit; ++i) {
    const auto count = std::min(pieces_[i].bytes.size(), limit - have);
    std::copy_n(pieces_[i].bytes.data(), count, staging.data() + have);
    have += count;
  }
  return staging.first(limit);
}

std::size_t OutputQueue::front(std::span<ByteView> pieces) const {
  const auto count = std::min(pieces.size(), pieces_.size() - first_);
  for (std::size_t i = 0; i < count; ++i) pieces[i] = pieces_[first_ + i].bytes;
  return count;
}

void OutputQueue::remove(std::size_t count) {
  assert(count <= size_);
  size_ -= count;
  while (count > 0) {
    auto& bytes = pieces_[first_].bytes;
    const auto taken = std::min(count, bytes.size());
    bytes = bytes.subspan(taken);
    count -= taken;
    if (bytes.empty()) drop_front();
  }
  if (size_ == 0) {
    clear();
  } else if (first_ >= 64 && first_ * 2 >= pieces_.size()) {
    pieces_.erase(pieces_.begin(), pieces_.begin() + static_cast<std::ptrdiff_t>(first_));
    filling_owner_ -= filling_ ? first_ : 0;
    first_ = 0;
  }
}

void OutputQueue::drop_front() {
  auto& piece = pieces_[first_];
  if (piece.block) {
    if (piece.block.get() == filling_) filling_ = nullptr;
    pool_.give_back(std::move(piece.block));
  }
  piece.memory.reset();
  ++first_;
}

void OutputQueue::clear() {
  for (; first_ < pieces_.size();) drop_front();
  constexpr std::size_t worth_keeping = 16;
  if (pieces_.capacity() > worth_keeping) {
    std::vector<Piece>().swap(pieces_);
  } else {
    pieces_.clear();
  }
  first_ = 0;
  size_ = 0;
  filling_ = nullptr;
}

}   // namespace coterie::io
