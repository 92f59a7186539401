// SPDX-License-Identifier: MIT
#include "two_key_body.h"

#include <cryptopp/algparam.h>
#include <cryptopp/argnames.h>
#include <cryptopp/chacha.h>
#include <cryptopp/integer.h>

#include <stdexcept>

#include "netcore/crypto/kdf.h"

namespace coterie::test {
namespace {

using CryptoPP::Integer;

constexpr std::size_t block = 16;
constexpr std::size_t text_size = 256;   // one padded block of content
constexpr std::size_t free_block = 3;    // of the ciphertext: solved for

const Integer two_128 = Integer::Power2(128);
const Integer prime = Integer::Power2(130) - 5;

Integer little_endian(ByteView bytes) {
  const Bytes reversed(bytes.rbegin(), bytes.rend());
  return {reversed.data(), reversed.size()};
}

// The key stream of XChaCha20 from block 0 on: 64 bytes of which the first 32 are Poly1305's key, then the text's.
Bytes key_stream(ByteView key, const crypto::XNonce& nonce) {
  Bytes stream(64 + text_size);
  CryptoPP::XChaCha20::Encryption cipher;
  cipher.SetKey(
      key.data(), key.size(),
      CryptoPP::MakeParameters(CryptoPP::Name::IV(), CryptoPP::ConstByteArrayParameter(nonce.data(), nonce.size()))(
          "InitialBlock", CryptoPP::word64{0}));
  cipher.ProcessData(stream.data(), stream.data(), stream.size());
  return stream;
}

struct Poly1305Key {
  Integer r;
  Integer s;

  explicit Poly1305Key(ByteView stream) {
    Bytes clamped = to_bytes(stream.first(16));
    for (std::size_t i : {3U, 7U, 11U, 15U}) clamped[i] &= 15U;
    for (std::size_t i : {4U, 8U, 12U}) clamped[i] &= 252U;
    r = little_endian(clamped);
    s = little_endian(stream.subspan(16, 16));
  }
};

// The sum of the blocks times powers of r, without the block at `skip`.
Integer accumulate(const Poly1305Key& key, const std::vector<Integer>& blocks, std::size_t skip) {
  Integer sum;
  for (std::size_t i = 0; i < blocks.size(); ++i)
    sum = (sum + (i == skip ? Integer::Zero() : blocks[i])) * key.r % prime;
  return sum;
}

Integer power_at(const Poly1305Key& key, std::size_t count, std::size_t at) {
  return a_exp_b_mod_c(key.r, Integer(static_cast<long>(count - at)), prime);
}

// A value of the free block under which both keys give one tag, if there is one for this ciphertext.
std::optional<Integer> solve(const Poly1305Key& a, const Poly1305Key& b, const std::vector<Integer>& blocks,
                             std::size_t at) {
  const auto sum_a = accumulate(a, blocks, at);
  const auto sum_b = accumulate(b, blocks, at);
  const auto power_a = power_at(a, blocks.size(), at);
  const auto power_b = power_at(b, blocks.size(), at);
  const auto slope = (power_a - power_b + prime) % prime;
  // Tags are equal when the sums with s differ by a multiple of 2^128; the sums are below 2^131.
  for (long multiple = -4; multiple <= 4; ++multiple) {
    auto wanted = (sum_b - sum_a + b.s - a.s + two_128 * multiple) % prime;
    if (wanted.IsNegative()) wanted += prime;
    const auto value = wanted * slope.InverseMod(prime) % prime;
    if (value < two_128 || value >= 2 * two_128) continue;
    const auto tag_a = ((sum_a + value * power_a) % prime + a.s) % two_128;
    const auto tag_b = ((sum_b + value * power_b) % prime + b.s) % two_128;
    if (tag_a == tag_b) return value;
  }
  return std::nullopt;
}

Bytes bytes_of(const Integer& value) {
  Bytes bytes(block);
  value.Encode(bytes.data(), bytes.size());
  return {bytes.rbegin(), bytes.rend()};
}

std::vector<Integer> blocks_of(ByteView ad, ByteView text) {
  Bytes lengths;
  for (auto size : {ad.size(), text.size()})
    for (std::size_t i = 0; i < 8; ++i) lengths.push_back(static_cast<std::uint8_t>(size >> (8 * i)));
  std::vector<Integer> blocks;
  for (auto part : {ad, text, ByteView(lengths)})
    for (; !part.empty(); part = part.subspan(block)) blocks.push_back(little_endian(part.first(block)) + two_128);
  return blocks;
}

}   // namespace

Bytes body_ad(const crypto::EnvelopeContext& context) {
  return concat(
      {as_bytes("coterie body v1"), Bytes{0}, context.group.view(), context.sender.view(), context.message.view()});
}

SecretBytes body_key(const crypto::ContentKey& key, const crypto::XNonce& nonce) {
  return crypto::hkdf(key.view(), nonce, as_bytes("coterie body v1"), 32);
}

SecretBytes commitment(const crypto::ContentKey& key, const crypto::XNonce& nonce) {
  return crypto::hkdf(key.view(), nonce, as_bytes("coterie commit v1"), 32);
}

TwoKeyBody make_two_key_body(const crypto::EnvelopeContext& context) {
  const auto ad = body_ad(context);
  if (ad.size() % block != 0) throw std::logic_error("this construction takes associated data in whole blocks");
  Bytes content_key(32, 1);
  for (std::uint32_t attempt = 0; attempt < 1'000'000; ++attempt) {
    TwoKeyBody body;
    store_be(content_key.data(), attempt);
    body.first = crypto::ContentKey::from(content_key);
    body.second = crypto::ContentKey::from(Bytes(32, 2));
    const auto stream_a = key_stream(body_key(body.first, body.nonce).view(), body.nonce);
    const auto stream_b = key_stream(body_key(body.second, body.nonce).view(), body.nonce);
    // The same last byte must decrypt to the padding mark under both.
    if (stream_a.back() != stream_b.back()) continue;

    Bytes text(text_size);
    for (std::size_t i = 0; i < text_size; ++i) text[i] = static_cast<std::uint8_t>(stream_a[64 + i] ^ 'a');
    text.back() = static_cast<std::uint8_t>(stream_a.back() ^ 0x80U);

    const Poly1305Key key_a{ByteView(stream_a)};
    const Poly1305Key key_b{ByteView(stream_b)};
    auto blocks = blocks_of(ad, text);
    const auto at = ad.size() / block + free_block;
    const auto value = solve(key_a, key_b, blocks, at);
    if (!value) continue;

    const auto solved = bytes_of(*value - two_128);
    std::copy(solved.begin(), solved.end(), text.begin() + free_block * block);
    blocks[at] = *value;
    const auto tag = (accumulate(key_a, blocks, blocks.size()) + key_a.s) % two_128;
    body.sealed = concat({text, bytes_of(tag)});
    return body;
  }
  throw std::runtime_error("no ciphertext for two keys was found");
}

}   // namespace coterie::test
