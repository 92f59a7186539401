// SPDX-License-Identifier: MIT
#include "gui/model/sending.h"

#include <map>

namespace coterie::gui {
namespace fs = std::filesystem;

namespace {

using Sizes = std::map<fs::path, std::uint64_t>;   // once, however often it was named

void add(Gathered& all, Sizes& sizes, const fs::path& file) {
  std::error_code failed;
  const auto size = fs::file_size(file, failed);
  if (failed) {
    ++all.left_out;
    return;
  }
  if (sizes.size() >= most_files && !sizes.contains(file)) {
    all.has_too_many = true;
    return;
  }
  sizes.emplace(file, size);
}

void add_folder(Gathered& all, Sizes& sizes, const fs::path& folder) {
  std::error_code failed;
  auto at = fs::recursive_directory_iterator(folder, fs::directory_options::skip_permission_denied, failed);
  if (failed) ++all.left_out;
  for (; !failed && at != fs::recursive_directory_iterator() && !all.has_too_many; at.increment(failed)) {
    std::error_code unknown;
    const auto kind = at->symlink_status(unknown).type();
    if (kind == fs::file_type::regular)
      add(all, sizes, at->path());
    else if (kind != fs::file_type::directory)
      ++all.left_out;
  }
}

}   // namespace

Gathered gather_files(const std::vector<fs::path>& paths) {
  Gathered all;
  Sizes sizes;
  for (const auto& path : paths) {
    std::error_code failed;
    const auto kind = fs::status(path, failed).type();
    if (kind == fs::file_type::directory) {
      ++all.folders;
      add_folder(all, sizes, path);
    } else if (kind == fs::file_type::regular) {
      add(all, sizes, path);
    } else {
      ++all.left_out;
    }
  }
  for (const auto& [file, size] : sizes) {
    all.files.push_back(file);
    all.bytes += size;
  }
  return all;
}

}   // namespace coterie::gui
