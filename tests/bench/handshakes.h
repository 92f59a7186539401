// SPDX-License-Identifier: MIT
// Whole pair handshakes, both sides in this process, one after the other.
#pragma once

#include <chrono>
#include <nlohmann/json.hpp>

namespace coterie::bench {

nlohmann::json run_handshakes(std::chrono::milliseconds measured);

}   // namespace coterie::bench
