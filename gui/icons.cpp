// SPDX-License-Identifier: MIT
#include "gui/icons.h"

#include <string_view>

namespace coterie::gui {
namespace {

// assets/icons/org.coterie.Coterie.svg, put here by the build.
constexpr std::string_view drawing =
#include "application_icon.inc"
    ;

wxBitmapBundle from_svg(std::string text, int size) { return wxBitmapBundle::FromSVG(text.data(), wxSize(size, size)); }

}   // namespace

wxBitmapBundle application_icon(int size) { return from_svg(std::string(drawing), size); }

wxBitmapBundle application_icon_with_mark(int size) {
  auto text = std::string(drawing);
  text.insert(text.rfind("</svg>"),
              R"(<circle cx="98" cy="30" r="26" fill="#d93025" stroke="#ffffff" stroke-width="6"/>)");
  return from_svg(std::move(text), size);
}

wxIconBundle application_icons() {
  wxIconBundle icons;
  for (const int size : {16, 24, 32, 48, 64, 128, 256}) {
    const auto bitmap = application_icon(size).GetBitmap(wxSize(size, size));
    if (!bitmap.IsOk()) continue;
    wxIcon icon;
    icon.CopyFromBitmap(bitmap);
    icons.AddIcon(icon);
  }
  return icons;
}

}   // namespace coterie::gui
