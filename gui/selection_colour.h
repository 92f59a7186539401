// SPDX-License-Identifier: MIT
// What is chosen in native lists and fields, in the colours the theme has for it: those of the desktop may not be readable.
#pragma once

#include <wx/colour.h>

namespace coterie::gui {

struct Theme;

struct SelectionColours {
  wxColour ground;
  wxColour ink;
};
// As the desktop has them, whatever was told to the program.
SelectionColours desktop_selection();

// For the whole program, until it is told others.
void colour_selections(const Theme& theme);

}   // namespace coterie::gui
