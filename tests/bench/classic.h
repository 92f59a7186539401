// SPDX-License-Identifier: MIT
// Load in the wire of the educational prototype, for our relay and for the prototype's own server alike: one to many, many pairs at
// once, and a file.
#pragma once

#include <nlohmann/json.hpp>

#include "tests/bench/fanout.h"

namespace coterie::bench {

nlohmann::json run_classic_broadcast(const FanoutLoad& load);

// `members` pairs; each has up to `window` messages on their way.
nlohmann::json run_classic_pairs(const FanoutLoad& load);

// One file of `bytes` bytes, from memory to memory.
nlohmann::json run_classic_file(const FanoutLoad& load, std::uint64_t bytes);

}   // namespace coterie::bench
