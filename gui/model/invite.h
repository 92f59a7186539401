// SPDX-License-Identifier: MIT
// Invite links: where a group meets, without its password.
//   coterie://host:port/<group, percent-encoded>?pin=<base64url SHA-256 of the relay's public key>
#pragma once

#include "netcore/base/ids.h"
#include "netcore/base/result.h"

#include <optional>
#include <string>
#include <string_view>

namespace coterie::gui {

struct Invite {
  std::string relay;   // "host:port"
  std::string group;
  std::optional<RelayPin> pin;
};

std::string format_invite(const Invite& invite);
// Spaces around the link do not matter; everything else is strict.
Result<Invite> parse_invite(std::string_view text);
// For a look at the clipboard.
bool looks_like_invite(std::string_view text);

// "host", "host:port", "[v6]:port" from an address and a port typed in two fields, and back.
std::string join_address(std::string_view host, std::uint16_t port);
struct Address {
  std::string host;
  std::uint16_t port = 0;
};
Address split_address(std::string_view relay, std::uint16_t default_port);

}   // namespace coterie::gui
