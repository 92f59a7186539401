// SPDX-License-Identifier: MIT
// Tells in the log, at debug level, how long the window did not answer: the longest turn of its loop, each second in which there were
// any. A turn begins when the system has something for the loop and ends when the loop asks for more, so it is how long a key or a
// click may have to wait. Where windows are not GTK's there is no such line.
//
//   window.turns longest_ms=12 count=40 busy_ms=31
#pragma once

namespace coterie::gui {

// To be called once, before the loop runs; does nothing at other levels.
void watch_loop();

}   // namespace coterie::gui
