// SPDX-License-Identifier: MIT
// What a search in one conversation has found so far, and at which of it one stands: newest first, older ones page by page.
#pragma once

#include "netcore/session/command.h"
#include "netcore/session/event.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace coterie::gui {

class Hits {
 public:
  static constexpr std::size_t page = 500;

  // What to ask for; what was found before is forgotten.
  command::Search look_for(std::string words, std::string conversation);
  void forget();
  [[nodiscard]] const std::string& words() const { return words_; }

  // False when it answers something that was looked for before.
  bool apply(const event::SearchResults& results);
  // 1: to the next older one, -1: to the next newer one; round and round, but for what is not known yet: that is to be asked for.
  std::optional<command::Search> step(int by);

  [[nodiscard]] bool was_answered() const { return was_answered_; }
  [[nodiscard]] std::size_t count() const { return rows_.size(); }
  [[nodiscard]] std::size_t place() const { return at_; }     // from 0
  [[nodiscard]] bool has_more() const { return has_more_; }   // older than those counted
  [[nodiscard]] std::optional<std::int64_t> row() const;      // in the history, of the one at which one stands

 private:
  std::string words_;
  std::string conversation_;
  std::vector<std::int64_t> rows_;
  std::size_t at_ = 0;
  bool was_answered_ = false;
  bool has_more_ = false;
  bool is_asking_ = false;   // for what is older
};

}   // namespace coterie::gui
