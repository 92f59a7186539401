// SPDX-License-Identifier: MIT
#include <boost/test/unit_test.hpp>

#include "netcore/base/digest.h"
#include "netcore/crypto/kdf.h"
#include "support.h"

using namespace coterie;
using namespace coterie::crypto;
using test::unhex;

BOOST_AUTO_TEST_SUITE(kdf)

BOOST_AUTO_TEST_CASE(wycheproof_hkdf_sha256) {
  const auto file = test::foreign_vectors("wycheproof/hkdf_sha256_test.json");
  if (!file) return;
  std::size_t ran = 0;
  for (const auto& group : file->at("testGroups")) {
    for (const auto& vector : group.at("tests")) {
      BOOST_TEST_CONTEXT("tcId " << vector.at("tcId")) {
        ++ran;
        const auto size = vector.at("size").get<std::size_t>();
        // The invalid ones all ask for more than there is; asking so is a programmer's mistake here.
        BOOST_TEST((vector.at("result") == "valid") == (size <= max_hkdf_output));
        if (size > max_hkdf_output) continue;
        const auto okm = hkdf(unhex(vector, "ikm"), unhex(vector, "salt"), unhex(vector, "info"), size);
        BOOST_TEST(to_hex(okm.view()) == vector.at("okm").get<std::string>());
      }
    }
  }
  test::check_ran("hkdf_sha256", ran, 86);
}

BOOST_AUTO_TEST_CASE(wycheproof_hmac_sha256) {
  const auto file = test::foreign_vectors("wycheproof/hmac_sha256_test.json");
  if (!file) return;
  std::size_t ran = 0;
  for (const auto& group : file->at("testGroups")) {
    const auto tag_size = group.at("tagSize").get<std::size_t>() / 8;
    for (const auto& vector : group.at("tests")) {
      BOOST_TEST_CONTEXT("tcId " << vector.at("tcId")) {
        ++ran;
        const auto mac = hmac_sha256(unhex(vector, "key"), unhex(vector, "msg"));
        const bool equal = to_bytes(ByteView(mac).first(tag_size)) == unhex(vector, "tag");
        BOOST_TEST(equal == (vector.at("result") == "valid"));
      }
    }
  }
  test::check_ran("hmac_sha256", ran, 174);
}

BOOST_AUTO_TEST_CASE(a_longer_output_begins_with_the_shorter_one) {
  const auto ikm = test::pattern(32, 1);
  const auto whole = hkdf(ikm, as_bytes("salt"), as_bytes("info"), max_hkdf_output);
  for (std::size_t size : {0U, 1U, 31U, 32U, 33U, 64U, 96U, 8159U})
    BOOST_TEST(to_hex(hkdf(ikm, as_bytes("salt"), as_bytes("info"), size).view()) == to_hex(whole.view().first(size)));
}

BOOST_AUTO_TEST_CASE(a_derived_key_is_the_first_32_bytes_under_its_label) {
  struct AnyPurpose;
  const auto ikm = test::pattern(32, 2);
  const auto key = derive<AnyPurpose>(ikm, as_bytes("salt"), "coterie label");
  BOOST_TEST(to_hex(key.view()) == to_hex(hkdf(ikm, as_bytes("salt"), as_bytes("coterie label"), 32).view()));
  const auto other = derive<AnyPurpose>(ikm, as_bytes("salt"), "coterie other");
  BOOST_TEST(to_hex(key.view()) != to_hex(other.view()));
}

BOOST_AUTO_TEST_CASE(the_labelled_hash_is_the_same_by_both_libraries) {
  const auto a = test::pattern(70, 3);
  const auto b = test::pattern(5, 4);
  BOOST_TEST(to_hex(labelled_sha256("label", {a, b})) == labelled_hash("label", {a, b}).hex());
  BOOST_TEST(to_hex(labelled_sha256("", {})) == labelled_hash("", {}).hex());
  BOOST_TEST(to_hex(labelled_sha256("label", {a, b})) != to_hex(labelled_sha256("labe", {as_bytes("l"), a, b})));
}

BOOST_AUTO_TEST_SUITE_END()
