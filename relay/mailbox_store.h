// SPDX-License-Identifier: MIT
// The mailbox as rows: letters in the order they came, each body once for all who get it, and what every box holds. Everything
// here waits for the disk, so it belongs to the mailbox's worker once it is open. What write() has returned is on the disk.
#pragma once

#include <chrono>
#include <filesystem>
#include <memory>
#include <unordered_map>
#include <vector>

#include "netcore/store/database.h"
#include "netcore/store/statements.h"
#include "relay/letter.h"
#include "relay/member_hash.h"

namespace coterie::relay {

struct MailboxQuotas {
  std::size_t items = 2000;            // of one recipient
  std::size_t bytes = 16_MiB;          // of one recipient, bodies counted once for each
  std::size_t per_sender = 500;        // of them, from one sender
  std::uint64_t database = 4096_MiB;   // pages in use of the file
  std::chrono::seconds keep = std::chrono::hours(24 * 14);
};

// How much there is.
struct MailboxDepth {
  std::size_t boxes = 0;   // that are not empty
  std::size_t items = 0;
  std::uint64_t bytes = 0;
  std::chrono::seconds oldest{};   // how long the oldest has been here
};

class MailboxStore {
 public:
  static Result<std::unique_ptr<MailboxStore>> open(const std::filesystem::path& file);
  // Looks through a whole mailbox that no relay has open. database_corrupt, and what open() says.
  static Status check(const std::filesystem::path& file);
  ~MailboxStore();
  MailboxStore(const MailboxStore&) = delete;
  MailboxStore& operator=(const MailboxStore&) = delete;

  struct Deposit {
    MemberId recipient;
    Letter letter;   // without a body: it has been refused already, and those behind it must not come before it
  };
  // What identifies a letter in a box.
  struct Name {
    MemberId recipient;
    MemberId sender;
    MessageId message;
  };
  enum class Fate : std::uint8_t { stored, full };
  // How many letters a box holds now.
  struct Count {
    MemberId recipient;
    std::size_t items = 0;
  };
  struct Written {
    std::vector<Fate> fates;     // one for each deposit, in order
    std::vector<Count> counts;   // of every box that was touched
    MailboxDepth depth;
    bool is_out_of_room = false;   // the disk is, and letters are refused for it
  };
  // One transaction: removes, then deposits. A letter that is here already stays where it is; under a session that has changed it
  // is exchanged for the new one. Nothing at all has happened when it fails. Once a letter has been refused, those of the same
  // sender for the same recipient are, too, until that letter comes again, the recipient fetches, or a minute has passed: a
  // sender who has been told will begin with the one that was refused, and what it had sent meanwhile must not overtake it.
  Result<Written> write(const std::vector<Deposit>& deposits, const std::vector<Name>& removals,
                        const MailboxQuotas& quotas, std::chrono::seconds now);

  // Removes what came before `oldest`, at most `most` letters at a time; what is left to remove shows in the number of counts.
  struct Expired {
    std::size_t letters = 0;
    std::vector<Count> counts;
    MailboxDepth depth;
    bool is_out_of_room = false;   // as above
  };
  Result<Expired> expire(std::chrono::seconds oldest, std::size_t most, std::chrono::seconds now);

  struct Page {
    struct Entry {
      std::int64_t place = 0;   // in the order of deposits; grows
      Letter letter;
    };
    std::vector<Entry> letters;
    bool at_end = false;   // there was nothing behind them
  };
  // The oldest letters of a box behind `after`: at most `letters` of them, and no further one once `bytes` are reached.
  Result<Page> read(const MemberId& recipient, std::int64_t after, std::size_t letters, std::size_t bytes);

  [[nodiscard]] std::vector<Count> boxes() const;
  [[nodiscard]] MailboxDepth depth(std::chrono::seconds now) const;
  // The running time of the relay, as written last.
  [[nodiscard]] std::chrono::seconds clock() const { return clock_; }

 private:
  struct Box {
    std::size_t items = 0;
    std::uint64_t bytes = 0;
  };

  struct Refused {
    MessageId message;
    std::chrono::seconds since{};
  };

  MailboxStore(const std::filesystem::path& file, store::Database database);
  // Whether one that was refused has to come before it.
  [[nodiscard]] bool has_to_wait(const Deposit& deposit, std::chrono::seconds now) const;
  void note(const Deposit& deposit, Fate fate, std::chrono::seconds now);
  Status load();
  Fate deposit(const Deposit& deposit, const MailboxQuotas& quotas, std::chrono::seconds now);
  std::int64_t body_row(const io::SharedBytes& body);
  void release_body(std::int64_t row);
  // True if it was there.
  bool remove(const Name& name);
  void change_box(const MemberId& recipient, std::ptrdiff_t items, std::ptrdiff_t bytes);
  [[nodiscard]] Count count_of(const MemberId& recipient) const;
  void find_oldest();
  void set_clock(std::chrono::seconds now);
  std::uint64_t pragma(store::Sql sql);
  [[nodiscard]] std::uint64_t free_bytes();
  [[nodiscard]] std::uint64_t bytes_in_use();
  // Bytes of letters that the disk takes now and leaves room for removing them all again.
  [[nodiscard]] std::uint64_t room_now();
  [[nodiscard]] bool has_room_for_any_letter();
  // The same; makes an effort where it is less than `bytes`.
  [[nodiscard]] std::uint64_t room_for(std::uint64_t bytes);
  Status shorten_journal();
  Status remove_in_small_steps(const std::vector<Name>& names);
  Status transact(const std::function<void()>& work);

  const std::filesystem::path file_;
  store::Database database_;
  store::Statements sql_;   // go before database_
  std::unordered_map<MemberId, Box, MemberHash> boxes_;
  // By recipient, then by sender: the first that was refused.
  std::unordered_map<MemberId, std::unordered_map<MemberId, Refused, MemberHash>, MemberHash> refused_;
  std::vector<std::pair<MemberId, Box>> before_;   // boxes as they were before the transaction under way
  std::int64_t next_place_ = 1;
  std::size_t items_ = 0;
  std::uint64_t bytes_ = 0;
  bool out_of_room_ = false;        // the last deposits were refused because of the disk, or could not be written
  std::chrono::seconds oldest_{};   // when the oldest came; meaningless without items
  std::chrono::seconds clock_{};
};

}   // namespace coterie::relay
