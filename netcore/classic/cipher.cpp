// SPDX-License-Identifier: MIT
#include "netcore/classic/cipher.h"

#include "netcore/base/digest.h"
#include "netcore/base/unicode.h"

namespace coterie::classic {

Cipher::Cipher(ByteView password) : key_(Key<ClassicPurpose>::from(sha256(password).view())) {}

void Cipher::apply(MutableByteView bytes, std::uint64_t offset) const {
  constexpr std::size_t period = Key<ClassicPurpose>::size;
  ByteArray<period> turned;
  for (std::size_t i = 0; i < period; ++i) turned[i] = key_.data()[(offset + i) % period];
  // Whole periods first: that loop is as wide as the processor.
  auto* at = bytes.data();
  for (auto left = bytes.size() / period; left > 0; --left, at += period)
    for (std::size_t i = 0; i < period; ++i) at[i] = static_cast<std::uint8_t>(at[i] ^ turned[i]);
  for (std::size_t i = 0; i < bytes.size() % period; ++i) at[i] = static_cast<std::uint8_t>(at[i] ^ turned[i]);
  wipe(turned.data(), turned.size());
}

std::string Cipher::seal_text(std::string_view text) const {
  auto bytes = to_bytes(as_bytes(text));
  apply(bytes, 0);
  return base64_encode(bytes);
}

Result<std::string> Cipher::open_text(std::string_view sealed) const {
  auto bytes = base64_decode(sealed);
  if (!bytes) return fail(Errc::crypto_failure, "not base64");
  apply(*bytes, 0);
  if (!is_valid_utf8(as_text(*bytes))) return fail(Errc::crypto_failure, "no text under this password");
  return std::string(as_text(*bytes));
}

std::string Cipher::group() const { return to_hex(key_.view()); }

}   // namespace coterie::classic
