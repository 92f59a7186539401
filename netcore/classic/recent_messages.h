// SPDX-License-Identifier: MIT
// The last messages of this run, which answer what is otherwise asked of a history. Nothing of them reaches the disk.
#pragma once

#include <deque>
#include <string>

#include "netcore/session/command.h"
#include "netcore/session/event.h"

namespace coterie::classic {

class RecentMessages {
 public:
  // Gives it its row and its times; what is oldest goes.
  const event::Message& add(event::Message message);

  // Of ours; nothing where it has gone already.
  [[nodiscard]] event::Message* find_own(const MessageId& id);
  [[nodiscard]] event::Message* find_file(const FileId& id);

  [[nodiscard]] event::HistoryPage page(const command::LoadHistory& load) const;
  // The last one said in first; the group's is always there.
  [[nodiscard]] event::Conversations conversations() const;
  [[nodiscard]] event::SearchResults search(const command::Search& search) const;
  void forget(const std::optional<std::string>& conversation);

 private:
  std::int64_t rows_ = 0;
  std::deque<event::Message> messages_;
};

}   // namespace coterie::classic
