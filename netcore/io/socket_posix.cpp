// SPDX-License-Identifier: MIT
#include <event2/util.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

#include "netcore/io/socket.h"

namespace coterie::io {
namespace {

#ifdef MSG_NOSIGNAL
constexpr int send_flags = MSG_NOSIGNAL;
#else
constexpr int send_flags = 0;   // the programs ignore SIGPIPE
#endif

Moved receive_with(int socket, MutableByteView into, int flags) {
  for (;;) {
    const auto got = ::recv(socket, into.data(), into.size(), flags);
    if (got > 0) return {.outcome = Moved::Outcome::some, .bytes = static_cast<std::size_t>(got)};
    if (got == 0) return {.outcome = Moved::Outcome::end};
    if (errno == EINTR) continue;
    if (errno == EAGAIN || errno == EWOULDBLOCK) return {.outcome = Moved::Outcome::wait};
    return {.outcome = Moved::Outcome::failed, .error = errno};
  }
}

bool make_non_blocking(int socket) {
  return evutil_make_socket_nonblocking(socket) == 0 && evutil_make_socket_closeonexec(socket) == 0;
}

}   // namespace

Moved receive(int socket, MutableByteView into) { return receive_with(socket, into, 0); }
Moved peek(int socket, MutableByteView into) { return receive_with(socket, into, MSG_PEEK); }

Moved transmit(int socket, std::span<const ByteView> parts) {
  std::array<iovec, max_parts> pieces;
  const auto count = std::min(parts.size(), pieces.size());
  for (std::size_t i = 0; i < count; ++i)
    pieces[i] = {.iov_base = const_cast<std::uint8_t*>(parts[i].data()), .iov_len = parts[i].size()};
  msghdr message{};
  message.msg_iov = pieces.data();
  message.msg_iovlen = count;
  for (;;) {
    const auto sent = ::sendmsg(socket, &message, send_flags);
    if (sent >= 0) return {.outcome = Moved::Outcome::some, .bytes = static_cast<std::size_t>(sent)};
    if (errno == EINTR) continue;
    if (errno == EAGAIN || errno == EWOULDBLOCK) return {.outcome = Moved::Outcome::wait};
    return {.outcome = Moved::Outcome::failed, .error = errno};
  }
}

Taken accept_from(int listener) {
  for (;;) {
    sockaddr_storage address;
    socklen_t size = sizeof address;
#ifdef SOCK_NONBLOCK
    Descriptor socket(::accept4(listener, reinterpret_cast<sockaddr*>(&address), &size, SOCK_NONBLOCK | SOCK_CLOEXEC));
#else
    Descriptor socket(::accept(listener, reinterpret_cast<sockaddr*>(&address), &size));
    if (socket && !make_non_blocking(socket.get())) return {.outcome = Moved::Outcome::failed, .error = errno};
#endif
    if (socket) {
      return {.socket = std::move(socket),
              .peer = SocketAddress(reinterpret_cast<const sockaddr*>(&address), size),
              .outcome = Moved::Outcome::some};
    }
    // The peer was gone before we came: on to the next. (accept(2): network errors are to be treated like EAGAIN.)
    if (errno == EINTR || errno == ECONNABORTED || errno == EPROTO || errno == ENETDOWN || errno == EHOSTUNREACH)
      continue;
    if (errno == EAGAIN || errno == EWOULDBLOCK) return {};
    return {.socket = {}, .peer = {}, .outcome = Moved::Outcome::failed, .error = errno};
  }
}

tl::expected<Descriptor, int> listen_on(const SocketAddress& at) {
  Descriptor socket(::socket(at.family(), SOCK_STREAM, 0));
  if (!socket || !make_non_blocking(socket.get())) return tl::unexpected(errno);
  const int on = 1;
  ::setsockopt(socket.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (at.family() == AF_INET6) ::setsockopt(socket.get(), IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on);
  if (::bind(socket.get(), at.get(), static_cast<socklen_t>(at.size())) != 0 || ::listen(socket.get(), SOMAXCONN) != 0)
    return tl::unexpected(errno);
  return socket;
}

tl::expected<Descriptor, int> take_listening(Descriptor socket) {
  int listens = 0;
  socklen_t size = sizeof listens;
  const auto at = local_address(socket.get());
  if (::getsockopt(socket.get(), SOL_SOCKET, SO_ACCEPTCONN, &listens, &size) != 0 || listens == 0 || !at ||
      (at->family() != AF_INET && at->family() != AF_INET6))
    return tl::unexpected(EINVAL);
  if (!make_non_blocking(socket.get())) return tl::unexpected(errno);
  return socket;
}

tl::expected<Descriptor, int> start_connecting(const SocketAddress& to) {
  Descriptor socket(::socket(to.family(), SOCK_STREAM, 0));
  if (!socket || !make_non_blocking(socket.get())) return tl::unexpected(errno);
  set_no_delay(socket.get());
  if (::connect(socket.get(), to.get(), static_cast<socklen_t>(to.size())) != 0 && errno != EINPROGRESS)
    return tl::unexpected(errno);
  return socket;
}

std::optional<SocketAddress> local_address(int socket) {
  sockaddr_storage address;
  socklen_t size = sizeof address;
  if (::getsockname(socket, reinterpret_cast<sockaddr*>(&address), &size) != 0) return std::nullopt;
  return SocketAddress(reinterpret_cast<const sockaddr*>(&address), size);
}

void set_no_delay(int socket) {
  const int on = 1;
  ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
#ifdef SO_NOSIGPIPE
  ::setsockopt(socket, SOL_SOCKET, SO_NOSIGPIPE, &on, sizeof on);
#endif
}

void set_keep_alive(int socket) {
  const int on = 1;
  ::setsockopt(socket, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on);
#ifdef TCP_KEEPIDLE
  const int idle = 30;       // seconds of silence before the first question
  const int interval = 10;   // between questions
  const int unanswered = 3;
  ::setsockopt(socket, IPPROTO_TCP, TCP_KEEPIDLE, &idle, sizeof idle);
  ::setsockopt(socket, IPPROTO_TCP, TCP_KEEPINTVL, &interval, sizeof interval);
  ::setsockopt(socket, IPPROTO_TCP, TCP_KEEPCNT, &unanswered, sizeof unanswered);
#endif
}

void end_sending(int socket) { ::shutdown(socket, SHUT_WR); }

int connect_error(int socket) {
  int error = 0;
  socklen_t size = sizeof error;
  if (::getsockopt(socket, SOL_SOCKET, SO_ERROR, &error, &size) != 0) return errno;
  return error;
}

std::optional<WakePair> make_wake_pair() {
  evutil_socket_t ends[2];
  if (evutil_socketpair(AF_UNIX, SOCK_STREAM, 0, ends) != 0) return std::nullopt;
  WakePair pair{Descriptor(ends[0]), Descriptor(ends[1])};
  if (!make_non_blocking(ends[0]) || !make_non_blocking(ends[1])) return std::nullopt;
  return pair;
}

std::string reason_of(int error) { return std::generic_category().message(error); }

bool is_out_of_descriptors(int error) {
  return error == EMFILE || error == ENFILE || error == ENOBUFS || error == ENOMEM;
}

}   // namespace coterie::io
