// SPDX-License-Identifier: MIT
#include "netcore/classic/cipher.h"

#include <boost/test/unit_test.hpp>

#include "tests/support/loopback.h"

using namespace coterie;
using classic::Cipher;

BOOST_AUTO_TEST_SUITE(cipher)

// Computed with Python's hashlib and base64.
BOOST_AUTO_TEST_CASE(known_answers) {
  const Cipher cipher(as_bytes("correct horse"));
  BOOST_TEST(cipher.group() == "4104d36f8da2c254349f85836793ebe029e0c957063a34c91c2e9203187b5631");
  BOOST_TEST(cipher.seal_text("Hello") == "CWG/A+I=");
  BOOST_TEST(cipher.seal_text("سلام، خوبی؟") == "mbcK61UFG9HsE6VbyUpjOIE7RY+Z");
  BOOST_TEST(cipher.seal_text("this text is longer than the thirty-two bytes of the key") ==
             "NWy6HK3WpyxAv+zwR/+Ejk6Fu3dyUlWnPFr6ZjgPPlgzcKpC+dWtdFbm8eYUs4SGCZShMiZRUbA=");
  BOOST_TEST(cipher.open_text("mbcK61UFG9HsE6VbyUpjOIE7RY+Z").value() == "سلام، خوبی؟");
}

BOOST_AUTO_TEST_CASE(any_piece_of_a_stream_can_be_done_alone) {
  const Cipher cipher(as_bytes("pw"));
  const auto plain = test::pattern(300);
  auto whole = plain;
  cipher.apply(whole, 0);
  for (std::size_t at = 0; at < plain.size(); at += 7) {
    auto pieces = plain;
    cipher.apply(MutableByteView(pieces).first(at), 0);
    cipher.apply(MutableByteView(pieces).subspan(at), at);
    BOOST_TEST_REQUIRE((pieces == whole));
  }
  cipher.apply(whole, 0);
  BOOST_TEST((whole == plain));
}

BOOST_AUTO_TEST_CASE(what_was_made_with_another_password_is_no_text) {
  const Cipher one(as_bytes("one"));
  const Cipher other(as_bytes("other"));
  for (const auto& sealed :
       {other.seal_text("Hello, how are you today?"), std::string("not base64!"), std::string("====")}) {
    const auto opened = one.open_text(sealed);
    BOOST_TEST_REQUIRE(!opened.has_value());
    BOOST_TEST((opened.error().code == Errc::crypto_failure));
  }
}

BOOST_AUTO_TEST_SUITE_END()
