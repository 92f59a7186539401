// SPDX-License-Identifier: MIT
// The mark that tells the desktop that a file came from outside, as browsers leave it: user.xdg.origin.url on Linux, Zone.Identifier on
// Windows, com.apple.quarantine on macOS. One source file for each system.
#pragma once

#include <cstdint>
#include <string_view>

namespace coterie::transfer {

// Says where from without saying from whom.
constexpr std::string_view origin = "coterie://received";

// Marks the open file. False where the file system keeps no such marks: the file is as good without.
bool mark_origin(std::intptr_t file);

}   // namespace coterie::transfer
