// SPDX-License-Identifier: MIT
// Sealing for tests of the store, which knows no cryptography: SHA-256 as key stream and as tag. What it seals is
// unreadable, opens only in its place, and shows every changed bit.
#pragma once

#include "netcore/base/digest.h"
#include "netcore/base/random.h"
#include "netcore/store/at_rest.h"

namespace coterie::test {

class HashSeal final : public store::AtRest {
 public:
  [[nodiscard]] Bytes seal(std::string_view place, ByteView plain) const override {
    Bytes sealed(nonce_size);
    fill_random(sealed);
    const auto nonce = sealed;
    append(sealed, plain);
    apply_stream(nonce, MutableByteView(sealed).subspan(nonce_size));
    append(sealed, tag_of(place, sealed).view());
    return sealed;
  }

  [[nodiscard]] Result<SecretBytes> open(std::string_view place, ByteView sealed) const override {
    if (sealed.size() < nonce_size + Sha256Digest::size) return fail(Errc::database_corrupt, "too short to be sealed");
    const auto body = sealed.first(sealed.size() - Sha256Digest::size);
    if (tag_of(place, body) != Sha256Digest::from(sealed.subspan(body.size())))
      return fail(Errc::database_corrupt, "a sealed value does not open");
    Bytes plain = to_bytes(body.subspan(nonce_size));
    apply_stream(body.first(nonce_size), plain);
    return SecretBytes(std::move(plain));
  }

 private:
  static constexpr std::size_t nonce_size = 16;

  static Sha256Digest tag_of(std::string_view place, ByteView body) {
    ByteArray<8> length{};
    store_be(length.data(), static_cast<std::uint64_t>(place.size()));
    return labelled_hash("tag", {length, as_bytes(place), body});
  }

  static void apply_stream(ByteView nonce, MutableByteView bytes) {
    for (std::size_t at = 0; at < bytes.size(); at += Sha256Digest::size) {
      ByteArray<8> counter{};
      store_be(counter.data(), static_cast<std::uint64_t>(at));
      const auto block = labelled_hash("stream", {nonce, counter});
      for (std::size_t i = 0; i < Sha256Digest::size && at + i < bytes.size(); ++i) bytes[at + i] ^= block.bytes[i];
    }
  }
};

}   // namespace coterie::test
