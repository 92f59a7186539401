// SPDX-License-Identifier: MIT
#include "gui/tray.h"

#include "gui/icons.h"
#include "gui/text.h"

#include <wx/menu.h>

namespace coterie::gui {
namespace {

constexpr int size = 24;   // device-independent pixels; the tray makes of it what it has room for

}   // namespace

Tray::Tray(Actions actions) : actions_(std::move(actions)) {
  SetIcon(application_icon(size), "Coterie");
  // Later, and not from inside the tray's event: what is asked may take the icon away.
  Bind(wxEVT_TASKBAR_LEFT_DOWN, [this](wxTaskBarIconEvent&) { CallAfter(actions_.toggle); });
}

void Tray::Update(std::size_t unread) {
  if (unread == unread_) return;
  unread_ = unread;
  if (unread == 0) {
    SetIcon(application_icon(size), "Coterie");
    return;
  }
  const auto count =
      figures(wxString::Format(wxPLURAL("%zu unread message", "%zu unread messages", plural(unread)), unread));
  SetIcon(application_icon_with_mark(size), "Coterie" + wxString::FromUTF8(" – ") + count);
}

wxMenu* Tray::CreatePopupMenu() {
  auto* menu = new wxMenu;
  const int toggle = menu->Append(wxID_ANY, actions_.would_hide() ? _("&Hide Coterie") : _("&Show Coterie"))->GetId();
  menu->AppendSeparator();
  const int quit = menu->Append(wxID_ANY, _("&Quit"))->GetId();
  menu->Bind(
      wxEVT_MENU, [this](wxCommandEvent&) { CallAfter(actions_.toggle); }, toggle);
  menu->Bind(
      wxEVT_MENU, [this](wxCommandEvent&) { CallAfter(actions_.quit); }, quit);
  return menu;
}

}   // namespace coterie::gui
