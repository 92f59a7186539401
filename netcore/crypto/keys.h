// SPDX-License-Identifier: MIT
// X25519 key pairs: the identity of a member's device, and the ephemeral keys of a handshake.
#pragma once

#include "netcore/base/ids.h"
#include "netcore/base/result.h"
#include "netcore/base/secret.h"

namespace coterie::crypto {

struct X25519Purpose;

struct KeyPair {
  Key<X25519Purpose> secret;
  PublicKey public_key;

  static KeyPair generate();
  // From 32 stored secret bytes.
  static KeyPair from_secret(ByteView secret);
  [[nodiscard]] KeyPair copy() const;
};

// RFC 7748 X25519; Errc::crypto_failure for an all-zero result.
Result<SecretBytes> x25519(const Key<X25519Purpose>& secret, const PublicKey& peer);

}   // namespace coterie::crypto
