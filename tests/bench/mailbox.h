// SPDX-License-Identifier: MIT
// One member writes to many who are away, as fast as the relay takes it to its disk; then all of them come and fetch it.
#pragma once

#include <nlohmann/json.hpp>

#include "tests/bench/fanout.h"

namespace coterie::bench {

// Every letter has a body of its own. The result: letters stored per second, as the sender was told, the server's processor time
// for each, letters fetched and acknowledged per second, and `lost` and `duplicated`, which must be 0.
nlohmann::json run_mailbox(const FanoutLoad& load, const RelayPin& pin);

}   // namespace coterie::bench
