// SPDX-License-Identifier: MIT
#include <boost/test/unit_test.hpp>

#include "netcore/base/digest.h"
#include "netcore/crypto/envelope.h"
#include "netcore/crypto/file_stream.h"
#include "netcore/crypto/kdf.h"
#include "support.h"
#include "two_key_body.h"

using namespace coterie;
using namespace coterie::crypto;
using test::fails_with;

namespace {

constexpr std::size_t body_overhead = 24 + 32 + 16;

// One message from one member to another.
struct Letter {
  WrapContext context{.envelope = {GroupTag::from(test::pattern(32, 1)), MemberId::from(test::pattern(16, 2)),
                                   MessageId::from(test::pattern(16, 3))},
                      .recipient = MemberId::from(test::pattern(16, 4)),
                      .session = SessionId::from(test::pattern(8, 5)),
                      .index = 7};
  MessageKey key = MessageKey::from(test::pattern(32, 6));
  Bytes content = to_bytes(as_bytes("hello"));
  SealedBody body = seal_body(context.envelope, content).value();
  Wrap wrap = seal_wrap(context, key, body);

  Result<Bytes> open() const { return open_envelope(context, key, wrap, body.body); }
  // Opens `other` in place of the body, with a wrap made honestly for it.
  Result<Bytes> open_instead(const Bytes& other) const {
    const SealedBody given{other, body.key.copy(), sha256(other).bytes};
    return open_envelope(context, key, seal_wrap(context, key, given), other);
  }
  // A body that is right in everything but the padded text inside.
  Bytes body_around(ByteView padded) const {
    const XNonce nonce{1, 2, 3};
    return concat({nonce, test::commitment(body.key, nonce).view(),
                   xaead_seal(test::body_key(body.key, nonce).view(), nonce, test::body_ad(context.envelope), padded)});
  }
};

Bytes changed(ByteView bytes, std::size_t at, std::uint8_t bits = 0x10) {
  auto copy = to_bytes(bytes);
  copy[at] ^= bits;
  return copy;
}

}   // namespace

BOOST_FIXTURE_TEST_SUITE(envelope, Letter)

BOOST_AUTO_TEST_CASE(opens_to_what_was_sealed_at_every_size) {
  for (std::size_t size : {0U, 1U, 254U, 255U, 256U, 257U, 511U, 512U, 16'384U, 65'535U}) {
    const auto text = test::pattern(size);
    const auto sealed = seal_body(context.envelope, text).value();
    BOOST_TEST(sealed.body.size() == body_overhead + (size / 256 + 1) * 256);
    BOOST_TEST(to_hex(sealed.body_hash) == sha256(sealed.body).hex());
    const auto opened = open_envelope(context, key, seal_wrap(context, key, sealed), sealed.body);
    BOOST_TEST((opened.value() == text));
  }
}

