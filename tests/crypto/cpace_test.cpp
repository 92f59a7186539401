// SPDX-License-Identifier: MIT
#include <cryptopp/sha.h>

#include <boost/test/unit_test.hpp>

#include "netcore/crypto/cpace.h"
#include "support.h"

using namespace coterie;
using namespace coterie::crypto;
using test::fails_with;
using test::unhex;

namespace {

const Bytes prs = test::pattern(32, 1);
const Bytes ci = test::pattern(73, 2);
const Bytes sid = test::pattern(40, 3);
const Bytes ad_a = {0, 1, 0, 0, 0, 0};
const Bytes ad_b = {0, 1, 0, 0, 0, 7};

Bytes lv(ByteView what) {
  BOOST_REQUIRE(what.size() < 128);
  return concat({Bytes{static_cast<std::uint8_t>(what.size())}, what});
}

// ISK from the shared point K, by another library's SHA-512.
Bytes isk_of(ByteView run, ByteView k, ByteView ya, ByteView ada, ByteView yb, ByteView adb) {
  const auto text = concat({lv(as_bytes("CPaceRistretto255_ISK")), lv(run), lv(k), lv(ya), lv(ada), lv(yb), lv(adb)});
  Bytes isk(64);
  CryptoPP::SHA512().CalculateDigest(isk.data(), text.data(), text.size());
  return isk;
}

// What must never be taken for a share, whoever sends it.
std::vector<Bytes> bad_points() {
  const auto little_endian = [](std::uint8_t low, std::uint8_t middle, std::uint8_t high) {
    Bytes bytes(32, middle);
    bytes.front() = low;
    bytes.back() = high;
    return bytes;
  };
  return {
      little_endian(0x00, 0x00, 0x00),                                    // the identity
      little_endian(0xff, 0xff, 0xff), little_endian(0xff, 0xff, 0x7f),   // 2^255 - 1, above the field
      little_endian(0xed, 0xff, 0x7f),                                    // p: zero, not canonical
      little_endian(0xee, 0xff, 0x7f),                                    // p + 1
      little_endian(0xec, 0xff, 0x7f),                                    // p - 1: no square root
      little_endian(0x01, 0x00, 0x00),                                    // one is negative here: odd
      little_endian(0x00, 0x00, 0x80),                                    // zero with the unused bit set
  };
}

}   // namespace

BOOST_AUTO_TEST_SUITE(cpace)

BOOST_AUTO_TEST_CASE(the_drafts_vectors_for_ristretto255) {
  const auto file = test::foreign_vectors("cpace_testvectors.json");
  if (!file) return;
  const auto& block = file->at("G_Coffee25519");
  const auto of = [&](const char* name) { return unhex(block, name); };

  BOOST_TEST(of("g") == to_bytes(cpace_generator(of("PRS"), of("CI"), of("sid"))));
  Cpace a(of("PRS"), of("CI"), of("sid"), of("ya"));
  Cpace b(of("PRS"), of("CI"), of("sid"), of("yb"));
  BOOST_TEST(to_bytes(a.share()) == of("Ya"));
  BOOST_TEST(to_bytes(b.share()) == of("Yb"));
  const auto isk_a = a.finish_as_initiator(of("ADa"), of("Yb"), of("ADb"));
  const auto isk_b = b.finish_as_responder(of("ADb"), of("Ya"), of("ADa"));
  BOOST_REQUIRE((isk_a && isk_b));
  BOOST_TEST(to_bytes(isk_a->view()) == of("ISK_IR"));
  BOOST_TEST(to_bytes(isk_b->view()) == of("ISK_IR"));
  // K stays inside; that it is the draft's shows in the key made from it.
  BOOST_TEST(isk_of(of("sid"), of("K"), of("Ya"), of("ADa"), of("Yb"), of("ADb")) == of("ISK_IR"));
}

BOOST_AUTO_TEST_CASE(the_drafts_valid_and_invalid_points) {
  const auto file = test::foreign_vectors("cpace_testvectors.json");
  if (!file) return;
  const auto& points = file->at("G_Coffee25519_points");
  const auto scalar = unhex(points.at("Valid"), "s");
  const auto valid = unhex(points.at("Valid"), "X");
  const auto product = unhex(points.at("Valid"), "G.scalar_mult_vfy(s,X)");

  Cpace run(prs, ci, sid, scalar);
  const auto isk = run.finish_as_initiator(ad_a, valid, ad_b);
  BOOST_REQUIRE(isk.has_value());
  BOOST_TEST(to_bytes(isk->view()) == isk_of(sid, product, run.share(), ad_a, valid, ad_b));

  for (const char* name : {"Invalid Y1", "Invalid Y2"}) {
    Cpace as_initiator(prs, ci, sid, scalar);
    BOOST_TEST(fails_with(as_initiator.finish_as_initiator(ad_a, unhex(points, name), ad_b), Errc::crypto_failure));
    Cpace as_responder(prs, ci, sid, scalar);
    BOOST_TEST(fails_with(as_responder.finish_as_responder(ad_b, unhex(points, name), ad_a), Errc::crypto_failure));
  }
}

