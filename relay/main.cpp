// SPDX-License-Identifier: MIT
// coterie-relay: reads its command line, runs one server on one loop until it is asked to stop, and says in one sentence why
// it could not.
#include <fcntl.h>
#include <malloc.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>

#include "netcore/base/log.h"
#include "netcore/base/private_file.h"
#include "relay/options.h"
#include "relay/server.h"

namespace {

using namespace coterie;

// Envelopes come and go by the thousand: memory given back to the kernel at each lull would be asked for again at once
// (docs/relay-limits.md has the figures).
void keep_freed_memory() {
  mallopt(M_TRIM_THRESHOLD, 64 << 20);
  mallopt(M_TOP_PAD, 1 << 20);
  mallopt(M_MMAP_THRESHOLD, 8 << 20);
}

int say(const Error& error) {
  std::fprintf(stderr, "coterie-relay: %s\n", explain(error).c_str());
  return 1;
}

int print_fingerprint(const relay::Config& config) {
  if (auto made = make_private_folder(config.state_dir); !made) return say(made.error());
  const auto identity = io::TlsIdentity::load_or_make(config.state_dir);
  if (!identity) return say(identity.error());
  std::printf("%s\n", identity->pin().hex().c_str());
  return 0;
}

// Whole or not at all: a script that sees the file can use it.
Status write_port_file(const std::filesystem::path& file, std::uint16_t port) {
  auto fresh = file;
  fresh += ".new";
  const auto text = std::to_string(port) + "\n";
  const io::Descriptor opened(open(fresh.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, S_IRUSR | S_IWUSR | S_IRGRP | S_IROTH));
  if (!opened || write(opened.get(), text.data(), text.size()) != static_cast<ssize_t>(text.size()) ||
      std::rename(fresh.c_str(), file.c_str()) != 0)
    return tl::unexpected(system_error(file));
  return {};
}

std::string addresses_of(const relay::Server& server) {
  std::string text;
  for (const auto& endpoint : server.listening()) text += (text.empty() ? "" : ",") + endpoint.text();
  return text;
}

int run(relay::Options options) {
  io::EventLoop loop;
  auto opened = relay::Server::open(loop, std::move(options.config));
  if (!opened) return say(opened.error());
  auto server = std::move(*opened);
  if (!options.port_file.empty())
    if (auto written = write_port_file(options.port_file, server->ports().front()); !written) return say(written.error());
  log::info("ready", {{"listen", addresses_of(*server)}, {"fingerprint", server->pin().hex()}});

  // Asked once: in good order. Asked again: at once.
  bool stopping = false;
  const auto stop = [&] {
    if (std::exchange(stopping, true)) return loop.stop();
    server->shut_down([&] { loop.stop(); });
  };
  const auto on_term = loop.on_signal(SIGTERM, stop);
  const auto on_int = loop.on_signal(SIGINT, stop);
  loop.run();
  server.reset();
  log::info("stopped");
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  keep_freed_memory();
  std::signal(SIGPIPE, SIG_IGN);
  auto parsed = relay::parse_command_line(argc, argv);
  if (const auto* status = std::get_if<int>(&parsed)) return *status;
  auto& options = std::get<relay::Options>(parsed);
  log::set_level(options.log_level);
  try {
    if (options.only_fingerprint) return print_fingerprint(options.config);
    return run(std::move(options));
  } catch (const std::exception& error) {
    std::fprintf(stderr, "coterie-relay: it could not start: %s\n", error.what());
    return 1;
  }
}
