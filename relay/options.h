// SPDX-License-Identifier: MIT
// The command line of coterie-relay.
#pragma once

#include <filesystem>
#include <variant>

#include "netcore/base/log.h"
#include "relay/config.h"

namespace coterie::relay {

struct Options {
  Config config;
  bool only_fingerprint = false;         // print the relay's pin and end
  std::filesystem::path port_file;       // where to write the port once listening; empty: nowhere
  log::Level log_level = log::Level::info;
};

// What to run with, or the status to exit with: 0 after --help and --version, 1 for an access key that cannot be read, 2 for a
// wrong command line. Says on standard output or error what there is to say.
std::variant<Options, int> parse_command_line(int argc, char** argv);

}  // namespace coterie::relay
