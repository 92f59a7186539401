// SPDX-License-Identifier: MIT
// The icon in the tray, where there is a tray: says how much is unread, brings the window and puts it away.
#pragma once

#include <wx/taskbar.h>

#include <functional>

namespace coterie::gui {

class Tray : public wxTaskBarIcon {
 public:
  struct Actions {
    std::function<void()> toggle;       // the window comes, or goes into the tray
    std::function<bool()> would_hide;   // which of the two
    std::function<void()> quit;
  };

  explicit Tray(Actions actions);
  void Update(std::size_t unread);

 private:
  wxMenu* CreatePopupMenu() override;

  Actions actions_;
  std::size_t unread_ = 0;
};

}   // namespace coterie::gui
