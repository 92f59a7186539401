// SPDX-License-Identifier: MIT
// MessageAccessible where the system's accessibility is not spoken to yet.
#include "gui/message_accessible.h"

#include <wx/window.h>

namespace coterie::gui {

struct MessageAccessible::State {};

MessageAccessible::MessageAccessible(MessageView&) {}
MessageAccessible::~MessageAccessible() = default;
void MessageAccessible::Changed() {}
void MessageAccessible::Moved() {}

void name_for_screen_readers(wxWindow& control, const wxString& name) { control.SetName(name); }

}   // namespace coterie::gui
