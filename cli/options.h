// SPDX-License-Identifier: MIT
// The command line of coterie-cli as one typed value: nothing behind this file sees argv.
#pragma once

#include "cli/exit_code.h"
#include "netcore/base/ids.h"
#include "netcore/base/log.h"

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace coterie::cli {

// No value: without limit.
using TimeLimit = std::optional<std::chrono::seconds>;

struct ChatOptions {
  std::filesystem::path folder;   // of received files; empty: the usual one
};

struct SayOptions {
  std::string text;              // "-": standard input
  std::vector<std::string> to;   // empty: the group
  TimeLimit wait;
};

struct SendOptions {
  std::vector<std::filesystem::path> paths;
  std::vector<std::string> to;   // empty: every member that is known
  TimeLimit wait;
};

enum class Accept { ask, verified, all };

struct ReceiveOptions {
  std::vector<std::string> from;   // empty: from anyone
  std::filesystem::path folder;    // empty: the usual one
  std::size_t count = 1;           // 0: without limit
  Accept accept = Accept::ask;
  TimeLimit timeout;
};

struct ListenOptions {
  TimeLimit timeout;
};

struct MembersOptions {
  bool offline = false;   // from the profile alone
};

struct VerifyOptions {
  std::string user;
  bool confirm = false;
  std::string number;   // of the key to confirm, as the other side sees it; digits and spaces
};

struct HistoryOptions {
  std::size_t count = 50;            // 0: all
  std::optional<std::string> with;   // a direct conversation only
};

struct SearchOptions {
  std::string words;
};

using CommandOptions = std::variant<ChatOptions, SayOptions, SendOptions, ReceiveOptions, ListenOptions, MembersOptions,
                                    VerifyOptions, HistoryOptions, SearchOptions>;

struct Options {
  std::string relay;
  std::string user;
  std::string group;
  std::optional<RelayPin> pin;
  bool trust = false;
  std::optional<std::filesystem::path> password_file;
  bool remember = false;
  std::optional<std::filesystem::path> access_key_file;
  std::optional<std::filesystem::path> profile;
  bool classic = false;   // the wire of the educational prototype; then there is no group
  bool json = false;
  bool keep_trying = false;   // also when the very first connection fails
  log::Level log_level = log::Level::error;
  CommandOptions command;
};

// The program has said all it had to say: help, the version, or what is wrong with the command line.
struct Ended {
  ExitCode code{};
  std::string text;
};

std::variant<Options, Ended> parse_options(int argc, const char* const* argv);

}   // namespace coterie::cli
