// SPDX-License-Identifier: MIT
// Two people compare a number: when both see the same one, nobody stands between them. Also where another key than known is explained
// and, after the comparison, accepted.
#pragma once

#include "gui/model/members_model.h"

#include <wx/dialog.h>

#include <functional>
#include <optional>

namespace coterie::gui {

class VerifyDialog : public wxDialog {
 public:
  struct Actions {
    std::function<void(bool verified)> set_verified;
    std::function<void()> accept_identity;
  };

  // `held`: the member came with another key than known, and this is it.
  VerifyDialog(wxWindow* parent, const Member& member, const std::optional<event::IdentityChanged>& held,
               Actions actions);
};

}   // namespace coterie::gui
