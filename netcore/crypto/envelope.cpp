// SPDX-License-Identifier: MIT
#include "netcore/crypto/envelope.h"

#include <sodium.h>

#include <cassert>

#include "netcore/base/digest.h"
#include "netcore/crypto/kdf.h"

namespace coterie::crypto {
namespace {

struct BodyPurpose;

constexpr std::string_view body_label = "coterie body v1";
constexpr std::string_view commit_label = "coterie commit v1";
constexpr std::string_view wrap_label = "coterie wrap v1";

constexpr std::size_t pad_block = 256;
constexpr std::uint8_t pad_mark = 0x80;
constexpr std::size_t nonce_size = std::tuple_size_v<XNonce>;
constexpr std::size_t commitment_size = 32;
constexpr std::size_t body_overhead = nonce_size + commitment_size + aead_tag;

// "ct <= 65536+16"
static_assert((max_content + 1) % pad_block == 0);
constexpr std::size_t max_body = body_overhead + max_content + 1;

static_assert(wrap_size == ContentKey::size + aead_tag);

Bytes labelled(std::string_view label, std::initializer_list<ByteView> parts) {
  Bytes joined = to_bytes(as_bytes(label));
  joined.push_back(0);
  for (auto part : parts) append(joined, part);
  return joined;
}

Bytes body_ad(const EnvelopeContext& context) {
  return labelled(body_label, {context.group.view(), context.sender.view(), context.message.view()});
}

Bytes wrap_ad(const WrapContext& context, ByteView body_hash) {
  ByteArray<4> index{};
  store_be(index.data(), context.index);
  const auto& [group, sender, message] = context.envelope;
  return labelled(wrap_label, {group.view(), sender.view(), context.recipient.view(), context.session.view(), index,
                               message.view(), body_hash});
}

XNonce nonce_of(ByteView body) {
  XNonce nonce{};
  std::copy_n(body.begin(), nonce.size(), nonce.begin());
  return nonce;
}

SecretBytes commitment(ByteView content_key, const XNonce& nonce) {
  return hkdf(content_key, nonce, as_bytes(commit_label), commitment_size);
}

}   // namespace

Bytes pad(ByteView content) {
  Bytes padded;
  padded.reserve((content.size() / pad_block + 1) * pad_block);
  append(padded, content);
  padded.push_back(pad_mark);
  padded.resize((content.size() / pad_block + 1) * pad_block);
  return padded;
}

Result<Bytes> unpad(Bytes padded) {
  // The one accepted form is what pad() makes: the mark lies in the last block.
  const auto mark = std::find_if(padded.rbegin(), padded.rend(), [](auto byte) { return byte != 0; });
  const auto zeros = static_cast<std::size_t>(mark - padded.rbegin());
  if (padded.empty() || padded.size() % pad_block != 0 || zeros >= pad_block || *mark != pad_mark)
    return fail(Errc::malformed, "a message is not padded as it must be");
  padded.resize(padded.size() - zeros - 1);
  return padded;
}

Result<SealedBody> seal_body(const EnvelopeContext& context, ByteView content) {
  XNonce nonce{};
  ContentKey key;
  randombytes_buf(nonce.data(), nonce.size());
  randombytes_buf(key.writable(), key.size);
  return seal_body_with(context, content, nonce, std::move(key));
}

Result<SealedBody> seal_body_with(const EnvelopeContext& context, ByteView content, const XNonce& nonce,
                                  ContentKey key) {
  if (content.size() > max_content) return fail(Errc::too_large, "a message holds at most 65535 bytes");
  const auto body_key = derive<BodyPurpose>(key.view(), nonce, body_label);
  const auto sealed = xaead_seal(body_key.view(), nonce, body_ad(context), pad(content));
  SealedBody result;
  result.body = concat({nonce, commitment(key.view(), nonce).view(), sealed});
  result.key = std::move(key);
  result.body_hash = sha256(result.body).bytes;
  return result;
}

Wrap seal_wrap(const WrapContext& context, const MessageKey& key, const SealedBody& body) {
  assert(body.body.size() >= body_overhead);
  const auto sealed = xaead_seal(key.view(), nonce_of(body.body), wrap_ad(context, body.body_hash), body.key.view());
  Wrap wrap{};
  assert(sealed.size() == wrap.size());
  std::copy(sealed.begin(), sealed.end(), wrap.begin());
  return wrap;
}

Result<Bytes> open_envelope(const WrapContext& context, const MessageKey& key, ByteView wrap, ByteView body) {
  if (wrap.size() != wrap_size || body.size() < body_overhead + pad_block || body.size() > max_body ||
      (body.size() - body_overhead) % pad_block != 0)
    return fail(Errc::malformed, "a message has an impossible size");
  const auto nonce = nonce_of(body);
  auto opened = xaead_open(key.view(), nonce, wrap_ad(context, sha256(body).view()), wrap);
  if (!opened) return tl::make_unexpected(opened.error());
  const SecretBytes content_key(std::move(*opened));

  if (!equal_in_constant_time(commitment(content_key.view(), nonce).view(), body.subspan(nonce_size, commitment_size)))
    return fail(Errc::crypto_failure);
  const auto body_key = derive<BodyPurpose>(content_key.view(), nonce, body_label);
  return xaead_open(body_key.view(), nonce, body_ad(context.envelope), body.subspan(nonce_size + commitment_size))
      .and_then([](Bytes padded) { return unpad(std::move(padded)); });
}

}   // namespace coterie::crypto
