// SPDX-License-Identifier: MIT
#include "netcore/transfer/upload.h"

#include <algorithm>
#include <array>
#include <cassert>

namespace coterie::transfer {

Upload::Upload(Outlet& out, std::shared_ptr<const FileSource> source, const crypto::StreamKey& key, ChunkIndex first)
    : out_(out), source_(std::move(source)), sealer_(key), next_(first), count_(crypto::chunk_count(source_->size())) {
  assert(first < count_);
}

Status Upload::on_writable() {
  while (!is_all_handed_over() && out_.queued() < high_water)
    if (auto sent = send_slab(); !sent) return sent;
  return {};
}

std::shared_ptr<Bytes> Upload::free_slab() {
  for (const auto& slab : slabs_)
    if (slab.use_count() == 1) return slab;
  // A short file needs no more than its own length.
  const auto chunks = std::min<ChunkIndex>(slab_chunks, count_ - next_);
  const auto length = crypto::sealed_chunk_size * static_cast<std::size_t>(chunks - 1) +
                      crypto::chunk_length(source_->size(), next_ + chunks - 1) +
                      (crypto::sealed_chunk_size - crypto::chunk_size);
  return slabs_.emplace_back(std::make_shared<Bytes>(length));
}

Status Upload::send_slab() {
  const auto size = source_->size();
  const auto slab = free_slab();
  // The plain chunks are read to where their sealed form begins, each with room for its tag behind it.
  std::array<MutableByteView, slab_chunks> plain;
  std::size_t chunks = 0;
  std::size_t length = 0;
  while (chunks < slab_chunks && next_ + chunks < count_) {
    const auto plain_length = crypto::chunk_length(size, next_ + chunks);
    const auto sealed_length = plain_length + (crypto::sealed_chunk_size - crypto::chunk_size);
    if (length + sealed_length > slab->size()) break;
    plain[chunks++] = MutableByteView(*slab).subspan(length, plain_length);
    length += sealed_length;
  }
  if (auto read = source_->read(next_ * crypto::chunk_size, std::span(plain).first(chunks)); !read) return read;
  for (std::size_t i = 0; i < chunks; ++i) {
    const MutableByteView sealed(plain[i].data(), plain[i].size() + (crypto::sealed_chunk_size - crypto::chunk_size));
    sealer_.seal(next_ + i, next_ + i + 1 == count_, plain[i], sealed);
  }
  next_ += chunks;
  out_.send(slab, 0, length);
  return {};
}

bool is_chunk_border(std::uint64_t sealed_offset, std::uint64_t size) {
  return sealed_offset % crypto::sealed_chunk_size == 0 &&
         sealed_offset / crypto::sealed_chunk_size < crypto::chunk_count(size);
}

}   // namespace coterie::transfer
