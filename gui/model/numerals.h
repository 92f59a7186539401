// SPDX-License-Identifier: MIT
// Figures of our own texts in the digits of the language that is spoken. Names, addresses and whatever else comes from others stand
// isolated in those texts, and keep the digits they have.
#pragma once

#include <string>
#include <string_view>

namespace coterie::gui {

// `digits`: what stands for 0 to 9, for the decimal point, for the separator of thousands and for the sign of percent, in this order.
// A point or a comma counts only between digits, a percent sign only behind one. What lies between U+2066, U+2067 or U+2068 and U+2069
// stays as it is; so does everything where `digits` is not 13 characters.
std::string in_digits(std::string_view text, std::string_view digits);

}   // namespace coterie::gui
