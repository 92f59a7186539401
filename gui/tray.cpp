// SPDX-License-Identifier: MIT
#include "gui/tray.h"

#include "gui/icons.h"

#include <wx/intl.h>
#include <wx/menu.h>

namespace coterie::gui {

Tray::Tray(std::function<void()> show, std::function<void()> quit) : show_(std::move(show)), quit_(std::move(quit)) {
  SetIcon(application_icon(24), "Coterie");
  Bind(wxEVT_TASKBAR_LEFT_DOWN, [this](wxTaskBarIconEvent&) { show_(); });
}

void Tray::Update(std::size_t unread) {
  const bool marked = unread > 0;
  if (marked == is_marked_) return;
  is_marked_ = marked;
  SetIcon(marked ? application_icon_with_mark(24) : application_icon(24), "Coterie");
}

wxMenu* Tray::CreatePopupMenu() {
  auto* menu = new wxMenu;
  enum { show = 1, quit };
  menu->Append(show, _("&Show Coterie"));
  menu->Append(quit, _("&Quit"));
  menu->Bind(wxEVT_MENU, [this](wxCommandEvent& event) { event.GetId() == show ? show_() : quit_(); });
  return menu;
}

}   // namespace coterie::gui
