// SPDX-License-Identifier: MIT
// A group that talks at a human pace: how long until everybody has it.
#pragma once

#include <nlohmann/json.hpp>

#include "tests/bench/fanout.h"

namespace coterie::bench {

// `per_second` messages to all the others of a group, one after the other from its members in turn. The result: median, p99 and
// worst milliseconds from sending to arriving, and `lost` and `duplicated`, which must be 0.
nlohmann::json run_latency(const FanoutLoad& load, const RelayPin& pin, double per_second);

}   // namespace coterie::bench
