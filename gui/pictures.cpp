// SPDX-License-Identifier: MIT
#include "gui/pictures.h"

#include "gui/text.h"

#include <wx/app.h>
#include <wx/image.h>
#include <wx/log.h>

#include <fstream>

namespace coterie::gui {
namespace {

// wxImage counts its references without locks, so only plain bytes cross between the threads.
struct Pixels {
  int width = 0;
  int height = 0;
  std::vector<unsigned char> colours;
  std::vector<unsigned char> alpha;
};

bool is_picture_name(std::string name) {
  for (auto& c : name) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  for (const auto* ending : {".png", ".jpg", ".jpeg", ".gif", ".bmp"})
    if (name.ends_with(ending)) return true;
  return false;
}

// Width and height as PNG, JPEG, GIF and BMP write them near their beginning; nothing for anything else. Read before the picture is
// unpacked: a few bytes can claim to be a picture that fills all memory.
std::optional<std::pair<std::uint32_t, std::uint32_t>> claimed_size(std::ifstream& file) {
  std::vector<std::uint8_t> head(26);
  file.read(reinterpret_cast<char*>(head.data()), static_cast<std::streamsize>(head.size()));
  if (file.gcount() < 26) return std::nullopt;
  const auto little = [&](std::size_t at, int bytes) {
    std::uint32_t value = 0;
    for (int i = bytes - 1; i >= 0; --i) value = (value << 8U) | head[at + static_cast<std::size_t>(i)];
    return value;
  };
  if (head[0] == 0x89 && head[1] == 'P')
    return std::pair(load_be<std::uint32_t>(&head[16]), load_be<std::uint32_t>(&head[20]));
  if (head[0] == 'G' && head[1] == 'I') return std::pair(little(6, 2), little(8, 2));
  if (head[0] == 'B' && head[1] == 'M') return std::pair(little(18, 4) & 0x7fffffffU, little(22, 4) & 0x7fffffffU);
  if (head[0] != 0xff || head[1] != 0xd8) return std::nullopt;
  // JPEG: a chain of segments, one of which is the frame's header.
  file.seekg(2);
  for (int segment = 0; segment < 200; ++segment) {
    std::array<std::uint8_t, 9> start{};
    file.read(reinterpret_cast<char*>(start.data()), 4);
    if (file.gcount() < 4 || start[0] != 0xff) return std::nullopt;
    const auto kind = start[1];
    const auto size = load_be<std::uint16_t>(&start[2]);
    const bool is_frame = kind >= 0xc0 && kind <= 0xcf && kind != 0xc4 && kind != 0xc8 && kind != 0xcc;
    if (is_frame) {
      file.read(reinterpret_cast<char*>(start.data()), 5);
      if (file.gcount() < 5) return std::nullopt;
      return std::pair(std::uint32_t{load_be<std::uint16_t>(&start[3])},
                       std::uint32_t{load_be<std::uint16_t>(&start[1])});
    }
    if (size < 2) return std::nullopt;
    file.seekg(size - 2, std::ios::cur);
  }
  return std::nullopt;
}

std::shared_ptr<Pixels> read_picture(const std::filesystem::path& path) {
  const wxLogNull silent;
  std::error_code failed;
  const auto size = std::filesystem::file_size(path, failed);
  if (failed || size > Pictures::largest_file) return nullptr;
  {
    std::ifstream file(path, std::ios::binary);
    const auto claimed = claimed_size(file);
    if (!claimed || claimed->first == 0 || claimed->second == 0 ||
        std::uint64_t{claimed->first} * claimed->second > std::uint64_t{Pictures::most_pixels})
      return nullptr;
  }
  wxImage image;
  if (!image.LoadFile(path_to_wx(path)) || !image.IsOk()) return nullptr;
  const double scale = std::min({1.0, static_cast<double>(Pictures::width) / image.GetWidth(),
                                 static_cast<double>(Pictures::height) / image.GetHeight()});
  image.Rescale(std::max(1, static_cast<int>(image.GetWidth() * scale)),
                std::max(1, static_cast<int>(image.GetHeight() * scale)), wxIMAGE_QUALITY_HIGH);
  auto pixels = std::make_shared<Pixels>();
  pixels->width = image.GetWidth();
  pixels->height = image.GetHeight();
  const auto count = static_cast<std::size_t>(pixels->width) * static_cast<std::size_t>(pixels->height);
  pixels->colours.assign(image.GetData(), image.GetData() + count * 3);
  if (image.HasAlpha()) pixels->alpha.assign(image.GetAlpha(), image.GetAlpha() + count);
  return pixels;
}

}   // namespace

Pictures::Pictures(std::function<void(const FileId&)> ready)
    : ready_(std::move(ready)), worker_([](std::function<void()> job) { wxTheApp->CallAfter(job); }) {}

wxBitmap Pictures::get(const FileId& file, const std::filesystem::path& path) {
  const auto [known, is_new] = pictures_.try_emplace(file);
  if (!is_new || !is_picture_name(path.filename().string())) return known->second;
  worker_.run([path] { return read_picture(path); },
              [this, file](std::shared_ptr<Pixels> pixels) {
                if (!pixels) return;
                wxImage image(pixels->width, pixels->height);
                std::copy(pixels->colours.begin(), pixels->colours.end(), image.GetData());
                if (!pixels->alpha.empty()) {
                  image.InitAlpha();
                  std::copy(pixels->alpha.begin(), pixels->alpha.end(), image.GetAlpha());
                }
                pictures_[file] = wxBitmap(image);
                ready_(file);
              });
  return {};
}

}   // namespace coterie::gui
