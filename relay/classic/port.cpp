// SPDX-License-Identifier: MIT
#include "relay/classic/port.h"

#include <cassert>

#include "netcore/base/log.h"
#include "netcore/base/unicode.h"

namespace coterie::relay {
namespace {

std::string folded(const std::string& user) { return casefold(user).value_or(user); }

}   // namespace

ClassicPort::ClassicPort(io::EventLoop& loop, const Config& config) : loop_(loop), config_(config) {}

ClassicPort::~ClassicPort() {
  for (auto& [client, owner] : clients_) client->drop({Errc::shutting_down, {}});
}

void ClassicPort::accept(io::Accepted accepted) {
  auto client = std::make_unique<ClassicClient>(*this, std::move(accepted));
  auto* key = client.get();
  clients_.emplace(key, std::move(client));
}

void ClassicPort::tick(io::Clock::time_point now) {
  for (auto& [client, owner] : clients_) client->tick(now);
}

void ClassicPort::close_all() {
  is_ending_ = true;
  for (auto& [client, owner] : clients_) client->refuse("the relay is shutting down");
}

// ── user ids and groups ────────────────────────────────────────────────────────────────────────────────────────────

bool ClassicPort::log_in(ClassicClient& client) { return users_.try_emplace(folded(client.user()), &client).second; }

bool ClassicPort::enter(ClassicClient& client, const std::string& group) {
  leave_group(client);
  auto& members = groups_[group];
  if (members.size() >= config_.limits.members) return false;
  members.push_back(&client);
  client.set_group(group);
  client.say(classic::OnlineList{others(client)});
  tell_others(client, format_line(classic::Came{client.user()}));
  return true;
}

void ClassicPort::leave(ClassicClient& client) {
  leave_group(client);
  if (client.user().empty()) return;
  if (const auto found = users_.find(folded(client.user())); found != users_.end() && found->second == &client)
    users_.erase(found);
}

void ClassicPort::leave_group(ClassicClient& client) {
  const auto found = groups_.find(client.group());
  if (client.group().empty() || found == groups_.end()) return;
  std::erase(found->second, &client);
  tell_others(client, format_line(classic::Left{client.user()}));
  if (found->second.empty()) groups_.erase(found);
  client.set_group({});
}

std::vector<std::string> ClassicPort::others(const ClassicClient& client) const {
  std::vector<std::string> users;
  if (const auto found = groups_.find(client.group()); found != groups_.end())
    for (const auto* member : found->second)
      if (member != &client) users.push_back(member->user());
  return users;
}

ClassicClient* ClassicPort::find(const ClassicClient& from, const std::string& user) const {
  const auto found = users_.find(folded(user));
  if (found == users_.end() || from.group().empty()) return nullptr;
  auto* client = found->second;
  return client->user() == user && client->group() == from.group() ? client : nullptr;
}

// ── what travels ───────────────────────────────────────────────────────────────────────────────────────────────────

void ClassicPort::deliver_to_group(ClassicClient& from, const ClassicFrame& frame) {
  const auto found = groups_.find(from.group());
  if (from.group().empty() || found == groups_.end()) return;
  for (auto* member : found->second)
    if (member != &from) member->deliver(frame, &from);
}

void ClassicPort::tell_others(ClassicClient& client, const std::string& line) {
  const auto found = groups_.find(client.group());
  if (found == groups_.end()) return;
  const ClassicFrame frame(classic::Nothing{}, as_bytes(line));
  for (auto* member : found->second)
    if (member != &client) member->deliver(frame, nullptr);
}

// ── the end of one ─────────────────────────────────────────────────────────────────────────────────────────────────

void ClassicPort::doom(ClassicClient& client, Error reason) {
  if (!doomed_.try_emplace(&client, std::move(reason)).second || doomed_.size() > 1) return;
  loop_.post([this, alive = std::weak_ptr(alive_)] {
    if (alive.expired()) return;
    for (auto& [doomed, why] : std::exchange(doomed_, {}))
      if (clients_.contains(doomed)) doomed->drop(why);
  });
}

void ClassicPort::closed(ClassicClient& client) {
  doomed_.erase(&client);
  const auto found = clients_.find(&client);
  assert(found != clients_.end());
  loop_.dispose(std::move(found->second));
  clients_.erase(found);
  if (on_gone) on_gone();
}

}   // namespace coterie::relay
