// SPDX-License-Identifier: MIT
#include "gui/model/hits.h"

namespace coterie::gui {

command::Search Hits::look_for(std::string words, std::string conversation) {
  forget();
  words_ = std::move(words);
  conversation_ = std::move(conversation);
  return {words_, page, conversation_, 0};
}

void Hits::forget() { *this = Hits(); }

bool Hits::apply(const event::SearchResults& results) {
  if (words_.empty() || results.words != words_ || results.conversation != conversation_) return false;
  if (results.before != (rows_.empty() ? 0 : rows_.back())) return false;
  const auto known = rows_.size();
  for (const auto& message : results.messages) rows_.push_back(message.row);
  has_more_ = !results.is_last;
  was_answered_ = true;
  if (std::exchange(is_asking_, false)) at_ = rows_.size() > known ? known : 0;
  return true;
}

std::optional<command::Search> Hits::step(int by) {
  if (rows_.empty() || is_asking_) return std::nullopt;
  if (by > 0 && has_more_ && at_ + 1 == rows_.size()) {
    is_asking_ = true;
    return command::Search{words_, page, conversation_, rows_.back()};
  }
  at_ = by > 0 ? (at_ + 1) % rows_.size() : (at_ + rows_.size() - 1) % rows_.size();
  return std::nullopt;
}

std::optional<std::int64_t> Hits::row() const { return rows_.empty() ? std::nullopt : std::optional(rows_[at_]); }

}   // namespace coterie::gui
