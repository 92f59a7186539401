// SPDX-License-Identifier: MIT
// The attack that the commitment in a body is there for: one ciphertext that authenticates under two keys. Poly1305 is
// linear in the ciphertext, so one free block is solved for such that both tags come out the same.
#pragma once

#include "netcore/crypto/envelope.h"

namespace coterie::test {

struct TwoKeyBody {
  crypto::XNonce nonce{};
  crypto::ContentKey first;
  crypto::ContentKey second;
  Bytes sealed;   // ciphertext and tag: opens, with valid padding, under the body keys of both content keys
};

TwoKeyBody make_two_key_body(const crypto::EnvelopeContext& context);

// The associated data of a body, and the body key of a content key, as in protocol.md S7.
Bytes body_ad(const crypto::EnvelopeContext& context);
SecretBytes body_key(const crypto::ContentKey& key, const crypto::XNonce& nonce);
// The commitment to a content key.
SecretBytes commitment(const crypto::ContentKey& key, const crypto::XNonce& nonce);

}   // namespace coterie::test
