// SPDX-License-Identifier: MIT
// Names of files as they are shown: nothing in them is invisible or turns what stands around it. What others offer comes with safe names;
// one's own files are called whatever somebody has called them.
#pragma once

#include "netcore/base/unicode.h"
#include "netcore/session/event.h"

namespace coterie::gui {

inline std::string shown_name(std::string_view name) { return escape_unprintable(name); }

// Of a message with a file the text is that file's name.
inline std::string shown_text(const event::Message& message) {
  return message.file ? shown_name(message.text) : message.text;
}

}   // namespace coterie::gui
