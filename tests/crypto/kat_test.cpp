// SPDX-License-Identifier: MIT
// Every derived value of protocol.md against tests/vectors/coterie_kat.json.
#include <boost/test/unit_test.hpp>

#include "netcore/crypto/cpace.h"
#include "netcore/crypto/envelope.h"
#include "netcore/crypto/file_stream.h"
#include "netcore/crypto/group_secret.h"
#include "netcore/crypto/kdf.h"
#include "netcore/crypto/noise.h"
#include "netcore/crypto/pair_handshake.h"
#include "netcore/crypto/safety_number.h"
#include "support.h"

using namespace coterie;
using namespace coterie::crypto;
using test::id_of;
using test::unhex;

namespace {

// The known answers, and the values that several cases start from.
struct Kat {
  test::Json kat = test::committed_vectors("coterie_kat.json");
  Bytes prs = of("PRS");
  Bytes ci = of("CI");
  Bytes sid = of("sid");
  Bytes ad_a = of("AD_A");
  Bytes ad_b = of("AD_B");
  GroupTag tag = id_of<GroupTag>(kat, "tag");
  MemberId member_a = id_of<MemberId>(kat, "member_id_A");
  MemberId member_b = id_of<MemberId>(kat, "member_id_B");

  Bytes of(const char* name) const { return unhex(kat, name); }
  std::string text(const char* name) const { return kat.at(name).get<std::string>(); }
  KeyPair keys(const char* name) const { return KeyPair::from_secret(of(name)); }

  HandshakeContext handshake() const {
    const ByteView nonces(sid);
    return {.group = tag,
            .initiator = member_a,
            .responder = member_b,
            .initiator_nonce = ConnectionNonce::from(nonces.subspan(0, 16)),
            .responder_nonce = ConnectionNonce::from(nonces.subspan(16, 16)),
            .id = HandshakeId::from(nonces.subspan(32, 8))};
  }
  MemberProfile alice() const { return {"alice", id_of<DropCap>(kat, "drop_cap_A"), 0}; }
  MemberProfile bob() const { return {"bob", id_of<DropCap>(kat, "drop_cap_B"), 0}; }
  EnvelopeContext envelope() const { return {tag, member_a, id_of<MessageId>(kat, "msg_id")}; }
  Result<SealedBody> sealed_body() const {
    XNonce nonce{};
    const auto stored = of("nonce");
    std::copy_n(stored.begin(), nonce.size(), nonce.begin());
    return seal_body_with(envelope(), of("content"), nonce, ContentKey::from(of("cek")));
  }
};

}   // namespace

BOOST_FIXTURE_TEST_SUITE(kat, Kat)

BOOST_AUTO_TEST_CASE(the_group_tag_and_the_stretched_password) {
  const auto name = text("group_name");
  BOOST_TEST(group_tag(name).hex() == text("tag"));
  const auto salt = labelled_sha256("coterie pw salt v1", {as_bytes(name)});
  BOOST_TEST(to_hex(ByteView(salt).first(16)) == text("argon2_salt"));
  BOOST_TEST(to_hex(stretch_password(name, as_bytes(text("password"))).view()) == text("PRS"));
}

BOOST_AUTO_TEST_CASE(member_ids_and_capability_hashes) {
  for (const auto& [token, id] : {std::pair("token_A", "member_id_A"), std::pair("token_B", "member_id_B")}) {
    const auto hash = labelled_sha256("coterie member v1", {tag.view(), of(token)});
    BOOST_TEST(to_hex(ByteView(hash).first(16)) == text(id));
  }
  const auto hash = labelled_sha256("coterie cap v1", {of("drop_cap_A")});
  BOOST_TEST(to_hex(ByteView(hash).first(16)) == text("cap_hash_A"));
}

BOOST_AUTO_TEST_CASE(the_identifiers_of_a_run) {
  BOOST_TEST(to_hex(concat({as_bytes("coterie/1"), tag.view(), member_a.view(), member_b.view()})) == text("CI"));
  const auto context = handshake();
  BOOST_TEST(to_hex(concat({context.initiator_nonce.view(), context.responder_nonce.view(), context.id.view()})) ==
             text("sid"));
}

BOOST_AUTO_TEST_CASE(cpace_generator_shares_and_key) {
  BOOST_TEST(to_hex(cpace_generator(prs, ci, sid)) == text("g"));
  Cpace a(prs, ci, sid, of("ya"));
  Cpace b(prs, ci, sid, of("yb"));
  BOOST_TEST(to_hex(a.share()) == text("Ya"));
  BOOST_TEST(to_hex(b.share()) == text("Yb"));
  const auto isk_a = a.finish_as_initiator(ad_a, b.share(), ad_b);
  const auto isk_b = b.finish_as_responder(ad_b, a.share(), ad_a);
  BOOST_REQUIRE((isk_a && isk_b));
  BOOST_TEST(to_hex(isk_a->view()) == text("ISK"));
  BOOST_TEST(to_hex(isk_b->view()) == text("ISK"));
  BOOST_TEST(to_hex(hkdf(isk_a->view(), tag.view(), as_bytes("coterie hs psk v1"), 32).view()) == text("psk"));
}

