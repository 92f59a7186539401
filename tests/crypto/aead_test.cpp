// SPDX-License-Identifier: MIT
#include <boost/test/unit_test.hpp>

#include "netcore/crypto/aead.h"
#include "support.h"

using namespace coterie;
using namespace coterie::crypto;
using test::fails_with;
using test::unhex;

namespace {

template <std::size_t N, class Seal, class Open>
void run_wycheproof(const char* name, std::size_t expected, Seal seal, Open open) {
  const auto file = test::foreign_vectors(std::string("wycheproof/") + name + "_test.json");
  if (!file) return;
  std::size_t ran = 0;
  for (const auto& group : file->at("testGroups")) {
    for (const auto& vector : group.at("tests")) {
      BOOST_TEST_CONTEXT(name << " tcId " << vector.at("tcId")) {
        ++ran;
        const bool valid = vector.at("result") == "valid";
        const auto iv = unhex(vector, "iv");
        if (iv.size() != N) {
          BOOST_TEST(!valid);   // another nonce size cannot even be written down: the type has N bytes
          continue;
        }
        ByteArray<N> nonce{};
        std::copy(iv.begin(), iv.end(), nonce.begin());
        const auto key = unhex(vector, "key");
        const auto ad = unhex(vector, "aad");
        const auto plain = unhex(vector, "msg");
        const auto sealed = concat({unhex(vector, "ct"), unhex(vector, "tag")});
        const auto opened = open(key, nonce, ad, sealed);
        if (valid) {
          BOOST_REQUIRE(opened.has_value());
          BOOST_TEST(*opened == plain);
          BOOST_TEST(seal(key, nonce, ad, plain) == sealed);
        } else {
          BOOST_TEST(fails_with(opened, Errc::crypto_failure));
        }
      }
    }
  }
  test::check_ran(name, ran, expected);
}

const Bytes key = test::pattern(32);

}   // namespace

BOOST_AUTO_TEST_SUITE(aead)

BOOST_AUTO_TEST_CASE(wycheproof_chacha20_poly1305) {
  run_wycheproof<12>("chacha20_poly1305", 325, aead_seal, aead_open);
}

BOOST_AUTO_TEST_CASE(wycheproof_xchacha20_poly1305) {
  run_wycheproof<24>("xchacha20_poly1305", 315, xaead_seal, xaead_open);
}

BOOST_AUTO_TEST_CASE(any_flipped_byte_or_cut_is_refused) {
  const XNonce nonce{1, 2, 3};
  const Bytes ad = test::pattern(20, 1);
  const Bytes plain = test::pattern(40, 2);
  const auto sealed = xaead_seal(key, nonce, ad, plain);
  BOOST_TEST(sealed.size() == plain.size() + aead_tag);
  BOOST_TEST(xaead_open(key, nonce, ad, sealed).value() == plain);
  for (std::size_t at = 0; at < sealed.size(); ++at) {
    auto changed = sealed;
    changed[at] ^= 0x40U;
    BOOST_TEST(fails_with(xaead_open(key, nonce, ad, changed), Errc::crypto_failure));
    BOOST_TEST(fails_with(xaead_open(key, nonce, ad, ByteView(sealed).first(at)), Errc::crypto_failure));
  }
  for (std::size_t at = 0; at < ad.size(); ++at) {
    auto changed = ad;
    changed[at] ^= 0x40U;
    BOOST_TEST(fails_with(xaead_open(key, nonce, changed, sealed), Errc::crypto_failure));
  }
}

BOOST_AUTO_TEST_CASE(an_empty_text_still_has_a_tag) {
  const auto sealed = aead_seal(key, Nonce{}, {}, {});
  BOOST_TEST(sealed.size() == aead_tag);
  BOOST_TEST(aead_open(key, Nonce{}, {}, sealed).value().empty());
  BOOST_TEST(fails_with(aead_open(key, Nonce{}, as_bytes("x"), sealed), Errc::crypto_failure));
}

BOOST_AUTO_TEST_CASE(comparison_sees_every_byte_and_the_length) {
  const Bytes bytes = test::pattern(33, 3);
  BOOST_TEST(equal_in_constant_time(bytes, Bytes(bytes)));
  BOOST_TEST(equal_in_constant_time({}, {}));
  BOOST_TEST(!equal_in_constant_time(bytes, ByteView(bytes).first(32)));
  for (std::size_t at = 0; at < bytes.size(); ++at) {
    auto changed = bytes;
    changed[at] ^= 1U;
    BOOST_TEST(!equal_in_constant_time(bytes, changed));
  }
}

BOOST_AUTO_TEST_SUITE_END()
