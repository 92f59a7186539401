// SPDX-License-Identifier: MIT
// What waits to be written to one socket: small sends gathered into blocks of one TLS record each, large bodies by reference.
#pragma once

#include <array>
#include <memory>
#include <span>
#include <vector>

#include "netcore/base/bytes.h"

namespace coterie::io {

constexpr std::size_t record_size = 16 * 1024;   // RFC 8446 §5.1: the most a TLS record carries

// Blocks of record_size bytes, kept for the next output that needs one: a burst allocates nothing.
class BlockPool {
 public:
  struct Block {
    std::array<std::uint8_t, record_size> bytes;   // left uninitialised
  };
  std::unique_ptr<Block> take();
  void give_back(std::unique_ptr<Block> block);

 private:
  static constexpr std::size_t kept = 256;   // 4 MiB
  std::vector<std::unique_ptr<Block>> free_;
};

class OutputQueue {
 public:
  explicit OutputQueue(BlockPool& pool) : pool_(pool) {}
  OutputQueue(const OutputQueue&) = delete;
  OutputQueue& operator=(const OutputQueue&) = delete;
  ~OutputQueue() { clear(); }

  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] bool empty() const { return size_ == 0; }

  void append(ByteView bytes);                                       // copied
  void append(std::shared_ptr<const Bytes> memory, ByteView part);   // `part` lies in `memory`, which is kept alive
  // The first bytes, up to `limit` of them, in one run: in place where they lie together, else copied to `staging`.
  ByteView front(std::size_t limit, MutableByteView staging) const;
  // The first pieces, for a gathering write; the number filled in.
  std::size_t front(std::span<ByteView> pieces) const;
  void remove(std::size_t count);   // from the front
  void clear();

 private:
  struct Piece {
    ByteView bytes;
    std::unique_ptr<BlockPool::Block> block;   // of the pieces in one block the last owns it: it goes last
    std::shared_ptr<const Bytes> memory;
  };
  void drop_front();

  BlockPool& pool_;
  std::vector<Piece> pieces_;
  std::size_t first_ = 0;   // of pieces_; those before are done
  std::size_t size_ = 0;
  BlockPool::Block* filling_ = nullptr;   // the block small sends go to, while a piece owns it
  std::size_t filling_owner_ = 0;         // index of that piece
  std::size_t filled_ = 0;                // bytes of it
};

}   // namespace coterie::io
