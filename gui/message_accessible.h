// SPDX-License-Identifier: MIT
// What a screen reader is told about the drawn conversation: a list, with an item for each message on the screen.
#pragma once

#include <wx/string.h>

#include <memory>

class wxWindow;

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

// What a control is called where its label is a picture, or where it has none.
void name_for_screen_readers(wxWindow& control, const wxString& name);

}   // namespace coterie::gui
