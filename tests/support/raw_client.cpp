// SPDX-License-Identifier: MIT
#include "tests/support/raw_client.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <cerrno>
#include <system_error>

#include "netcore/base/digest.h"

namespace coterie::test {
namespace {

template <class IdType>
IdType made_from(std::string_view what, std::string_view group, std::string_view member = {}) {
  return IdType::from(labelled_hash(what, {as_bytes(group), as_bytes("/"), as_bytes(member)}).view());
}

}   // namespace

io::Descriptor dial(std::uint16_t port) {
  io::Descriptor socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  // The kernel completes this on its own, whatever the listener is doing.
  if (!socket || ::connect(socket.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) != 0 ||
      ::fcntl(socket.get(), F_SETFL, O_NONBLOCK) != 0)
    throw std::system_error(errno, std::generic_category());
  return socket;
}

RawMember::RawMember(std::string_view group_name, std::string_view member_name)
    : group(made_from<GroupTag>("group", group_name)),
      token(made_from<MemberToken>("token", group_name, member_name)),
      handle(made_from<UserHandle>("handle", group_name, member_name)),
      cap(made_from<DropCap>("cap", group_name, member_name)),
      nonce(made_from<ConnectionNonce>("nonce", group_name, member_name)),
      id(control::member_id_of(group, token)) {}

control::Join RawMember::join(std::string_view access_key) const {
  return {.access_key = std::string(access_key),
          .group = group,
          .token = token,
          .handle = handle,
          .cap_hash = control::cap_hash_of(cap),
          .nonce = nonce};
}

control::Recipient RawMember::as_recipient(std::uint32_t index) const {
  control::Recipient recipient{.member = id, .drop_cap = cap, .session = {}, .index = index};
  std::copy(id.bytes.begin(), id.bytes.end(), recipient.wrap.begin());
  return recipient;
}

RawClient::RawClient(io::EventLoop& loop, std::uint16_t port, const RelayPin& pin)
    : loop_(loop),
      connection_(std::make_unique<io::Connection>(
          loop, dial(port),
          io::Connection::Options{.unit_size = [](ByteView head) { return wire::frame_size(head); },
                                  .tls = io::TlsContext::for_client(pin),
                                  .open_deadline = long_enough},
          static_cast<io::Connection::Observer&>(*this))) {}

RawClient::~RawClient() = default;

void RawClient::send_bytes(ByteView bytes) { connection_->send(bytes); }

void RawClient::vanish() {
  connection_.reset();
  closed_ = Error{Errc::connection_lost, "vanished"};
}

control::Joined RawClient::join(const RawMember& as, std::string_view access_key) {
  send(as.join(access_key));
  auto joined = wait_for<control::Joined>();
  BOOST_REQUIRE_MESSAGE(joined.has_value(), "the relay did not let the member join");
  return std::move(*joined);
}

void RawClient::on_unit(ByteView unit) {
  auto frame = control::decode_to_client(unit);
  BOOST_REQUIRE_MESSAGE(frame.has_value() && frame->has_value(), "the relay sent a frame that does not parse");
  if (const auto* ping = std::get_if<control::Ping>(&**frame); ping != nullptr && answers_pings)
    send(control::Pong{ping->nonce});
  if (const auto* envelope = std::get_if<control::Receive>(&**frame); envelope != nullptr && acknowledges)
    send(control::Ack{.numbers = std::vector{envelope->number}});
  inbox_.push_back(std::move(**frame));
}

void RawClient::sync() {
  const auto nonce = 0x5359'4e43'0000'0000 + ++questions_;
  send(control::Ping{nonce});
  const auto answered = [&] {
    return std::any_of(inbox_.begin(), inbox_.end(), [&](const auto& frame) {
      const auto* pong = std::get_if<control::Pong>(&frame);
      return pong != nullptr && pong->nonce == nonce;
    });
  };
  BOOST_REQUIRE_MESSAGE(loop_.run_until([&] { return answered() || is_closed(); }, long_enough) && answered(),
                        "the relay does not answer");
  std::erase_if(inbox_, [](const auto& frame) { return std::holds_alternative<control::Pong>(frame); });
}

std::optional<control::Refused> RawClient::wait_for_end() {
  BOOST_REQUIRE_MESSAGE(loop_.run_until([&] { return is_closed(); }, long_enough),
                        "the relay did not end the connection");
  return take<control::Refused>();
}

RawData::RawData(io::EventLoop& on, std::uint16_t port) : loop(on) {
  stream = std::make_unique<io::DataStream>(on, dial(port), io::DataStream::Options{}, *this);
  stream->pause_reading(false);
}

void RawData::say_hello(const DataTicket& ticket, std::uint64_t offset) {
  stream->send(control::encode_hello({.ticket = ticket, .offset = offset}));
}

bool RawData::gets(std::size_t bytes) {
  loop.run_until([&] { return received.size() >= bytes || closed; }, long_enough);
  return received.size() >= bytes;
}

bool RawData::ends() {
  return loop.run_until([&] { return ended > 0 || closed; }, long_enough);
}

}   // namespace coterie::test
