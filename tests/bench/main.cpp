// SPDX-License-Identifier: MIT
// coterie-bench: the load generators behind `./dev bench`. Each prints one line of JSON; tests/bench/run.py makes a table of them.
#include <CLI/CLI.hpp>
#include <csignal>
#include <iostream>

#include "netcore/base/log.h"
#include "netcore/crypto/aead.h"
#ifdef COTERIE_WITH_CLASSIC
#include "tests/bench/classic.h"
#endif
#include "tests/bench/fanout.h"
#include "tests/bench/handshakes.h"
#include "tests/bench/idle.h"
#include "tests/bench/latency.h"
#include "tests/bench/mailbox.h"

namespace coterie::bench {
namespace {

io::Endpoint server_at(const std::string& text) {
  auto endpoint = io::parse_endpoint(text, 0);
  if (!endpoint) throw std::runtime_error(explain(endpoint.error()));
  return *endpoint;
}

RelayPin pin_from(const std::string& hex) {
  const auto bytes = from_hex(hex);
  if (!bytes || bytes->size() != RelayPin::size) throw std::runtime_error("--pin takes 64 hexadecimal digits");
  return RelayPin::from(*bytes);
}

int run(int argc, char** argv) {
  CLI::App app("Load generators for Coterie's benchmark; tests/bench/run.py starts them and prints the table.");
  app.require_subcommand(1);

  std::string server, pin;
  FanoutLoad load;
  double seconds = 5;
  double pace = 20;
  std::size_t clients = 5000;

  const auto add_load = [&](CLI::App* command) {
    command->add_option("--server", server, "ADDRESS:PORT of the server")->required();
    command->add_option("--members", load.members, "how many receive")->check(CLI::Range(1, 250));
    command->add_option("--payload", load.payload, "bytes of a message")->check(CLI::Range(1, 16384));
    command->add_option("--window", load.window, "messages on their way at a time")->check(CLI::Range(1, 2000));
    command->add_option("--seconds", seconds, "how long to measure")->check(CLI::Range(0.1, 600.0));
    command->add_option("--pid", load.watched, "the server's process, to tell its processor time");
  };
  auto* fanout = app.add_subcommand("fanout", "one member speaks to many through coterie-relay");
  add_load(fanout);
  fanout->add_option("--pin", pin, "the relay's fingerprint")->required();
  auto* mailbox = app.add_subcommand("mailbox", "one member writes to many who are away, then they come");
  add_load(mailbox);
  mailbox->add_option("--pin", pin, "the relay's fingerprint")->required();
  auto* latency = app.add_subcommand("latency", "a group talks at a steady pace");
  add_load(latency);
  latency->add_option("--pin", pin, "the relay's fingerprint")->required();
  latency->add_option("--pace", pace, "messages a second")->check(CLI::Range(0.1, 10000.0));
  auto* nats = app.add_subcommand("nats", "the same through a NATS server");
  add_load(nats);
  auto* mqtt = app.add_subcommand("mqtt", "the same through an MQTT broker");
  add_load(mqtt);
  auto* handshakes = app.add_subcommand("handshakes", "pair handshakes in this process");
  handshakes->add_option("--seconds", seconds, "how long to measure")->check(CLI::Range(0.1, 600.0));
  auto* idle = app.add_subcommand("idle", "members who say nothing, until SIGTERM");
  idle->add_option("--server", server, "ADDRESS:PORT of the relay")->required();
  idle->add_option("--pin", pin, "the relay's fingerprint")->required();
  idle->add_option("--clients", clients, "how many")->check(CLI::Range(1, 60'000));
  auto* size = app.add_subcommand("size", "bytes in which a text reaches a recipient");
  size->add_option("--payload", load.payload, "bytes of the text")->check(CLI::Range(1, 16384));
#ifdef COTERIE_WITH_CLASSIC
  std::string shape;
  std::uint64_t mebibytes = 256;
  auto* classic_load = app.add_subcommand("classic", "load in the wire of the educational prototype");
  add_load(classic_load);
  classic_load->add_option("--shape", shape, "broadcast, pairs, file or held")
      ->required()
      ->check(CLI::IsMember({"broadcast", "pairs", "file", "held"}));
  classic_load->add_option("--mib", mebibytes, "size of the file")->check(CLI::Range(1, 4096));
#endif
  CLI11_PARSE(app, argc, argv);

  load.measured = std::chrono::milliseconds(static_cast<long>(seconds * 1000));
  if (fanout->parsed() || nats->parsed() || mqtt->parsed() || mailbox->parsed() || latency->parsed())
    load.server = server_at(server);
#ifdef COTERIE_WITH_CLASSIC
  if (classic_load->parsed()) {
    load.server = server_at(server);
    if (shape == "broadcast") std::cout << run_classic_broadcast(load) << std::endl;
    if (shape == "pairs") std::cout << run_classic_pairs(load) << std::endl;
    if (shape == "file") std::cout << run_classic_file(load, mebibytes << 20U) << std::endl;
    if (shape == "held") std::cout << run_classic_held(load) << std::endl;
  }
#endif
  if (fanout->parsed()) std::cout << run_fanout(load, pin_from(pin)) << std::endl;
  if (mailbox->parsed()) std::cout << run_mailbox(load, pin_from(pin)) << std::endl;
  if (latency->parsed()) std::cout << run_latency(load, pin_from(pin), pace) << std::endl;
  if (nats->parsed()) std::cout << run_nats_fanout(load) << std::endl;
  if (mqtt->parsed()) std::cout << run_mqtt_fanout(load) << std::endl;
  if (handshakes->parsed()) std::cout << run_handshakes(load.measured) << std::endl;
  if (idle->parsed()) hold_idle_members(server_at(server), pin_from(pin), clients);
  if (size->parsed()) std::cout << nlohmann::json{{"bytes", delivered_size(load.payload)}} << std::endl;
  return 0;
}

}   // namespace
}   // namespace coterie::bench

int main(int argc, char** argv) {
  std::signal(SIGPIPE, SIG_IGN);
  try {
    coterie::crypto::initialise();
    return coterie::bench::run(argc, argv);
  } catch (const std::exception& error) {
    std::cerr << "coterie-bench: " << error.what() << "\n";
    return 1;
  }
}
