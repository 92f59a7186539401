// SPDX-License-Identifier: MIT
// What coterie-cli tells the shell when it ends; scripts rely on these numbers.
#pragma once

#include "netcore/base/result.h"

namespace coterie::cli {

enum class ExitCode : int {
  ok = 0,
  error = 1,
  usage = 2,
  not_delivered = 3,   // the time was up before everyone had it
  no_common_password = 4,
  relay_changed = 5,   // the relay's identity is not the one known
};

inline ExitCode exit_code_for(Errc code) {
  switch (code) {
    case Errc::invalid_argument: return ExitCode::usage;
    case Errc::wrong_password: return ExitCode::no_common_password;
    case Errc::relay_identity_changed: return ExitCode::relay_changed;
    default: return ExitCode::error;
  }
}

}   // namespace coterie::cli
