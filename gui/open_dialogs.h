// SPDX-License-Identifier: MIT
// Dialogs that wait for an answer, each in a loop of its own. While one does, nothing that it stands on may be destroyed.
#pragma once

namespace coterie::gui {

// Answers them all with Cancel. Whether there were any: their loops end only after this returns.
bool cancel_open_dialogs();

[[nodiscard]] bool has_open_dialogs();

}   // namespace coterie::gui
