// SPDX-License-Identifier: MIT
// Selections on GTK: a style of our own over that of the desktop.
#include "gui/selection_colour.h"

#include "gui/theme.h"

#include <wx/settings.h>
#include <wx/string.h>

#include <gtk/gtk.h>

#include <memory>
#include <string>
#include <utility>

namespace coterie::gui {
namespace {

wxColour named(GtkStyleContext* context, const char* name, wxSystemColour otherwise) {
  GdkRGBA found;
  return gtk_style_context_lookup_color(context, name, &found) != FALSE ? wxColour(found)
                                                                        : wxSystemSettings::GetColour(otherwise);
}

std::string theme_name() {
  gchar* name = nullptr;
  g_object_get(gtk_settings_get_default(), "gtk-theme-name", &name, nullptr);
  const std::unique_ptr<gchar, decltype(&g_free)> owned(name, &g_free);
  return name == nullptr ? std::string() : std::string(name);
}

}   // namespace

// Not of a widget, as the system's colours are measured otherwise: what a widget has is what colour_selections() has given it.
SelectionColours desktop_selection() {
  // Asked for with everything that is painted.
  static std::pair<std::string, SelectionColours> known;
  const auto name = theme_name();
  if (known.second.ground.IsOk() && known.first == name) return known.second;
  auto* context = gtk_style_context_new();
  auto* path = gtk_widget_path_new();
  gtk_widget_path_append_type(path, GTK_TYPE_WINDOW);
  gtk_style_context_set_path(context, path);
  known = {name,
           {named(context, "theme_selected_bg_color", wxSYS_COLOUR_HIGHLIGHT),
            named(context, "theme_selected_fg_color", wxSYS_COLOUR_HIGHLIGHTTEXT)}};
  gtk_widget_path_unref(path);
  g_object_unref(context);
  return known.second;
}

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
