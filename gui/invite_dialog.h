// SPDX-License-Identifier: MIT
// The invite of a group: its link to copy, and as a QR code. The password is never in it.
#pragma once

#include "gui/model/invite.h"

#include <wx/dialog.h>

#include <functional>

namespace coterie::gui {

class InviteDialog : public wxDialog {
 public:
  InviteDialog(wxWindow* parent, const Invite& invite, const wxString& note, std::function<void(const wxString&)> copy);
};

}   // namespace coterie::gui
