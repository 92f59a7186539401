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

// Waits until this descriptor can be read. False: nobody wants the answer any more (a signal has come).
using AwaitInput = std::function<bool(int descriptor)>;

// The first line of a file or pipe, without its line break. `what` names it in errors: "the password". `warn` gets a sentence when
// others than its owner could read the file. Neither devices nor folders are read: Errc::invalid_argument.
Result<SecretBytes> read_secret_file(const std::filesystem::path& file, std::string_view what,
                                     const std::function<void(std::string_view)>& warn, const AwaitInput& await_input);

enum class Asked { typed, nothing_typed, given_up, no_terminal };
struct TypedPassword {
  Asked how{};
  SecretBytes password;   // only when typed
};

// Asks on the controlling terminal without showing what is typed. Given up: Ctrl-C, Ctrl-D, or a signal.
TypedPassword ask_password(std::string_view question, const AwaitInput& await_input);

}   // namespace coterie::cli
