// SPDX-License-Identifier: MIT
// Where the front door meets classic mode; a build without it says so.
#pragma once

#include "netcore/client.h"

namespace coterie {

// `profile` and `worker` outlive the engine.
Result<std::unique_ptr<Engine>> open_classic_engine(io::EventLoop& loop, Worker& worker, Profile& profile, Login login,
                                                    EventSink sink);

}   // namespace coterie
