// SPDX-License-Identifier: MIT
// An invite to show: the link, its QR code, and what others need besides.
#pragma once

#include "gui/model/invite.h"
#include "netcore/base/secret.h"

#include <wx/dialog.h>

#include <functional>
#include <vector>

class wxStaticBitmap;
class wxTextCtrl;

namespace coterie::gui {

class InviteDialog : public wxDialog {
 public:
  // How others get to the relay.
  struct Ways {
    std::vector<std::string> relays;   // "host:port", at least one; the first is the one to try first
    wxString note = {};
    wxString warning = {};
  };

  // `password`: of the group, where it is still known: it can be copied by itself, and is not shown. Outlives the dialog.
  InviteDialog(wxWindow* parent, Invite invite, const Ways& ways, const SecretBytes& password,
               std::function<void(const wxString&)> copy);

 private:
  void Use(const std::string& relay);
  void ShowCopied(const wxButton* which);

  Invite invite_;
  wxStaticBitmap* qr_;
  wxTextCtrl* link_;
  wxButton* copy_link_ = nullptr;
  wxButton* copy_password_ = nullptr;   // where there is one to copy
};

}   // namespace coterie::gui
