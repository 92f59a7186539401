// SPDX-License-Identifier: MIT
// Errors that mean something else in classic mode than in a group.
#pragma once

#include "netcore/base/result.h"

namespace coterie::cli {

// One sentence on a notice of the engine. Nobody is known there who is not here: the detail says all of it.
inline std::string explain_notice(const Error& error, bool is_classic) {
  if (is_classic && error.code == Errc::no_such_member && !error.detail.empty())
    return error.detail + ". Send it again when that person is back.";
  return explain(error);
}

}   // namespace coterie::cli
