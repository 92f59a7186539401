// SPDX-License-Identifier: MIT
// Take what is dropped: files on a window, and on everything in it that takes no drops of its own; files or text where one writes.
#pragma once

#include <wx/dnd.h>
#include <wx/textctrl.h>

#include <filesystem>
#include <functional>
#include <vector>

namespace coterie::gui {

class FileDrop : public wxFileDropTarget {
 public:
  using Take = std::function<void(std::vector<std::filesystem::path>)>;
  // Whether files are held over it at the moment.
  using Hover = std::function<void(bool)>;

  FileDrop(Take take, Hover hover) : take_(std::move(take)), hover_(std::move(hover)) {}
  wxDragResult OnEnter(wxCoord x, wxCoord y, wxDragResult result) override;
  void OnLeave() override { hover_(false); }
  bool OnDropFiles(wxCoord x, wxCoord y, const wxArrayString& names) override;

 private:
  Take take_;
  Hover hover_;
};

// Without this a field takes the names of files as text; with one for files alone it would take no text any more.
class FieldDrop : public wxDropTarget {
 public:
  FieldDrop(wxTextCtrl& field, FileDrop::Take take, FileDrop::Hover hover);
  wxDragResult OnEnter(wxCoord x, wxCoord y, wxDragResult result) override;
  void OnLeave() override { hover_(false); }
  wxDragResult OnData(wxCoord x, wxCoord y, wxDragResult result) override;

 private:
  wxTextCtrl& field_;   // owns this
  FileDrop::Take take_;
  FileDrop::Hover hover_;
  wxFileDataObject* files_;
  wxTextDataObject* text_;
};

}   // namespace coterie::gui
