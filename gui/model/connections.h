// SPDX-License-Identifier: MIT
// What is kept of the groups somebody has joined, so that the program can go back to them: a small JSON file without secrets
// (the stretched password, where it is remembered, lies in the profile).
#pragma once

#include "netcore/base/result.h"

#include <filesystem>
#include <string>
#include <vector>

namespace coterie::gui {

// Which files are taken without asking.
enum class AcceptPolicy { ask, verified, always };

struct Connection {
  std::string relay;   // "host:port"
  std::string user_id;
  std::string group;   // empty: classic mode knows none
  std::filesystem::path profile;
  bool remember = true;          // connect by itself at the next start
  bool keeps_password = false;   // the profile holds its stretched form
  bool hosted = false;           // the relay runs in this program
  bool classic = false;   // the wire of the educational prototype: nothing of it is private, and nothing is remembered
  bool muted = false;     // no notifications
  AcceptPolicy accept = AcceptPolicy::ask;
  std::uint64_t accept_limit = 100'000'000;   // bytes; larger files of verified members are asked about
  std::string pin;                            // the relay's, in hexadecimal, where it is known; goes into invites
  std::filesystem::path folder;               // for received files; empty: the default one

  [[nodiscard]] bool is_same_group(const Connection& other) const {
    return relay == other.relay && user_id == other.user_id && group == other.group && classic == other.classic;
  }
  // What it is called where groups are listed.
  [[nodiscard]] const std::string& title() const { return classic ? relay : group; }
};

// The file's connections; none where there is no file. A file that cannot be read is an error and stays as it is.
Result<std::vector<Connection>> load_connections(const std::filesystem::path& file);
// Whole or not at all.
Status save_connections(const std::filesystem::path& file, const std::vector<Connection>& connections);

// Where the profile of a new connection goes: that of the user id, or, where another group has that already (a profile belongs to
// one engine at a time), one of its own beside it.
std::filesystem::path choose_profile(const std::vector<Connection>& known, const Connection& fresh);

}   // namespace coterie::gui
