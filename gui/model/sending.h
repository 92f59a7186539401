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
  struct File {
    std::filesystem::path path;
    // What it is offered as. Offers have no folders, so a file out of one carries their names in its own: "Alps - day 2 - view.jpg".
    std::string name;
  };
  std::vector<File> files;   // as people order them by their paths: view 2 before view 10
  std::uint64_t bytes = 0;
  std::vector<std::string> folders;   // that were asked for, by name
  std::size_t left_out = 0;    // neither files nor folders, or not to be read: links inside folders, sockets, …
  bool has_too_many = false;   // more than `most_files`; what is here is only a part
  std::size_t asked = 0;       // files and folders that were named

  // Everything comes out of it.
  [[nodiscard]] bool is_one_folder() const { return folders.size() == 1 && asked == 1; }
};

constexpr std::size_t most_files = 5'000;
constexpr std::size_t longest_name = 200;   // bytes of UTF-8, as offers carry

// A link given by itself is followed; inside a folder links are left out, so that nothing outside of it is sent unasked.
Gathered gather_files(const std::vector<std::filesystem::path>& paths);

// To whom: everyone in the group, or these.
struct Recipients {
  bool everyone = true;
  std::vector<std::string> user_ids;
};

}   // namespace coterie::gui
