// SPDX-License-Identifier: MIT
// Two members' FileTransfers wired to each other: contents go through an outbox that survives restarts, control frames to a small pipe
// relay that writes down what passes, and can cut, change or confuse it.
#pragma once

#include <boost/test/unit_test.hpp>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <random>
#include <set>

#include "netcore/base/worker.h"
#include "netcore/io/data_stream.h"
#include "netcore/io/event_loop.h"
#include "netcore/io/listener.h"
#include "netcore/session/file_transfers.h"
#include "tests/support/hash_seal.h"
#include "tests/support/temp_folder.h"

namespace coterie::test {

constexpr auto patience = std::chrono::seconds(120);   // for what should take moments, also under sanitizers

// Pairs uploaders and readers as a relay does; knows nothing of groups.
class PipeRelay {
 public:
  using Send = std::function<void(int side, control::ToClient frame)>;
  PipeRelay(io::EventLoop& loop, Send send);
  ~PipeRelay();

  [[nodiscard]] io::Endpoint address() const { return {"127.0.0.1", listener_->port()}; }
  void handle(int side, const control::ToRelay& frame);
  void forget(int side);   // its control connection is gone

  // What a test may do to a stream. `passed`: bytes of it so far, this piece not counted.
  std::function<void(const BlobId&, std::uint64_t passed, MutableByteView piece)> on_piece;
  // Cut when that many bytes have passed.
  std::function<std::optional<std::uint64_t>(const BlobId&)> cut_after;
  std::function<void(control::BlobTicket&)> on_ticket;
  std::function<std::optional<control::BlobRefusal>(int side, const control::ToRelay&)> refusal;
  std::function<void(const BlobId&)> on_flowing;

  // What was seen.
  std::vector<std::pair<BlobId, std::uint64_t>> streams;   // blob and offset, as matched
  std::map<BlobId, int> uses;                              // times an uploader came with a blob
  std::uint64_t passed = 0;                                // sealed bytes, of all streams
  std::size_t flowing = 0;
  std::size_t most_flowing = 0;
  std::size_t gets = 0;

 private:
  struct Pipe;
  struct End;
  struct Entry {
    std::optional<std::pair<int, control::BlobPut>> offer;
    std::optional<std::pair<int, control::BlobGet>> wish;
    std::shared_ptr<Pipe> pipe;
  };
  void match(const BlobId& blob);
  void accept(io::Accepted accepted);
  void over(const std::shared_ptr<Pipe>& pipe);

  io::EventLoop& loop_;
  Send send_;
  std::unique_ptr<io::Listener> listener_;
  std::map<BlobId, Entry> entries_;
  std::map<DataTicket, std::pair<std::shared_ptr<Pipe>, bool>> tickets_;   // true: the reader's
  std::map<End*, std::unique_ptr<End>> ends_;
};

class FileRoom;

// One member: a store and an outbox that live as long as the room, and FileTransfers that come and go.
class FileMember final : public FileTransfers::Host {
 public:
  FileMember(FileRoom& room, int side, std::string user_id, std::string peer_user_id);

  void start();
  // As a crash would: nothing is flushed.
  void vanish();
  // In good order.
  void shut_down();
  [[nodiscard]] FileTransfers& files() { return *files_; }
  [[nodiscard]] bool is_running() const { return files_ != nullptr; }

  FileId sends(const std::filesystem::path& file);
  void accepts(const FileId& file) { files_->answer(file, true, folder()); }

  // ── what was told ──
  [[nodiscard]] bool is(const FileId& file, event::TransferPhase phase) const;
  [[nodiscard]] std::optional<Errc> error_of(const FileId& file) const;
  [[nodiscard]] bool was_offered(const FileId& file) const { return offers.contains(file); }
  [[nodiscard]] bool has_notice(Errc code) const;
  [[nodiscard]] std::filesystem::path folder() const;        // where it receives
  [[nodiscard]] std::vector<std::string> received() const;   // names in it, sorted
  [[nodiscard]] store::TransferRow row(const FileId& file);
  [[nodiscard]] std::filesystem::path journals() const;

  std::map<FileId, event::TransferChanged> last;
  std::vector<event::TransferChanged> changes;
  std::map<FileId, event::FileOffered> offers;
  std::vector<event::Notice> notices;
  std::vector<std::pair<FileId, std::string>> shown;   // files in the conversation
  std::vector<content::Body> sent;                     // contents, in order
  template <class T>
  [[nodiscard]] std::size_t sent_count() const {
    std::size_t count = 0;
    for (const auto& body : sent) count += std::holds_alternative<T>(body) ? 1 : 0;
    return count;
  }

  // A content from the peer, or from somebody else, forged.
  void hears(content::Body body, bool from_stranger = false);

  bool online = true;
  bool reachable = true;                       // the peer, from here
  std::int64_t clock_ms = 1'767'225'600'000;   // 2026-01-01 00:00:00 UTC
  store::RowId peer = 0;
  store::RowId stranger = 0;

 private:
  friend class FileRoom;
  // ── FileTransfers::Host ──
  Status send_content(store::RowId to, content::Body body) override;
  void send_control(const control::ToRelay& frame) override;
  [[nodiscard]] bool is_online() const override { return online; }
  [[nodiscard]] bool is_reachable(store::RowId who) const override { return online && reachable && who == peer; }
  [[nodiscard]] std::string user_id_of(store::RowId who) const override {
    return who == peer ? peer_user_id_ : "mallory";
  }
  [[nodiscard]] bool is_verified(store::RowId) const override { return false; }
  [[nodiscard]] store::RowId group() const override { return group_; }
  [[nodiscard]] io::Endpoint relay() const override;
  [[nodiscard]] store::Millis now() const override { return clock_ms; }
  void emit(Event event) override;
  Status add_file_message(const store::TransferRow& transfer, const MessageId& message,
                          const std::string& name) override;

  FileRoom& room_;
  const int side_;
  const std::string user_id_;
  const std::string peer_user_id_;
  std::unique_ptr<store::ProfileStore> store_;
  store::RowId group_ = 0;
  std::deque<Bytes> outbox_;
  std::unique_ptr<FileTransfers> files_;
};

class FileRoom {
 public:
  FileRoom();
  ~FileRoom();

  void until(const std::function<bool()>& done);
  // Handles what is ready, for what must not come.
  void settle();
  // Contents and frames flow, or not; both sides are told.
  void connect();
  void disconnect();
  Bytes noise(std::size_t size);
  std::filesystem::path file(const std::string& name, ByteView content);
  // Offered, accepted; the bytes are on their way.
  FileId transfer(const std::filesystem::path& file);
  void until_finished(const FileId& file);

  // What may happen to a content on its way.
  std::function<void(content::Body&)> on_content;

  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
  TempFolder folder;
  io::EventLoop loop;
  Worker worker{[this](std::function<void()> job) { loop.post(std::move(job)); }};
  FileTiming timing;
  HashSeal seal;
  std::mt19937_64 random{20260101};
  PipeRelay relay;
  FileMember alice;
  FileMember bob;

 private:
  friend class FileMember;
  void deliver();
  void later(std::function<void()> job);   // with the loop, as long as the room is there
  FileMember& other(const FileMember& than) { return &than == &alice ? bob : alice; }
  bool delivering_ = false;
};

}   // namespace coterie::test
