// SPDX-License-Identifier: MIT
// The conversations of one group as the list at the left shows them: the group first, then the direct ones, the latest first.
#pragma once

#include "gui/model/shown.h"
#include "netcore/session/event.h"

#include <algorithm>
#include <string>
#include <vector>

namespace coterie::gui {

class ConversationsModel {
 public:
  struct Entry {
    std::string peer;   // empty: the group
    std::size_t unread = 0;
    std::string last_from;
    std::string last_text;
    MessageId last_id{};
    bool last_is_own = false;
    bool last_is_deleted = false;
    std::int64_t last_ms = 0;
  };

  ConversationsModel() { entries_.push_back({}); }

  [[nodiscard]] const std::vector<Entry>& entries() const { return entries_; }
  [[nodiscard]] const Entry* find(std::string_view peer) const {
    const auto at = position(peer);
    return at == entries_.size() ? nullptr : &entries_[at];
  }
  [[nodiscard]] std::size_t unread() const {
    std::size_t sum = 0;
    for (const auto& entry : entries_) sum += entry.unread;
    return sum;
  }

  void apply(const event::Conversations& all) {
    for (const auto& conversation : all.conversations) {
      auto& entry = ensure(conversation.user_id.value_or(std::string()));
      entry.unread = conversation.unread;
      entry.last_ms = conversation.last_ms;
      if (conversation.last) describe(entry, *conversation.last);
    }
    sort();
  }

  // `is_looked_at`: the conversation is in front of the user, so nothing in it is unread.
  void apply(const event::MessageAdded& added, bool is_looked_at) {
    auto& entry = ensure(added.message.conversation.value_or(std::string()));
    // What is told again (an old message that changed place) is no news.
    if (added.message.arrived_ms >= entry.last_ms) {
      entry.last_ms = added.message.arrived_ms;
      describe(entry, added.message);
    }
    if (!added.message.outgoing && !is_looked_at) ++entry.unread;
    sort();
  }

  // What was edited or deleted is not to be read here as it was.
  void apply(const event::MessageChanged& changed) {
    for (auto& entry : entries_)
      if (!entry.last_from.empty() && entry.last_id == changed.message.id) describe(entry, changed.message);
  }

  void mark_read(std::string_view peer) {
    if (const auto at = position(peer); at != entries_.size()) entries_[at].unread = 0;
  }
  // Makes the conversation stand in the list although nothing was said yet.
  void open(const std::string& peer) {
    ensure(peer);
    sort();
  }
  void forget(const std::string& peer) {
    if (peer.empty())
      entries_.front() = {};
    else
      std::erase_if(entries_, [&](const Entry& entry) { return entry.peer == peer; });
  }

 private:
  [[nodiscard]] std::size_t position(std::string_view peer) const {
    return static_cast<std::size_t>(
        std::find_if(entries_.begin(), entries_.end(), [&](const Entry& entry) { return entry.peer == peer; }) -
        entries_.begin());
  }
  Entry& ensure(const std::string& peer) {
    const auto at = position(peer);
    if (at != entries_.size()) return entries_[at];
    entries_.push_back({});
    entries_.back().peer = peer;
    return entries_.back();
  }
  static void describe(Entry& entry, const event::Message& message) {
    entry.last_from = message.from;
    entry.last_text = shown_text(message);
    entry.last_id = message.id;
    entry.last_is_deleted = message.deleted;
    entry.last_is_own = message.outgoing;
  }
  void sort() {
    std::stable_sort(entries_.begin() + 1, entries_.end(),
                     [](const Entry& left, const Entry& right) { return left.last_ms > right.last_ms; });
  }

  std::vector<Entry> entries_;
};

}   // namespace coterie::gui
