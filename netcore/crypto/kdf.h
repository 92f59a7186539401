// SPDX-License-Identifier: MIT
// Key derivation: HMAC-SHA-256 (RFC 2104), HKDF-SHA-256 (RFC 5869) with 32 bytes out, and labels as in protocol.md S0.
#pragma once

#include "netcore/base/secret.h"

namespace coterie::crypto {

ByteArray<32> hmac_sha256(ByteView key, ByteView message);
// H(L(label) ‖ parts…) with libsodium, for hashes over secrets.
ByteArray<32> labelled_sha256(std::string_view label, std::initializer_list<ByteView> parts);

constexpr std::size_t max_hkdf_output = 255 * 32;   // RFC 5869, section 2.3

// RFC 5869 extract and expand; `out` bytes, at most max_hkdf_output.
SecretBytes hkdf(ByteView ikm, ByteView salt, ByteView info, std::size_t out);

// HKDF with 32 bytes out, as a key of one purpose.
template <class Purpose>
Key<Purpose> derive(ByteView ikm, ByteView salt, std::string_view info) {
  return Key<Purpose>::from(hkdf(ikm, salt, as_bytes(info), 32).view());
}

}   // namespace coterie::crypto
