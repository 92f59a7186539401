// SPDX-License-Identifier: MIT
#include "gui/text_margins.h"

#include <wx/textctrl.h>

#include <gtk/gtk.h>

namespace coterie::gui {

void set_text_margins(wxTextCtrl& field, int across, int above) {
  // What wx has is the frame that scrolls; the text is in it.
  auto* text = gtk_bin_get_child(GTK_BIN(field.GetHandle()));
  if (!GTK_IS_TEXT_VIEW(text)) return;
  auto* view = GTK_TEXT_VIEW(text);
  gtk_text_view_set_left_margin(view, across);
  gtk_text_view_set_right_margin(view, across);
  gtk_text_view_set_top_margin(view, above);
  gtk_text_view_set_bottom_margin(view, above);
}

}   // namespace coterie::gui
