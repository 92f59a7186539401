// SPDX-License-Identifier: MIT
// What somebody wants sent, looked through on the disk: files as they are, folders with everything in them. Touches the disk and may
// take long, so it belongs on a worker.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace coterie::gui {

struct Gathered {
  std::vector<std::filesystem::path> files;   // in order of their paths
  std::uint64_t bytes = 0;
  std::size_t folders = 0;     // that were asked for
  std::size_t left_out = 0;    // neither files nor folders, or not to be read: links inside folders, sockets, …
  bool has_too_many = false;   // more than `most_files`; what is here is only a part
};

constexpr std::size_t most_files = 5'000;

// A link given by itself is followed; inside a folder links are left out, so that nothing outside of it is sent unasked.
Gathered gather_files(const std::vector<std::filesystem::path>& paths);

// To whom: everyone in the group, or these.
struct Recipients {
  bool everyone = true;
  std::vector<std::string> user_ids;
};

}   // namespace coterie::gui
