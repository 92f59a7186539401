// SPDX-License-Identifier: MIT
// A bar in a cell of a list: how much of a whole, in colours that are told apart on a row that is selected and on one that is not,
// light and dark. The native one is painted in the colour of the selection.
#pragma once

#include <wx/dataview.h>

namespace coterie::gui {

class ProgressCell : public wxDataViewCustomRenderer {
 public:
  // Shows a long, 0 to 100.
  ProgressCell();

  bool SetValue(const wxVariant& value) override;
  bool GetValue(wxVariant& value) const override;
  bool Render(wxRect cell, wxDC* dc, int state) override;
  wxSize GetSize() const override;

 private:
  long percent_ = 0;
};

}   // namespace coterie::gui
