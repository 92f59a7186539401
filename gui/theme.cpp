// SPDX-License-Identifier: MIT
#include "gui/theme.h"

#include "gui/model/contrast.h"
#include "gui/selection_colour.h"

#include <wx/clntdata.h>
#include <wx/settings.h>

namespace coterie::gui {
namespace {

Rgb to_rgb(const wxColour& colour) { return {colour.Red(), colour.Green(), colour.Blue()}; }
wxColour to_wx(Rgb colour) { return {colour.red, colour.green, colour.blue}; }

// `share` of 255 of the second colour over the first.
wxColour mix(const wxColour& under, const wxColour& over, int share) {
  return to_wx(mixed(to_rgb(under), to_rgb(over), share));
}

// What a control plays in; it goes with the control.
class Roles : public wxClientData {
 public:
  wxColour Theme::*ink = nullptr;
  wxColour Theme::*ground = nullptr;

  void apply(wxWindow& window) const {
    const auto theme = Theme::current();
    if (ink != nullptr) window.SetForegroundColour(theme.*ink);
    if (ground != nullptr) window.SetBackgroundColour(theme.*ground);
  }
};

Roles& roles_of(wxWindow& window) {
  auto* roles = dynamic_cast<Roles*>(window.GetClientObject());
  if (roles == nullptr) {
    roles = new Roles;
    window.SetClientObject(roles);
    window.Bind(wxEVT_SYS_COLOUR_CHANGED, [&window, roles](wxSysColourChangedEvent& event) {
      roles->apply(window);
      event.Skip();   // on to its children
    });
  }
  return *roles;
}

constexpr int detail = 217;   // how much of 255 of its letters' colour the second line of a list has

}   // namespace

Theme Theme::current() {
  Theme theme;
  theme.is_dark = wxSystemSettings::GetAppearance().IsDark();
  theme.ground = wxSystemSettings::GetColour(wxSYS_COLOUR_WINDOW);
  theme.text = wxSystemSettings::GetColour(wxSYS_COLOUR_WINDOWTEXT);
  theme.faint = mix(theme.ground, theme.text, theme.is_dark ? 165 : 150);
  theme.accent = theme.is_dark ? wxColour(0x4f, 0xc3, 0xb3) : wxColour(0x13, 0x6f, 0x65);
  theme.link = theme.is_dark ? wxColour(0x7a, 0xb8, 0xff) : wxColour(0x1a, 0x5f, 0xb4);
  theme.bubble = mix(theme.ground, theme.text, theme.is_dark ? 26 : 16);
  theme.own_bubble = mix(theme.ground, theme.is_dark ? wxColour(0x2f, 0x9f, 0x90) : wxColour(0x2f, 0x8f, 0x83),
                         theme.is_dark ? 95 : 45);
  theme.line = mix(theme.ground, theme.text, 45);
  const auto selection = desktop_selection();
  theme.selected_text = selection.ink;
  theme.selection = to_wx(readable_ground(to_rgb(selection.ground), to_rgb(selection.ink), detail));
  theme.found = theme.is_dark ? wxColour(0x8a, 0x6d, 0x1d) : wxColour(0xff, 0xe0, 0x82);
  theme.found_here = theme.is_dark ? wxColour(0xc0, 0x58, 0x10) : wxColour(0xff, 0xa6, 0x3d);
  theme.good = theme.is_dark ? wxColour(0x57, 0xd0, 0x8c) : wxColour(0x23, 0x85, 0x4f);
  theme.warning = theme.is_dark ? wxColour(0xf0, 0xb4, 0x4c) : wxColour(0x9a, 0x62, 0x00);
  theme.bad = theme.is_dark ? wxColour(0xff, 0x8a, 0x80) : wxColour(0xb3, 0x26, 0x1e);
  theme.info_bar = mix(theme.ground, theme.accent, theme.is_dark ? 60 : 32);
  theme.warning_bar = mix(theme.ground, theme.warning, theme.is_dark ? 65 : 40);
  theme.bad_bar = mix(theme.ground, theme.bad, theme.is_dark ? 75 : 38);
  // White letters are read on each of them.
  theme.people = {wxColour(0x2f, 0x7d, 0x73), wxColour(0x9a, 0x5b, 0x13), wxColour(0x5a, 0x55, 0xa8),
                  wxColour(0xa1, 0x3d, 0x63), wxColour(0x2c, 0x6d, 0xa4), wxColour(0x5c, 0x75, 0x2a),
                  wxColour(0x8b, 0x4a, 0x9c), wxColour(0x6d, 0x5d, 0x4f)};
  return theme;
}

void set_ink(wxWindow& window, wxColour Theme::*role) {
  auto& roles = roles_of(window);
  roles.ink = role;
  roles.apply(window);
}

void set_ground(wxWindow& window, wxColour Theme::*role) {
  auto& roles = roles_of(window);
  roles.ground = role;
  roles.apply(window);
}

wxFont scaled_font(const wxWindow& window, double factor, bool bold) {
  auto font = window.GetFont();
  font.SetFractionalPointSize(font.GetFractionalPointSize() * factor);
  if (bold) font.SetWeight(wxFONTWEIGHT_BOLD);
  return font;
}

}   // namespace coterie::gui
