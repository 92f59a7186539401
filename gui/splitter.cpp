// SPDX-License-Identifier: MIT
#include "gui/splitter.h"

#include "gui/theme.h"

#include <wx/dcclient.h>
#include <wx/settings.h>

namespace coterie::gui {

Splitter::Splitter(wxWindow* parent)
    : wxSplitterWindow(parent, wxID_ANY, wxDefaultPosition, wxDefaultSize, wxSP_LIVE_UPDATE | wxSP_NOBORDER) {}

void Splitter::DrawSash(wxDC& dc) {
  if (!IsSplit() || GetSashSize() <= 0) return;
  // It is also to be drawn when panes are arranged, where there may be nothing to draw on yet.
  if (dynamic_cast<wxPaintDC*>(&dc) == nullptr) return Refresh(false);
  const bool is_upright = GetSplitMode() == wxSPLIT_VERTICAL;
  const auto area = GetClientSize();
  const int at = GetSashPosition();
  const int size = GetSashSize();
  dc.SetPen(*wxTRANSPARENT_PEN);
  dc.SetBrush(wxSystemSettings::GetColour(wxSYS_COLOUR_BTNFACE));
  dc.DrawRectangle(is_upright ? wxRect(at, 0, size, area.y) : wxRect(0, at, area.x, size));
  dc.SetBrush(Theme::current().line);
  const int line = std::max(1, FromDIP(1));
  const int middle = at + (size - line) / 2;
  dc.DrawRectangle(is_upright ? wxRect(middle, 0, line, area.y) : wxRect(0, middle, area.x, line));
}

}   // namespace coterie::gui
