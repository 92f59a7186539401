// SPDX-License-Identifier: MIT
#include "gui/model/conversation_copy.h"

namespace coterie::gui {

command::LoadHistory ConversationCopy::next() const {
  command::LoadHistory load;
  load.conversation = conversation_;
  load.limit = page;
  // Rows are numbered from 1, whichever conversation has that one.
  (last_ == 0 ? load.around : load.after) = last_ == 0 ? 1 : last_;
  return load;
}

bool ConversationCopy::apply(const event::HistoryPage& history) {
  const auto awaited = next();
  if (is_complete_ || history.conversation.value_or(std::string()) != conversation_ ||
      history.before != awaited.before || history.around != awaited.around || history.after != awaited.after)
    return false;
  for (const auto& message : history.messages) gathered_.add(message);
  if (!history.messages.empty()) last_ = history.messages.back().row;
  is_complete_ = history.is_last || history.messages.empty();
  return true;
}

}   // namespace coterie::gui
