// SPDX-License-Identifier: MIT
// The icon in the tray, where there is a tray: shows that something is unread, brings the window back.
#pragma once

#include <wx/taskbar.h>

#include <functional>

namespace coterie::gui {

class Tray : public wxTaskBarIcon {
 public:
  Tray(std::function<void()> show, std::function<void()> quit);
  void Update(std::size_t unread);

 private:
  wxMenu* CreatePopupMenu() override;

  std::function<void()> show_;
  std::function<void()> quit_;
  bool is_marked_ = false;
};

}   // namespace coterie::gui
