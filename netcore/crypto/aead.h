// SPDX-License-Identifier: MIT
// XChaCha20-Poly1305 (24-byte nonce) and ChaCha20-Poly1305-IETF (12-byte nonce), by libsodium; the tag follows the ciphertext.
#pragma once

#include "netcore/base/result.h"
#include "netcore/base/secret.h"

namespace coterie::crypto {

constexpr std::size_t aead_tag = 16;
using XNonce = ByteArray<24>;
using Nonce = ByteArray<12>;

// Must succeed once, first thing in every program that uses this rung: prepares libsodium. Throws if it cannot.
void initialise();

// `key` is 32 bytes. The result is plain.size() + 16 bytes.
Bytes xaead_seal(ByteView key, const XNonce& nonce, ByteView ad, ByteView plain);
// Errc::crypto_failure if the tag does not verify.
Result<Bytes> xaead_open(ByteView key, const XNonce& nonce, ByteView ad, ByteView sealed);

Bytes aead_seal(ByteView key, const Nonce& nonce, ByteView ad, ByteView plain);
Result<Bytes> aead_open(ByteView key, const Nonce& nonce, ByteView ad, ByteView sealed);

// Constant time; false for different lengths.
bool equal_in_constant_time(ByteView a, ByteView b);

}   // namespace coterie::crypto
