// SPDX-License-Identifier: MIT
// Passwords that people can say to each other: words drawn by chance from a list of 512 short ones, nine bits each.
#pragma once

#include <cstddef>
#include <string>

namespace coterie::gui {

// "maple orbit candle river tulip stone".
std::string suggest_phrase(std::size_t words = 6);

}   // namespace coterie::gui
