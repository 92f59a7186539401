// SPDX-License-Identifier: MIT
// Air around the text inside a field of several lines.
#pragma once

class wxTextCtrl;

namespace coterie::gui {

// In pixels, on both sides each.
void set_text_margins(wxTextCtrl& field, int across, int above);

}   // namespace coterie::gui
