// SPDX-License-Identifier: MIT
#include "gui/model/sending.h"

#include "gui/model/natural_order.h"

#include <algorithm>
#include <map>
#include <string_view>

namespace coterie::gui {
namespace fs = std::filesystem;

namespace {

struct Found {
  std::uint64_t size = 0;
  std::string name;
};
using All = std::map<fs::path, Found>;   // once, however often it was named

constexpr std::string_view between = " - ";

// The folders from the one that was asked for down to the file, as far as a name may be long: the nearest ones say most.
std::string name_within(const fs::path& folder, const fs::path& file) {
  auto name = file.filename().string();
  const auto add = [&](const fs::path& part) {
    auto longer = part.string().append(between).append(name);
    if (part.empty() || part == "." || longer.size() > longest_name) return false;
    name = std::move(longer);
    return true;
  };
  std::vector<fs::path> parts;
  for (const auto& part : file.parent_path().lexically_relative(folder)) parts.push_back(part);
  for (auto part = parts.rbegin(); part != parts.rend() && *part != "."; ++part)
    if (!add(*part)) return name;
  add(folder.filename());
  return name;
}

void add(Gathered& gathered, All& all, const fs::path& file, std::string name) {
  std::error_code failed;
  const auto size = fs::file_size(file, failed);
  if (failed) {
    ++gathered.left_out;
    return;
  }
  if (all.size() >= most_files && !all.contains(file)) {
    gathered.has_too_many = true;
    return;
  }
  all.try_emplace(file, Found{.size = size, .name = std::move(name)});
}

void add_folder(Gathered& gathered, All& all, const fs::path& folder) {
  std::error_code failed;
  auto at = fs::recursive_directory_iterator(folder, fs::directory_options::skip_permission_denied, failed);
  if (failed) ++gathered.left_out;
  for (; !failed && at != fs::recursive_directory_iterator() && !gathered.has_too_many; at.increment(failed)) {
    std::error_code unknown;
    const auto kind = at->symlink_status(unknown).type();
    if (kind == fs::file_type::regular)
      add(gathered, all, at->path(), name_within(folder, at->path()));
    else if (kind != fs::file_type::directory)
      ++gathered.left_out;
  }
}

// With a name also where it was written "photos/" or ".".
fs::path named(const fs::path& path) {
  std::error_code failed;
  auto whole = fs::absolute(path, failed).lexically_normal();
  return whole.has_filename() ? whole : whole.parent_path();
}

}   // namespace

Gathered gather_files(const std::vector<fs::path>& paths) {
  Gathered gathered;
  All all;
  gathered.asked = paths.size();
  for (const auto& given : paths) {
    const auto path = named(given);
    std::error_code failed;
    const auto kind = fs::status(path, failed).type();
    if (kind == fs::file_type::directory) {
      gathered.folders.push_back(path.filename().string());
      add_folder(gathered, all, path);
    } else if (kind == fs::file_type::regular) {
      add(gathered, all, path, path.filename().string());
    } else {
      ++gathered.left_out;
    }
  }
  for (auto& [file, found] : all) {
    gathered.files.push_back({file, std::move(found.name)});
    gathered.bytes += found.size;
  }
  std::sort(gathered.files.begin(), gathered.files.end(), [](const Gathered::File& one, const Gathered::File& other) {
    return comes_naturally_before(one.path, other.path);
  });
  return gathered;
}

}   // namespace coterie::gui
