// SPDX-License-Identifier: MIT
// The letters that choose the items of a menu from the keyboard: each item gets one of its own, in whatever language its label is.
#pragma once

#include <string>
#include <vector>

namespace coterie::gui {

// Labels of one menu as wxMenu takes them: "&" stands before the letter, "&&" is the sign itself, what follows a tab is a shortcut. A
// letter that an author has marked stays where an item before has not got it; every other item gets the beginning of one of its words,
// or else any letter of it that is free. A label without one, such as an emoji, stays as it is.
std::vector<std::string> with_mnemonics(const std::vector<std::string>& labels);

}   // namespace coterie::gui
