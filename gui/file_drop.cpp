// SPDX-License-Identifier: MIT
#include "gui/file_drop.h"

#include "gui/text.h"

#include <wx/app.h>

namespace coterie::gui {

bool FileDrop::OnDropFiles(wxCoord, wxCoord, const wxArrayString& names) {
  std::vector<std::filesystem::path> paths;
  for (const auto& name : names) paths.push_back(to_path(name));
  // The other program waits until this returns, and what follows may be a question.
  wxTheApp->CallAfter([take = take_, paths = std::move(paths)] { take(paths); });
  return true;
}

}   // namespace coterie::gui
