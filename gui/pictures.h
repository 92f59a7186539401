// SPDX-License-Identifier: MIT
// Small pictures of image files that are on this computer, read and scaled on a thread of their own. Large files and huge pictures are
// left alone: a picture is made by somebody else.
#pragma once

#include "netcore/base/ids.h"
#include "netcore/base/worker.h"

#include <wx/bitmap.h>

#include <filesystem>
#include <functional>
#include <unordered_map>

namespace coterie::gui {

class Pictures {
 public:
  static constexpr std::uintmax_t largest_file = 20'000'000;   // bytes
  static constexpr int most_pixels = 40'000'000;
  static constexpr int width = 300;   // of the small one, at most, device-independent
  static constexpr int height = 220;

  // `ready` is called on the window's thread when the picture of that file can be shown.
  explicit Pictures(std::function<void(const FileId&)> ready);

  // Not ok while it is being read, and for what is no picture.
  wxBitmap get(const FileId& file, const std::filesystem::path& path);

 private:
  std::function<void(const FileId&)> ready_;
  std::unordered_map<FileId, wxBitmap> pictures_;   // also the empty ones: asked for once
  Worker worker_;                                   // last: its answers come to the others
};

}   // namespace coterie::gui
