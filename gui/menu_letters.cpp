// SPDX-License-Identifier: MIT
#include "gui/menu_letters.h"

#include "gui/model/mnemonics.h"
#include "gui/text.h"

#include <wx/menu.h>

namespace coterie::gui {

void give_letters(wxMenu& menu) {
  std::vector<std::string> labels;
  for (const auto* item : menu.GetMenuItems()) {
    labels.push_back(to_utf8(item->GetItemLabel()));
    if (item->IsSubMenu()) give_letters(*item->GetSubMenu());
  }
  const auto made = with_mnemonics(labels);
  std::size_t at = 0;
  for (auto* item : menu.GetMenuItems()) {
    if (!item->IsSeparator() && made[at] != labels[at]) item->SetItemLabel(to_wx(made[at]));
    ++at;
  }
}

void give_letters(wxMenuBar& bar) {
  std::vector<std::string> labels;
  for (std::size_t i = 0; i < bar.GetMenuCount(); ++i) {
    labels.push_back(to_utf8(bar.GetMenuLabel(i)));
    give_letters(*bar.GetMenu(i));
  }
  const auto made = with_mnemonics(labels);
  for (std::size_t i = 0; i < made.size(); ++i)
    if (made[i] != labels[i]) bar.SetMenuLabel(i, to_wx(made[i]));
}

}   // namespace coterie::gui
