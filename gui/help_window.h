// SPDX-License-Identifier: MIT
// Help → Coterie Help: how to begin, what is private, where files go, and every key; read with the arrow keys or a screen reader,
// beside the main window.
#pragma once

#include <wx/frame.h>
#include <wx/menu.h>

#include <filesystem>

class wxBookCtrlBase;

namespace coterie::gui {

class HelpWindow : public wxFrame {
 public:
  struct Places {
    std::filesystem::path received;
    std::filesystem::path profiles;
  };

  // The keys are those of `menus`, as they are now; `enter_sends` as the preferences have it.
  HelpWindow(wxWindow* parent, const wxMenuBar& menus, bool enter_sends, const Places& places);

 private:
  // A text in the form "# heading", or a paragraph, a line.
  void AddText(wxBookCtrlBase* book, const wxString& title, const std::vector<wxString>& lines);
  void AddKeys(wxBookCtrlBase* book, const wxMenuBar& menus, bool enter_sends);
};

}   // namespace coterie::gui
