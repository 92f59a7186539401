// SPDX-License-Identifier: MIT
// The files of one group, in both directions (protocol.md S10): offers, answers, data connections, resuming. Owned by the group
// engine, which gives it contents and control frames from outside and carries its own out.
//
//   sender    offered ──accepted──▶ armed ──BlobNeed──▶ streaming ──all read──▶ FILE_DONE ──saved──▶ finished
//                                     ▲                     │ line broke: a fresh attempt
//                                     └─────────────────────┘
//   receiver  asked ──accept──▶ wanted ──BlobTicket──▶ reading ──all chunks and FILE_DONE──▶ saved
//                                 ▲                       │ line broke: wait for the next attempt
//                                 └───────────────────────┘
//
// An attempt seals with a key of its own and is streamed at most once; what the receiver has is kept by chunk and asked for
// never again.
#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "netcore/base/worker.h"
#include "netcore/io/dialer.h"
#include "netcore/io/event_loop.h"
#include "netcore/session/event.h"
#include "netcore/store/profile_store.h"
#include "netcore/wire/content.h"
#include "netcore/wire/control.h"

namespace coterie {

// Every waiting time of files.
struct FileTiming {
  using Span = std::chrono::milliseconds;

  Span dial_deadline = std::chrono::seconds(15);
  Span stall_limit = std::chrono::seconds(60);   // a data connection on which nothing moves is given up
  Span first_retry =
      std::chrono::seconds(1);   // after a second attempt in a row that brought nothing; doubled with each further one
  Span longest_retry = std::chrono::seconds(30);
  Span busy_retry = std::chrono::seconds(2);   // after the relay said "too many"
  Span disk_retry = std::chrono::seconds(4);   // whether the disk has room again
  Span ask_again = std::chrono::seconds(15);   // a sender from whom nothing comes is reminded; doubled each time
  Span longest_ask = std::chrono::minutes(5);
  Span turn = std::chrono::seconds(5);          // at the relay without a partner, while others wait
  Span need_limit = std::chrono::seconds(25);   // tickets live 30 seconds
  Span sync = std::chrono::seconds(1);
  Span progress{100};                       // between two reports of one file
  Span parting = std::chrono::seconds(5);   // for the relay to end a data connection that is done
};

class FileTransfers {
 public:
  // The engine around it.
  class Host {
   public:
    virtual ~Host() = default;
    // Sealed and put into the outbox in the transaction that runs, or in one of its own; sent when the peer is here.
    virtual Status send_content(store::RowId peer, content::Body body) = 0;
    virtual void send_control(const control::ToRelay& frame) = 0;           // dropped while not online
    [[nodiscard]] virtual bool is_online() const = 0;                       // joined at the relay
    [[nodiscard]] virtual bool is_reachable(store::RowId peer) const = 0;   // here, with a session that may send
    [[nodiscard]] virtual std::string user_id_of(store::RowId peer) const = 0;
    [[nodiscard]] virtual bool is_verified(store::RowId peer) const = 0;
    [[nodiscard]] virtual store::RowId group() const = 0;
    [[nodiscard]] virtual io::Endpoint relay() const = 0;   // for data connections
    [[nodiscard]] virtual store::Millis now() const = 0;    // wall clock
    virtual void emit(Event event) = 0;
    // Shows a file in its conversation: once for each file id, and ours for everyone once for all of them.
    virtual Status add_file_message(const store::TransferRow& transfer, const MessageId& message,
                                    const std::string& name) = 0;
  };

  // Everything given outlives it. `journal_folder` exists; several groups may share one.
  FileTransfers(io::EventLoop& loop, Worker& worker, store::ProfileStore& store, std::filesystem::path journal_folder,
                Host& host, FileTiming timing = {});
  FileTransfers(const FileTransfers&) = delete;
  FileTransfers& operator=(const FileTransfers&) = delete;
  ~FileTransfers();

  // Reads what was under way when the program ended, and tells about it.
  Status load();

  // ── from the user ──
  // One transfer for each of `to`. `to_everyone`: shown in the group's conversation, and then, or with several, `id` is their batch.
  // `offered_as`: the name it is offered under; empty for its own.
  void send_file(const FileId& id, const std::vector<store::RowId>& to, bool to_everyone,
                 const std::filesystem::path& path, const std::string& offered_as = {});
  void answer(const FileId& id, bool accept, const std::filesystem::path& folder);
  // These take the id of a transfer or of a batch.
  void cancel(const FileId& id);
  void pause(const FileId& id);
  void resume(const FileId& id);

  // ── from peers: called inside the transaction that commits the envelope; must not fail for what a peer got wrong ──
  Status on_content(store::RowId peer, content::FileOffer offer);
  Status on_content(store::RowId peer, const content::FileAnswer& answer);
  Status on_content(store::RowId peer, const content::FileDone& done);
  Status on_content(store::RowId peer, const content::FileCancel& cancel);

  // ── from the relay ──
  void on_ticket(const control::BlobTicket& ticket);
  void on_need(const control::BlobNeed& need);
  void on_refused(const control::BlobRefused& refused);

  // ── from the engine ──
  void on_online();   // joined (again): whatever was broken goes on
  void on_offline();
  void on_reachable(store::RowId peer);   // a session stands and the peer is here
  // Syncs journals and closes data connections; `done`, from the loop, when everything is on disk. Nothing happens afterwards.
  void shut_down(std::function<void()> done);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}   // namespace coterie
