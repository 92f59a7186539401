// SPDX-License-Identifier: MIT
// Takes sealed bytes as they come, opens whole chunks, writes them, and records what is safely on the disk. Belongs to the
// loop's thread; flushing happens on the worker.
//
//   sealed bytes ─feed─▶ chunk complete ─open─▶ write ─▶ every 8 MiB, or when sync() is called: fdatasync ─▶ journal
//
// A crash loses at most what was not synced; a connection that breaks loses at most the chunk under way.
#pragma once

#include <functional>
#include <memory>
#include <optional>

#include "netcore/base/worker.h"
#include "netcore/crypto/file_stream.h"
#include "netcore/transfer/chunk_map.h"
#include "netcore/transfer/file_io.h"
#include "netcore/transfer/journal.h"

namespace coterie::transfer {

class Download {
 public:
  static constexpr std::uint64_t sync_at = std::uint64_t{8} << 20U;   // written bytes that start a sync by themselves
  static constexpr std::uint64_t unsynced_limit = std::uint64_t{64}
                                                  << 20U;   // written bytes at which the caller must pause

  // Called from the worker's answers, never from inside a method.
  struct Hooks {
    std::function<void()> on_synced = [] {};   // must_pause() may have ended
    std::function<void(const Error&)> on_failed = [](const Error&) {
    };   // a sync failed: only what the journal holds counts
  };

  // `there`: what the journal says.
  Download(Worker& worker, std::shared_ptr<FileSink> sink, std::shared_ptr<Journal> journal, std::uint64_t size,
           ChunkMap there, Hooks hooks);
  ~Download();

  // What comes next are the chunks from the first missing one on, sealed under this key. There must be one missing.
  void begin(const crypto::StreamKey& key);
  // Any number of bytes; the memory is overwritten. Errors end the attempt, and a new begin() goes on from the first missing chunk:
  // crypto_failure for a chunk that does not open and for bytes behind the last one, disk_full, io_failure and permission_denied
  // from writing.
  Status feed(MutableByteView sealed);

  // Flushes what was written since the last time, unless that is being done.
  void sync();
  // Calls `done` when nothing is left to flush, with the failure if there was one; not from inside.
  void settle(std::function<void(Status)> done);

  [[nodiscard]] bool must_pause() const { return unsynced_ >= unsynced_limit; }
  [[nodiscard]] bool is_complete() const { return there_.is_complete(count_); }
  // Written, synced or not.
  [[nodiscard]] const ChunkMap& there() const { return there_; }
  // Survives a crash.
  [[nodiscard]] const ChunkMap& synced() const { return synced_; }
  [[nodiscard]] const std::shared_ptr<FileSink>& sink() const { return sink_; }
  [[nodiscard]] const std::shared_ptr<Journal>& journal() const { return journal_; }

 private:
  [[nodiscard]] std::size_t sealed_size(ChunkIndex index) const;
  Status take_whole(MutableByteView& sealed);
  Status write(ChunkIndex first, std::span<const ByteView> plain);
  void on_sync_done(const ChunkMap& now_synced, const Status& status);

  Worker& worker_;
  std::shared_ptr<FileSink> sink_;
  std::shared_ptr<Journal> journal_;
  std::uint64_t size_;
  ChunkIndex count_;
  Hooks hooks_;

  ChunkMap there_;
  ChunkMap synced_;
  std::uint64_t unsynced_ = 0;   // plaintext bytes written since the last sync was begun, and being synced
  std::uint64_t syncing_ = 0;    // of these, the ones being synced
  bool sync_runs_ = false;
  std::optional<Error> failure_;   // of a sync
  std::vector<std::function<void(Status)>> settling_;

  std::optional<crypto::ChunkOpener> opener_;   // while an attempt is under way
  ChunkIndex next_ = 0;
  Bytes carry_;   // front of chunk next_, when it came in pieces
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}   // namespace coterie::transfer
