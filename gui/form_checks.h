// SPDX-License-Identifier: MIT
// What is typed into a form, by the rules of the engine, and what is wrong with it in words that tell how to mend it.
#pragma once

#include <wx/string.h>

#include <string>
#include <string_view>

namespace coterie::gui {

struct Checked {
  std::string value;   // normalised; empty where there is trouble
  wxString trouble;    // a sentence; empty where there is none

  [[nodiscard]] bool is_good() const { return trouble.empty(); }
};

Checked check_user_id(const wxString& typed);
Checked check_group_name(const wxString& typed);
// What is wrong with it; empty where nothing is. A copy is made and wiped.
wxString password_trouble(std::string_view typed);

}   // namespace coterie::gui
