// SPDX-License-Identifier: MIT
// `coterie-relay doctor`: looks at the machine and the configuration the way a careful operator would before opening the doors, and
// says in a line each what is well and what is not. It changes nothing.
#pragma once

#include "relay/options.h"

namespace coterie::relay {

// 0: nothing is in the way (there may be advice); 1: something is.
int examine(const Options& options);

// What there is to know where classic mode goes past the access key; otherwise empty.
[[nodiscard]] std::string_view open_in_spite_of_key(const Config& config);

}   // namespace coterie::relay
