// SPDX-License-Identifier: MIT
// What the two ends of a transfer share: the row in the store, which is the truth, the surroundings, and telling the user.
#pragma once

#include <functional>
#include <memory>
#include <optional>

#include "netcore/session/file_link.h"
#include "netcore/session/file_turns.h"

namespace coterie {

// Surroundings of all transfers of one group; owned by FileTransfers.
struct FileContext {
  static constexpr std::size_t max_offered = 6;   // blobs we offer at the relay at a time (it allows eight)
  static constexpr std::size_t max_streams = 3;   // data connections in each direction

  io::EventLoop& loop;
  Worker& worker;
  store::ProfileStore& store;
  FileTransfers::Host& host;
  const FileTiming timing;
  const std::filesystem::path journal_folder;

  TurnQueue uploads{max_offered};     // a turn: offered at the relay, or streaming
  TurnQueue downloads{max_streams};   // a turn: asked for at the relay, or streaming
  std::size_t upload_streams = 0;
  std::function<void()> turns_changed;         // grants turns and upload streams, from the loop's next turn
  std::function<void(const FileId&)> retire;   // the task of that file is over

  // Changes the row in a transaction. `work` gets it as it is in the store; its error rolls back.
  Result<store::TransferRow> change(const FileId& file, const std::function<Status(store::TransferRow&)>& work);
  // What the store says of a full disk concerns the profile's, wherever files are received.
  [[nodiscard]] Error of_profile(Error error) const;
  // Lives on until the relay has ended it.
  void see_off(std::unique_ptr<FileLink> link, ByteView last_bytes);

  std::map<FileLink*, std::unique_ptr<FileLink>> parting;
};

// Whether nothing follows any more.
bool is_over(store::TransferState state);
// Over, for this reason; keys that are of no use any more go.
void end_row(store::TransferRow& row, store::TransferState state, std::string error = {});

// What the receiver is told, the first time and with every new attempt.
content::FileOffer offer_of(const store::TransferRow& row);

class FileTask {
 public:
  // Orders of turns are those of making: of being accepted, and at start of being offered.
  FileTask(FileContext& context, store::TransferRow row, std::uint64_t order);
  FileTask(const FileTask&) = delete;
  FileTask& operator=(const FileTask&) = delete;
  virtual ~FileTask() = default;

  [[nodiscard]] const store::TransferRow& row() const { return row_; }
  // The store has it like this now.
  void set_row(store::TransferRow row) { row_ = std::move(row); }

  // Looks at everything and does what can be done. May be called at any time.
  virtual void advance() = 0;
  virtual void take_turn() = 0;   // granted just now
  virtual void on_reachable() = 0;
  virtual void on_offline() = 0;
  virtual void on_refused(control::BlobRefusal reason) = 0;
  // What the relay knows it by while it holds a turn.
  [[nodiscard]] virtual const BlobId& blob() const = 0;
  // The user does not want it any more.
  virtual void cancel();
  // The user wants it to rest, and to go on. The errors say why it cannot.
  Status pause();
  Status resume();
  // The row is over: closes what is open and removes what is not wanted.
  virtual void stop() = 0;

  void tell(event::TransferPhase phase, std::optional<Error> error = {});

 protected:
  // Whether there is anything that could rest.
  [[nodiscard]] virtual Status can_pause() const { return {}; }
  // The row says that it rests: closes what is open.
  virtual void halt() = 0;
  // Tells, but not too often.
  void tell_progress();
  [[nodiscard]] virtual std::uint64_t done_bytes() const = 0;
  [[nodiscard]] virtual std::optional<Sha256Digest> digest() const { return std::nullopt; }
  [[nodiscard]] bool peer_is_reachable() const;
  [[nodiscard]] std::uint64_t order() const { return order_; }
  // Row and task are over; the task lives until the loop's next turn.
  void end(store::TransferState state, event::TransferPhase phase, std::optional<Error> error,
           std::optional<content::Body> last_word);

  // Nothing is tried before the time is over; then advance().
  void rest(FileTiming::Span time);
  // How long, after `failures` attempts in a row that brought nothing: not at all after the first.
  [[nodiscard]] FileTiming::Span pause_after(unsigned failures) const;
  [[nodiscard]] bool is_resting() const { return rest_.is_set(); }
  void stop_resting() { rest_.cancel(); }
  // A storage that fails is told and tried again.
  void storage_failed(const Error& error);

  void dispose(std::unique_ptr<FileLink>& link);
  [[nodiscard]] std::weak_ptr<void> alive() const { return alive_; }

  FileContext& context_;
  store::TransferRow row_;

 private:
  const std::uint64_t order_;
  io::Timer rest_;
  std::optional<io::Clock::time_point> told_at_;
  std::optional<event::TransferPhase> told_;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}   // namespace coterie