BOOST_AUTO_TEST_CASE(content_above_65535_bytes_is_refused) {
  BOOST_TEST(fails_with(seal_body(context.envelope, Bytes(65'536)), Errc::too_large));
}

BOOST_AUTO_TEST_CASE(one_body_serves_many_recipients) {
  for (std::uint8_t seed = 10; seed < 20; ++seed) {
    auto to = context;
    to.recipient = MemberId::from(test::pattern(16, seed));
    const auto theirs = MessageKey::from(test::pattern(32, seed));
    const auto wrapped = seal_wrap(to, theirs, body);
    BOOST_TEST(open_envelope(to, theirs, wrapped, body.body).value() == content);
    BOOST_TEST(fails_with(open_envelope(context, key, wrapped, body.body), Errc::crypto_failure));
  }
}

BOOST_AUTO_TEST_CASE(sealing_the_same_text_twice_shows_nothing_in_common) {
  const auto again = seal_body(context.envelope, content).value();
  BOOST_TEST(to_hex(ByteView(again.body).first(24)) != to_hex(ByteView(body.body).first(24)));
  BOOST_TEST(to_hex(again.key.view()) != to_hex(body.key.view()));
  BOOST_TEST(to_hex(ByteView(again.body).subspan(56)) != to_hex(ByteView(body.body).subspan(56)));
}

BOOST_AUTO_TEST_CASE(every_word_of_the_context_is_authenticated) {
  const auto opens_with = [&](auto change) {
    auto other = context;
    change(other);
    return open_envelope(other, key, wrap, body.body).has_value();
  };
  BOOST_TEST(opens_with([](auto&) {}));
  BOOST_TEST(!opens_with([](auto& c) { c.envelope.group.bytes[0] ^= 1U; }));
  BOOST_TEST(!opens_with([](auto& c) { c.envelope.sender.bytes[0] ^= 1U; }));
  BOOST_TEST(!opens_with([](auto& c) { c.envelope.message.bytes[0] ^= 1U; }));
  BOOST_TEST(!opens_with([](auto& c) { c.recipient.bytes[0] ^= 1U; }));
  BOOST_TEST(!opens_with([](auto& c) { c.session.bytes[0] ^= 1U; }));
  BOOST_TEST(!opens_with([](auto& c) { c.index ^= 1U; }));
}

BOOST_AUTO_TEST_CASE(the_body_itself_is_bound_to_group_sender_and_message) {
  // Somebody who was sent the content key makes a wrap of his own for another context: the body does not follow.
  const auto opens_in = [&](auto change) {
    auto other = context;
    change(other);
    return open_envelope(other, key, seal_wrap(other, key, body), body.body).has_value();
  };
  BOOST_TEST(opens_in([](auto&) {}));
  BOOST_TEST(!opens_in([](auto& c) { c.envelope.group.bytes[0] ^= 1U; }));
  BOOST_TEST(!opens_in([](auto& c) { c.envelope.sender.bytes[0] ^= 1U; }));
  BOOST_TEST(!opens_in([](auto& c) { c.envelope.message.bytes[0] ^= 1U; }));
}

BOOST_AUTO_TEST_CASE(another_message_key_does_not_open) {
  const auto other = MessageKey::from(test::pattern(32, 60));
  BOOST_TEST(fails_with(open_envelope(context, other, wrap, body.body), Errc::crypto_failure));
}

BOOST_AUTO_TEST_CASE(any_flipped_byte_of_wrap_or_body_is_refused) {
  BOOST_REQUIRE(open().has_value());
  for (std::size_t at = 0; at < wrap.size(); ++at)
    BOOST_TEST(fails_with(open_envelope(context, key, changed(wrap, at), body.body), Errc::crypto_failure));
  for (std::size_t at = 0; at < body.body.size(); ++at)
    BOOST_TEST(fails_with(open_envelope(context, key, wrap, changed(body.body, at)), Errc::crypto_failure));
}

BOOST_AUTO_TEST_CASE(a_changed_body_is_refused_even_with_a_wrap_made_for_it) {
  // The wrap matches the changed body, so only the commitment and the body's own tag are left to notice.
  for (std::size_t at = 0; at < body.body.size(); ++at)
    BOOST_TEST(fails_with(open_instead(changed(body.body, at)), Errc::crypto_failure));
}

BOOST_AUTO_TEST_CASE(sizes_that_no_sealer_makes_are_malformed) {
  for (std::size_t size = 0; size < wrap_size; ++size)
    BOOST_TEST(fails_with(open_envelope(context, key, ByteView(wrap).first(size), body.body), Errc::malformed));
  BOOST_TEST(fails_with(open_envelope(context, key, concat({wrap, Bytes{0}}), body.body), Errc::malformed));
  for (std::size_t size = 0; size < body.body.size(); ++size)
    BOOST_TEST(fails_with(open_envelope(context, key, wrap, ByteView(body.body).first(size)), Errc::malformed));
  BOOST_TEST(fails_with(open_envelope(context, key, wrap, concat({body.body, Bytes{0}})), Errc::malformed));
  BOOST_TEST(fails_with(open_instead(body_around(Bytes(65'536 + 256, 0x80))), Errc::malformed));
}

BOOST_AUTO_TEST_CASE(a_wrap_does_not_pass_for_a_body_nor_a_body_for_a_wrap) {
  // The same bytes under the same key and nonce, but under the other label.
  const auto label_of_wrap = concat({as_bytes("coterie wrap v1"), Bytes{0}});
  const auto label_of_body = concat({as_bytes("coterie body v1"), Bytes{0}});
  XNonce nonce{};
  std::copy_n(body.body.begin(), nonce.size(), nonce.begin());
  ByteArray<4> index{};
  store_be(index.data(), context.index);
  const auto rest = concat({context.envelope.group.view(), context.envelope.sender.view(), context.recipient.view(),
                            context.session.view(), index, context.envelope.message.view(), body.body_hash});
  const auto good = xaead_seal(key.view(), nonce, concat({label_of_wrap, rest}), body.key.view());
  BOOST_TEST(open_envelope(context, key, good, body.body).value() == content);
  const auto bad = xaead_seal(key.view(), nonce, concat({label_of_body, rest}), body.key.view());
  BOOST_TEST(fails_with(open_envelope(context, key, bad, body.body), Errc::crypto_failure));

  const auto ad = test::body_ad(context.envelope);
  const auto ad_of_wrap = concat({label_of_wrap, ByteView(ad).subspan(label_of_body.size())});
  const auto body_with = [&](ByteView with_ad) {
    return concat({nonce, test::commitment(body.key, nonce).view(),
                   xaead_seal(test::body_key(body.key, nonce).view(), nonce, with_ad, pad(content))});
  };
  BOOST_TEST(open_instead(body_with(ad)).value() == content);
  BOOST_TEST(fails_with(open_instead(body_with(ad_of_wrap)), Errc::crypto_failure));

  // And one put in the place of the other as it is.
  BOOST_TEST(fails_with(open_envelope(context, key, wrap, wrap), Errc::malformed));
  BOOST_TEST(
      fails_with(open_envelope(context, key, ByteView(body.body).first(wrap_size), body.body), Errc::crypto_failure));
}

BOOST_AUTO_TEST_CASE(a_file_chunk_does_not_pass_for_a_body) {
  // Even under one and the same 32 bytes as content key and as file key.
  const auto stream = stream_key(body.key.view(), BlobId::from(body.body));
  Bytes chunk(256 + 16);
  ChunkSealer(stream).seal(0, true, pad(content), chunk);
  const auto head = ByteView(body.body).first(24 + 32);
  BOOST_TEST(fails_with(open_instead(concat({head, chunk})), Errc::crypto_failure));
  BOOST_TEST(!open_payload(stream, ByteView(body.body).subspan(56)).has_value());
}

BOOST_AUTO_TEST_CASE(a_body_that_opens_under_two_keys_is_refused_for_the_second) {
  const auto forged = test::make_two_key_body(context.envelope);
  const auto ad = test::body_ad(context.envelope);
  // The cipher alone would take it under either key, for two different texts.
  const auto first_text =
      xaead_open(test::body_key(forged.first, forged.nonce).view(), forged.nonce, ad, forged.sealed);
  const auto second_text =
      xaead_open(test::body_key(forged.second, forged.nonce).view(), forged.nonce, ad, forged.sealed);
  BOOST_REQUIRE((first_text && second_text));
  BOOST_TEST(*first_text != *second_text);
  BOOST_TEST((unpad(*first_text).has_value() && unpad(*second_text).has_value()));

  const auto opens_under = [&](const ContentKey& committed, const ContentKey& wrapped) {
    SealedBody given;
    given.body = concat({forged.nonce, test::commitment(committed, forged.nonce).view(), forged.sealed});
    given.key = wrapped.copy();
    given.body_hash = sha256(given.body).bytes;
    return open_envelope(context, key, seal_wrap(context, key, given), given.body);
  };
  BOOST_TEST(opens_under(forged.first, forged.first).has_value());
  BOOST_TEST(opens_under(forged.second, forged.second).has_value());
  BOOST_TEST(fails_with(opens_under(forged.first, forged.second), Errc::crypto_failure));
  BOOST_TEST(fails_with(opens_under(forged.second, forged.first), Errc::crypto_failure));
}

BOOST_AUTO_TEST_CASE(padding_fills_up_to_256_and_always_adds_a_byte) {
  BOOST_TEST(pad({}).size() == 256U);
  BOOST_TEST(pad({})[0] == 0x80);
  BOOST_TEST(pad(Bytes(255)).size() == 256U);
  BOOST_TEST(pad(Bytes(255)).back() == 0x80);
  BOOST_TEST(pad(Bytes(256)).size() == 512U);
  BOOST_TEST(pad(Bytes(256))[256] == 0x80);
  for (std::size_t size = 0; size < 600; ++size) {
    // Content that itself looks like padding must survive.
    for (const auto& text : {Bytes(size, 0x80), Bytes(size, 0), test::pattern(size)})
      BOOST_TEST((unpad(pad(text)).value() == text));
  }
}

BOOST_AUTO_TEST_CASE(padding_of_any_other_form_is_malformed) {
  const auto with = [](std::size_t size, std::size_t at, std::uint8_t value) {
    Bytes bytes(size);
    if (at < size) bytes[at] = value;
    return bytes;
  };
  const std::vector<Bytes> bad = {
      {},                    // nothing
      Bytes(256),            // no mark
      with(256, 10, 0x81),   // another mark
      with(256, 255, 0x01),
      with(512, 255, 0x80),   // a whole block of zeros after the mark
      with(255, 0, 0x80),     // not whole blocks
      with(257, 256, 0x80),
      Bytes(256, 'x'),
  };
  for (const auto& padded : bad) {
    BOOST_TEST(fails_with(unpad(padded), Errc::malformed));
    if (!padded.empty()) BOOST_TEST(fails_with(open_instead(body_around(padded)), Errc::malformed));
  }
  BOOST_TEST(open_instead(body_around(pad(content))).value() == content);
}

BOOST_AUTO_TEST_SUITE_END()
