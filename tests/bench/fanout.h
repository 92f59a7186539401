// SPDX-License-Identifier: MIT
// One member speaks to many through a relay, as fast as all of them receive.
#pragma once

#include <chrono>
#include <nlohmann/json.hpp>

#include "netcore/base/ids.h"
#include "netcore/io/endpoint.h"

namespace coterie::bench {

struct FanoutLoad {
  io::Endpoint server;
  std::size_t members = 50;
  std::size_t payload = 256;   // bytes of text in a message; of the NATS payload there
  std::size_t window = 512;    // messages not yet received by everyone
  std::chrono::milliseconds warm_up{1000};
  std::chrono::milliseconds measured{5000};
  int watched = 0;   // process whose time is told: the server
};

// Envelopes with a body as large as that of a real one, through coterie-relay. The result: delivered per second, the server's
// and our own processor time per delivery, and `lost`, which must be 0. Throws std::runtime_error.
nlohmann::json run_fanout(const FanoutLoad& load, const RelayPin& pin);

// The same through a NATS server, plain and without acknowledgements.
nlohmann::json run_nats_fanout(const FanoutLoad& load);

// The same through an MQTT broker, likewise.
nlohmann::json run_mqtt_fanout(const FanoutLoad& load);

// Bytes of one envelope as it reaches a recipient, for a text of `payload` bytes.
std::size_t delivered_size(std::size_t payload);

}   // namespace coterie::bench
