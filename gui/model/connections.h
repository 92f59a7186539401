// SPDX-License-Identifier: MIT
// What is kept of the groups somebody has joined, so that the program can go back to them: a small JSON file without secrets
// (the stretched password, where it is remembered, lies in the profile).
#pragma once

#include "netcore/base/result.h"

#include <filesystem>
#include <string>
#include <string_view>
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
  std::string peer = {};                      // with whom the conversation shown last was; empty: with the group
  bool was_shown = false;                     // the window was left at this group

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

// The identity, in hexadecimal, by which every group at this address knows the relay; empty where none does, or not all the same one.
std::string known_pin(const std::vector<Connection>& known, const std::string& relay);

// The user id that is proposed to somebody who has not chosen one: the login name `login` of the account `number`, unless that
// is no person's, such as root's or a service's.
std::string proposed_user_id(std::string_view login, unsigned long number);

}   // namespace coterie::gui
