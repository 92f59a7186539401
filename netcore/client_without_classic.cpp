// SPDX-License-Identifier: MIT
#include "netcore/client_classic.h"

namespace coterie {

bool has_classic() { return false; }

Result<std::unique_ptr<Engine>> open_classic_engine(io::EventLoop&, Worker&, Profile&, Login, EventSink) {
  return fail(Errc::unsupported, "this Coterie was built without classic mode");
}

}   // namespace coterie
