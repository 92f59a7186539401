// SPDX-License-Identifier: MIT
// Colours by the role they play, and the fonts of the conversation: all made from what the system says, light or dark.
#pragma once

#include <wx/colour.h>
#include <wx/font.h>
#include <wx/window.h>

#include <array>

namespace coterie::gui {

struct Theme {
  bool is_dark = false;
  wxColour ground;   // behind the conversation
  wxColour text;
  wxColour faint;    // times, details
  wxColour accent;   // what can be pressed
  wxColour link;
  wxColour bubble;       // what others say
  wxColour own_bubble;   // what we say
  wxColour line;         // borders, the empty part of a progress bar
  wxColour selection;    // behind what is chosen; the system's, or as much darker or lighter as letters on it need
  wxColour selected_text;
  wxColour found;        // behind what a search has found
  wxColour found_here;   // likewise, where one stands among the hits, and around that message
  wxColour good;
  wxColour warning;
  wxColour bad;
  wxColour info_bar;   // behind the attention bar
  wxColour warning_bar;
  wxColour bad_bar;
  std::array<wxColour, 8> people;   // behind initials

  // As the system is now.
  static Theme current();
};

// A control keeps the role and not the colour: it is coloured now, and again whenever the system changes between light and dark.
void set_ink(wxWindow& window, wxColour Theme::*role);
void set_ground(wxWindow& window, wxColour Theme::*role);

// `window`'s font, made larger or smaller by a share, and bold or not.
wxFont scaled_font(const wxWindow& window, double factor, bool bold = false);

}   // namespace coterie::gui
