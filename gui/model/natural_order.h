// SPDX-License-Identifier: MIT
// The order in which people number things: "view 2" before "view 10", and capitals are no other letters.
#pragma once

#include <filesystem>
#include <string_view>

namespace coterie::gui {

// Runs of digits by their value, the rest by its letters; what is the same so far is ordered byte by byte, so no two texts are equal
// that differ.
bool comes_naturally_before(std::string_view one, std::string_view other);

// Part by part: what lies in one folder stays together.
bool comes_naturally_before(const std::filesystem::path& one, const std::filesystem::path& other);

}   // namespace coterie::gui
