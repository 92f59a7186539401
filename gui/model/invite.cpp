// SPDX-License-Identifier: MIT
#include "gui/model/invite.h"

#include "netcore/base/digest.h"
#include "netcore/base/unicode.h"

#include <charconv>

namespace coterie::gui {
namespace {

constexpr std::string_view scheme = "coterie://";
constexpr std::size_t longest = 1024;

bool is_unreserved(char c) {
  return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '-' || c == '.' ||
         c == '_' || c == '~';
}

std::string percent_encode(std::string_view text) {
  std::string encoded;
  for (const char c : text) {
    const auto byte = static_cast<std::uint8_t>(c);
    if (is_unreserved(c))
      encoded.push_back(c);
    else
      encoded.append("%" + to_hex({&byte, 1}));
  }
  return encoded;
}

std::optional<std::string> percent_decode(std::string_view text) {
  std::string decoded;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      decoded.push_back(text[i]);
      continue;
    }
    const auto byte = from_hex(text.substr(i + 1, 2));
    if (!byte || byte->size() != 1) return std::nullopt;
    decoded.push_back(static_cast<char>(byte->front()));
    i += 2;
  }
  return decoded;
}

constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

std::string base64url(ByteView bytes) {
  std::string text;
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    std::uint32_t group = 0;
    const std::size_t have = std::min<std::size_t>(3, bytes.size() - i);
    for (std::size_t k = 0; k < 3; ++k) group = (group << 8U) | (k < have ? bytes[i + k] : 0U);
    for (std::size_t k = 0; k <= have; ++k) text.push_back(alphabet[(group >> (18U - 6U * k)) & 63U]);
  }
  return text;
}

std::optional<Bytes> from_base64url(std::string_view text) {
  Bytes bytes;
  std::uint32_t held = 0;
  unsigned bits = 0;
  for (const char c : text) {
    const auto value = alphabet.find(c);
    if (value == std::string_view::npos) return std::nullopt;
    held = (held << 6U) | static_cast<std::uint32_t>(value);
    bits += 6;
    if (bits < 8) continue;
    bits -= 8;
    bytes.push_back(static_cast<std::uint8_t>(held >> bits));
    held &= (1U << bits) - 1U;
  }
  // Left-over bits are padding and must be nothing.
  if (bits >= 6 || held != 0) return std::nullopt;
  return bytes;
}

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
}

tl::unexpected<Error> damaged() {
  return fail(Errc::invalid_argument, "this is not a whole invite link (coterie://host:port/group?pin=…)");
}

}   // namespace

std::string format_invite(const Invite& invite) {
  auto text = std::string(scheme) + invite.relay + "/" + percent_encode(invite.group);
  if (invite.pin) text += "?pin=" + base64url(invite.pin->view());
  return text;
}

bool looks_like_invite(std::string_view text) {
  text = trimmed(text);
  return text.size() > scheme.size() && text.size() <= longest && text.starts_with(scheme) &&
         parse_invite(text).has_value();
}

Result<Invite> parse_invite(std::string_view text) {
  text = trimmed(text);
  if (text.size() > longest || !text.starts_with(scheme)) return damaged();
  text.remove_prefix(scheme.size());
  const auto slash = text.find('/');
  if (slash == 0 || slash == std::string_view::npos) return damaged();
  Invite invite;
  invite.relay = text.substr(0, slash);
  for (const char c : invite.relay)
    if (!is_unreserved(c) && c != ':' && c != '[' && c != ']') return damaged();
  auto rest = text.substr(slash + 1);
  std::string_view query;
  if (const auto mark = rest.find('?'); mark != std::string_view::npos) {
    query = rest.substr(mark + 1);
    rest = rest.substr(0, mark);
  }
  const auto decoded = percent_decode(rest);
  if (!decoded) return damaged();
  auto group = parse_group_name(*decoded);
  if (!group) return tl::unexpected(group.error());
  invite.group = std::move(*group);
  while (!query.empty()) {
    const auto part = query.substr(0, query.find('&'));
    query.remove_prefix(std::min(query.size(), part.size() + 1));
    if (!part.starts_with("pin=")) continue;   // a later version's
    const auto bytes = from_base64url(part.substr(4));
    if (!bytes || bytes->size() != RelayPin::size) return damaged();
    invite.pin = RelayPin::from(*bytes);
  }
  return invite;
}

std::string join_address(std::string_view host, std::uint16_t port) {
  const auto name = trimmed(host);
  const bool needs_brackets = name.find(':') != std::string_view::npos && !name.starts_with('[');
  return (needs_brackets ? "[" + std::string(name) + "]" : std::string(name)) + ":" + std::to_string(port);
}

Address split_address(std::string_view relay, std::uint16_t default_port) {
  const auto colon = relay.rfind(':');
  const bool has_port = colon != std::string_view::npos && relay.find(']', colon) == std::string_view::npos &&
                        (relay.find(':') == colon || relay.starts_with('['));
  std::uint16_t port = 0;
  if (has_port) {
    const auto digits = relay.substr(colon + 1);
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
    if (error == std::errc() && end == digits.data() + digits.size())
      return {std::string(relay.substr(0, colon)), port};
  }
  return {std::string(relay), default_port};
}

}   // namespace coterie::gui
