// SPDX-License-Identifier: MIT
#include "tests/bench/load_member.h"

#include <sys/socket.h>
#include <unistd.h>

#include <fcntl.h>

#include <stdexcept>

#include "netcore/base/overloaded.h"
#include "netcore/base/random.h"
#include "netcore/io/socket.h"

namespace coterie::bench {

io::Descriptor connect_to(const io::Endpoint& endpoint) {
  const auto addresses = io::numeric_addresses(endpoint);
  if (addresses.empty()) throw std::runtime_error(endpoint.text() + " is not a numeric address");
  const auto& address = addresses.front();
  io::Descriptor socket(::socket(address.family(), SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (!socket || connect(socket.get(), address.get(), static_cast<socklen_t>(address.size())) != 0)
    throw std::runtime_error("no connection to " + endpoint.text() + ": " + io::reason_of(errno));
  if (fcntl(socket.get(), F_SETFL, O_NONBLOCK) != 0) throw std::runtime_error("fcntl: " + io::reason_of(errno));
  io::set_no_delay(socket.get());
  return socket;
}

LoadMember::Identity LoadMember::Identity::random() {
  return {.token = random_id<MemberToken>(), .drop_cap = random_id<DropCap>(), .handle = random_id<UserHandle>()};
}

LoadMember::LoadMember(io::EventLoop& loop, const io::Endpoint& relay, const io::TlsContext& tls, const GroupTag& group,
                       Events events, const Identity& identity)
    : group_(group),
      identity_(identity),
      id_(control::member_id_of(group, identity.token)),
      events_(std::move(events)),
      connection_(
          loop, connect_to(relay),
          io::Connection::Options{.unit_size = [](ByteView head) { return wire::frame_size(head); }, .tls = tls},
          *this) {
  if (events_.on_receive || events_.on_message) turn_end_ = loop.at_turn_end([this] { acknowledge(); });
}

void LoadMember::on_open() {
  const control::Join join{.access_key = {},
                           .group = group_,
                           .token = identity_.token,
                           .handle = identity_.handle,
                           .cap_hash = control::cap_hash_of(identity_.drop_cap),
                           .nonce = random_id<ConnectionNonce>()};
  send(control::encode_frame(control::ToRelay(join)));
}

void LoadMember::on_unit(ByteView unit) {
  // Envelopes are not decoded further than their number: the generator must not be what is measured.
  if (unit.size() >= control::receive_head && unit[wire::frame_head] == control::Receive::tag) {
    if (unacknowledged_.numbers->size() == decltype(control::Ack::numbers)::max) acknowledge();
    unacknowledged_.numbers->push_back(load_be<std::uint64_t>(unit.data() + wire::frame_head + 1));
    if (events_.on_receive) events_.on_receive();
    // After number and sender (protocol.md A.13).
    if (events_.on_message)
      events_.on_message(MessageId::from(unit.subspan(wire::frame_head + 1 + 8 + MemberId::size, MessageId::size)));
    return;
  }
  const auto frame = control::decode_to_client(unit);
  if (!frame) return connection_.close(frame.error());
  if (!*frame) return;
  std::visit(overloaded{[&](const control::Joined& joined) {
                          joined_ = true;
                          if (events_.on_joined) events_.on_joined(joined);
                        },
                        [&](const control::Ping& ping) {
                          send(control::encode_frame(control::ToRelay(control::Pong{ping.nonce})));
                        },
                        [&](const control::Outcome& outcome) {
                          if (events_.on_outcome) events_.on_outcome(outcome);
                        },
                        [&](const control::Refused& refused) {
                          connection_.close(Error{Errc::refused, *refused.text});
                        },
                        [](const auto&) {}},
             **frame);
}

void LoadMember::acknowledge() {
  if (unacknowledged_.numbers->empty()) return;
  send(control::encode_frame(control::ToRelay(unacknowledged_)));
  unacknowledged_.numbers->clear();
}

void LoadMember::on_closed(const Error& error) {
  joined_ = false;
  if (events_.on_closed) events_.on_closed(error);
}

}   // namespace coterie::bench
