// SPDX-License-Identifier: MIT
// The receiving end of one file.
//
//           accept                      BlobTicket             all chunks                  FILE_DONE, digest
//   Offered ──────▶ Waiting ─turn─▶ Asked ────▶ Reading ──────────────▶ Verifying ──────────────────────────▶ Placing ──▶ over
//                     ▲                            │
//                     └──── the line broke: the sender offers a fresh attempt, we go on from the first missing chunk
//
// Files are open only while bytes come or are checked; in between, the chunks that are there are known from memory and journal.
#pragma once

#include "netcore/session/file_task.h"
#include "netcore/transfer/download.h"

namespace coterie {

class FileReceiver final : public FileTask, private FileLink::Observer {
 public:
  FileReceiver(FileContext& context, store::TransferRow row, std::uint64_t order);
  ~FileReceiver() override;

  // At start: what the journal says, and whether the file was put in place just before the program ended.
  void recover();

  void advance() override;
  void take_turn() override;
  void on_reachable() override;
  void on_offline() override;
  void on_refused(control::BlobRefusal reason) override;
  [[nodiscard]] const BlobId& blob() const override { return asked_; }
  void cancel() override;
  void stop() override;

  // The user said yes. The errors leave the offer open: disk_full, and those of the folder.
  Status accept(const std::filesystem::path& folder);
  void decline();

  // The sender offered it again, the row has the attempt.
  void on_offered_again(bool fresh_attempt);
  void on_ticket(const control::BlobTicket& ticket);

  // Being put in place: too late to call anything off.
  [[nodiscard]] bool is_placing() const { return stage_ == Stage::placing; }
  // Closes everything; `done` when what was written is on the disk.
  void settle(std::function<void()> done);

 private:
  enum class Stage { waiting, asked, reading, verifying, placing };

  // ── FileLink::Observer ──
  void on_link_open() override;
  void on_link_data(io::Slab data) override;
  void on_link_lost(const Error& error) override;

  [[nodiscard]] std::uint64_t done_bytes() const override { return there().bytes_of(row_.size); }
  [[nodiscard]] std::optional<Sha256Digest> digest() const override { return digest_; }
  [[nodiscard]] const transfer::ChunkMap& there() const { return download_ ? download_->there() : map_; }
  [[nodiscard]] bool has_all() const { return there().is_complete(crypto::chunk_count(row_.size)); }
  [[nodiscard]] Status can_pause() const override;
  void halt() override;
  [[nodiscard]] std::filesystem::path journal_path() const;
  [[nodiscard]] std::string name_to_get() const;

  [[nodiscard]] std::optional<transfer::ReceiveFolder> existing_folder() const;
  Status open_files();
  Result<std::shared_ptr<transfer::FileSink>> open_part(bool& begun_anew);
  void close_files();
  void drop_files();
  void close_link();
  void give_up_turn();
  void watch_turn();
  void burn_attempt();
  void line_broken();
  void read_failed(const Error& error);
  void disk_failed(const Error& error);
  [[nodiscard]] bool disk_has_room() const;
  void start_over();
  void all_there();
  void verify();
  void compare(const Result<Sha256Digest>& digest, const Sha256Digest& wanted);
  void place();
  void placed(const Result<std::string>& name);
  void record_saved();
  [[nodiscard]] bool waits_for_sender() const;
  void remind_later();
  void remind();

  Stage stage_ = Stage::waiting;
  transfer::ChunkMap map_;                         // while the files are closed
  std::unique_ptr<transfer::Download> download_;   // while they are open
  BlobId asked_;                                   // the attempt asked for or read
  std::uint64_t asked_offset_ = 0;
  io::Timer turn_;
  std::unique_ptr<FileLink> link_;
  io::Timer sync_;
  transfer::ChunkIndex count_at_start_ = 0;   // of chunks, when this attempt began
  bool bytes_came_ = false;                   // in this attempt
  unsigned failures_ = 0;                     // attempts in a row that brought nothing
  unsigned bad_chunks_ = 0;                   // attempts in a row that ended in a chunk that does not open
  unsigned lost_parts_ = 0;
  std::optional<Error> disk_error_;   // what the user should mend
  io::Timer remind_;
  FileTiming::Span remind_after_{};
  std::shared_ptr<bool> verifying_;   // gone: the digest is not wanted any more
  std::optional<Sha256Digest> digest_;
  std::string placed_as_;               // in place, not recorded yet
  bool keeps_part_ = false;             // for the user to look at, after a wrong digest
  std::function<void()> when_placed_;   // of settle()
};

}   // namespace coterie
