// SPDX-License-Identifier: MIT
// One sealed body for all recipients and one small sealed key for each (protocol.md S7). The body commits to its key, so it
// opens under one key only.
//   BODY = N 24 ‖ com 32 ‖ XAEAD(bk, N, L("coterie body v1") ‖ tag ‖ sender ‖ msg_id, pad(content))
//   wrap = XAEAD(mk_i, N, L("coterie wrap v1") ‖ tag ‖ sender ‖ recipient ‖ session ‖ u32 i ‖ msg_id ‖ H(BODY), cek)
#pragma once

#include "netcore/base/ids.h"
#include "netcore/crypto/aead.h"
#include "netcore/crypto/chain.h"

namespace coterie::crypto {

struct ContentPurpose;
using ContentKey = Key<ContentPurpose>;   // cek

constexpr std::size_t max_content = 65'535;   // before padding
constexpr std::size_t wrap_size = 48;
using Wrap = ByteArray<wrap_size>;

struct EnvelopeContext {
  GroupTag group;
  MemberId sender;
  MessageId message;
};

struct SealedBody {
  Bytes body;
  ContentKey key;
  ByteArray<32> body_hash{};
};

// Errc::too_large above max_content. `nonce` and `key` are drawn at random.
Result<SealedBody> seal_body(const EnvelopeContext& context, ByteView content);
// The same with a fixed nonce and content key, for known answers.
Result<SealedBody> seal_body_with(const EnvelopeContext& context, ByteView content, const XNonce& nonce,
                                  ContentKey key);

struct WrapContext {
  EnvelopeContext envelope;
  MemberId recipient;
  SessionId session;
  std::uint32_t index = 0;
};

Wrap seal_wrap(const WrapContext& context, const MessageKey& key, const SealedBody& body);

// Opens wrap and body, checks the commitment and the padding. Errc::crypto_failure or malformed.
Result<Bytes> open_envelope(const WrapContext& context, const MessageKey& key, ByteView wrap, ByteView body);

// 0x80, then zeros up to a multiple of 256; at least one byte is added.
Bytes pad(ByteView content);
Result<Bytes> unpad(Bytes padded);

}   // namespace coterie::crypto
