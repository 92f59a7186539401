// SPDX-License-Identifier: MIT
// Pictures of the program, drawn from the vector sources for the size that is needed.
#pragma once

#include <wx/bmpbndl.h>
#include <wx/iconbndl.h>

namespace coterie::gui {

wxBitmapBundle application_icon(int size);
// In all sizes a window manager asks for.
wxIconBundle application_icons();
// The same with a number on it, for the tray.
wxBitmapBundle application_icon_with_mark(int size);

}   // namespace coterie::gui
