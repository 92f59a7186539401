// SPDX-License-Identifier: MIT
// Load in the wire of the educational prototype, for our relay and for the prototype's own server alike: one to many, many pairs at
// once, a file, and files that nobody takes.
#pragma once

#include <nlohmann/json.hpp>

#include "tests/bench/fanout.h"

namespace coterie::bench {

nlohmann::json run_classic_broadcast(const FanoutLoad& load);

// `members` pairs; each has up to `window` messages on their way.
nlohmann::json run_classic_pairs(const FanoutLoad& load);

// One file of `bytes` bytes, from memory to memory.
nlohmann::json run_classic_file(const FanoutLoad& load, std::uint64_t bytes);

// `members` files at once to receivers that stop reading: the server's memory for each connection when nothing moves any more.
nlohmann::json run_classic_held(const FanoutLoad& load);

}   // namespace coterie::bench
