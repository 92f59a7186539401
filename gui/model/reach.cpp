// SPDX-License-Identifier: MIT
#include "gui/model/reach.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <optional>

namespace coterie::gui {
namespace {

using Octets = std::array<std::uint8_t, 4>;

std::optional<Octets> parse_ipv4(std::string_view text) {
  Octets octets{};
  const auto* at = text.data();
  const auto* end = at + text.size();
  for (std::size_t i = 0; i < octets.size(); ++i) {
    if (i > 0 && (at == end || *at++ != '.')) return std::nullopt;
    const auto [after, error] = std::from_chars(at, end, octets.at(i));
    if (error != std::errc()) return std::nullopt;
    at = after;
  }
  return at == end ? std::optional(octets) : std::nullopt;
}

// RFC 3927: chosen by the computer itself, because nobody gave it an address.
bool is_makeshift(const Octets& octets) { return octets[0] == 169 && octets[1] == 254; }

// RFC 1918 and 6598.
bool is_private(const Octets& octets) {
  return octets[0] == 10 || (octets[0] == 172 && octets[1] >= 16 && octets[1] < 32) ||
         (octets[0] == 192 && octets[1] == 168) || (octets[0] == 100 && octets[1] >= 64 && octets[1] < 128);
}

// 172.16/12 is mostly a bridge of containers or virtual machines on this computer.
int order_of(const std::string& address) {
  const auto octets = parse_ipv4(address);
  if (!octets) return 4;
  if (!is_private(*octets)) return 0;
  return octets->at(0) == 192 ? 1 : octets->at(0) == 172 ? 3 : 2;
}

}   // namespace

Reach reach_of(std::string_view host) {
  if (host.size() > 1 && host.front() == '[' && host.back() == ']') host = host.substr(1, host.size() - 2);
  if (const auto octets = parse_ipv4(host)) {
    if (octets->at(0) == 127 || octets->at(0) == 0) return Reach::computer;
    return is_private(*octets) || is_makeshift(*octets) ? Reach::network : Reach::everywhere;
  }
  std::string name(host);
  std::transform(name.begin(), name.end(), name.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  if (name.find(':') != std::string::npos) {
    if (name == "::1" || name == "::") return Reach::computer;
    // RFC 4193 and 4291: unique local and link-local.
    const auto head = std::string_view(name).substr(0, 2);
    return head == "fc" || head == "fd" || head == "fe" ? Reach::network : Reach::everywhere;
  }
  while (!name.empty() && name.back() == '.') name.pop_back();
  if (name == "localhost" || name.ends_with(".localhost")) return Reach::computer;
  return name.find('.') == std::string::npos || name.ends_with(".local") ? Reach::network : Reach::everywhere;
}

std::vector<std::string> best_first(std::vector<std::string> addresses) {
  std::erase_if(addresses, [](const std::string& address) {
    const auto octets = parse_ipv4(address);
    return reach_of(address) == Reach::computer || (octets && is_makeshift(*octets));
  });
  std::stable_sort(addresses.begin(), addresses.end(),
                   [](const std::string& one, const std::string& other) { return order_of(one) < order_of(other); });
  addresses.erase(std::unique(addresses.begin(), addresses.end()), addresses.end());
  return addresses;
}

}   // namespace coterie::gui
