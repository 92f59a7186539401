// SPDX-License-Identifier: MIT
#include "gui/file_drop.h"

#include "gui/text.h"

#include <wx/app.h>

namespace coterie::gui {

namespace {

void hand_over(const FileDrop::Take& take, const wxArrayString& names) {
  std::vector<std::filesystem::path> paths;
  for (const auto& name : names) paths.push_back(to_path(name));
  // The other program waits until this returns, and what follows may be a question.
  wxTheApp->CallAfter([take, paths = std::move(paths)] { take(paths); });
}

}   // namespace

wxDragResult FileDrop::OnEnter(wxCoord x, wxCoord y, wxDragResult result) {
  hover_(true);
  return wxFileDropTarget::OnEnter(x, y, result);
}

bool FileDrop::OnDropFiles(wxCoord, wxCoord, const wxArrayString& names) {
  hover_(false);
  hand_over(take_, names);
  return true;
}

FieldDrop::FieldDrop(wxTextCtrl& field, FileDrop::Take take, FileDrop::Hover hover)
    : field_(field),
      take_(std::move(take)),
      hover_(std::move(hover)),
      files_(new wxFileDataObject),
      text_(new wxTextDataObject) {
  auto* both = new wxDataObjectComposite;
  both->Add(files_, true);
  both->Add(text_);
  SetDataObject(both);
}

// Text that is dragged goes to the field, and to nobody else.
wxDragResult FieldDrop::OnEnter(wxCoord x, wxCoord y, wxDragResult result) {
  if (GetMatchingPair() == wxDF_FILENAME) hover_(true);
  return wxDropTarget::OnEnter(x, y, result);
}

wxDragResult FieldDrop::OnData(wxCoord x, wxCoord y, wxDragResult result) {
  hover_(false);
  if (!GetData()) return wxDragNone;
  const auto* both = static_cast<wxDataObjectComposite*>(GetDataObject());
  if (both->GetReceivedFormat() == wxDF_FILENAME) {
    hand_over(take_, files_->GetFilenames());
    return result;
  }
#ifdef __WXGTK__
  // A field of GTK's writes what it is given by itself, where the mouse is.
  static_cast<void>(x);
  static_cast<void>(y);
#else
  if (long at = 0; field_.HitTest(wxPoint(x, y), &at) != wxTE_HT_UNKNOWN) field_.SetInsertionPoint(at);
  field_.WriteText(text_->GetText());
#endif
  field_.SetFocus();
  return result;
}

}   // namespace coterie::gui
