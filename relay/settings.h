// SPDX-License-Identifier: MIT
// Everything an operator can set, in one table: the command line, the configuration file, its template and the manual page all
// come from it.
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "netcore/base/log.h"
#include "relay/config.h"

namespace coterie::relay {

struct Settings {
  Config config;
  std::filesystem::path access_key_file;   // empty: none
  log::Level log_level = log::Level::info;
  bool log_addresses = true;
};

struct Setting {
  std::string_view name;        // of the option, without its dashes, and of the key in the file
  std::string_view type;        // what the value is, for people
  std::string_view what;        // one sentence
  std::string_view group;       // heading it stands under
  bool repeats = false;         // may be given several times
  bool only_at_start = false;   // what a reload cannot change
  bool is_flag = false;         // on the command line it stands without a value and means yes
  // The error is a clause that follows the name: "takes …".
  std::function<Status(Settings&, std::string_view value)> set;
  std::function<std::string(const Settings&)> show;   // as it would be written; empty: not set
};
const std::vector<Setting>& all_settings();

// One value that somebody wrote.
struct Assignment {
  const Setting* setting = nullptr;
  std::string value;
  std::size_t line = 0;   // in the configuration file; 0: on the command line
};

// The file's lines: `name = value`, empty lines, and lines that begin with #. Underscores in names count as hyphens. An error
// names the file and the line.
Result<std::vector<Assignment>> read_settings_file(const std::filesystem::path& file);

// Defaults, then the file's values, then the command line's; what repeats is taken from the command line alone where it stands
// there. Reads the access key. An error names the file and line, or the option.
Result<Settings> make_settings(const std::filesystem::path& file, const std::vector<Assignment>& in_file,
                               const std::vector<Assignment>& on_command_line);

// The configuration file with every key, its meaning, and its default commented out.
std::string settings_template();

}   // namespace coterie::relay
