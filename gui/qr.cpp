// SPDX-License-Identifier: MIT
#include "gui/qr.h"

#include <wx/image.h>

#include <qrencode.h>

#include <memory>

namespace coterie::gui {

wxBitmap make_qr(const std::string& text, int pixels) {
  struct Free {
    void operator()(QRcode* code) const { QRcode_free(code); }
  };
  const std::unique_ptr<QRcode, Free> code(QRcode_encodeString8bit(text.c_str(), 0, QR_ECLEVEL_M));
  if (!code) return {};
  constexpr int quiet = 4;   // modules around the code, as the standard wants
  const int modules = code->width + 2 * quiet;
  const int scale = std::max(1, pixels / modules);
  wxImage image(modules * scale, modules * scale);
  image.SetRGB(wxRect(image.GetSize()), 255, 255, 255);
  for (int y = 0; y < code->width; ++y)
    for (int x = 0; x < code->width; ++x)
      if ((code->data[y * code->width + x] & 1U) != 0)
        image.SetRGB(wxRect((x + quiet) * scale, (y + quiet) * scale, scale, scale), 0, 0, 0);
  return wxBitmap(image);
}

}   // namespace coterie::gui