BOOST_AUTO_TEST_CASE(noise_under_the_psk_gives_hash_and_keys) {
  const auto prologue = labelled_sha256("coterie hs v1", {ci, sid, of("Ya"), ad_a, of("Yb"), ad_b});
  BOOST_TEST(to_hex(prologue) == text("prologue"));
  const auto side = [&](NoiseHandshake::Role role, const char* own_static, const char* own_ephemeral) {
    NoiseHandshake::Setup setup;
    setup.protocol_name = "Noise_XXpsk0_25519_ChaChaPoly_SHA256";
    setup.role = role;
    setup.prologue = prologue;
    setup.psks.emplace_back(of("psk"));
    setup.own_static = keys(own_static);
    setup.own_ephemeral = keys(own_ephemeral);
    return NoiseHandshake::start(std::move(setup)).value();
  };
  auto b = side(NoiseHandshake::Role::initiator, "static_B", "eph_B");
  auto a = side(NoiseHandshake::Role::responder, "static_A", "eph_A");

  const auto n1 = b.write_message({}).value();
  BOOST_TEST(to_hex(n1) == text("H2").substr(2 * 38));
  BOOST_TEST(a.read_message(n1).value().empty());
  const auto n2 = a.write_message(encode_profile(alice())).value();
  BOOST_TEST(to_hex(n2) == text("H3"));
  BOOST_TEST(b.read_message(n2).value() == encode_profile(alice()));
  const auto n3 = b.write_message(encode_profile(bob())).value();
  BOOST_TEST(to_hex(n3) == text("H4"));
  BOOST_TEST(a.read_message(n3).value() == encode_profile(bob()));

  const auto keys_a = a.split();
  const auto keys_b = b.split();
  BOOST_TEST(to_hex(keys_a.handshake_hash) == text("h"));
  BOOST_TEST(to_hex(keys_b.handshake_hash) == text("h"));
  BOOST_TEST(to_hex(keys_a.first.view()) == text("k1_B_to_A"));
  BOOST_TEST(to_hex(keys_a.second.view()) == text("k2_A_to_B"));
  BOOST_TEST((keys_a.peer_static == keys("static_B").public_key));
  BOOST_TEST((keys_b.peer_static == keys("static_A").public_key));
}

BOOST_AUTO_TEST_CASE(a_pair_handshake_from_h1_to_the_chain_keys) {
  const HandshakeRandomness fixed_a{of("ya"), of("eph_A")};
  const HandshakeRandomness fixed_b{of("yb"), of("eph_B")};
  const auto secret = GroupSecret::from(prs);
  PairInitiator a(handshake(), secret, keys("static_A"), alice(), 0, &fixed_a);
  PairResponder b(handshake(), secret, keys("static_B"), bob(), 0, &fixed_b);

  const auto h1 = a.h1();
  BOOST_TEST(to_hex(h1) == text("H1"));
  const auto h2 = b.on_h1(h1).value();
  BOOST_TEST(to_hex(h2) == text("H2"));
  const auto h3 = a.on_h2(h2).value();
  BOOST_TEST(to_hex(h3) == text("H3"));
  const auto at_b = b.on_h3(h3).value();
  BOOST_TEST(to_hex(at_b.h4) == text("H4"));
  const auto at_a = a.on_h4(at_b.h4).value();

  BOOST_TEST(at_a.session.hex() == text("session_id"));
  BOOST_TEST(at_b.outcome.session.hex() == text("session_id"));
  BOOST_TEST(to_hex(at_a.send.view()) == text("CK_AB_0"));
  BOOST_TEST(to_hex(at_b.outcome.receive.view()) == text("CK_AB_0"));
  BOOST_TEST(to_hex(at_a.receive.view()) == text("CK_BA_0"));
  BOOST_TEST(to_hex(at_b.outcome.send.view()) == text("CK_BA_0"));
  BOOST_TEST(at_a.peer.user_id == "bob");
  BOOST_TEST(at_b.outcome.peer.user_id == "alice");
  BOOST_TEST(at_a.peer.drop_cap.hex() == text("drop_cap_B"));
  BOOST_TEST(at_b.outcome.peer.drop_cap.hex() == text("drop_cap_A"));
}

BOOST_AUTO_TEST_CASE(message_keys) {
  SendChain chain(ChainKey::from(of("CK_AB_0")), 0);
  BOOST_TEST(to_hex(chain.advance().value().key.view()) == text("mk_AB_0"));
  BOOST_TEST(to_hex(chain.advance().value().key.view()) == text("mk_AB_1"));
}

BOOST_AUTO_TEST_CASE(an_envelope) {
  const auto sealed = sealed_body();
  BOOST_REQUIRE(sealed.has_value());
  BOOST_TEST(to_hex(sealed->body) == text("body"));
  const WrapContext context{envelope(), member_b, id_of<SessionId>(kat, "session_id"), 0};
  const auto key = MessageKey::from(of("mk_AB_0"));
  const auto wrap = seal_wrap(context, key, *sealed);
  BOOST_TEST(to_hex(wrap) == text("wrap_A_to_B_index0"));
  BOOST_TEST(open_envelope(context, key, wrap, of("body")).value() == of("content"));
}

BOOST_AUTO_TEST_CASE(the_safety_number) {
  BOOST_TEST(safety_number(keys("static_A").public_key, keys("static_B").public_key) == text("safety_number"));
}

BOOST_AUTO_TEST_CASE(the_stream_key_of_a_file) {
  BOOST_TEST(to_hex(stream_key(of("file_key"), id_of<BlobId>(kat, "attempt_nonce")).view()) == text("stream_key"));
}

BOOST_AUTO_TEST_SUITE_END()
