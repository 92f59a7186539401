// SPDX-License-Identifier: MIT
// What a screen reader is told about the drawn conversation: a list, with an item for each message on the screen.
#pragma once

#include <memory>

namespace coterie::gui {

class MessageView;

class MessageAccessible {
 public:
  // Outlived by `view`.
  explicit MessageAccessible(MessageView& view);
  ~MessageAccessible();

  // Other messages, or other words in them, are on the screen.
  void Changed();
  // The current message is another one.
  void Moved();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}   // namespace coterie::gui
