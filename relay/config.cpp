// SPDX-License-Identifier: MIT
#include "relay/config.h"

#include <unistd.h>

#include <algorithm>
#include <cstdlib>

#include "netcore/base/private_file.h"

namespace coterie::relay {
namespace {

constexpr std::size_t max_access_key = decltype(control::Join::access_key)::max;

// The value of an environment variable; empty when it is not set.
std::string_view environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? std::string_view() : std::string_view(value);
}

}   // namespace

std::filesystem::path default_state_dir() {
  // systemd separates several directories by colons; the first is ours.
  if (const auto given = environment("STATE_DIRECTORY"); !given.empty()) return given.substr(0, given.find(':'));
  if (geteuid() == 0) return "/var/lib/coterie-relay";
  if (const auto state = environment("XDG_STATE_HOME"); !state.empty())
    return std::filesystem::path(state) / "coterie-relay";
  return std::filesystem::path(environment("HOME")) / ".local" / "state" / "coterie-relay";
}

Result<std::string> read_access_key(const std::filesystem::path& file) {
  const auto content = read_private_file(file, max_access_key + 2);   // with a line end
  std::string_view line;
  if (content)
    line = as_text(content->view());
  else if (content.error().code != Errc::too_large)
    return tl::unexpected(content.error());
  const auto end = std::min(line.find_first_of("\r\n"), line.size());
  const bool has_more = line.find_first_not_of("\r\n", end) != std::string_view::npos;
  line = line.substr(0, end);
  if (line.empty() || has_more || line.size() > max_access_key)
    return fail(Errc::invalid_argument, "the access key in " + file.string() + " must be one line of 1 to 64 bytes");
  return std::string(line);
}

}   // namespace coterie::relay
