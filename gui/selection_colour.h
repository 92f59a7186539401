// SPDX-License-Identifier: MIT
// What is chosen in native lists and fields, in the colours the theme has for it: those of the desktop may not be readable.
#pragma once

namespace coterie::gui {

struct Theme;

// For the whole program, until it is told others.
void colour_selections(const Theme& theme);

}   // namespace coterie::gui
