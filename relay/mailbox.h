// SPDX-License-Identifier: MIT
// Letters for members who are away, on the disk until their recipient has acknowledged them (protocol.md S9). This is the loop's
// side: it gathers what has come into batches, has a thread of its own write them, and tells what became of each letter once that
// is on the disk. Nothing here waits.
//
//   deposit ──▶ queue ──one batch at a time, at most 256 letters──▶ committed ──▶ told: stored, or full
//
// Age is counted in the time this relay has run, so a wrong or jumping clock takes nobody's letters away.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <set>
#include <unordered_map>
#include <vector>

#include "netcore/base/worker.h"
#include "netcore/io/event_loop.h"
#include "relay/mailbox_store.h"

namespace coterie::relay {

class Mailbox {
 public:
  // What became of a deposit: control::Delivery::stored or full.
  using Told = std::function<void(const GroupTag& group, const MailboxStore::Name& letter, control::Delivery outcome)>;

  static Result<std::unique_ptr<Mailbox>> open(io::EventLoop& loop, const std::filesystem::path& file,
                                               MailboxQuotas quotas);
  Mailbox(const Mailbox&) = delete;
  Mailbox& operator=(const Mailbox&) = delete;
  // Writes what is not written yet; nothing is told of it any more.
  ~Mailbox();

  void set_told(Told told) { told_ = std::move(told); }
  // `group` comes back with the answer. The letter has a body.
  void deposit(const GroupTag& group, const MemberId& recipient, Letter letter);
  // The recipient has acknowledged it. Nothing happens where the database is damaged.
  void remove(const MailboxStore::Name& letter);
  // Something is in its box, or on its way there.
  [[nodiscard]] bool has_mail(const MemberId& recipient) const { return boxes_.contains(recipient); }

  // The number of the last deposit for that recipient in this run; grows.
  [[nodiscard]] std::uint64_t last_deposit(const MemberId& recipient) const;

  using Answer = std::function<void(Result<MailboxStore::Page>)>;
  // The oldest letters behind place `after`, with everything that was deposited before this call.
  void fetch(const MemberId& recipient, std::int64_t after, Answer answer);

  // From now on; what is there already stays.
  void set_quotas(const MailboxQuotas& quotas) { quotas_ = quotas; }
  // Removes what is too old. Regularly.
  void sweep();

  struct Stats {
    MailboxDepth depth;         // as of the last batch
    std::size_t queued = 0;     // letters not committed yet
    std::uint64_t stored = 0;   // since the start
    std::uint64_t full = 0;
    std::uint64_t collected = 0;   // acknowledged by their recipients
    std::uint64_t expired = 0;
    std::uint64_t batches = 0;
    bool failing = false;   // the disk takes no letters: until one is stored again, or there is room
    bool damaged = false;   // the database is: nothing is written into it any more
  };
  [[nodiscard]] Stats stats() const;

 private:
  struct Queued {
    GroupTag group;
    MailboxStore::Deposit deposit;
  };
  struct Box {
    std::size_t stored = 0;
    std::size_t pending = 0;          // deposits not known to be written
    std::uint64_t last_deposit = 0;   // its number
  };
  struct Batch {
    std::vector<GroupTag> groups;   // of each deposit
    std::vector<MailboxStore::Deposit> deposits;
    std::vector<MailboxStore::Name> removals;
  };

  Mailbox(io::EventLoop& loop, std::unique_ptr<MailboxStore> store, MailboxQuotas quotas);
  [[nodiscard]] std::chrono::seconds now() const;
  void write_soon();
  void start_batch();
  void written(const Batch& batch, Result<MailboxStore::Written> result);
  void give_up();
  void settle(const Batch& batch, std::size_t at, control::Delivery outcome);
  void set_count(const MailboxStore::Count& count);
  void note_failure(const Status& result);

  io::EventLoop& loop_;
  MailboxQuotas quotas_;
  Told told_;
  std::unordered_map<MemberId, Box, MemberHash> boxes_;   // those with something in them
  std::vector<Queued> queue_;
  std::set<std::pair<MemberId, MemberId>> turned_away_;   // recipient and sender of letters without a body in the queue
  std::vector<MailboxStore::Name> removals_;
  std::size_t queued_bytes_ = 0;                    // of bodies not committed yet, counted once for each recipient
  std::size_t writing_ = 0;                         // deposits handed to the worker
  std::size_t batches_out_ = 0;                     // handed to the worker
  std::vector<std::shared_ptr<const Batch>> out_;   // the same, for the end
  std::uint64_t last_deposit_ = 0;
  Stats stats_;
  bool asked_ = false;   // a batch is to begin with the next turn
  std::shared_ptr<const void> alive_ = std::make_shared<int>();
  std::chrono::seconds offset_{};   // running time of earlier runs
  io::Clock::time_point started_ = io::Clock::now();
  io::Timer later_;                       // for removals alone, and after a failure
  std::unique_ptr<MailboxStore> store_;   // the worker's while it exists
  std::unique_ptr<Worker> worker_;        // destroyed before store_: its jobs write there
};

}   // namespace coterie::relay
