// SPDX-License-Identifier: MIT
#include "netcore/crypto/keys.h"

#include <sodium.h>

#include <cassert>

namespace coterie::crypto {

static_assert(crypto_scalarmult_curve25519_BYTES == PublicKey::size);
static_assert(crypto_scalarmult_curve25519_SCALARBYTES == Key<X25519Purpose>::size);

KeyPair KeyPair::generate() {
  Key<X25519Purpose> secret;
  randombytes_buf(secret.writable(), secret.size);
  return from_secret(secret.view());
}

KeyPair KeyPair::from_secret(ByteView secret) {
  assert(secret.size() == Key<X25519Purpose>::size);
  KeyPair pair{Key<X25519Purpose>::from(secret), {}};
  crypto_scalarmult_curve25519_base(pair.public_key.bytes.data(), pair.secret.data());
  return pair;
}

KeyPair KeyPair::copy() const { return {secret.copy(), public_key}; }

Result<SecretBytes> x25519(const Key<X25519Purpose>& secret, const PublicKey& peer) {
  Bytes shared(crypto_scalarmult_curve25519_BYTES);
  // libsodium gives -1 exactly when the result is all zero, that is for every point of small order.
  if (crypto_scalarmult_curve25519(shared.data(), secret.data(), peer.bytes.data()) != 0)
    return fail(Errc::crypto_failure, "a public key is not usable");
  return SecretBytes(std::move(shared));
}

}   // namespace coterie::crypto
