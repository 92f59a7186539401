// SPDX-License-Identifier: MIT
// Two panes with a thin line between them; what takes hold of the line is wider than it looks.
#pragma once

#include <wx/splitter.h>

namespace coterie::gui {

class Splitter : public wxSplitterWindow {
 public:
  explicit Splitter(wxWindow* parent);

 private:
  void DrawSash(wxDC& dc) override;
};

}   // namespace coterie::gui
