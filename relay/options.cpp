// SPDX-License-Identifier: MIT
#include "relay/options.h"

#include <CLI/CLI.hpp>

#include <cstdio>

#include "netcore/base/command_line.h"

namespace coterie::relay {
namespace {

constexpr int failed_to_start = 1;
constexpr int wrong_usage = 2;

// Options that set a number to something between 1 and `most`, with what it is now as the default.
template <class T>
void add_limit(CLI::App& app, const std::string& name, T& value, std::uint32_t most, const std::string& what) {
  app.add_option("--limit-" + name, value, what)
      ->check(command_line::number<T>(1, static_cast<T>(most), "a number from 1 to " + std::to_string(most)))
      ->type_name("N")
      ->capture_default_str()
      ->group("Limits");
}

void add_limits(CLI::App& app, Limits& limits, double& joins_per_minute) {
  constexpr std::uint32_t many = 1'000'000'000;
  add_limit(app, "sends-per-second", limits.sends.per_second, many, "Envelopes one member may send, steadily");
  add_limit(app, "sends-burst", limits.sends.burst, many, "Envelopes one member may send at once");
  add_limit(app, "handshakes-per-second", limits.handshakes.per_second, many, "Handshake steps one member may send, steadily");
  add_limit(app, "handshakes-burst", limits.handshakes.burst, many, "Handshake steps one member may send at once");
  add_limit(app, "joins-per-minute", joins_per_minute, many, "Joins from one address, steadily");
  add_limit(app, "joins-burst", limits.joins.burst, many, "Joins from one address at once");
  add_limit(app, "connections", limits.connections, many, "Connections in all");
  add_limit(app, "connections-per-address", limits.connections_per_address, many, "Connections from one address");
  add_limit(app, "members", limits.members, control::max_members, "Members of a group");
  add_limit(app, "newcomers", limits.unvouched, control::max_members,
            "Of them, members nobody has vouched for yet");
  add_limit(app, "remembered", limits.remembered, many, "Members remembered while they are away, in all");
  add_limit(app, "blobs", limits.blobs, many, "Files one member may offer at a time");
  add_limit(app, "waiting-reads", limits.waiting_reads, many, "Files one member may wait for");
  add_limit(app, "data-connections", limits.data_connections, many, "File transfers of one member at a time");
}

}  // namespace

std::variant<Options, int> parse_command_line(int argc, char** argv) {
  Options options;
  auto& config = options.config;
  std::vector<std::string> listen;
  std::filesystem::path access_key_file;
  std::filesystem::path state_dir;
  double joins_per_minute = config.limits.joins.per_second * 60;

  CLI::App app("Coterie relay: passes sealed messages and files between the members of groups it knows nothing about.",
               "coterie-relay");
  app.set_version_flag("--version", std::string("coterie-relay " COTERIE_VERSION));
  app.add_option("--listen", listen, "Address and port to listen on; may be given several times (default: 0.0.0.0:12345 and "
                                     "[::]:12345; port 0: any free one)")
      ->type_name("ADDR:PORT");
  app.add_option("--state-dir", state_dir, "Folder of the relay's identity and database (default: " +
                                               default_state_dir().string() + ")")
      ->type_name("DIR");
  app.add_flag("--fingerprint", options.only_fingerprint, "Print the fingerprint of the relay's identity and exit");
  app.add_option("--access-key-file", access_key_file, "File with the key that clients must know to join (mode 0600)")
      ->type_name("FILE");
  app.add_option("--port-file", options.port_file, "Write the port here once listening")->type_name("FILE");
  app.add_option("--log-level", options.log_level, "debug, info, warning, error or off")
      ->transform(command_line::choice<log::Level>({{"debug", log::Level::debug},
                                                    {"info", log::Level::info},
                                                    {"warning", log::Level::warning},
                                                    {"error", log::Level::error},
                                                    {"off", log::Level::off}},
                                                   "debug, info, warning, error or off"))
      ->type_name("LEVEL")
      ->default_str("info");
  add_limits(app, config.limits, joins_per_minute);
  command_line::refuse_values_of_flags(app);

  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == static_cast<int>(CLI::ExitCodes::Success)) return app.exit(error);
    std::fprintf(stderr, "coterie-relay: %s\n", command_line::sentence_about(error, "coterie-relay").c_str());
    return wrong_usage;
  }

  for (const auto& text : listen) {
    auto endpoint = io::parse_endpoint(text, default_port);
    if (!endpoint) {
      std::fprintf(stderr, "coterie-relay: --listen cannot use %s: %s.\n", escape_unprintable(text).c_str(), endpoint.error().detail.c_str());
      return wrong_usage;
    }
    config.listen.push_back(std::move(*endpoint));
  }
  config.limits.joins.per_second = joins_per_minute / 60;
  config.state_dir = state_dir.empty() ? default_state_dir() : state_dir;
  if (!access_key_file.empty()) {
    auto key = read_access_key(access_key_file);
    if (!key) {
      std::fprintf(stderr, "coterie-relay: %s\n", explain(key.error()).c_str());
      return failed_to_start;
    }
    config.access_key = std::move(*key);
  }
  return options;
}

}  // namespace coterie::relay
