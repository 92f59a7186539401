// SPDX-License-Identifier: MIT
#include "netcore/crypto/kdf.h"

#include <sodium.h>

#include <cassert>

namespace coterie::crypto {
namespace {

// A running HMAC that forgets its key.
class Hmac {
 public:
  explicit Hmac(ByteView key) {
    static constexpr std::uint8_t none = 0;   // libsodium wants an address even for no bytes
    crypto_auth_hmacsha256_init(&state_, key.empty() ? &none : key.data(), key.size());
  }
  Hmac(const Hmac&) = delete;
  Hmac& operator=(const Hmac&) = delete;
  ~Hmac() { sodium_memzero(&state_, sizeof state_); }

  Hmac& update(ByteView bytes) {
    crypto_auth_hmacsha256_update(&state_, bytes.data(), bytes.size());
    return *this;
  }
  void finish(ByteArray<32>& out) { crypto_auth_hmacsha256_final(&state_, out.data()); }

 private:
  crypto_auth_hmacsha256_state state_;
};

}   // namespace

ByteArray<32> hmac_sha256(ByteView key, ByteView message) {
  ByteArray<32> mac{};
  Hmac(key).update(message).finish(mac);
  return mac;
}

ByteArray<32> labelled_sha256(std::string_view label, std::initializer_list<ByteView> parts) {
  static constexpr std::uint8_t zero = 0;
  crypto_hash_sha256_state state;
  crypto_hash_sha256_init(&state);
  crypto_hash_sha256_update(&state, as_bytes(label).data(), label.size());
  crypto_hash_sha256_update(&state, &zero, 1);
  for (auto part : parts) crypto_hash_sha256_update(&state, part.data(), part.size());
  ByteArray<32> digest{};
  crypto_hash_sha256_final(&state, digest.data());
  sodium_memzero(&state, sizeof state);
  return digest;
}

SecretBytes hkdf(ByteView ikm, ByteView salt, ByteView info, std::size_t out) {
  assert(out <= max_hkdf_output);
  ByteArray<32> prk = hmac_sha256(salt, ikm);
  Bytes okm(out);
  ByteArray<32> block{};
  // T(n) = HMAC(prk, T(n-1) || info || n); T(0) is empty.
  for (std::size_t done = 0, n = 1; done < out; done += block.size(), ++n) {
    const auto counter = static_cast<std::uint8_t>(n);
    Hmac mac(prk);
    if (n > 1) mac.update(block);
    mac.update(info).update({&counter, 1}).finish(block);
    std::copy_n(block.begin(), std::min(block.size(), out - done), okm.begin() + static_cast<std::ptrdiff_t>(done));
  }
  sodium_memzero(prk.data(), prk.size());
  sodium_memzero(block.data(), block.size());
  return SecretBytes(std::move(okm));
}

}   // namespace coterie::crypto
