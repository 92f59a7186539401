// SPDX-License-Identifier: MIT
#include "relay/access_list.h"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>
#include <cstring>

namespace coterie::relay {

Result<Network> Network::parse(std::string_view text) {
  const auto wrong = [&] {
    return fail(Errc::invalid_argument,
                "\"" + std::string(text) + "\" is no address and no network, such as 192.0.2.7 or 2001:db8::/32");
  };
  const auto slash = text.find('/');
  const std::string address(text.substr(0, slash));
  Network network;
  in_addr v4{};
  in6_addr v6{};
  unsigned bits = 128;
  if (inet_pton(AF_INET, address.c_str(), &v4) == 1) {
    network.bits_[10] = network.bits_[11] = 0xff;
    std::memcpy(network.bits_.data() + 12, &v4, sizeof v4);
    bits = 32;
  } else if (inet_pton(AF_INET6, address.c_str(), &v6) == 1) {
    std::memcpy(network.bits_.data(), &v6, sizeof v6);
  } else {
    return wrong();
  }
  unsigned length = bits;
  if (slash != std::string_view::npos) {
    const auto digits = text.substr(slash + 1);
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), length);
    if (error != std::errc() || end != digits.data() + digits.size() || length > bits) return wrong();
  }
  network.length_ = 128 - bits + length;
  return network;
}

bool Network::contains(const Network& address) const {
  const auto whole = length_ / 8;
  if (!std::equal(bits_.begin(), bits_.begin() + whole, address.bits_.begin())) return false;
  const auto rest = length_ % 8;
  if (rest == 0) return true;
  const auto mask = static_cast<std::uint8_t>(0xff00U >> rest);
  return ((bits_[whole] ^ address.bits_[whole]) & mask) == 0;
}

bool AccessList::admits(const std::string& address) const {
  if (allow.empty() && deny.empty()) return true;
  const auto who = Network::parse(address);
  if (!who) return false;
  const auto has = [&](const std::vector<Network>& list) {
    return std::any_of(list.begin(), list.end(), [&](const Network& network) { return network.contains(*who); });
  };
  return !has(deny) && (allow.empty() || has(allow));
}

}   // namespace coterie::relay
