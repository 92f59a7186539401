// SPDX-License-Identifier: MIT
// A whole conversation on its way to the clipboard, however long it is: asks for its pages one after the other, oldest first, and gathers
// their text. What is said meanwhile comes with the last of them.
#pragma once

#include "gui/model/copied_text.h"
#include "netcore/session/command.h"

namespace coterie::gui {

class ConversationCopy {
 public:
  static constexpr std::size_t page = 250;   // messages asked for at once

  // Empty for the group, otherwise the other member of a direct conversation.
  ConversationCopy(std::string conversation, CopiedText::Words words)
      : conversation_(std::move(conversation)), gathered_(std::move(words)) {}

  // The page it waits for; it has to be asked for.
  [[nodiscard]] command::LoadHistory next() const;
  // True when this was that page, whoever has asked for it.
  bool apply(const event::HistoryPage& history);

  [[nodiscard]] const std::string& conversation() const { return conversation_; }
  [[nodiscard]] bool is_complete() const { return is_complete_; }
  [[nodiscard]] std::size_t count() const { return gathered_.count(); }
  [[nodiscard]] const std::string& text() const { return gathered_.text(); }

 private:
  std::string conversation_;
  CopiedText gathered_;
  std::int64_t last_ = 0;   // row of the newest message gathered
  bool is_complete_ = false;
};

}   // namespace coterie::gui
