// SPDX-License-Identifier: MIT
// The number two people compare to know that nobody stands between them (protocol.md S11).
#pragma once

#include <string>

#include "netcore/base/ids.h"

namespace coterie::crypto {

// Twelve groups of five digits, the same for both sides: "33659 76517 …".
std::string safety_number(const PublicKey& a, const PublicKey& b);

}   // namespace coterie::crypto
