// SPDX-License-Identifier: MIT
// The members the relay remembers while they are away: those that somebody already remembered has vouched for (protocol.md S4).
// All of it is in memory; changes are written to the database in batches, on a thread of their own. Age is counted in the time
// this relay has run, which is stored with the members: a wrong or jumping wall clock expires nobody, and neither does a relay
// that was switched off for a while.
#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <unordered_map>
#include <vector>

#include "netcore/base/worker.h"
#include "netcore/io/event_loop.h"
#include "netcore/store/database.h"
#include "netcore/wire/control.h"

namespace coterie::relay {

struct Remembered {
  MemberId member;
  UserHandle handle;
  CapHash cap_hash;
};

class Registry {
 public:
  struct Options {
    std::size_t capacity = 200'000;                            // members in all
    std::chrono::seconds keep = std::chrono::hours(24 * 30);   // after they were last seen
    io::Duration persist = std::chrono::seconds(1);            // from a change to its being written
  };

  static Result<std::unique_ptr<Registry>> open(io::EventLoop& loop, const std::filesystem::path& file,
                                                Options options);
  Registry(io::EventLoop& loop, store::Database database, Options options);
  Registry(const Registry&) = delete;
  Registry& operator=(const Registry&) = delete;
  // Writes what is not written yet.
  ~Registry();

  [[nodiscard]] std::vector<Remembered> members_of(const GroupTag& group) const;
  // Adds or updates, and counts as seen. False when the registry is full and the member is a new one.
  bool remember(const GroupTag& group, const Remembered& member);
  // A remembered member leaves.
  void seen(const GroupTag& group, const MemberId& member);

  struct Expired {
    GroupTag group;
    MemberId member;
  };
  // Forgets, and returns, whoever was not seen for too long; whoever is here counts as seen.
  std::vector<Expired> expire(const std::function<bool(const GroupTag&, const MemberId&)>& is_here);

  void set_options(Options options) { options_ = options; }
  [[nodiscard]] std::size_t size() const { return size_; }

 private:
  struct Entry {
    Remembered who;
    std::chrono::seconds seen{};
  };
  struct Row {   // as it goes to the database
    GroupTag group;
    MemberId member;
    std::optional<Entry> entry;   // nothing: deleted
  };
  using Batch = std::vector<Row>;

  Status load();
  [[nodiscard]] std::chrono::seconds now() const;
  Entry* find(const GroupTag& group, const MemberId& member);
  void changed(const GroupTag& group, const MemberId& member);
  void write_soon();
  void start_writing();
  void written(const Batch& batch, const Status& result);
  Batch take_changes();
  Status write(const Batch& batch, std::chrono::seconds at);   // on the worker, or when it is gone

  io::EventLoop& loop_;
  Options options_;
  std::unordered_map<GroupTag, std::vector<Entry>> groups_;
  std::size_t size_ = 0;
  std::unordered_map<GroupTag, std::vector<MemberId>> changes_;   // not handed to the worker yet
  std::shared_ptr<const Batch> writing_;                          // handed to it, not known to be written
  bool failing_ = false;
  std::chrono::seconds offset_{};   // running time of earlier runs
  io::Clock::time_point started_ = io::Clock::now();
  io::Timer timer_;
  store::Database database_;         // the worker's while it exists
  std::unique_ptr<Worker> worker_;   // destroyed before database_: its job writes there
};

}   // namespace coterie::relay
