// SPDX-License-Identifier: MIT
// What of a file under way is safely on the disk, kept beside the database: a header that binds it to one file of one size, then a
// record for each range of chunks that was synced. It only ever grows; a record torn by a crash, and all behind it, does not count.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "netcore/base/ids.h"
#include "netcore/transfer/chunk_map.h"
#include "netcore/transfer/file_io.h"

namespace coterie::transfer {

class Journal {
 public:
  struct Content {
    ChunkMap chunks;
    std::string placed_as;   // the last name the complete file was about to get; empty: never came so far
  };

  // What the journal of this very file says; empty where there is none, or it is another's, or damaged from the start.
  static Content load(const std::filesystem::path& path, const FileId& file, std::uint64_t size);

  // Goes on with it, behind its last good record; made new where load() would give nothing. What it said before is in `content`.
  static Result<Journal> open(const std::filesystem::path& path, const FileId& file, std::uint64_t size,
                              Content& content);
  // Made new, whatever was there.
  static Result<Journal> start(const std::filesystem::path& path, const FileId& file, std::uint64_t size);

  // The chunks must be synced. After a crash of the program the record is there; after a power failure perhaps not, and they travel
  // again.
  Status append(ChunkRange synced);
  // The complete file is about to get this name. On the disk when it returns.
  Status append_placing(const std::string& name);

  static void remove(const std::filesystem::path& path);

 private:
  Journal(AppendFile file, Sha256Digest binding) : file_(std::move(file)), binding_(binding) {}
  Status append_record(std::uint8_t kind, ByteView body);

  AppendFile file_;
  Sha256Digest binding_;   // of the header: part of every record's check
};

}   // namespace coterie::transfer
