// SPDX-License-Identifier: MIT
#include <boost/test/unit_test.hpp>

#include "netcore/crypto/keys.h"
#include "support.h"

using namespace coterie;
using namespace coterie::crypto;
using test::fails_with;
using test::unhex;

BOOST_AUTO_TEST_SUITE(x25519)

BOOST_AUTO_TEST_CASE(wycheproof_x25519) {
  const auto file = test::foreign_vectors("wycheproof/x25519_test.json");
  if (!file) return;
  std::size_t ran = 0;
  for (const auto& group : file->at("testGroups")) {
    for (const auto& vector : group.at("tests")) {
      BOOST_TEST_CONTEXT("tcId " << vector.at("tcId")) {
        ++ran;
        const auto expected = unhex(vector, "shared");
        const auto secret = Key<X25519Purpose>::from(unhex(vector, "private"));
        const auto shared = crypto::x25519(secret, PublicKey::from(unhex(vector, "public")));
        const bool is_zero = std::all_of(expected.begin(), expected.end(), [](auto byte) { return byte == 0; });
        if (is_zero)
          BOOST_TEST(fails_with(shared, Errc::crypto_failure));
        else
          BOOST_TEST(to_hex(shared.value().view()) == to_hex(expected));
      }
    }
  }
  test::check_ran("x25519", ran, 518);
}

BOOST_AUTO_TEST_CASE(two_key_pairs_agree) {
  const auto a = KeyPair::generate();
  const auto b = KeyPair::generate();
  BOOST_TEST((a.public_key != b.public_key));
  const auto from_a = crypto::x25519(a.secret, b.public_key);
  const auto from_b = crypto::x25519(b.secret, a.public_key);
  BOOST_TEST(to_hex(from_a.value().view()) == to_hex(from_b.value().view()));
}

BOOST_AUTO_TEST_CASE(a_stored_key_pair_is_the_same_again) {
  const auto made = KeyPair::generate();
  const auto loaded = KeyPair::from_secret(made.secret.view());
  BOOST_TEST((loaded.public_key == made.public_key));
  const auto copied = made.copy();
  BOOST_TEST((copied.public_key == made.public_key));
  BOOST_TEST(to_hex(copied.secret.view()) == to_hex(made.secret.view()));
}

BOOST_AUTO_TEST_CASE(an_all_zero_result_is_refused) {
  const auto own = KeyPair::generate();
  BOOST_TEST(fails_with(crypto::x25519(own.secret, PublicKey{}), Errc::crypto_failure));
  PublicKey one;
  one.bytes[0] = 1;
  BOOST_TEST(fails_with(crypto::x25519(own.secret, one), Errc::crypto_failure));
}

BOOST_AUTO_TEST_SUITE_END()
