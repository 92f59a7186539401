// SPDX-License-Identifier: MIT
// Where secrets come from: the environment, a file, a person at a terminal. Never argv.
#pragma once

#include "netcore/base/result.h"
#include "netcore/base/secret.h"

#include <filesystem>
#include <functional>
#include <optional>
#include <string_view>

namespace coterie::cli {

constexpr auto password_variable = "COTERIE_PASSWORD";

// Takes COTERIE_PASSWORD out of the environment: copied, overwritten where the kernel shows it (/proc/PID/environ), then unset, so that
// neither another process nor a child of ours can read it. To be called before anything else.
std::optional<SecretBytes> take_environment_password();

// The first line of a file, without its line break. `warn` gets a sentence when others than its owner could read it.
Result<SecretBytes> read_secret_file(const std::filesystem::path& file,
                                     const std::function<void(std::string_view)>& warn);

// Asks on the controlling terminal without showing what is typed. Nothing where there is no terminal, or when Ctrl-C or Ctrl-D is pressed.
std::optional<SecretBytes> ask_password(std::string_view question);

}  // namespace coterie::cli
