// SPDX-License-Identifier: MIT
#include <boost/test/unit_test.hpp>

#include "netcore/base/digest.h"
#include "netcore/base/random.h"

using namespace coterie;

BOOST_AUTO_TEST_SUITE(digest)

// FIPS 180-4 examples.
BOOST_AUTO_TEST_CASE(sha256_gives_the_published_answers) {
  BOOST_TEST(sha256({}).hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  BOOST_TEST(sha256(as_bytes("abc")).hex() == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  BOOST_TEST(sha256(as_bytes("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq")).hex() ==
             "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
  BOOST_TEST(sha256(Bytes(1'000'000, 'a')).hex() == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

BOOST_AUTO_TEST_CASE(pieces_hash_like_the_whole_and_the_hash_can_be_used_again) {
  Bytes content(1000);
  fill_random(content);
  Sha256 hash;
  for (std::size_t piece = 1; piece < 1000; piece += 111) {
    for (std::size_t at = 0; at < content.size(); at += piece)
      hash.update(ByteView(content).subspan(at, std::min(piece, content.size() - at)));
    BOOST_TEST((hash.finish() == sha256(content)), piece);
  }
  auto moved = std::move(hash);
  BOOST_TEST((moved.update(content).finish() == sha256(content)));
}

BOOST_AUTO_TEST_CASE(a_label_ends_with_a_zero_and_separates_its_uses) {
  BOOST_TEST((labelled_hash("ab", {as_bytes("c")}) == sha256(concat({as_bytes("ab"), Bytes{0}, as_bytes("c")}))));
  BOOST_TEST((labelled_hash("ab", {as_bytes("c"), as_bytes("d")}) == labelled_hash("ab", {as_bytes("cd")})));
  BOOST_TEST((labelled_hash("ab", {as_bytes("c")}) != labelled_hash("a", {as_bytes("bc")})));
  // tests/vectors/coterie_kat.json: the tag of the group "garden-club".
  BOOST_TEST(labelled_hash("coterie group v1", {as_bytes("garden-club")}).hex() ==
             "e63a9f6630bebe037a3c31c053d5cb99fe99fc18d2c5e04d63247a67c186efdb");
}

// RFC 4648, section 10.
BOOST_AUTO_TEST_CASE(base64_gives_the_published_answers) {
  const std::pair<const char*, const char*> known[] = {{"", ""},
                                                       {"f", "Zg=="},
                                                       {"fo", "Zm8="},
                                                       {"foo", "Zm9v"},
                                                       {"foob", "Zm9vYg=="},
                                                       {"fooba", "Zm9vYmE="},
                                                       {"foobar", "Zm9vYmFy"}};
  for (const auto& [plain, text] : known) {
    BOOST_TEST(base64_encode(as_bytes(plain)) == text);
    BOOST_TEST((base64_decode(text).value() == to_bytes(as_bytes(plain))));
  }
  BOOST_TEST(base64url_encode(Bytes{0xfb, 0xff}) == "-_8");
  BOOST_TEST(base64_encode(Bytes{0xfb, 0xff}) == "+/8=");
}

BOOST_AUTO_TEST_CASE(base64_of_any_bytes_comes_back) {
  for (std::size_t size = 0; size < 200; ++size) {
    Bytes bytes(size);
    fill_random(bytes);
    BOOST_TEST((base64_decode(base64_encode(bytes)).value() == bytes));
    const auto url = base64url_encode(bytes);
    BOOST_TEST(url.find_first_of("+/=\n") == std::string::npos);
    BOOST_TEST((base64url_decode(url).value() == bytes));
  }
}

BOOST_AUTO_TEST_CASE(base64_that_is_not_canonical_is_refused) {
  for (const char* wrong : {"Zg", "Zg=", "Zg===", "Zh==", "Zm9=", "Zm9v ", " Zm9v", "Zm\n9v", "Zm9v=", "Z",
                            "-_8=", "Zm9v\x80", "====", "!"}) {
    const auto decoded = base64_decode(wrong);
    BOOST_REQUIRE_MESSAGE(!decoded, wrong);
    BOOST_TEST((decoded.error().code == Errc::malformed));
  }
  for (const char* wrong : {"Zg==", "Zh", "Zm9", "+/8", "-_8=", "Zm9v ", "Z", "!"})
    BOOST_TEST(!base64url_decode(wrong), wrong);
  BOOST_TEST(!base64_decode(std::string("Zm9v\0", 5)));
}

BOOST_AUTO_TEST_SUITE_END()
