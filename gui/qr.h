// SPDX-License-Identifier: MIT
// A text as a QR code, for a telephone or another screen to read.
#pragma once

#include <wx/bitmap.h>

#include <string>

namespace coterie::gui {

// Black on white whatever the theme, with the quiet border; not ok when the text is too long.
wxBitmap make_qr(const std::string& text, int pixels);

}   // namespace coterie::gui
