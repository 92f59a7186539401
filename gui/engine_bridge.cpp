// SPDX-License-Identifier: MIT
#include "gui/engine_bridge.h"

namespace coterie::gui {
namespace {

// Ten of them come in a second for each file, and nobody reads so fast.
bool is_report_of_progress(const Event& event) {
  const auto* transfer = std::get_if<event::TransferChanged>(&event);
  return transfer != nullptr && transfer->phase == event::TransferPhase::running;
}

}   // namespace

EngineBridge::EngineBridge(std::function<void()> wake) : wake_(std::move(wake)), thread_([this] { loop_.run(); }) {}

EngineBridge::~EngineBridge() {
  io::Timer deadline;
  loop_.post([this, &deadline] {
    is_ending_ = true;
    if (clients_.empty()) return loop_.stop();
    deadline = loop_.after(farewell, [this] { loop_.stop(); });
    for (auto& [group, client] : clients_) client->handle(command::Shutdown{});
  });
  thread_.join();
  // The loop has ended, so this thread may touch what lived on it.
  deadline.cancel();
  clients_.clear();
}

void EngineBridge::open(GroupId group, std::filesystem::path profile, Login login) {
  // std::function wants copyable captures.
  auto typed = std::make_shared<Login>(std::move(login));
  loop_.post([this, group, typed, profile = std::move(profile)] {
    auto client = Client::open(loop_, profile, std::move(*typed),
                               [this, group](Event event) { arrived(group, std::move(event)); });
    if (!client) return push(group, event::Failed{client.error()});
    clients_.insert_or_assign(group, std::move(*client));
  });
}

void EngineBridge::post(GroupId group, Command command) {
  loop_.post([this, group, command = std::move(command)] {
    if (const auto found = clients_.find(group); found != clients_.end()) found->second->handle(command);
  });
}

void EngineBridge::close(GroupId group) {
  loop_.post([this, group] {
    const auto found = clients_.find(group);
    if (found == clients_.end()) return push(group, event::Stopped{});
    found->second->handle(command::Shutdown{});
  });
}

void EngineBridge::arrived(GroupId group, Event event) {
  if (!std::holds_alternative<event::Stopped>(event)) return push(group, std::move(event));
  const auto found = clients_.find(group);
  if (found != clients_.end()) {
    loop_.dispose(std::move(found->second));
    clients_.erase(found);
  }
  // The profile is free only when the engine is gone; what is posted runs after what is disposed of in this turn.
  loop_.post([this, group] {
    push(group, event::Stopped{});
    if (is_ending_ && clients_.empty()) loop_.stop();
  });
}

void EngineBridge::push(GroupId group, Event event) {
  const bool can_wait = is_report_of_progress(event);
  bool wakes = false;
  {
    const std::lock_guard lock(mutex_);
    queue_.push_back({group, std::chrono::steady_clock::now(), std::move(event)});
    wakes = !can_wait && !std::exchange(is_awake_, true);
  }
  if (wakes) wake_();
}

std::vector<Arrival> EngineBridge::drain() {
  const std::lock_guard lock(mutex_);
  is_awake_ = false;
  return std::exchange(queue_, {});
}

}   // namespace coterie::gui
