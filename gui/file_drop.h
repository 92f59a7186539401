// SPDX-License-Identifier: MIT
// Takes the files that are dropped on a window, and on everything in it that takes no drops of its own.
#pragma once

#include <wx/dnd.h>

#include <filesystem>
#include <functional>
#include <vector>

namespace coterie::gui {

class FileDrop : public wxFileDropTarget {
 public:
  using Take = std::function<void(std::vector<std::filesystem::path>)>;

  explicit FileDrop(Take take) : take_(std::move(take)) {}
  bool OnDropFiles(wxCoord x, wxCoord y, const wxArrayString& names) override;

 private:
  Take take_;
};

}   // namespace coterie::gui
