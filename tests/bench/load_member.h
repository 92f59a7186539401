// SPDX-License-Identifier: MIT
// A member without cryptography of its own: joins a group over TLS, receives envelopes, acknowledges each. What it sends has the
// size and shape of real envelopes; the relay cannot tell, since it cannot open them.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "netcore/io/connection.h"
#include "netcore/io/endpoint.h"
#include "netcore/wire/control.h"

namespace coterie::bench {

// A connected socket to a numeric address; throws std::runtime_error where there is nobody.
io::Descriptor connect_to(const io::Endpoint& endpoint);

class LoadMember final : public io::Connection::Observer {
 public:
  // What makes it the member it is: the same is the same member, also on another connection.
  struct Identity {
    static Identity random();
    MemberToken token;
    DropCap drop_cap;
    UserHandle handle;
  };
  struct Events {
    std::function<void(const control::Joined&)> on_joined;
    std::function<void()> on_receive;                   // one envelope
    std::function<void(const MessageId&)> on_message;   // the same, for those who want to know which
    std::function<void(const control::Outcome&)> on_outcome;
    std::function<void(const Error&)> on_closed;
  };

  LoadMember(io::EventLoop& loop, const io::Endpoint& relay, const io::TlsContext& tls, const GroupTag& group,
             Events events, const Identity& identity = Identity::random());

  [[nodiscard]] MemberId id() const { return id_; }
  [[nodiscard]] const DropCap& drop_cap() const { return identity_.drop_cap; }
  [[nodiscard]] bool is_joined() const { return joined_; }
  void send(ByteView frame) { connection_.send(frame); }
  [[nodiscard]] std::size_t queued() const { return connection_.queued(); }

 private:
  void on_open() override;
  void on_unit(ByteView unit) override;
  void on_closed(const Error& error) override;
  void acknowledge();

  const GroupTag group_;
  const Identity identity_;
  const MemberId id_;
  const Events events_;
  bool joined_ = false;
  control::Ack unacknowledged_;
  io::Connection connection_;
  std::shared_ptr<void> turn_end_;
};

}   // namespace coterie::bench
