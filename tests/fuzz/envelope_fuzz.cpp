// SPDX-License-Identifier: MIT
// Opening of envelopes. The first byte chooses: bytes as they are for wrap and body; a genuine envelope with one byte
// changed; or a text described by the input inside a genuine body, which opens exactly when it is padded as by pad().
#include <cassert>

#include "netcore/base/digest.h"
#include "netcore/crypto/aead.h"
#include "netcore/crypto/envelope.h"
#include "netcore/crypto/kdf.h"

using namespace coterie;
using namespace coterie::crypto;

namespace {

const XNonce nonce{1, 2, 3};

struct Letter {
  WrapContext context{
      .envelope = {GroupTag::from(Bytes(32, 1)), MemberId::from(Bytes(16, 2)), MessageId::from(Bytes(16, 3))},
      .recipient = MemberId::from(Bytes(16, 4)),
      .session = SessionId::from(Bytes(8, 5)),
      .index = 6};
  MessageKey key = MessageKey::from(Bytes(32, 7));
  ContentKey content_key = ContentKey::from(Bytes(32, 8));

  Letter() { initialise(); }
};

const Letter& letter() {
  static const Letter fixed;
  return fixed;
}

void open_anything(ByteView bytes) {
  const auto wrap = bytes.first(std::min(bytes.size(), wrap_size));
  const auto opened = open_envelope(letter().context, letter().key, wrap, bytes.subspan(wrap.size()));
  assert(!opened);
}

// Two bytes of place and one to flip with, then the content.
void change_one_byte(ByteView bytes) {
  if (bytes.size() < 3) return;
  const std::size_t place = std::size_t{bytes[0]} << 8U | bytes[1];
  const auto flip = bytes[2];
  const auto content = bytes.subspan(3);
  const auto& [context, key, content_key] = letter();
  const auto sealed = seal_body_with(context.envelope, content, nonce, content_key.copy());
  assert(sealed.has_value() == (content.size() <= max_content));
  if (!sealed) return;
  auto wrap = seal_wrap(context, key, *sealed);
  auto body = sealed->body;
  auto& target = place < wrap.size() ? wrap[place] : body[(place - wrap.size()) % body.size()];
  target ^= flip;
  const auto opened = open_envelope(context, key, wrap, body);
  assert(opened.has_value() == (flip == 0));
  if (opened) assert(*opened == to_bytes(content));
}

// A byte for blocks of zeros, one for more zeros; then, three bytes each, a place from the end and what stands there.
Bytes describe_text(ByteView bytes) {
  if (bytes.size() < 2) return to_bytes(bytes);
  Bytes text(std::size_t{bytes[0]} * 256 + (bytes[1] < 0x80 ? 0 : bytes[1] & 0x7FU));
  for (bytes = bytes.subspan(2); bytes.size() >= 3 && !text.empty(); bytes = bytes.subspan(3)) {
    const std::size_t place = std::size_t{bytes[0]} << 8U | bytes[1];
    text[text.size() - 1 - place % text.size()] = bytes[2];
  }
  return text;
}

void pad_strangely(ByteView padded) {
  const auto& [context, key, content_key] = letter();
  struct BodyPurpose;
  const auto body_key = derive<BodyPurpose>(content_key.view(), nonce, "coterie body v1");
  const auto commitment = hkdf(content_key.view(), nonce, as_bytes("coterie commit v1"), 32);
  const auto& envelope = context.envelope;
  const auto ad = concat(
      {as_bytes("coterie body v1"), Bytes{0}, envelope.group.view(), envelope.sender.view(), envelope.message.view()});
  SealedBody body;
  body.body = concat({nonce, commitment.view(), xaead_seal(body_key.view(), nonce, ad, padded)});
  body.key = content_key.copy();
  body.body_hash = sha256(body.body).bytes;

  const auto opened = open_envelope(context, key, seal_wrap(context, key, body), body.body);
  const auto unpadded = unpad(to_bytes(padded));
  assert(opened.has_value() == (unpadded.has_value() && unpadded->size() <= max_content));
  if (unpadded) assert(pad(*unpadded) == to_bytes(padded));
  if (opened) assert(*opened == *unpadded);
}

}   // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const auto rest = ByteView(data, size).subspan(1);
  switch (data[0] % 3) {
    case 0: open_anything(rest); break;
    case 1: change_one_byte(rest); break;
    default: pad_strangely(describe_text(rest)); break;
  }
  return 0;
}
