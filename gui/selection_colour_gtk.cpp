// SPDX-License-Identifier: MIT
// Selections on GTK: a style of our own over that of the desktop.
#include "gui/selection_colour.h"

#include "gui/theme.h"

#include <wx/string.h>

#include <gtk/gtk.h>

namespace coterie::gui {

void colour_selections(const Theme& theme) {
  // Never released: the screen has it as long as the program runs.
  static auto* const style = [] {
    auto* made = gtk_css_provider_new();
    gtk_style_context_add_provider_for_screen(gdk_screen_get_default(), GTK_STYLE_PROVIDER(made),
                                              GTK_STYLE_PROVIDER_PRIORITY_APPLICATION);
    return made;
  }();
  const auto rules = wxString::Format(
      "treeview.view:selected, treeview.view:selected:focus, treeview.view:selected:backdrop, entry selection, "
      "textview text selection { background-color: %s; color: %s; }",
      theme.selection.GetAsString(wxC2S_HTML_SYNTAX), theme.selected_text.GetAsString(wxC2S_HTML_SYNTAX));
  gtk_css_provider_load_from_data(style, rules.utf8_str(), -1, nullptr);
}

}   // namespace coterie::gui
