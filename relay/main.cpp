// SPDX-License-Identifier: MIT
// coterie-relay: reads its command line and configuration, runs one server on one loop until it is asked to stop, and says in one
// sentence why it could not.
#include <fcntl.h>
#include <malloc.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>

#include "netcore/base/log.h"
#include "netcore/base/private_file.h"
#include "relay/doctor.h"
#include "relay/metrics.h"
#include "relay/options.h"
#include "relay/server.h"
#include "relay/service_manager.h"
#ifdef COTERIE_WITH_CLASSIC
#include "relay/classic/port.h"
#endif

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
  // Nothing has come from anybody yet: what is malformed is the file of the identity.
  if (error.code == Errc::malformed)
    return relay::say_sentence(
        "The relay's key is damaged: " + error.detail +
            ". Restore it from a backup; without one move it away, and have your members accept the new "
            "fingerprint.",
        1);
  // What the table of texts advises is for whoever sends and receives files.
  const auto text = error.code == Errc::disk_full
                        ? "The disk is full: " + error.detail + ". Free some space and start the relay again."
                        : explain(error);
  return relay::say_sentence(text, 1);
}

// Success only where what was asked for has reached whoever asked.
int printed() {
  const int failed = std::fflush(stdout) != 0 ? errno : 0;
  if (failed == 0 && std::ferror(stdout) == 0) return 0;
  return relay::say_sentence("Standard output could not be written" +
                                 (failed == 0 ? std::string() : ": " + std::string(std::strerror(failed))) +
                                 ". Send it somewhere that has room.",
                             1);
}

int print_fingerprint(const relay::Config& config) {
  if (auto made = make_private_folder(config.state_dir); !made) return say(made.error());
  const auto identity = io::TlsIdentity::load_or_make(config.state_dir);
  if (!identity) return say(identity.error());
  auto text = identity->pin().hex();
  // For eyes in groups of four, as members are shown it; for programs in one piece.
  if (isatty(STDOUT_FILENO) == 1)
    for (std::size_t at = text.size() - 4; at > 0; at -= 4) text.insert(at, " ");
  std::printf("%s\n", text.c_str());
  return printed();
}

// Whole or not at all: a script that sees the file can use it.
Status write_port_file(const std::filesystem::path& file, std::uint16_t port) {
  auto fresh = file;
  fresh += ".new";
  const auto text = std::to_string(port) + "\n";
  const io::Descriptor opened(
      open(fresh.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, S_IRUSR | S_IWUSR | S_IRGRP | S_IROTH));
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

void apply_log_settings(const relay::Settings& settings) {
  log::set_level(settings.log_level);
  log::hide_addresses(!settings.log_addresses);
}

void warn_of_open_classic(const relay::Config& config) {
  if (const auto open = relay::open_in_spite_of_key(config); !open.empty())
    log::warning("classic_without_key", {{"note", open}});
}

// SIGHUP: what can change while it runs, changes, and nobody is dropped. A configuration that cannot be used changes nothing.
void reload(relay::Options& options, relay::Server& server, relay::ServiceManager& manager) {
  manager.reloading();
  auto fresh = options.read_again();
  if (!fresh) {
    log::error("reload_refused", {{"reason", relay::sentence_about(fresh.error())}});
  } else {
    for (const auto& setting : relay::all_settings())
      if (setting.only_at_start && setting.show(*fresh) != setting.show(options.settings))
        log::warning("needs_restart", {{"setting", setting.name}});
    server.reload(fresh->config);
    apply_log_settings(*fresh);
    if (options.settings.config.access_key.empty()) {
      auto running = fresh->config;
      running.classic = server.welcomes_guests();   // whatever the file says by now
      warn_of_open_classic(running);
    }
    options.settings = std::move(*fresh);
    log::info("reloaded");
  }
  manager.ready("Listening on " + addresses_of(server));
}

int run(relay::Options& options) {
  io::EventLoop loop;
  relay::ServiceManager manager(loop);
  auto opened = relay::Server::open(loop, options.settings.config, manager.take_sockets());
  if (!opened) return say(opened.error());
  auto server = std::move(*opened);
  if (options.settings.config.classic) {
#ifdef COTERIE_WITH_CLASSIC
    server->welcome(std::make_unique<relay::ClassicPort>(loop, server->config()));
    log::warning("classic_mode",
                 {{"note", "classic clients are served on the same port; nothing they say is private"}});
    warn_of_open_classic(options.settings.config);
#else
    return say({Errc::invalid_argument, "this coterie-relay was built without classic mode, so --classic has to go"});
#endif
  }
  std::unique_ptr<io::HttpServer> metrics;
  if (const auto& at = options.settings.config.metrics) {
    auto serving =
        io::HttpServer::open(loop, *at, [&](std::string_view path) { return relay::metrics_page(*server, path); });
    if (!serving) return say(serving.error());
    metrics = std::move(*serving);
    log::info("metrics", {{"listen", io::Endpoint{at->host, metrics->port()}.text()}});
  }
  // From here on, since whoever is told that it listens may ask at once. Asked to stop once: in good order. Asked again: at once.
  bool stopping = false;
  const auto stop = [&] {
    if (std::exchange(stopping, true)) return loop.stop();
    manager.stopping();
    server->shut_down([&] { loop.stop(); });
  };
  const auto on_term = loop.on_signal(SIGTERM, stop);
  const auto on_int = loop.on_signal(SIGINT, stop);
  const auto on_hup = loop.on_signal(SIGHUP, [&] {
    if (!stopping) reload(options, *server, manager);
  });

  if (!options.port_file.empty())
    if (auto written = write_port_file(options.port_file, server->ports().front()); !written)
      return say(written.error());
  log::info("ready", {{"listen", addresses_of(*server)}, {"fingerprint", server->pin().hex()}});
  manager.ready("Listening on " + addresses_of(*server));

  loop.run();
  metrics.reset();
  server.reset();
  log::info("stopped");
  return 0;
}

}   // namespace

int main(int argc, char** argv) {
  using Action = relay::Options::Action;
  keep_freed_memory();
  std::signal(SIGPIPE, SIG_IGN);
  if (relay::writes_to_journal()) log::mark_priorities();
  auto parsed = relay::parse_command_line(argc, argv);
  if (const auto* status = std::get_if<int>(&parsed)) return *status == 0 ? printed() : *status;
  auto& options = std::get<relay::Options>(parsed);
  apply_log_settings(options.settings);
  try {
    switch (options.action) {
      case Action::print_config: std::fputs(relay::settings_template().c_str(), stdout); return printed();
      case Action::check_config:
        std::puts("The configuration can be used.");
        if (const auto open = relay::open_in_spite_of_key(options.settings.config); !open.empty())
          std::printf("Note: %s.\n", std::string(open).c_str());
        return printed();
      case Action::fingerprint: return print_fingerprint(options.settings.config);
      case Action::doctor: {
        const int found = relay::examine(options);
        return printed() == 0 ? found : 1;
      }
      case Action::serve: return run(options);
    }
    return 1;
  } catch (const std::exception& error) {
    return relay::say_sentence("it could not start: " + std::string(error.what()), 1);
  }
}
