// SPDX-License-Identifier: MIT
// One conversation as far as it is loaded: an unbroken stretch of its history, kept short however long the history is. Events
// and history pages flow in; a view reads rows, and asks for the pages it comes near to.
//
//   history   ··older··[ first loaded … last loaded ]··newer··
//
// While the stretch reaches the newest message (`is_at_end`), what arrives is appended; otherwise it is left to a later page.
#pragma once

#include "netcore/session/command.h"
#include "netcore/session/event.h"

#include <deque>
#include <map>
#include <optional>
#include <string>
#include <unordered_map>

namespace coterie::gui {

class ChatModel {
 public:
  // What a view shows of one message. `revision` grows with every change of it, so that a layout can be kept until then.
  struct Row {
    event::Message message;
    std::uint64_t revision = 0;
  };
  struct Gap {
    std::string user_id;
    std::uint64_t missing = 0;
  };

  static constexpr std::size_t page = 200;         // rows asked for at once
  static constexpr std::size_t most_rows = 1200;   // rows kept
  static constexpr std::int64_t run_ms = 5 * 60 * 1000;

  // Empty for the group, otherwise the other member of a direct conversation.
  explicit ChatModel(std::string conversation) : conversation_(std::move(conversation)) {}

  [[nodiscard]] const std::string& conversation() const { return conversation_; }
  [[nodiscard]] std::size_t size() const { return rows_.size(); }
  [[nodiscard]] bool empty() const { return rows_.empty(); }
  [[nodiscard]] const Row& at(std::size_t index) const { return rows_.at(index); }
  [[nodiscard]] bool is_at_start() const { return is_at_start_; }
  [[nodiscard]] bool is_at_end() const { return is_at_end_; }
  [[nodiscard]] bool was_loaded() const { return was_loaded_; }

  // A message of ours.
  [[nodiscard]] std::optional<std::size_t> find_own(const MessageId& id) const;
  [[nodiscard]] std::optional<std::size_t> find_row(std::int64_t row) const;

  // The message is the first of its day, or of its sender's run (another sender, or a pause, before it).
  [[nodiscard]] bool starts_day(std::size_t index) const;
  [[nodiscard]] bool starts_run(std::size_t index) const;
  // The least advanced state of all addressees; nothing for the messages of others.
  [[nodiscard]] static std::optional<event::DeliveryState> state_of(const event::Message& message);

  [[nodiscard]] const std::vector<Gap>& gaps() const { return gaps_; }

  // ── what is to be asked for; each is empty while an answer is on its way or there is nothing more ──
  [[nodiscard]] std::optional<command::LoadHistory> load_newest();
  [[nodiscard]] std::optional<command::LoadHistory> load_older();
  [[nodiscard]] std::optional<command::LoadHistory> load_newer();
  [[nodiscard]] command::LoadHistory load_around(std::int64_t row);

  // ── what came; true when anything shown is different now ──
  // Pages that somebody else has asked for pass by.
  bool apply(const event::HistoryPage& history);
  bool apply(const event::MessageAdded& added);
  bool apply(const event::MessageChanged& changed);
  bool apply(const event::DeliveryChanged& delivery);
  bool apply(const event::GapChanged& gap);
  // A file shown here has moved on.
  bool touch_file(const FileId& file);
  void clear();

 private:
  void put(event::Message message);
  void forget(std::size_t index);
  void drop_front();
  void drop_back();
  [[nodiscard]] command::LoadHistory request() const;
  [[nodiscard]] bool is_awaited(const event::HistoryPage& history) const;

  std::string conversation_;
  std::deque<Row> rows_;                                 // by history row
  std::unordered_map<MessageId, std::int64_t> row_of_;   // of ours that are loaded
  std::unordered_multimap<FileId, std::int64_t> row_of_file_;
  std::vector<Gap> gaps_;
  std::uint64_t next_revision_ = 1;
  bool was_loaded_ = false;
  bool is_at_start_ = false;
  bool is_at_end_ = true;
  std::optional<command::LoadHistory> awaited_;   // what was asked for last
};

}   // namespace coterie::gui
