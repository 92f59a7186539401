// SPDX-License-Identifier: MIT
// Help → Log: what the engines note, as it comes, to be read or copied for somebody who helps. The log holds no texts, names of
// files or secrets.
#pragma once

#include "gui/model/log_book.h"

#include <wx/frame.h>
#include <wx/textctrl.h>
#include <wx/timer.h>

namespace coterie::gui {

class LogWindow : public wxFrame {
 public:
  // `book` outlives the window.
  LogWindow(wxWindow* parent, const LogBook& book);

 private:
  void Update();

  const LogBook& book_;
  std::uint64_t seen_ = 0;
  wxTextCtrl* text_;
  wxTimer timer_;
};

}   // namespace coterie::gui