BOOST_AUTO_TEST_CASE(the_known_shared_point_gives_the_known_key) {
  const auto kat = test::committed_vectors("coterie_kat.json");
  const auto of = [&](const char* name) { return unhex(kat, name); };
  BOOST_TEST(isk_of(of("sid"), of("K"), of("Ya"), of("AD_A"), of("Yb"), of("AD_B")) == of("ISK"));
}

BOOST_AUTO_TEST_CASE(the_same_inputs_agree_and_fresh_scalars_differ) {
  Cpace a(prs, ci, sid);
  Cpace b(prs, ci, sid);
  BOOST_TEST(to_hex(a.share()) != to_hex(b.share()));
  const auto share_a = a.share();
  const auto share_b = b.share();
  const auto isk_a = a.finish_as_initiator(ad_a, share_b, ad_b);
  const auto isk_b = b.finish_as_responder(ad_b, share_a, ad_a);
  BOOST_REQUIRE((isk_a && isk_b));
  BOOST_TEST(to_hex(isk_a->view()) == to_hex(isk_b->view()));
  BOOST_TEST(isk_a->size() == 64U);
}

BOOST_AUTO_TEST_CASE(any_other_input_gives_another_key) {
  const auto other = [](Bytes bytes) {
    bytes.back() ^= 1U;
    return bytes;
  };
  const auto agree = [&](ByteView b_prs, ByteView b_ci, ByteView b_sid, ByteView b_ad_a, ByteView b_ad_b) {
    Cpace a(prs, ci, sid);
    Cpace b(b_prs, b_ci, b_sid);
    const auto share_a = a.share();
    const auto share_b = b.share();
    return to_hex(a.finish_as_initiator(ad_a, share_b, ad_b).value().view()) ==
           to_hex(b.finish_as_responder(b_ad_b, share_a, b_ad_a).value().view());
  };
  BOOST_TEST(agree(prs, ci, sid, ad_a, ad_b));
  BOOST_TEST(!agree(other(prs), ci, sid, ad_a, ad_b));
  BOOST_TEST(!agree(prs, other(ci), sid, ad_a, ad_b));
  BOOST_TEST(!agree(prs, ci, other(sid), ad_a, ad_b));
  BOOST_TEST(!agree(prs, ci, sid, other(ad_a), ad_b));
  BOOST_TEST(!agree(prs, ci, sid, ad_a, other(ad_b)));
}

BOOST_AUTO_TEST_CASE(two_initiators_do_not_agree) {
  Cpace a(prs, ci, sid);
  Cpace b(prs, ci, sid);
  const auto share_a = a.share();
  const auto share_b = b.share();
  const auto isk_a = a.finish_as_initiator(ad_a, share_b, ad_b);
  const auto isk_b = b.finish_as_initiator(ad_b, share_a, ad_a);
  BOOST_TEST(to_hex(isk_a.value().view()) != to_hex(isk_b.value().view()));
}

BOOST_AUTO_TEST_CASE(bad_points_are_refused_by_both_sides) {
  for (const auto& point : bad_points()) {
    BOOST_TEST_CONTEXT(to_hex(point)) {
      Cpace a(prs, ci, sid);
      BOOST_TEST(fails_with(a.finish_as_initiator(ad_a, point, ad_b), Errc::crypto_failure));
      Cpace b(prs, ci, sid);
      BOOST_TEST(fails_with(b.finish_as_responder(ad_b, point, ad_a), Errc::crypto_failure));
    }
  }
}

BOOST_AUTO_TEST_CASE(shares_of_another_size_are_refused) {
  for (std::size_t size : {0U, 1U, 31U, 33U, 64U}) {
    Cpace a(prs, ci, sid);
    BOOST_TEST(fails_with(a.finish_as_initiator(ad_a, Bytes(size, 2), ad_b), Errc::crypto_failure));
  }
}

BOOST_AUTO_TEST_CASE(random_bytes_as_a_share_are_refused_or_lead_nowhere) {
  std::size_t refused = 0;
  for (std::uint8_t seed = 0; seed < 100; ++seed) {
    Cpace a(prs, ci, sid);
    Cpace b(prs, ci, sid);
    const auto share_a = a.share();
    const auto from_noise = a.finish_as_initiator(ad_a, test::pattern(32, seed), ad_b);
    const auto honest = b.finish_as_responder(ad_b, share_a, ad_a).value();
    if (!from_noise)
      ++refused;
    else
      BOOST_TEST(to_hex(from_noise->view()) != to_hex(honest.view()));
  }
  // Only one in sixteen strings of 32 bytes encodes an element.
  BOOST_TEST(refused > 70U);
  BOOST_TEST(refused < 100U);
}

BOOST_AUTO_TEST_SUITE_END()
