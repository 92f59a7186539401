// SPDX-License-Identifier: MIT
#include "netcore/crypto/cpace.h"

#include <sodium.h>

#include <cassert>

namespace coterie::crypto {

static_assert(crypto_core_ristretto255_BYTES == cpace_point);
static_assert(crypto_hash_sha512_BYTES == crypto_core_ristretto255_HASHBYTES);

namespace {

constexpr std::string_view dsi = "CPaceRistretto255";
constexpr std::string_view dsi_isk = "CPaceRistretto255_ISK";
constexpr std::size_t hash_block = 128;   // s_in_bytes of SHA-512

// prepend_len of the draft: the length as LEB128, then the bytes.
void append_lv(Bytes& to, ByteView what) {
  auto length = what.size();
  for (; length >= 0x80; length >>= 7U) to.push_back(static_cast<std::uint8_t>(length | 0x80U));
  to.push_back(static_cast<std::uint8_t>(length));
  append(to, what);
}

SecretBytes lv_cat(std::initializer_list<ByteView> parts) {
  std::size_t room = 0;
  for (auto part : parts) room += part.size() + 10;   // 10: the longest LEB128 of 64 bits
  Bytes joined;
  joined.reserve(room);   // never grown afterwards, so that no unwiped copy stays behind
  for (auto part : parts) append_lv(joined, part);
  return SecretBytes(std::move(joined));
}

SecretBytes random_scalar() {
  Bytes scalar(crypto_core_ristretto255_SCALARBYTES);
  crypto_core_ristretto255_scalar_random(scalar.data());
  return SecretBytes(std::move(scalar));
}

}   // namespace

CpacePoint cpace_generator(ByteView prs, ByteView ci, ByteView sid) {
  // Zeros fill the first hash block, so that the password is hashed alone in it.
  const auto used = lv_cat({as_bytes(dsi), prs}).size() + 1;
  const Bytes zero_pad(used < hash_block ? hash_block - used : 0);
  const auto text = lv_cat({as_bytes(dsi), prs, zero_pad, ci, sid});
  ByteArray<crypto_hash_sha512_BYTES> hash{};
  crypto_hash_sha512(hash.data(), text.view().data(), text.size());
  CpacePoint generator{};
  const auto made = crypto_core_ristretto255_from_hash(generator.data(), hash.data());
  assert(made == 0);
  sodium_memzero(hash.data(), hash.size());
  return generator;
}

Cpace::Cpace(ByteView prs, ByteView ci, ByteView sid) : Cpace(prs, ci, sid, random_scalar().view()) {}

Cpace::Cpace(ByteView prs, ByteView ci, ByteView sid, ByteView scalar) : sid_(sid), scalar_(scalar) {
  assert(scalar.size() == crypto_core_ristretto255_SCALARBYTES);
  auto generator = cpace_generator(prs, ci, sid);
  // Fails only for the identity, which neither a random scalar nor a hashed generator gives.
  const auto made = crypto_scalarmult_ristretto255(share_.data(), scalar_.view().data(), generator.data());
  assert(made == 0);
  sodium_memzero(generator.data(), generator.size());
}

Result<SecretBytes> Cpace::finish_as_initiator(ByteView ad_own, ByteView share_peer, ByteView ad_peer) {
  return finish(share_peer, share_, ad_own, share_peer, ad_peer);
}

Result<SecretBytes> Cpace::finish_as_responder(ByteView ad_own, ByteView share_peer, ByteView ad_peer) {
  return finish(share_peer, share_peer, ad_peer, share_, ad_own);
}

Result<SecretBytes> Cpace::finish(ByteView share_peer, ByteView first_share, ByteView first_ad, ByteView second_share,
                                  ByteView second_ad) {
  assert(!scalar_.empty());   // one run, one finish
  const auto scalar = std::move(scalar_);
  // -1 for an encoding that is not canonical or no point, and for the identity as a result.
  Bytes point(cpace_point);
  if (share_peer.size() != cpace_point ||
      crypto_scalarmult_ristretto255(point.data(), scalar.view().data(), share_peer.data()) != 0)
    return fail(Errc::crypto_failure, "a key share is not valid");
  const SecretBytes shared(std::move(point));
  const auto text =
      lv_cat({as_bytes(dsi_isk), sid_.view(), shared.view(), first_share, first_ad, second_share, second_ad});
  Bytes isk(crypto_hash_sha512_BYTES);
  crypto_hash_sha512(isk.data(), text.view().data(), text.size());
  return SecretBytes(std::move(isk));
}

}   // namespace coterie::crypto
