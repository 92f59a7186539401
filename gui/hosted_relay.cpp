// SPDX-License-Identifier: MIT
#include "gui/hosted_relay.h"

#include "relay/server.h"

#include <future>
#include <thread>

namespace coterie::gui {

struct HostedRelay::State {
  io::EventLoop loop;
  std::unique_ptr<relay::Server> server;   // lives on the loop
  std::uint16_t port = 0;
  RelayPin pin;
  std::thread thread;
};

HostedRelay::HostedRelay(std::unique_ptr<State> state) : state_(std::move(state)) {}

Result<std::unique_ptr<HostedRelay>> HostedRelay::start(const std::filesystem::path& state_folder, std::uint16_t port) {
  auto state = std::make_unique<State>();
  relay::Config config;
  config.state_dir = state_folder;
  config.listen.push_back(io::Endpoint{"0.0.0.0", port});
  auto server = relay::Server::open(state->loop, std::move(config));
  if (!server) return tl::unexpected(server.error());
  state->server = std::move(*server);
  state->port = state->server->ports().front();
  state->pin = state->server->pin();
  state->thread = std::thread([loop = &state->loop] { loop->run(); });
  return std::unique_ptr<HostedRelay>(new HostedRelay(std::move(state)));
}

HostedRelay::~HostedRelay() {
  auto* state = state_.get();
  state->loop.post([state] { state->server->shut_down([state] { state->loop.stop(); }); });
  state->thread.join();
  state->server.reset();
}

std::uint16_t HostedRelay::port() const { return state_->port; }
RelayPin HostedRelay::pin() const { return state_->pin; }

HostedRelay::Presence HostedRelay::presence() const {
  std::promise<Presence> promise;
  auto told = promise.get_future();
  state_->loop.post([state = state_.get(), &promise] {
    const auto stats = state->server->stats();
    promise.set_value({stats.groups, stats.members});
  });
  return told.get();
}

}   // namespace coterie::gui
