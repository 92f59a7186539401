// SPDX-License-Identifier: MIT
#include "gui/open_dialogs.h"

#include <wx/dialog.h>
#include <wx/evtloop.h>

#ifdef __WXGTK__
#include <gtk/gtk.h>
#endif

namespace coterie::gui {

bool cancel_open_dialogs() {
  for (auto* window : wxTopLevelWindows)
    if (auto* dialog = dynamic_cast<wxDialog*>(window); dialog != nullptr && dialog->IsModal())
      dialog->EndModal(wxID_CANCEL);
#ifdef __WXGTK__
  // Questions are GTK's own dialogs, in loops that wx does not know.
  if (auto* grabbing = gtk_grab_get_current(); grabbing != nullptr)
    if (auto* top = gtk_widget_get_toplevel(grabbing); GTK_IS_DIALOG(top))
      gtk_dialog_response(GTK_DIALOG(top), GTK_RESPONSE_CANCEL);
  // One for the main loop, in which this was called.
  return g_main_depth() > 1;
#else
  const auto* loop = wxEventLoopBase::GetActive();
  return loop != nullptr && !loop->IsMain();
#endif
}

}   // namespace coterie::gui
