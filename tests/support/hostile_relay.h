// SPDX-License-Identifier: MIT
// A relay that does as a test tells it: records every frame, and drops, repeats, changes or invents what it passes on. Speaks the
// real link, keeps no rule.
#pragma once

#include <boost/test/unit_test.hpp>
#include <functional>
#include <map>
#include <memory>
#include <vector>

#include "netcore/base/overloaded.h"
#include "netcore/io/connection.h"
#include "netcore/io/listener.h"
#include "netcore/io/tls.h"
#include "netcore/wire/control.h"

namespace coterie::test {

class HostileRelay {
 public:
  explicit HostileRelay(io::EventLoop& loop) : loop_(loop), identity_(io::TlsIdentity::make()) {
    auto listener = io::Listener::open(
        loop, io::Endpoint{"127.0.0.1", 0}, {}, [](const std::string&) { return true; },
        [this](io::Accepted accepted) { clients_.push_back(std::make_unique<Client>(*this, std::move(accepted))); });
    BOOST_REQUIRE(listener.has_value());
    listener_ = std::move(*listener);
  }

  [[nodiscard]] std::string address() const { return "127.0.0.1:" + std::to_string(listener_->port()); }
  [[nodiscard]] RelayPin pin() const { return identity_.pin(); }

  // What passes: return what the receiver gets instead, in order.
  std::function<std::vector<control::Receive>(const MemberId& to, control::Receive)> on_envelope =
      [](const MemberId&, control::Receive envelope) { return std::vector{std::move(envelope)}; };
  std::function<std::vector<control::Handshake>(const MemberId& to, control::Handshake)> on_handshake =
      [](const MemberId&, control::Handshake step) { return std::vector{std::move(step)}; };
  // Members who do not exist, shown to everyone who joins.
  std::vector<control::Member> ghosts;
  // Handshake frames for ids that are not here, such as ghosts.
  std::function<void(const MemberId& from, const control::Handshake&)> on_handshake_to_nobody;
  bool silent_about_acks = true;

  // Every frame a client sent, in order.
  std::vector<Bytes> recorded;
  std::size_t handshakes = 0;

  void send_to(const MemberId& member, const control::ToClient& frame) {
    send_raw_to(member, control::encode_frame(frame));
  }
  void send_raw_to(const MemberId& member, ByteView bytes) {
    if (auto* client = find(member)) client->connection->send(bytes);
  }
  void cut_everyone() {
    for (auto& client : clients_)
      if (client->connection) client->connection->close(Error{Errc::connection_lost, {}});
  }
  [[nodiscard]] std::vector<MemberId> members() const {
    std::vector<MemberId> found;
    for (const auto& client : clients_)
      if (client->joined && client->connection) found.push_back(client->id);
    return found;
  }

 private:
  struct Client final : io::Connection::Observer {
    Client(HostileRelay& relay, io::Accepted accepted) : relay_(relay), slot_(std::move(accepted.slot)) {
      connection = std::make_unique<io::Connection>(
          relay.loop_, std::move(accepted.socket),
          io::Connection::Options{.unit_size = [](ByteView head) { return wire::frame_size(head); },
                                  .tls = io::TlsContext::for_server(relay.identity_),
                                  .is_server = true},
          *this);
    }
    void on_unit(ByteView unit) override {
      relay_.recorded.push_back(to_bytes(unit));
      auto frame = control::decode_to_relay(unit);
      if (frame && *frame) relay_.handle(*this, std::move(**frame));
    }
    void on_closed(const Error&) override {
      relay_.loop_.dispose(std::move(connection));
      if (joined) relay_.tell_everyone(*this, false);
    }
    HostileRelay& relay_;
    std::shared_ptr<void> slot_;
    std::unique_ptr<io::Connection> connection;
    bool joined = false;
    MemberId id;
    UserHandle handle;
    ConnectionNonce nonce;
    std::uint64_t join_seq = 0;
  };

  void handle(Client& from, control::ToRelay frame) {
    std::visit(overloaded{
                   [&](control::Join& join) {
                     from.joined = true;
                     from.id = control::member_id_of(join.group, join.token);
                     from.handle = join.handle;
                     from.nonce = join.nonce;
                     from.join_seq = ++join_seq_;
                     control::Joined joined{.join_seq = from.join_seq, .roster = {}};
                     for (const auto& other : clients_)
                       if (other.get() != &from && other->joined && other->connection)
                         joined.roster->push_back(view(*other, true));
                     for (const auto& ghost : ghosts) joined.roster->push_back(ghost);
                     from.connection->send(control::encode_frame(control::ToClient(joined)));
                     tell_everyone(from, true);
                   },
                   [&](control::Handshake& step) {
                     ++handshakes;
                     const auto to = std::exchange(step.peer, from.id);
                     if (find(to) == nullptr) {
                       step.peer = to;
                       if (on_handshake_to_nobody) on_handshake_to_nobody(from.id, step);
                       return;
                     }
                     for (auto& changed : on_handshake(to, std::move(step))) send_to(to, changed);
                   },
                   [&](control::Send& send) {
                     for (const auto& recipient : *send.recipients) {
                       control::Receive envelope{.number = ++number_,
                                                 .sender = from.id,
                                                 .message = send.message,
                                                 .keep = send.keep,
                                                 .session = recipient.session,
                                                 .index = recipient.index,
                                                 .wrap = recipient.wrap,
                                                 .body = *send.body};
                       for (auto& changed : on_envelope(recipient.member, std::move(envelope)))
                         send_to(recipient.member, changed);
                     }
                   },
                   [&](control::Ping& ping) {
                     from.connection->send(control::encode_frame(control::ToClient(control::Pong{ping.nonce})));
                   },
                   [](auto&) {},
               },
               frame);
  }
  static control::Member view(const Client& client, bool online) {
    return {
        .id = client.id, .handle = client.handle, .online = online, .join_seq = client.join_seq, .nonce = client.nonce};
  }
  void tell_everyone(const Client& about, bool online) {
    for (auto& other : clients_)
      if (other.get() != &about && other->joined && other->connection)
        other->connection->send(control::encode_frame(control::ToClient(view(about, online))));
  }
  Client* find(const MemberId& member) {
    for (auto& client : clients_)
      if (client->joined && client->connection && client->id == member) return client.get();
    return nullptr;
  }

  io::EventLoop& loop_;
  io::TlsIdentity identity_;
  std::unique_ptr<io::Listener> listener_;
  std::vector<std::unique_ptr<Client>> clients_;
  std::uint64_t join_seq_ = 0;
  std::uint64_t number_ = 0;
};

}   // namespace coterie::test
