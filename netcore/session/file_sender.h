// SPDX-License-Identifier: MIT
// The sending end of one file.
//
//             accepted                    BlobNeed               all read
//   Offered ────────────▶ Waiting ─turn─▶ Armed ────▶ Streaming ───────────▶ Proving ──FILE_DONE──▶ Told ──saved──▶ over
//                           ▲                             │                     │                    │
//                           └──── the line broke before the reader's DONE: a fresh attempt ──────────┘
//
// An attempt is marked as used on the disk before its first byte leaves, and never streamed again: no chunk is sealed twice under one
// key over bytes that may have changed (S10). While the source stays open, all of it is known to be of one version; opened anew, its
// digest proves that to the receiver.
#pragma once

#include "netcore/session/file_task.h"
#include "netcore/transfer/upload.h"

namespace coterie {

class FileSender final : public FileTask, private FileLink::Observer, private transfer::Outlet {
 public:
  FileSender(FileContext& context, store::TransferRow row, std::uint64_t order);
  ~FileSender() override;

  void advance() override;
  void take_turn() override;
  void on_reachable() override { advance(); }
  void on_offline() override;
  void on_refused(control::BlobRefusal reason) override;
  [[nodiscard]] const BlobId& blob() const override { return row().attempt; }
  void stop() override;

  // The receiver wants it from this chunk on; the row is accepted.
  void on_wanted(transfer::ChunkIndex first_missing);
  // The relay has a reader for our current attempt.
  void on_need(const control::BlobNeed& need);
  // One of the streams became free. True if it was taken.
  bool take_stream();

 private:
  enum class Stage { waiting, armed, streaming, proving, told };

  // ── FileLink::Observer ──
  void on_link_open() override;
  void on_link_data(io::Slab data) override;
  void on_link_writable() override;
  void on_link_lost(const Error& error) override;

  // ── transfer::Outlet ──
  [[nodiscard]] std::size_t queued() const override { return link_->stream().queued(); }
  void send(std::shared_ptr<Bytes> memory, std::size_t offset, std::size_t length) override;

  [[nodiscard]] std::uint64_t done_bytes() const override { return done_; }
  [[nodiscard]] std::optional<Sha256Digest> digest() const override { return digest_; }

  [[nodiscard]] Status can_pause() const override;
  void halt() override;

  bool renew_attempt();
  void watch_turn();
  void give_up_turn();
  void start(const control::BlobNeed& need);
  bool open_source();
  void close_link();
  void broken();
  void prove();
  void tell_done(std::optional<Sha256Digest> digest);
  void source_failed(const Error& error);

  Stage stage_ = Stage::waiting;
  io::Clock::time_point armed_at_;
  std::shared_ptr<const transfer::FileSource> source_;   // from the first stream on
  std::optional<control::BlobNeed> need_;                // waits for a stream
  io::Clock::time_point need_since_;
  io::Timer turn_;
  std::unique_ptr<FileLink> link_;
  std::optional<transfer::Upload> upload_;
  Bytes answer_;                    // what has come of the reader's DONE
  std::shared_ptr<bool> proving_;   // gone: the digest is not wanted any more
  std::optional<Sha256Digest> digest_;
  std::uint64_t done_ = 0;                // plaintext bytes handed over, or known to be there
  transfer::ChunkIndex last_first_ = 0;   // where the last stream began
  unsigned failures_ = 0;                 // in a row, without progress
};

}   // namespace coterie
