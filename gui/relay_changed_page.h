// SPDX-License-Identifier: MIT
// What stands in the window when a relay is not the one known under its address: red, and without a way to accept.
#pragma once

#include "netcore/session/event.h"

#include <wx/panel.h>
#include <wx/stattext.h>
#include <wx/textctrl.h>

#include <functional>

namespace coterie::gui {

class RelayChangedPage : public wxPanel {
 public:
  RelayChangedPage(wxWindow* parent, std::function<void()> on_leave);
  void Tell(const event::RelayChanged& relay);

 private:
  wxStaticText* text_;
  wxTextCtrl* pins_;
};

}   // namespace coterie::gui
