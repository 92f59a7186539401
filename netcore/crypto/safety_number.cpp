// SPDX-License-Identifier: MIT
#include "netcore/crypto/safety_number.h"

#include <sodium.h>

namespace coterie::crypto {
namespace {

constexpr std::string_view label = "coterie safety v1";
constexpr std::size_t groups = 12;
constexpr std::size_t digits = 5;
constexpr std::size_t bytes_per_group = 5;
static_assert(groups * bytes_per_group <= crypto_hash_sha512_BYTES);

}   // namespace

std::string safety_number(const PublicKey& a, const PublicKey& b) {
  static constexpr std::uint8_t zero = 0;
  const auto& [lower, higher] = std::minmax(a, b);
  const auto text = concat({as_bytes(label), {&zero, 1}, lower.view(), higher.view()});
  ByteArray<crypto_hash_sha512_BYTES> digest{};
  crypto_hash_sha512(digest.data(), text.data(), text.size());

  std::string number;
  for (std::size_t group = 0; group < groups; ++group) {
    std::uint64_t value = 0;   // u40, big-endian
    for (std::size_t i = 0; i < bytes_per_group; ++i) value = (value << 8U) | digest[group * bytes_per_group + i];
    const auto text_value = std::to_string(value % 100'000);
    if (group > 0) number.push_back(' ');
    number.append(digits - text_value.size(), '0').append(text_value);
  }
  return number;
}

}   // namespace coterie::crypto
