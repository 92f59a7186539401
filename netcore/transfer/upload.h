// SPDX-License-Identifier: MIT
// Pulls a file from disk chunk by chunk, seals it in place and hands it over, as fast as the outlet takes it and no faster. One
// Upload is one sealing: it goes forward only, so no chunk is ever sealed twice under its key.
#pragma once

#include <memory>
#include <vector>

#include "netcore/crypto/file_stream.h"
#include "netcore/transfer/chunk_map.h"
#include "netcore/transfer/file_io.h"

namespace coterie::transfer {

// Where sealed bytes go: a data connection.
class Outlet {
 public:
  virtual ~Outlet() = default;
  [[nodiscard]] virtual std::size_t queued() const = 0;   // bytes taken but not yet gone
  // Keeps `memory` until the bytes are gone; it is not changed before the last other owner is the Upload again.
  virtual void send(std::shared_ptr<Bytes> memory, std::size_t offset, std::size_t length) = 0;
};

class Upload {
 public:
  static constexpr std::size_t slab_chunks = 4;                      // read at once
  static constexpr std::size_t high_water = std::size_t{1} << 20U;   // bytes queued at which reading stops

  // Begins at chunk `first`, below the file's chunk count. `out` outlives the upload.
  Upload(Outlet& out, std::shared_ptr<const FileSource> source, const crypto::StreamKey& key, ChunkIndex first);

  // Reads, seals and hands over until the outlet has enough or nothing is left. Errc::source_changed, io_failure: the upload is over.
  Status on_writable();

  [[nodiscard]] bool is_all_handed_over() const { return next_ == count_; }
  // The first chunk not handed over yet.
  [[nodiscard]] ChunkIndex position() const { return next_; }

 private:
  std::shared_ptr<Bytes> free_slab();
  Status send_slab();

  Outlet& out_;
  std::shared_ptr<const FileSource> source_;
  crypto::ChunkSealer sealer_;
  ChunkIndex next_;
  ChunkIndex count_;
  std::vector<std::shared_ptr<Bytes>> slabs_;   // used again as soon as nobody else holds them
};

// The byte of the sealed file at which chunk `index` begins, and back: nothing for an offset inside a chunk or behind the last.
constexpr std::uint64_t sealed_offset(ChunkIndex index) { return index * crypto::sealed_chunk_size; }
bool is_chunk_border(std::uint64_t sealed_offset, std::uint64_t size);

}   // namespace coterie::transfer
