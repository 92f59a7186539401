// SPDX-License-Identifier: MIT
// Gives every item of a menu a letter of its own (gui/model/mnemonics.h), when all of them stand in it.
#pragma once

class wxMenu;
class wxMenuBar;

namespace coterie::gui {

void give_letters(wxMenu& menu);
// Of the bar itself, and of all menus in it.
void give_letters(wxMenuBar& bar);

}   // namespace coterie::gui
