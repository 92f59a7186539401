// SPDX-License-Identifier: MIT
#include "netcore/io/endpoint.h"

#include <event2/util.h>
#ifndef _WIN32
#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>
#endif

#include <charconv>

#include "netcore/io/handles.h"

namespace coterie::io {
namespace {

constexpr std::size_t longest_host = 253;   // RFC 1035 §2.3.4, as text

Result<std::uint16_t> parse_port(std::string_view text) {
  std::uint16_t port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (error != std::errc() || end != text.data() + text.size())
    return fail(Errc::invalid_argument, "a port is a number from 1 to 65535");
  return port;
}

// Letters, digits and what host names and numeric addresses hold; a zone ("fe80::1%eth0") included.
bool is_host(std::string_view text) {
  if (text.empty() || text.size() > longest_host) return false;
  return text.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_:%") ==
         std::string_view::npos;
}

Result<std::vector<SocketAddress>> look_up(const Endpoint& endpoint, int flags) {
  addrinfo hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = flags | AI_NUMERICSERV;
  addrinfo* found = nullptr;
  if (const int error = ::getaddrinfo(endpoint.host.c_str(), std::to_string(endpoint.port).c_str(), &hints, &found);
      error)
    return fail(Errc::unreachable, "no address for " + endpoint.host + " (" + ::gai_strerror(error) + ")");
  const Handle<addrinfo, ::freeaddrinfo> owner(found);
  std::vector<SocketAddress> addresses;
  for (const auto* one = found; one; one = one->ai_next)
    if (one->ai_family == AF_INET || one->ai_family == AF_INET6)
      addresses.emplace_back(one->ai_addr, static_cast<std::size_t>(one->ai_addrlen));
  if (addresses.empty()) return fail(Errc::unreachable, "no address for " + endpoint.host);
  return addresses;
}

}   // namespace

std::string Endpoint::text() const {
  const bool v6 = host.find(':') != std::string::npos;
  return (v6 ? "[" + host + "]" : host) + ":" + std::to_string(port);
}

Result<Endpoint> parse_endpoint(std::string_view text, std::uint16_t default_port) {
  auto host = text;
  std::optional<std::string_view> port;
  if (text.starts_with('[')) {
    const auto close = text.find(']');
    if (close == std::string_view::npos)
      return fail(Errc::invalid_argument, "the bracket of the address is not closed");
    host = text.substr(1, close - 1);
    const auto rest = text.substr(close + 1);
    if (rest.starts_with(':'))
      port = rest.substr(1);
    else if (!rest.empty())
      return fail(Errc::invalid_argument, "a colon and the port follow the bracket");
    if (host.find(':') == std::string_view::npos)
      return fail(Errc::invalid_argument, "brackets are for IPv6 addresses");
  } else if (const auto colon = text.find(':'); colon != std::string_view::npos && colon == text.rfind(':')) {
    host = text.substr(0, colon);
    port = text.substr(colon + 1);
  }
  if (text.find('/') != std::string_view::npos)
    return fail(Errc::invalid_argument,
                "an address is written HOST or HOST:PORT, without a scheme such as https:// and without a path");
  if (!is_host(host))
    return fail(Errc::invalid_argument, "an address is written host:port, for example relay.example.org:12345");
  Endpoint endpoint{.host = std::string(host), .port = default_port};
  if (port) {
    const auto number = parse_port(*port);
    if (!number) return tl::unexpected(number.error());
    endpoint.port = *number;
  }
  return endpoint;
}

SocketAddress::SocketAddress(const sockaddr* address, std::size_t size)
    : bytes_(reinterpret_cast<const std::uint8_t*>(address), reinterpret_cast<const std::uint8_t*>(address) + size) {}

int SocketAddress::family() const { return get()->sa_family; }

std::string SocketAddress::host() const {
  char text[NI_MAXHOST];
  if (::getnameinfo(get(), static_cast<socklen_t>(size()), text, sizeof text, nullptr, 0, NI_NUMERICHOST) != 0)
    return "?";
  return text;
}

std::uint16_t SocketAddress::port() const {
  if (family() == AF_INET6) return ntohs(reinterpret_cast<const sockaddr_in6*>(bytes_.data())->sin6_port);
  return ntohs(reinterpret_cast<const sockaddr_in*>(bytes_.data())->sin_port);
}

std::vector<SocketAddress> numeric_addresses(const Endpoint& endpoint) {
  return look_up(endpoint, AI_NUMERICHOST).value_or(std::vector<SocketAddress>{});
}

Result<std::vector<SocketAddress>> resolve(const Endpoint& endpoint) { return look_up(endpoint, 0); }

}   // namespace coterie::io
