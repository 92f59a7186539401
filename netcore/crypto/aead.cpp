// SPDX-License-Identifier: MIT
#include "netcore/crypto/aead.h"

#include <sodium.h>

#include <cassert>
#include <stdexcept>

namespace coterie::crypto {

static_assert(crypto_aead_xchacha20poly1305_ietf_ABYTES == aead_tag);
static_assert(crypto_aead_chacha20poly1305_ietf_ABYTES == aead_tag);
static_assert(crypto_aead_xchacha20poly1305_ietf_NPUBBYTES == std::tuple_size_v<XNonce>);
static_assert(crypto_aead_chacha20poly1305_ietf_NPUBBYTES == std::tuple_size_v<Nonce>);

namespace {

constexpr std::size_t key_size = 32;

Bytes seal_with(decltype(crypto_aead_chacha20poly1305_ietf_encrypt)& encrypt, ByteView key, ByteView nonce, ByteView ad,
                ByteView plain) {
  assert(key.size() == key_size);
  Bytes sealed(plain.size() + aead_tag);
  encrypt(sealed.data(), nullptr, plain.data(), plain.size(), ad.data(), ad.size(), nullptr, nonce.data(), key.data());
  return sealed;
}

Result<Bytes> open_with(decltype(crypto_aead_chacha20poly1305_ietf_decrypt)& decrypt, ByteView key, ByteView nonce,
                        ByteView ad, ByteView sealed) {
  assert(key.size() == key_size);
  if (sealed.size() < aead_tag) return fail(Errc::crypto_failure);
  Bytes plain(sealed.size() - aead_tag);
  // libsodium verifies the tag before it writes anything.
  if (decrypt(plain.data(), nullptr, nullptr, sealed.data(), sealed.size(), ad.data(), ad.size(), nonce.data(),
              key.data()) != 0)
    return fail(Errc::crypto_failure);
  return plain;
}

}   // namespace

void initialise() {
  if (sodium_init() < 0) throw std::runtime_error("libsodium cannot be prepared on this system");
}

Bytes xaead_seal(ByteView key, const XNonce& nonce, ByteView ad, ByteView plain) {
  return seal_with(crypto_aead_xchacha20poly1305_ietf_encrypt, key, nonce, ad, plain);
}

Result<Bytes> xaead_open(ByteView key, const XNonce& nonce, ByteView ad, ByteView sealed) {
  return open_with(crypto_aead_xchacha20poly1305_ietf_decrypt, key, nonce, ad, sealed);
}

Bytes aead_seal(ByteView key, const Nonce& nonce, ByteView ad, ByteView plain) {
  return seal_with(crypto_aead_chacha20poly1305_ietf_encrypt, key, nonce, ad, plain);
}

Result<Bytes> aead_open(ByteView key, const Nonce& nonce, ByteView ad, ByteView sealed) {
  return open_with(crypto_aead_chacha20poly1305_ietf_decrypt, key, nonce, ad, sealed);
}

bool equal_in_constant_time(ByteView a, ByteView b) {
  return a.size() == b.size() && sodium_memcmp(a.data(), b.data(), a.size()) == 0;
}

}   // namespace coterie::crypto
