// SPDX-License-Identifier: MIT
// Many members who have joined and say nothing.
#pragma once

#include <nlohmann/json.hpp>

#include "netcore/base/ids.h"
#include "netcore/io/endpoint.h"

namespace coterie::bench {

// Connects and joins `clients` members in groups of 50, tells so on standard output as a line of JSON, and holds them until
// SIGTERM. Throws std::runtime_error when one cannot join or is dropped.
void hold_idle_members(const io::Endpoint& relay, const RelayPin& pin, std::size_t clients);

}   // namespace coterie::bench
