// SPDX-License-Identifier: MIT
// The control connection to the relay, kept up: dial, TLS with the pinned identity, JOIN, PING, and after a break again and again
// with growing pauses. Reconnecting is this class's business alone.
//
//   Offline ──connect──▶ Dialing ──▶ Securing ──▶ Joining ──JOINED──▶ Online
//      ▲                    └───────────┴────────────┴── any break ─────┘ │
//      └── retry after 1, 2, 4 … 60 s; not after a final refusal ◀────────┘
#pragma once

#include <functional>
#include <memory>
#include <optional>

#include "netcore/base/worker.h"
#include "netcore/io/connection.h"
#include "netcore/io/dialer.h"
#include "netcore/session/event.h"
#include "netcore/session/timing.h"
#include "netcore/wire/control.h"

namespace coterie {

class RelayLink final : public io::Connection::Observer {
 public:
  class Observer {
   public:
    virtual ~Observer() = default;
    virtual void on_link_state(event::LinkState state, std::optional<Error> reason,
                               std::optional<std::chrono::milliseconds> retry_in) = 0;
    virtual void on_relay_unknown(const RelayPin& seen) = 0;   // the link stays offline
    virtual void on_relay_changed(const RelayPin& seen) = 0;   // the link stays offline
    virtual void on_joined(const control::Joined& joined) = 0;
    virtual void on_frame(control::ToClient frame) = 0;   // while online; no Joined, Ping, Pong, Bye, Refused
    virtual void on_output_drained() = 0;
    virtual void on_refused_for_good(const Error& error) = 0;   // the link stays offline
  };

  // `join.nonce` is filled here, fresh for each connection.
  RelayLink(io::EventLoop& loop, Worker& worker, io::Endpoint relay, Timing timing, Observer& observer);
  ~RelayLink() override;

  // Begins, or tries again at once if a retry was waiting.
  void connect(std::optional<RelayPin> expected, control::Join join);
  // Says goodbye and stays away; `done`, if given, follows when the connection is gone.
  void disconnect(std::function<void()> done = {});

  [[nodiscard]] bool is_online() const { return phase_ == Phase::online; }
  [[nodiscard]] const ConnectionNonce& nonce() const { return join_.nonce; }
  // Dropped while not online.
  void send(const control::ToRelay& frame);
  [[nodiscard]] std::size_t queued() const;

 private:
  enum class Phase { offline, waiting, dialing, securing, joining, online };

  void on_open() override;
  void on_unit(ByteView unit) override;
  void on_drained() override;
  void on_closed(const Error& error) override;

  void dial();
  void drop_connection();
  void broke(const Error& error);
  void handle_frame(control::ToClient frame);
  void handle_refusal(const control::Refused& refused);
  void watch_silence();
  void enter(Phase phase, std::optional<Error> reason = {}, std::optional<std::chrono::milliseconds> retry_in = {});

  io::EventLoop& loop_;
  Worker& worker_;
  const io::Endpoint relay_;
  const Timing timing_;
  Observer& observer_;
  std::optional<RelayPin> expected_;
  control::Join join_;
  Phase phase_ = Phase::offline;
  unsigned failures_ = 0;
  std::function<void()> disconnected_;
  std::optional<Error> refusal_;   // what a Refused frame said, for the close that follows
  io::Clock::time_point last_ping_{};
  std::unique_ptr<io::Dialer> dialer_;
  std::unique_ptr<io::Connection> connection_;
  io::Timer deadline_;
  io::Timer retry_;
  io::Timer heartbeat_;
};

}   // namespace coterie
