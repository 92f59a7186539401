// SPDX-License-Identifier: MIT
// MessageAccessible where the system's accessibility is not spoken to yet.
#include "gui/message_accessible.h"

namespace coterie::gui {

struct MessageAccessible::State {};

MessageAccessible::MessageAccessible(MessageView&) {}
MessageAccessible::~MessageAccessible() = default;
void MessageAccessible::Changed() {}
void MessageAccessible::Moved() {}

}   // namespace coterie::gui
