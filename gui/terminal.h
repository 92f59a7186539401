// SPDX-License-Identifier: MIT
// What the program says where no window is needed, or none can be had: on the terminal it was started from.
#pragma once

#include <optional>

class wxCmdLineParser;

namespace coterie::gui {

// The options and parameters that there are.
void describe_command_line(wxCmdLineParser& parser);

// Asked for help or the version, or without a screen: says so, and what the program ends with. Nothing where a window can be opened.
std::optional<int> answer_on_terminal(int& argc, char**& argv);

}   // namespace coterie::gui
