// SPDX-License-Identifier: MIT
// A relay of one test, on the test's own loop, with a state folder that goes when the test ends.
#pragma once

#include <boost/test/unit_test.hpp>
#include <functional>
#include <memory>

#include "relay/server.h"
#include "tests/support/raw_client.h"
#include "tests/support/temp_folder.h"

namespace coterie::test {

class RelayHost {
 public:
  using Adjust = std::function<void(relay::Config&)>;

  // Generous limits, deadlines of the real length but looked at often; `adjust` makes them what the test is about.
  explicit RelayHost(Adjust adjust = {}) : adjust_(std::move(adjust)) { start(); }

  // Stops as a crash would, and comes back with what it had stored.
  void stop() { server_.reset(); }
  void start() {
    auto server = relay::Server::open(loop, config());
    if (!server) BOOST_FAIL(explain(server.error()));
    server_ = std::move(*server);
  }
  [[nodiscard]] relay::Config config() const {
    relay::Config config;
    config.listen = {{.host = "127.0.0.1", .port = 0}};
    config.state_dir = folder_ / "state";
    config.limits.joins = {1e6, 1e6};
    config.limits.connections_per_address = 100'000;
    config.timing.tick = std::chrono::milliseconds(5);
    config.timing.refill = std::chrono::milliseconds(1);
    config.timing.persist = std::chrono::milliseconds(1);
    if (adjust_) adjust_(config);
    return config;
  }

  [[nodiscard]] relay::Server& server() { return *server_; }
  [[nodiscard]] relay::Server::Stats stats() const { return server_->stats(); }
  [[nodiscard]] std::uint16_t port() const { return server_->ports().front(); }
  [[nodiscard]] std::unique_ptr<RawClient> dial() { return std::make_unique<RawClient>(loop, port(), server_->pin()); }
  // A client that has joined.
  [[nodiscard]] std::unique_ptr<RawClient> join(const RawMember& as) {
    auto client = dial();
    client->join(as);
    return client;
  }
  void until(const std::function<bool()>& done) {
    BOOST_REQUIRE_MESSAGE(test::until(loop, done), "what was waited for did not happen");
  }

  io::EventLoop loop;

 private:
  Adjust adjust_;
  TempFolder folder_;
  std::unique_ptr<relay::Server> server_;
};

}   // namespace coterie::test
