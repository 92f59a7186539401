// SPDX-License-Identifier: MIT
#include "gui/open_dialogs.h"

#include <wx/dialog.h>
#include <wx/evtloop.h>

#ifdef __WXGTK__
#include <gtk/gtk.h>
#endif

#include <algorithm>

namespace coterie::gui {

namespace {

#ifdef __WXGTK__
// Questions are GTK's own dialogs, in loops that wx does not know.
GtkDialog* open_question() {
  auto* grabbing = gtk_grab_get_current();
  if (grabbing == nullptr) return nullptr;
  auto* top = gtk_widget_get_toplevel(grabbing);
  return GTK_IS_DIALOG(top) ? GTK_DIALOG(top) : nullptr;
}
#endif

bool is_open_dialog(const wxWindow* window) {
  const auto* dialog = dynamic_cast<const wxDialog*>(window);
  return dialog != nullptr && dialog->IsModal();
}

}   // namespace

bool has_open_dialogs() {
#ifdef __WXGTK__
  if (open_question() != nullptr) return true;
#endif
  return std::any_of(wxTopLevelWindows.begin(), wxTopLevelWindows.end(), is_open_dialog);
}

bool cancel_open_dialogs() {
  for (auto* window : wxTopLevelWindows)
    if (is_open_dialog(window)) static_cast<wxDialog*>(window)->EndModal(wxID_CANCEL);
#ifdef __WXGTK__
  if (auto* question = open_question(); question != nullptr) gtk_dialog_response(question, GTK_RESPONSE_CANCEL);
  // One for the main loop, in which this was called.
  return g_main_depth() > 1;
#else
  const auto* loop = wxEventLoopBase::GetActive();
  return loop != nullptr && !loop->IsMain();
#endif
}

}   // namespace coterie::gui
