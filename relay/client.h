// SPDX-License-Identifier: MIT
// One control connection, from its TLS handshake to its end: decodes what comes, keeps its rates and deadlines, and holds back
// whoever sends it more than it reads.
//
//   Greeting ──Join accepted──▶ Ready ──Bye, a refusal, an error, silence──▶ Closing ──on_closed──▶ gone
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "netcore/io/connection.h"
#include "netcore/io/listener.h"
#include "netcore/wire/control.h"
#include "relay/limits.h"
#include "relay/unacknowledged.h"

namespace coterie::relay {

class Group;
class Server;
struct Member;

class Client : private io::Connection::Observer {
 public:
  Client(Server& server, io::Accepted accepted, const io::TlsContext& tls);
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;
  ~Client() override;

  // Where it sits once it has joined; nothing before, and after it has left.
  struct Seat {
    Group* group = nullptr;
    Member* member = nullptr;
  };
  [[nodiscard]] const Seat& seat() const { return seat_; }
  void sit(Seat seat) { seat_ = seat; }
  [[nodiscard]] const std::string& address() const { return address_; }
  [[nodiscard]] bool is_ready() const { return state_ == State::ready; }

  // Frames of the relay itself. Nothing happens when the client is closing. No call of these closes or changes anything else
  // before the turn ends, so they can be made while walking over members.
  void send(const control::ToClient& message);
  void send(ByteView frames);
  // Another envelope can be handed to it.
  [[nodiscard]] bool takes_more() const;
  // What another client sends to this one: that one is held while too much waits here. `body` may be null.
  bool pass_on(ByteView head, const io::SharedBytes& body, Client& from);
  // Notes what became of one recipient of an envelope of this client; told at the end of the turn.
  void report(const MessageId& message, const control::DeliveryTo& outcome);
  void tell_outcomes();

  Unacknowledged& unacknowledged() { return unacknowledged_; }
  // When the last whole frame came, or reading went on.
  [[nodiscard]] io::Clock::time_point heard() const { return heard_; }

  // The last frame, then the end. Leaves the group first.
  void refuse(control::Refusal reason, std::string text);
  // At once and without a word: the peer is gone, or does not take words.
  void drop(Error reason);

  // Regular looks at what time does.
  void tick(io::Clock::time_point now);
  // False while the rate still holds it.
  bool try_release(io::Clock::time_point now);

 private:
  enum class State : std::uint8_t { greeting, ready, closing };

  void on_open() override;
  void on_unit(ByteView unit) override;
  void on_drained() override;
  void on_closed(const Error& error) override;

  Result<std::size_t> unit_size(ByteView head) const;
  void greet(const control::ToRelay& message);
  void serve(control::ToRelay& message);
  void pay(TokenBucket& bucket, const Rate& rate);
  void part();
  void finish(const control::ToClient& last, Error reason);
  void leave();

  void after_output(Client& from);
  void hold(Client& from);
  void release_all();
  void update_reading();

  Server& server_;
  std::string address_;
  std::shared_ptr<void> slot_;   // its place among the connections of its address
  State state_ = State::greeting;
  bool open_ = false;        // TLS is done
  bool doomed_ = false;      // it reads too slowly: dropped when the turn ends
  bool throttled_ = false;   // not read because of its own rate
  bool paused_ = false;      // not read
  Seat seat_;
  io::Clock::time_point heard_;   // when the last whole frame came, or reading went on
  io::Clock::time_point asked_;   // when the last Ping went out
  TokenBucket sends_;
  TokenBucket handshakes_;
  Unacknowledged unacknowledged_;
  std::vector<control::Outcome> outcomes_;   // gathered in this turn
  std::size_t last_outcome_ = 0;             // the one added to last

  // Both ends of each hold know of it, so that either may go first.
  std::vector<Client*> holding_;   // not read until our output has fallen
  std::vector<Client*> held_by_;   // whose output we wait for
  io::Clock::time_point holding_since_;
  io::Clock::time_point moved_;   // when output was last seen to move while holding
  std::uint64_t pings_ = 0;
  std::uint64_t sent_ = 0;   // bytes ever queued
  std::uint64_t left_ = 0;   // of them, bytes given to the socket, as last looked at

  std::unique_ptr<io::Connection> connection_;   // last: it calls all of the above
};

}   // namespace coterie::relay
