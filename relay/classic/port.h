// SPDX-License-Identifier: MIT
// The relay's side of classic mode (protocol.md S13): user ids, the groups they name, and who is told of whom. A world of its own: no
// name in it reaches a group of the relay proper, and none of those a classic client.
#pragma once

#include <memory>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "relay/classic/client.h"
#include "relay/config.h"
#include "relay/guests.h"

namespace coterie::relay {

class ClassicPort final : public Guests {
 public:
  // `config` outlives it; what is said there of connections, members, deadlines and output holds here as well.
  ClassicPort(io::EventLoop& loop, const Config& config);
  ~ClassicPort() override;

  void accept(io::Accepted accepted) override;
  [[nodiscard]] std::size_t connections() const override { return clients_.size(); }
  void tick(io::Clock::time_point now) override;
  void close_all() override;

  // ── for its clients ──
  [[nodiscard]] io::EventLoop& loop() { return loop_; }
  [[nodiscard]] const Config& config() const { return config_; }
  [[nodiscard]] bool is_ending() const { return is_ending_; }   // with the relay
  // False where that user id is here already, in whatever letters.
  bool log_in(ClassicClient& client);
  // Leaves the group it was in; tells both. False where the group is full.
  bool enter(ClassicClient& client, const std::string& group);
  void leave(ClassicClient& client);
  [[nodiscard]] std::vector<std::string> others(const ClassicClient& client) const;
  // Somebody of the same group; nothing where there is no such.
  [[nodiscard]] ClassicClient* find(const ClassicClient& from, const std::string& user) const;
  void deliver_to_group(ClassicClient& from, const ClassicFrame& frame);
  // Closed when the turn is over: whoever calls this may be walking over clients.
  void doom(ClassicClient& client, Error reason);
  void closed(ClassicClient& client);   // its last word

 private:
  void tell_others(ClassicClient& client, const std::string& line);
  void leave_group(ClassicClient& client);

  io::EventLoop& loop_;
  const Config& config_;
  std::unordered_map<ClassicClient*, std::unique_ptr<ClassicClient>> clients_;
  std::unordered_map<std::string, ClassicClient*> users_;   // by folded user id
  std::unordered_map<std::string, std::vector<ClassicClient*>> groups_;
  std::unordered_map<ClassicClient*, Error> doomed_;
  bool is_ending_ = false;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}   // namespace coterie::relay
