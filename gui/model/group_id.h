// SPDX-License-Identifier: MIT
// The window's name for one group, and for the engine that serves it.
#pragma once

namespace coterie::gui {

// Counted from 1, and never used again while the window lives.
using GroupId = int;

}   // namespace coterie::gui
