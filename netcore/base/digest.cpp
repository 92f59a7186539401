// SPDX-License-Identifier: MIT
#include "netcore/base/digest.h"

#include <cryptopp/base64.h>
#include <cryptopp/filters.h>
#include <cryptopp/sha.h>

namespace coterie {

struct Sha256::State {
  CryptoPP::SHA256 hash;
};

Sha256::Sha256() : state_(std::make_unique<State>()) {}
Sha256::Sha256(Sha256&&) noexcept = default;
Sha256& Sha256::operator=(Sha256&&) noexcept = default;
Sha256::~Sha256() = default;

Sha256& Sha256::update(ByteView bytes) {
  state_->hash.Update(bytes.data(), bytes.size());
  return *this;
}

Sha256Digest Sha256::finish() {
  Sha256Digest digest;
  state_->hash.Final(digest.bytes.data());
  return digest;
}

Sha256Digest sha256(ByteView bytes) { return Sha256().update(bytes).finish(); }

Sha256Digest labelled_hash(std::string_view label, std::initializer_list<ByteView> parts) {
  static constexpr std::uint8_t zero = 0;
  Sha256 hash;
  hash.update(as_bytes(label)).update({&zero, 1});
  for (auto part : parts) hash.update(part);
  return hash.finish();
}

namespace {

template <class Encoder>
std::string encode_with(Encoder& encoder, ByteView bytes) {
  std::string text;
  encoder.Attach(new CryptoPP::StringSink(text));
  encoder.Put(bytes.data(), bytes.size());
  encoder.MessageEnd();
  return text;
}

}   // namespace

std::string base64_encode(ByteView bytes) {
  CryptoPP::Base64Encoder encoder(nullptr, false);
  return encode_with(encoder, bytes);
}

std::string base64url_encode(ByteView bytes) {
  CryptoPP::Base64URLEncoder encoder(nullptr, false);
  std::string text = encode_with(encoder, bytes);
  while (!text.empty() && text.back() == '=') text.pop_back();
  return text;
}

namespace {

// Crypto++ skips what it does not know, so strictness comes from encoding again and comparing.
template <class Decoder>
Bytes decode_leniently(std::string_view text) {
  Bytes bytes;
  Decoder decoder;
  decoder.Put(reinterpret_cast<const CryptoPP::byte*>(text.data()), text.size());
  decoder.MessageEnd();
  bytes.resize(static_cast<std::size_t>(decoder.MaxRetrievable()));
  if (!bytes.empty()) decoder.Get(bytes.data(), bytes.size());
  return bytes;
}

}   // namespace

Result<Bytes> base64_decode(std::string_view text) {
  auto bytes = decode_leniently<CryptoPP::Base64Decoder>(text);
  if (base64_encode(bytes) != text) return fail(Errc::malformed, "not base64");
  return bytes;
}

Result<Bytes> base64url_decode(std::string_view text) {
  auto bytes = decode_leniently<CryptoPP::Base64URLDecoder>(text);
  if (base64url_encode(bytes) != text) return fail(Errc::malformed, "not base64url");
  return bytes;
}

}   // namespace coterie
