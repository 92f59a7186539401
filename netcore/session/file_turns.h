// SPDX-License-Identifier: MIT
// Whose file goes next when only so many may at a time: fair between members, in the order they asked within one.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <set>

#include "netcore/base/ids.h"
#include "netcore/store/profile_store.h"

namespace coterie {

class TurnQueue {
 public:
  explicit TurnQueue(std::size_t most) : most_(most) {}

  // Waits for a turn; nothing changes for one that waits or holds. Lower orders come first.
  void ask(const FileId& file, store::RowId peer, std::uint64_t order);
  // Neither waits nor holds any more.
  void leave(const FileId& file);
  // The next one, which holds its turn from now on; nothing while all turns are held or nobody waits. Goes to the member who holds
  // fewest, of these to the one whose last turn is longest ago.
  std::optional<FileId> grant();

  [[nodiscard]] bool holds(const FileId& file) const { return holders_.contains(file); }
  [[nodiscard]] const std::set<FileId>& holders() const { return holders_; }
  [[nodiscard]] bool anyone_waits() const { return waiting_ > 0; }

 private:
  struct Member {
    std::set<std::pair<std::uint64_t, FileId>> waiting;
    std::size_t held = 0;
    std::uint64_t last_turn = 0;
  };
  struct Place {
    store::RowId peer;
    std::uint64_t order;
  };

  std::size_t most_;
  std::set<FileId> holders_;
  std::size_t waiting_ = 0;
  std::uint64_t turns_ = 0;
  std::map<store::RowId, Member> members_;
  std::map<FileId, Place> places_;
};

}   // namespace coterie
