// SPDX-License-Identifier: MIT
// What the relay of one group can see, told from what has really gone through it, and what it cannot see.
#pragma once

#include "gui/model/group_model.h"

#include <wx/dialog.h>

namespace coterie::gui {

class RelayKnowsDialog : public wxDialog {
 public:
  RelayKnowsDialog(wxWindow* parent, const GroupModel& group);
};

}   // namespace coterie::gui
