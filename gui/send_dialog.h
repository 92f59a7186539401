// SPDX-License-Identifier: MIT
// Asks before files are sent: how many, how large, and to whom, with the conversation that is shown as the first suggestion.
#pragma once

#include "gui/model/group_model.h"
#include "gui/model/sending.h"

#include <wx/checkbox.h>
#include <wx/dialog.h>
#include <wx/radiobut.h>

namespace coterie::gui {

class SendDialog : public wxDialog {
 public:
  // `peer`: with whom the conversation is; empty for the group's.
  SendDialog(wxWindow* parent, const GroupModel& group, const std::string& peer, const Gathered& what);
  [[nodiscard]] Recipients Chosen() const;

 private:
  void UpdateButton();

  wxRadioButton* everyone_;
  wxRadioButton* some_;
  // A box each: those of a list control have no name that a screen reader could read.
  std::vector<std::pair<std::string, wxCheckBox*>> members_;
};

}   // namespace coterie::gui
