// SPDX-License-Identifier: MIT
// A relay: listens, sorts connections by their first byte, and owns everything that lives behind them. One loop, one thread.
#pragma once

#include <functional>
#include <memory>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "netcore/base/private_file.h"
#include "netcore/io/event_loop.h"
#include "netcore/io/listener.h"
#include "netcore/io/tls.h"
#include "relay/blobs.h"
#include "relay/client.h"
#include "relay/config.h"
#include "relay/counters.h"
#include "relay/guests.h"
#include "relay/loop_lag.h"
#include "relay/mailbox.h"
#include "relay/registry.h"
#include "relay/router.h"

namespace coterie::relay {

class Server {
 public:
  // Ready when it returns: listening, with its identity and registry loaded or made. Errors name what is in the way: in_use,
  // permission_denied, invalid_argument, database_corrupt, disk_full … Where sockets that listen already are handed over, it is
  // at those that it listens, and not where the configuration says.
  static Result<std::unique_ptr<Server>> open(io::EventLoop& loop, Config config,
                                              std::vector<io::Descriptor> sockets = {});
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;
  ~Server();

  // As bound, in the order they were given.
  [[nodiscard]] const std::vector<io::Endpoint>& listening() const { return listening_; }
  [[nodiscard]] std::vector<std::uint16_t> ports() const;
  [[nodiscard]] RelayPin pin() const { return identity_.pin(); }

  // Accepts nobody any more, says so to everybody here, closes; `done` is called when all are gone, at the latest after
  // Timing::drain.
  void shut_down(std::function<void()> done);

  // What of the configuration can change while it runs: access, rates, limits, quotas, how long things are kept. Nobody who is
  // here is dropped for it.
  void reload(const Config& fresh);
  // From now on whatever speaks neither TLS nor the hello of a data connection is theirs; before, it is closed.
  void welcome(std::unique_ptr<Guests> guests);
  [[nodiscard]] bool welcomes_guests() const { return guests_ != nullptr; }

  struct Stats {
    Counters counters;
    io::Duration uptime{};
    io::Duration loop_lag{};   // filled by whoever takes it
    bool shutting_down = false;
    std::size_t silent = 0;    // connections that have not sent a byte yet
    std::size_t clients = 0;   // control connections
    std::size_t members = 0;   // of them, joined
    std::size_t groups = 0;
    std::size_t remembered = 0;
    std::size_t data_connections = 0;
    std::size_t transfers = 0;
    std::size_t blobs = 0;     // offered or wanted
    std::size_t tickets = 0;   // not used yet
    std::optional<Mailbox::Stats> mailbox;
    std::size_t guests = 0;   // connections of theirs
  };
  [[nodiscard]] Stats stats() const;

  // How late the loop was at worst since this was asked last.
  io::Duration take_loop_lag() { return loop_lag_.take_worst(); }

  // For what lives in it.
  io::EventLoop& loop() { return loop_; }
  [[nodiscard]] const Config& config() const { return config_; }
  Router& router() { return router_; }
  Blobs& blobs() { return blobs_; }
  Counters& counters() { return counters_; }
  void closed(Client& client);     // its last word
  void throttle(Client& client);   // read no more until its rate allows
  void doom(Client& client);       // drop it at the end of the turn
  void forget(Client& client);     // it has left: neither of these any more

 private:
  Server(io::EventLoop& loop, Config config, FileLock lock, io::TlsIdentity identity,
         std::unique_ptr<Registry> registry, std::unique_ptr<Mailbox> mailbox);
  Status listen();
  Status listen_on(std::vector<io::Descriptor> sockets);
  Status listen_at(const io::Endpoint& endpoint);
  [[nodiscard]] io::Listener::Limits listener_limits() const;
  [[nodiscard]] std::size_t guests() const { return guests_ ? guests_->connections() : 0; }
  [[nodiscard]] bool admits(const std::string& address);
  void accept(io::Accepted accepted);
  void refill();
  void tick();
  void sweep();
  void end_turn();
  void ask_for_turn_end();
  void drained();

  io::EventLoop& loop_;
  Config config_;
  Counters counters_;
  FileLock lock_;   // of the state folder
  io::TlsIdentity identity_;
  io::TlsContext tls_;
  std::unique_ptr<Registry> registry_;
  std::unique_ptr<Mailbox> mailbox_;   // nothing: the relay keeps no letters
  Router router_;
  Blobs blobs_;
  std::unique_ptr<Guests> guests_;
  std::unordered_map<Client*, std::unique_ptr<Client>> clients_;
  std::unordered_set<Client*> throttled_;
  std::unordered_set<Client*> doomed_;
  std::vector<io::Endpoint> listening_;
  std::vector<std::unique_ptr<io::Listener>> listeners_;
  std::function<void()> shut_down_done_;
  bool shutting_down_ = false;
  io::Clock::time_point started_ = io::Clock::now();
  LoopLag loop_lag_;
  io::Timer ticks_;
  io::Timer sweeps_;
  io::Timer refills_;   // while somebody is throttled
  io::Timer drain_limit_;
  std::shared_ptr<void> turn_end_;   // last: nothing is gathered once this goes
};

}   // namespace coterie::relay
