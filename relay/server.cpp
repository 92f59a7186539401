// SPDX-License-Identifier: MIT
#include "relay/server.h"

#include <cassert>

#include "netcore/base/log.h"

namespace coterie::relay {
namespace {

// First bytes of a connection (protocol.md S1).
constexpr std::uint8_t tls_handshake = 0x16;
constexpr std::uint8_t data_hello = 'C';
static_assert(control::DataHello::magic.front() == data_hello);

// Whoever can write there can put another identity in the place of the relay's.
Status check_folder(const std::filesystem::path& folder) {
  using std::filesystem::perms;
  std::error_code error;
  const auto allowed = std::filesystem::status(folder, error).permissions();
  if (error || (allowed & (perms::group_write | perms::others_write)) == perms::none) return {};
  return fail(Errc::permission_denied, folder.string() + " can be written to by others than its owner; chmod 700 it");
}

}   // namespace

Result<std::unique_ptr<Server>> Server::open(io::EventLoop& loop, Config config, std::vector<io::Descriptor> sockets) {
  if (auto made = make_private_folder(config.state_dir); !made) return tl::unexpected(made.error());
  if (auto safe = check_folder(config.state_dir); !safe) return tl::unexpected(safe.error());
  auto lock = FileLock::acquire(config.state_dir / "lock");
  if (!lock && lock.error().code == Errc::in_use)
    return fail(Errc::in_use, "another relay holds the state folder " + config.state_dir.string());
  if (!lock) return tl::unexpected(lock.error());
  auto identity = io::TlsIdentity::load_or_make(config.state_dir);
  if (!identity) return tl::unexpected(identity.error());
  auto registry = Registry::open(
      loop, config.state_dir / "relay.db",
      {.capacity = config.limits.remembered, .keep = config.timing.remember, .persist = config.timing.persist});
  if (!registry) return tl::unexpected(registry.error());
  std::unique_ptr<Mailbox> mailbox;
  if (config.mailbox) {
    auto opened = Mailbox::open(loop, config.state_dir / "mailbox.db", config.limits.mailbox);
    if (!opened) return tl::unexpected(opened.error());
    mailbox = std::move(*opened);
  }
  std::unique_ptr<Server> server(new Server(loop, std::move(config), std::move(*lock), std::move(*identity),
                                            std::move(*registry), std::move(mailbox)));
  auto listening = sockets.empty() ? server->listen() : server->listen_on(std::move(sockets));
  if (!listening) return tl::unexpected(listening.error());
  return server;
}

Server::Server(io::EventLoop& loop, Config config, FileLock lock, io::TlsIdentity identity,
               std::unique_ptr<Registry> registry, std::unique_ptr<Mailbox> mailbox)
    : loop_(loop),
      config_(std::move(config)),
      lock_(std::move(lock)),
      identity_(std::move(identity)),
      tls_(io::TlsContext::for_server(identity_)),
      registry_(std::move(registry)),
      mailbox_(std::move(mailbox)),
      router_(config_, *registry_, mailbox_.get(), counters_, [this] { ask_for_turn_end(); }),
      blobs_(loop_, config_, counters_),
      loop_lag_(loop_),
      ticks_(loop_.every(config_.timing.tick, [this] { tick(); })),
      sweeps_(loop_.every(config_.timing.sweep, [this] { sweep(); })),
      turn_end_(loop_.at_turn_end([this] { end_turn(); })) {}

Server::~Server() {
  // Every client leaves as if it had gone by itself, so that what is remembered of it is up to date.
  shutting_down_ = true;
  for (auto& [client, owner] : clients_) client->drop({Errc::shutting_down, {}});
}

// ── listening ──────────────────────────────────────────────────────────────────────────────────────────────────────

Status Server::listen() {
  if (!config_.listen.empty()) {
    for (const auto& endpoint : config_.listen)
      if (auto listening = listen_at(endpoint); !listening) return listening;
    return {};
  }
  if (auto listening = listen_at({.host = "0.0.0.0", .port = default_port}); !listening) return listening;
  const auto v6 = listen_at({.host = "::", .port = default_port});
  // A host without IPv6 is served by IPv4 alone; a port taken there is another matter.
  if (!v6 && v6.error().code == Errc::in_use) return v6;
  if (!v6) log::warning("no_ipv6", {{"detail", v6.error().detail}});
  return {};
}

Status Server::listen_at(const io::Endpoint& endpoint) {
  auto listener = io::Listener::open(
      loop_, endpoint, listener_limits(), [this](const std::string& address) { return admits(address); },
      [this](io::Accepted accepted) { accept(std::move(accepted)); });
  if (!listener) return tl::unexpected(listener.error());
  listening_.push_back({.host = endpoint.host, .port = (*listener)->port()});
  listeners_.push_back(std::move(*listener));
  return {};
}

Status Server::listen_on(std::vector<io::Descriptor> sockets) {
  for (auto& socket : sockets) {
    auto listener = io::Listener::adopt(
        loop_, std::move(socket), listener_limits(), [this](const std::string& address) { return admits(address); },
        [this](io::Accepted accepted) { accept(std::move(accepted)); });
    if (!listener) return tl::unexpected(listener.error());
    listening_.push_back((*listener)->bound_to());
    listeners_.push_back(std::move(*listener));
  }
  return {};
}

io::Listener::Limits Server::listener_limits() const {
  return {.per_address = config_.limits.connections_per_address, .first_byte_deadline = config_.timing.first_byte};
}

std::vector<std::uint16_t> Server::ports() const {
  std::vector<std::uint16_t> ports;
  for (const auto& endpoint : listening_) ports.push_back(endpoint.port);
  return ports;
}

bool Server::admits(const std::string& address) {
  const auto connections = clients_.size() + blobs_.connections() + guests();
  if (connections < config_.limits.connections && config_.access.admits(address)) return true;
  ++counters_.turned_away;
  return false;
}

void Server::accept(io::Accepted accepted) {
  if (shutting_down_) return;
  ++counters_.accepted;
  if (accepted.first_byte == data_hello) return blobs_.accept(std::move(accepted));
  if (accepted.first_byte != tls_handshake) {
    // Where there are no guests it is closed: the socket goes with `accepted`.
    if (guests_) guests_->accept(std::move(accepted));
    return;
  }
  auto client = std::make_unique<Client>(*this, std::move(accepted), tls_);
  auto* key = client.get();
  clients_.emplace(key, std::move(client));
}

void Server::welcome(std::unique_ptr<Guests> guests) {
  guests_ = std::move(guests);
  guests_->on_gone = [this] {
    if (shutting_down_) drained();
  };
}

// ── what lives in it ───────────────────────────────────────────────────────────────────────────────────────────────

void Server::closed(Client& client) {
  const auto found = clients_.find(&client);
  assert(found != clients_.end());
  loop_.dispose(std::move(found->second));
  clients_.erase(found);
  if (shutting_down_) drained();
}

void Server::throttle(Client& client) {
  throttled_.insert(&client);
  if (!refills_.is_set()) refills_ = loop_.every(config_.timing.refill, [this] { refill(); });
}

void Server::refill() {
  const auto now = io::Clock::now();
  std::erase_if(throttled_, [&](Client* client) { return client->try_release(now); });
  if (throttled_.empty()) refills_.cancel();
}

void Server::doom(Client& client) {
  if (doomed_.empty()) ask_for_turn_end();
  doomed_.insert(&client);
}

// What is gathered after the jobs of a turn's end would wait for the next event: a job that does nothing makes it the next turn.
void Server::ask_for_turn_end() {
  loop_.post([] {});
}

void Server::forget(Client& client) {
  throttled_.erase(&client);
  doomed_.erase(&client);
}

void Server::tick() {
  const auto now = io::Clock::now();
  for (auto& [client, owner] : clients_) client->tick(now);
  blobs_.tick(now);
  if (guests_) guests_->tick(now);
}

void Server::sweep() {
  router_.sweep(io::Clock::now());
  if (mailbox_) mailbox_->sweep();
}

void Server::end_turn() {
  for (auto* client : std::exchange(doomed_, {}))
    client->refuse(control::Refusal::too_slow, "what was sent to you was not read");
  router_.end_turn();
}

void Server::reload(const Config& fresh) {
  config_.access_key = fresh.access_key;
  config_.access = fresh.access;
  config_.limits = fresh.limits;
  config_.timing.remember = fresh.timing.remember;
  registry_->set_options(
      {.capacity = config_.limits.remembered, .keep = config_.timing.remember, .persist = config_.timing.persist});
  if (mailbox_) mailbox_->set_quotas(config_.limits.mailbox);
  for (auto& listener : listeners_) listener->set_places_per_address(config_.limits.connections_per_address);
}

Server::Stats Server::stats() const {
  auto counters = counters_;
  std::size_t silent = 0;
  for (const auto& listener : listeners_) {
    counters.turned_away += listener->beyond_limits();
    silent += listener->waiting();
  }
  return {.counters = counters,
          .uptime = io::Clock::now() - started_,
          .loop_lag = {},
          .shutting_down = shutting_down_,
          .silent = silent,
          .clients = clients_.size(),
          .members = router_.seats(),
          .groups = router_.groups(),
          .remembered = registry_->size(),
          .data_connections = blobs_.connections(),
          .transfers = blobs_.transfers(),
          .blobs = blobs_.entries(),
          .tickets = blobs_.tickets(),
          .mailbox = mailbox_ ? std::optional(mailbox_->stats()) : std::nullopt,
          .guests = guests()};
}

// ── the end ────────────────────────────────────────────────────────────────────────────────────────────────────────

void Server::shut_down(std::function<void()> done) {
  assert(!shutting_down_);
  shutting_down_ = true;
  shut_down_done_ = std::move(done);
  log::info("shutting_down", {{"clients", clients_.size()}, {"transfers", blobs_.transfers()}});
  for (auto& listener : listeners_) listener->stop();
  blobs_.close_all();
  if (guests_) guests_->close_all();
  for (auto& [client, owner] : clients_) client->refuse(control::Refusal::shutting_down, "the relay is shutting down");
  drain_limit_ = loop_.after(config_.timing.drain, [this] {
    for (auto& [client, owner] : clients_) client->drop({Errc::shutting_down, {}});
    if (auto finished = std::exchange(shut_down_done_, {})) finished();
  });
  loop_.post([this, alive = std::weak_ptr<void>(turn_end_)] {
    if (alive.lock()) drained();   // there may have been nobody
  });
}

void Server::drained() {
  if (!clients_.empty() || blobs_.connections() > 0 || guests() > 0 || !shut_down_done_) return;
  drain_limit_.cancel();
  std::exchange(shut_down_done_, {})();
}

}   // namespace coterie::relay
