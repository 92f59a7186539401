// SPDX-License-Identifier: MIT
#include "gui/progress_cell.h"

#include "gui/theme.h"

#include <wx/dc.h>

namespace coterie::gui {

ProgressCell::ProgressCell()
    : wxDataViewCustomRenderer("long", wxDATAVIEW_CELL_INERT, wxALIGN_LEFT | wxALIGN_CENTRE_VERTICAL) {}

bool ProgressCell::SetValue(const wxVariant& value) {
  percent_ = std::clamp(value.GetLong(), 0L, 100L);
  return true;
}

bool ProgressCell::GetValue(wxVariant& value) const {
  value = percent_;
  return true;
}

bool ProgressCell::Render(wxRect cell, wxDC* dc, int state) {
  const auto theme = Theme::current();
  const bool is_selected = (state & wxDATAVIEW_CELL_SELECTED) != 0;
  const int height = std::min(cell.height, dc->FromDIP(8));
  wxRect bar(cell.x + dc->FromDIP(2), cell.y + (cell.height - height) / 2, cell.width - dc->FromDIP(4), height);
  if (bar.width <= 0) return true;
  dc->SetPen(is_selected ? theme.selected_text : theme.faint);
  dc->SetBrush(is_selected ? wxBrush(theme.selection) : wxBrush(theme.line));
  dc->DrawRectangle(bar);
  bar.Deflate(1);
  const int length = static_cast<int>(bar.width * percent_ / 100);
  if (length <= 0) return true;
  // From the right where one reads from there.
  if (GetView()->GetLayoutDirection() == wxLayout_RightToLeft) bar.x += bar.width - length;
  bar.width = length;
  dc->SetPen(*wxTRANSPARENT_PEN);
  dc->SetBrush(is_selected ? theme.selected_text : theme.accent);
  dc->DrawRectangle(bar);
  return true;
}

// All of its column: what is asked for is what is given.
wxSize ProgressCell::GetSize() const {
  return {std::max(GetView()->FromDIP(30), GetOwner()->GetWidth() - GetView()->FromDIP(8)), GetView()->FromDIP(12)};
}

}   // namespace coterie::gui
