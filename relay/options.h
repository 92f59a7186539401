// SPDX-License-Identifier: MIT
// The command line of coterie-relay, and with it the configuration file.
#pragma once

#include <filesystem>
#include <string>
#include <variant>
#include <vector>

#include "relay/settings.h"

namespace coterie::relay {

struct Options {
  enum class Action : std::uint8_t { serve, fingerprint, check_config, print_config, doctor };

  Action action = Action::serve;
  Settings settings;
  std::filesystem::path config_file;   // empty: none
  std::vector<Assignment> on_command_line;
  std::filesystem::path port_file;   // where to write the port once listening; empty: nowhere
  std::string public_name;           // doctor: the name clients use

  // The configuration file as it is now, with the command line before it.
  [[nodiscard]] Result<Settings> read_again() const;
};

// To standard error, with the program's name before it; gives back `status`.
int say_sentence(const std::string& sentence, int status);

// For people, whether it is about a setting or about anything else.
std::string sentence_about(const Error& error);

// What to run with, or the status to exit with: 0 after --help and --version, 1 for a configuration file or access key that cannot
// be used, 2 for a wrong command line. Says on standard output or error what there is to say.
std::variant<Options, int> parse_command_line(int argc, char** argv);

}   // namespace coterie::relay
