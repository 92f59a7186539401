// SPDX-License-Identifier: MIT
// The handshake of protocol.md S5 with a relay in the middle that does as it likes. The known bytes are in the suite kat.
#include <boost/test/unit_test.hpp>
#include <functional>

#include "netcore/crypto/cpace.h"
#include "netcore/crypto/kdf.h"
#include "netcore/crypto/noise.h"
#include "netcore/crypto/pair_handshake.h"
#include "support.h"

using namespace coterie;
using namespace coterie::crypto;
using test::fails_with;

namespace {

const GroupSecret& right_secret() {
  static const auto secret = GroupSecret::from(test::pattern(32, 100));
  return secret;
}
const GroupSecret& wrong_secret() {
  static const auto secret = GroupSecret::from(test::pattern(32, 101));
  return secret;
}

struct Person {
  MemberId id;
  KeyPair identity;
  MemberProfile profile;
  ConnectionNonce nonce;
  std::uint32_t capabilities = 0;

  Person(std::string name, std::uint8_t seed)
      : id(MemberId::from(test::pattern(16, seed))),
        identity(KeyPair::generate()),
        profile{std::move(name), DropCap::from(test::pattern(16, static_cast<std::uint8_t>(seed + 50))), seed},
        nonce(ConnectionNonce::from(test::pattern(16, static_cast<std::uint8_t>(seed + 70)))),
        capabilities(seed) {}
  Person(const Person& other)
      : id(other.id),
        identity(other.identity.copy()),
        profile(other.profile),
        nonce(other.nonce),
        capabilities(other.capabilities) {}
};

// Alice begins, Bob answers; Carol is another member of the same group.
struct Circle {
  Person alice{"alice", 1};
  Person bob{"bob", 2};
  Person carol{"carol", 3};

  static HandshakeContext between(const Person& a, const Person& b) {
    return {.group = GroupTag::from(test::pattern(32, 90)),
            .initiator = a.id,
            .responder = b.id,
            .initiator_nonce = a.nonce,
            .responder_nonce = b.nonce,
            .id = HandshakeId::from(test::pattern(8, 91))};
  }
  static PairInitiator begin(const Person& a, const Person& b, const GroupSecret& secret = right_secret()) {
    return begin_in(between(a, b), a, secret);
  }
  static PairInitiator begin_in(const HandshakeContext& context, const Person& a,
                                const GroupSecret& secret = right_secret()) {
    return {context, secret, a.identity, a.profile, a.capabilities};
  }
  static PairResponder answer(const Person& a, const Person& b, const GroupSecret& secret = right_secret()) {
    return answer_in(between(a, b), b, secret);
  }
  static PairResponder answer_in(const HandshakeContext& context, const Person& b,
                                 const GroupSecret& secret = right_secret()) {
    return {context, secret, b.identity, b.profile, b.capabilities};
  }
};

// What the relay does to message 1..4 on its way.
using Relay = std::function<Bytes(int step, Bytes message)>;

struct Run {
  std::optional<PairOutcome> at_a;
  std::optional<PairOutcome> at_b;
  std::optional<Errc> error;   // the first one on either side
  int failed_step = 0;         // the message that was refused
  std::vector<Bytes> sent;     // what the two sides sent, unchanged
};

Run run(
    PairInitiator a, PairResponder b, const Relay& relay = [](int, Bytes message) { return message; }) {
  Run result;
  const auto refuse = [&](int step, const Error& error) {
    result.failed_step = step;
    result.error = error.code;
  };
  result.sent.push_back(a.h1());
  const auto h2 = b.on_h1(relay(1, result.sent.back()));
  if (!h2) return refuse(1, h2.error()), std::move(result);
  result.sent.push_back(*h2);
  const auto h3 = a.on_h2(relay(2, *h2));
  if (!h3) return refuse(2, h3.error()), std::move(result);
  result.sent.push_back(*h3);
  auto finished = b.on_h3(relay(3, *h3));
  if (!finished) return refuse(3, finished.error()), std::move(result);
  result.sent.push_back(finished->h4);
  result.at_b = std::move(finished->outcome);
  auto outcome = a.on_h4(relay(4, finished->h4));
  if (!outcome) return refuse(4, outcome.error()), std::move(result);
  result.at_a = std::move(*outcome);
  return result;
}

constexpr std::size_t size_of_step[] = {0, h1_size, h2_size, h3_size, h4_size};

// A changed message `step` must leave A without a session, and B too unless B was done before (step 4).
bool gives_no_session(const Run& result, int step) { return !result.at_a && (step == 4 || !result.at_b); }

Relay changing(int step, std::function<void(Bytes&)> change) {
  return [step, change = std::move(change)](int at, Bytes message) {
    if (at == step) change(message);
    return message;
  };
}

// The protocol's B written down again from its description, and without any check of who is there.
class CarelessResponder {
 public:
  CarelessResponder(const HandshakeContext& context, const KeyPair& identity, const MemberProfile& profile)
      : group_(context.group),
        ci_(concat({as_bytes("coterie/1"), context.group.view(), context.initiator.view(), context.responder.view()})),
        sid_(concat({context.initiator_nonce.view(), context.responder_nonce.view(), context.id.view()})),
        identity_(identity.copy()),
        profile_(encode_profile(profile)),
        cpace_(right_secret().view(), ci_, sid_) {}

  Bytes on_h1(ByteView h1) {
    const auto own = concat({cpace_.share(), ad_});
    const auto isk = cpace_.finish_as_responder(ad_, h1.first(32), h1.subspan(32)).value();
    const auto prologue = labelled_sha256("coterie hs v1", {ci_, sid_, h1, own});
    NoiseHandshake::Setup setup;
    setup.protocol_name = "Noise_XXpsk0_25519_ChaChaPoly_SHA256";
    setup.role = NoiseHandshake::Role::initiator;
    setup.prologue = prologue;
    setup.psks.push_back(hkdf(isk.view(), group_.view(), as_bytes("coterie hs psk v1"), 32));
    setup.own_static = identity_.copy();
    noise_ = NoiseHandshake::start(std::move(setup)).value();
    return concat({own, noise_->write_message({}).value()});
  }

  Bytes on_h3(ByteView h3) {
    BOOST_REQUIRE(noise_->read_message(h3).has_value());
    return noise_->write_message(profile_).value();
  }

 private:
  GroupTag group_;
  Bytes ci_;
  Bytes sid_;
  Bytes ad_ = {0, 1, 0, 0, 0, 0};
  KeyPair identity_;
  Bytes profile_;
  Cpace cpace_;
  std::optional<NoiseHandshake> noise_;
};

}   // namespace

BOOST_FIXTURE_TEST_SUITE(pair_handshake, Circle)

BOOST_AUTO_TEST_CASE(two_members_with_the_same_password_reach_one_session) {
  const auto result = run(begin(alice, bob), answer(alice, bob));
  BOOST_REQUIRE((result.at_a && result.at_b));
  BOOST_TEST((result.at_a->session == result.at_b->session));
  BOOST_TEST(to_hex(result.at_a->send.view()) == to_hex(result.at_b->receive.view()));
  BOOST_TEST(to_hex(result.at_a->receive.view()) == to_hex(result.at_b->send.view()));
  BOOST_TEST(to_hex(result.at_a->send.view()) != to_hex(result.at_a->receive.view()));
  BOOST_TEST((result.at_a->peer_key == bob.identity.public_key));
  BOOST_TEST((result.at_b->peer_key == alice.identity.public_key));
  BOOST_TEST(result.at_a->peer.user_id == "bob");
  BOOST_TEST(result.at_b->peer.user_id == "alice");
  BOOST_TEST((result.at_a->peer.drop_cap == bob.profile.drop_cap));
  BOOST_TEST((result.at_b->peer.drop_cap == alice.profile.drop_cap));
  BOOST_TEST(result.at_a->peer.flags == bob.profile.flags);
  BOOST_TEST(result.at_a->peer_capabilities == bob.capabilities);
  BOOST_TEST(result.at_b->peer_capabilities == alice.capabilities);
  for (std::size_t i = 0; i < 4; ++i) BOOST_TEST(result.sent[i].size() == size_of_step[i + 1]);
}

BOOST_AUTO_TEST_CASE(every_run_is_fresh) {
  const auto one = run(begin(alice, bob), answer(alice, bob));
  const auto two = run(begin(alice, bob), answer(alice, bob));
  BOOST_TEST((one.at_a->session != two.at_a->session));
  BOOST_TEST(to_hex(one.at_a->send.view()) != to_hex(two.at_a->send.view()));
  for (std::size_t i = 0; i < 4; ++i) BOOST_TEST(one.sent[i] != two.sent[i]);
}

BOOST_AUTO_TEST_CASE(a_wrong_password_fails_at_h2_and_is_named) {
  for (const auto& result : {run(begin(alice, bob, wrong_secret()), answer(alice, bob)),
                             run(begin(alice, bob), answer(alice, bob, wrong_secret()))}) {
    BOOST_TEST(result.failed_step == 2);
    BOOST_TEST((result.error == Errc::wrong_password));
    BOOST_TEST((!result.at_a && !result.at_b));
  }
}

BOOST_AUTO_TEST_CASE(an_initiator_without_the_password_cannot_make_an_h3) {
  for (std::uint8_t seed = 0; seed < 20; ++seed) {
    auto b = answer(alice, bob);
    BOOST_REQUIRE(b.on_h1(begin(alice, bob, wrong_secret()).h1()).has_value());
    BOOST_TEST(!b.on_h3(test::pattern(h3_size, seed)).has_value());
  }
}

BOOST_AUTO_TEST_CASE(no_message_works_cut_short) {
  for (int step = 1; step <= 4; ++step) {
    for (std::size_t size = 0; size < size_of_step[step]; ++size) {
      const auto result =
          run(begin(alice, bob), answer(alice, bob), changing(step, [size](Bytes& message) { message.resize(size); }));
      BOOST_TEST(gives_no_session(result, step), "H" << step << " cut to " << size);
      BOOST_TEST((result.error == Errc::malformed));
    }
  }
}

BOOST_AUTO_TEST_CASE(no_message_works_extended) {
  for (int step = 1; step <= 4; ++step) {
    for (std::size_t more : {1U, 16U, 32U, 300U}) {
      const auto result = run(begin(alice, bob), answer(alice, bob),
                              changing(step, [more](Bytes& message) { message.resize(message.size() + more); }));
      BOOST_TEST(gives_no_session(result, step), "H" << step << " extended by " << more);
      BOOST_TEST((result.error == Errc::malformed));
    }
  }
}

BOOST_AUTO_TEST_CASE(no_message_works_with_any_byte_flipped) {
  for (int step = 1; step <= 4; ++step) {
    for (std::size_t at = 0; at < size_of_step[step]; ++at) {
      for (const std::uint8_t bits : Bytes{0x01, 0x80}) {
        const auto result =
            run(begin(alice, bob), answer(alice, bob), changing(step, [&](Bytes& message) { message[at] ^= bits; }));
        BOOST_TEST(gives_no_session(result, step), "H" << step << " byte " << at << " ^ " << int{bits});
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(version_and_capability_bits_cannot_be_changed_on_the_way) {
  for (int step : {1, 2}) {
    for (std::size_t bit = 0; bit < 48; ++bit) {
      const auto result = run(begin(alice, bob), answer(alice, bob), changing(step, [bit](Bytes& message) {
                                message[32 + bit / 8] ^= static_cast<std::uint8_t>(1U << (bit % 8));
                              }));
      BOOST_TEST(gives_no_session(result, step), "H" << step << " bit " << bit);
      if (bit < 16) {
        BOOST_TEST((result.error == Errc::unsupported));
        BOOST_TEST(result.failed_step == step);
      } else {
        BOOST_TEST((result.error == Errc::wrong_password));
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(bad_points_as_a_share_are_refused) {
  std::vector<Bytes> points = {Bytes(32), Bytes(32, 0xff)};
  for (const auto low : Bytes{0xec, 0xed, 0xee}) {   // p - 1, p, p + 1
    Bytes point(32, 0xff);
    point.front() = low;
    point.back() = 0x7f;
    points.push_back(point);
  }
  for (const auto& point : points) {
    for (int step : {1, 2}) {
      const auto result =
          run(begin(alice, bob), answer(alice, bob),
              changing(step, [&](Bytes& message) { std::copy(point.begin(), point.end(), message.begin()); }));
      BOOST_TEST(gives_no_session(result, step), "H" << step << " " << to_hex(point));
      BOOST_TEST(result.failed_step == step);
      BOOST_TEST((result.error == Errc::crypto_failure));
    }
  }
}

BOOST_AUTO_TEST_CASE(random_messages_of_the_right_size_are_refused) {
  for (int step = 1; step <= 4; ++step) {
    for (std::uint8_t seed = 0; seed < 32; ++seed) {
      const auto result = run(begin(alice, bob), answer(alice, bob),
                              changing(step, [&](Bytes& message) { message = test::pattern(message.size(), seed); }));
      BOOST_TEST(gives_no_session(result, step));
    }
  }
}

BOOST_AUTO_TEST_CASE(every_word_of_the_context_must_be_the_same_on_both_sides) {
  const auto works_with = [&](auto change) {
    auto other = between(alice, bob);
    change(other);
    const auto result = run(begin(alice, bob), answer_in(other, bob));
    BOOST_TEST(result.at_a.has_value() == result.at_b.has_value());
    return result.at_a.has_value();
  };
  BOOST_TEST(works_with([](auto&) {}));
  BOOST_TEST(!works_with([](auto& c) { c.group.bytes[0] ^= 1U; }));
  BOOST_TEST(!works_with([](auto& c) { c.initiator.bytes[0] ^= 1U; }));
  BOOST_TEST(!works_with([](auto& c) { c.responder.bytes[0] ^= 1U; }));
  BOOST_TEST(!works_with([](auto& c) { c.initiator_nonce.bytes[0] ^= 1U; }));
  BOOST_TEST(!works_with([](auto& c) { c.responder_nonce.bytes[0] ^= 1U; }));
  BOOST_TEST(!works_with([](auto& c) { c.id.bytes[0] ^= 1U; }));
  BOOST_TEST(!works_with([](auto& c) { std::swap(c.initiator, c.responder); }));
}

BOOST_AUTO_TEST_CASE(a_relay_cannot_cross_two_pairs) {
  // Alice begins with Bob and with Carol; the relay hands each the other's messages.
  for (bool cross_h1 : {true, false}) {
    auto with_bob = begin(alice, bob);
    auto with_carol = begin(alice, carol);
    auto at_bob = answer(alice, bob);
    auto at_carol = answer(alice, carol);
    const auto from_bob = at_bob.on_h1(cross_h1 ? with_carol.h1() : with_bob.h1());
    const auto from_carol = at_carol.on_h1(cross_h1 ? with_bob.h1() : with_carol.h1());
    BOOST_REQUIRE((from_bob && from_carol));
    BOOST_TEST(fails_with(with_bob.on_h2(*from_carol), Errc::wrong_password));
    BOOST_TEST(fails_with(with_carol.on_h2(*from_bob), Errc::wrong_password));
  }
  // H1 crossed, H2 brought back to the right pair.
  auto with_bob = begin(alice, bob);
  auto at_bob = answer(alice, bob);
  const auto from_bob = at_bob.on_h1(begin(alice, carol).h1());
  BOOST_TEST(fails_with(with_bob.on_h2(from_bob.value()), Errc::wrong_password));
}

BOOST_AUTO_TEST_CASE(h3_and_h4_of_another_pair_are_refused) {
  const auto other = run(begin(alice, carol), answer(alice, carol));
  for (int step : {3, 4}) {
    const auto result =
        run(begin(alice, bob), answer(alice, bob),
            changing(step, [&](Bytes& message) { message = other.sent[static_cast<std::size_t>(step - 1)]; }));
    BOOST_TEST(gives_no_session(result, step));
    BOOST_TEST(result.failed_step == step);
  }
}

BOOST_AUTO_TEST_CASE(messages_of_an_older_run_are_refused) {
  const auto old = run(begin(alice, bob), answer(alice, bob));
  for (int step = 1; step <= 4; ++step) {
    const auto result =
        run(begin(alice, bob), answer(alice, bob),
            changing(step, [&](Bytes& message) { message = old.sent[static_cast<std::size_t>(step - 1)]; }));
    BOOST_TEST(gives_no_session(result, step), "H" << step);
  }
  // All that Alice once said, played to Bob again.
  auto b = answer(alice, bob);
  BOOST_REQUIRE(b.on_h1(old.sent[0]).has_value());
  BOOST_TEST(fails_with(b.on_h3(old.sent[2]), Errc::crypto_failure));
  // All that Bob once said, played to Alice again.
  auto a = begin(alice, bob);
  BOOST_TEST(fails_with(a.on_h2(old.sent[1]), Errc::wrong_password));
}

BOOST_AUTO_TEST_CASE(a_step_out_of_order_ends_the_handshake) {
  const auto record = run(begin(alice, bob), answer(alice, bob));
  {
    auto a = begin(alice, bob);
    auto b = answer(alice, bob);
    BOOST_TEST(fails_with(a.on_h4(record.sent[3]), Errc::malformed));
    BOOST_TEST(fails_with(a.on_h2(b.on_h1(a.h1()).value()), Errc::malformed));
  }
  {
    auto a = begin(alice, bob);
    auto b = answer(alice, bob);
    BOOST_TEST(fails_with(b.on_h3(record.sent[2]), Errc::malformed));
    BOOST_TEST(fails_with(b.on_h1(a.h1()), Errc::malformed));
  }
}

BOOST_AUTO_TEST_CASE(a_step_given_twice_ends_the_handshake) {
  auto a = begin(alice, bob);
  auto b = answer(alice, bob);
  const auto h2 = b.on_h1(a.h1()).value();
  const auto h3 = a.on_h2(h2).value();
  auto finished = b.on_h3(h3).value();
  BOOST_TEST(fails_with(b.on_h3(h3), Errc::malformed));
  BOOST_TEST(fails_with(b.on_h1(a.h1()), Errc::malformed));
  BOOST_TEST(fails_with(a.on_h2(h2), Errc::malformed));
  BOOST_TEST(fails_with(a.on_h4(finished.h4), Errc::malformed));   // right, but too late
}

BOOST_AUTO_TEST_CASE(after_a_refused_message_the_right_one_does_not_help) {
  auto a = begin(alice, bob);
  auto b = answer(alice, bob);
  const auto h2 = b.on_h1(a.h1()).value();
  auto changed = h2;
  changed.back() ^= 1U;
  BOOST_TEST(fails_with(a.on_h2(changed), Errc::wrong_password));
  BOOST_TEST(fails_with(a.on_h2(h2), Errc::malformed));
}

BOOST_AUTO_TEST_CASE(messages_swapped_for_those_of_another_step_are_refused) {
  const auto record = run(begin(alice, bob), answer(alice, bob));
  for (int step = 1; step <= 4; ++step) {
    for (int other = 1; other <= 4; ++other) {
      if (other == step) continue;
      const auto result = run(begin(alice, bob), answer(alice, bob), changing(step, [&](Bytes& message) {
                                auto swapped = record.sent[static_cast<std::size_t>(other - 1)];
                                swapped.resize(message.size());
                                message = swapped;
                              }));
      BOOST_TEST(gives_no_session(result, step), "H" << other << " in the place of H" << step);
    }
  }
}

BOOST_AUTO_TEST_CASE(reflected_messages_are_refused) {
  // The relay sends Alice's own words back to her, stretched or cut to the size she expects.
  {
    auto a = begin(alice, bob);
    auto h2 = a.h1();
    h2.resize(h2_size);
    BOOST_TEST(fails_with(a.on_h2(h2), Errc::wrong_password));
  }
  {
    auto a = begin(alice, bob);
    auto b = answer(alice, bob);
    auto h3 = a.on_h2(b.on_h1(a.h1()).value()).value();
    h3.resize(h4_size);
    BOOST_TEST(!a.on_h4(h3).has_value());
  }
  {
    auto a = begin(alice, bob);
    auto b = answer(alice, bob);
    auto h2 = b.on_h1(a.h1()).value();
    h2.resize(h3_size);
    BOOST_TEST(!b.on_h3(h2).has_value());
  }
  // Alice begins with Bob and, as the relay tells it, Bob with Alice: she would be talking to herself.
  const auto result = run(begin(alice, bob), answer(bob, alice));
  BOOST_TEST((!result.at_a && !result.at_b));
}

BOOST_AUTO_TEST_CASE(the_own_identity_is_no_peer) {
  // Both ends under one identity key, and everything else in order: a copied profile, or a mirror.
  Person mirror("mirror", 9);
  mirror.identity = alice.identity.copy();
  const auto result = run(begin(alice, mirror), answer(alice, mirror));
  BOOST_TEST((!result.at_a && !result.at_b));
  BOOST_TEST(result.failed_step == 3);
  BOOST_TEST((result.error == Errc::crypto_failure));
}

BOOST_AUTO_TEST_CASE(the_initiator_too_refuses_its_own_identity) {
  for (bool mirrored : {false, true}) {
    auto a = begin(alice, bob);
    CarelessResponder b(between(alice, bob), mirrored ? alice.identity : bob.identity, bob.profile);
    const auto h3 = a.on_h2(b.on_h1(a.h1())).value();
    const auto outcome = a.on_h4(b.on_h3(h3));
    if (mirrored)
      BOOST_TEST(fails_with(outcome, Errc::crypto_failure));
    else
      BOOST_TEST((outcome.value().peer_key == bob.identity.public_key));
  }
}

BOOST_AUTO_TEST_CASE(a_profile_comes_back_as_it_was) {
  for (const auto& profile : {MemberProfile{"a", DropCap{}, 0}, bob.profile,
                              MemberProfile{std::string(32, 'x'), DropCap::from(test::pattern(16)), 0xFFFFFFFF},
                              MemberProfile{"Zo\xC3\xAB \xE6\x97\xA5", DropCap{}, 1}}) {
    const auto bytes = encode_profile(profile);
    BOOST_TEST(bytes.size() == profile_size);
    const auto decoded = decode_profile(bytes).value();
    BOOST_TEST(decoded.user_id == profile.user_id);
    BOOST_TEST((decoded.drop_cap == profile.drop_cap));
    BOOST_TEST(decoded.flags == profile.flags);
    BOOST_TEST(encode_profile(decoded) == bytes);
  }
}

BOOST_AUTO_TEST_CASE(a_profile_of_any_other_form_is_malformed) {
  const auto good = encode_profile(bob.profile);
  const auto malformed = [&](auto change) {
    auto bytes = good;
    change(bytes);
    return fails_with(decode_profile(bytes), Errc::malformed);
  };
  BOOST_TEST(!malformed([](Bytes&) {}));
  for (std::size_t size = 0; size < profile_size; ++size)
    BOOST_TEST(malformed([size](Bytes& bytes) { bytes.resize(size); }));
  BOOST_TEST(malformed([](Bytes& bytes) { bytes.push_back(0); }));
  for (const auto version : Bytes{0, 2, 255}) BOOST_TEST(malformed([&](Bytes& bytes) { bytes[0] = version; }));
  for (const auto length : Bytes{0, 2, 65, 255}) BOOST_TEST(malformed([&](Bytes& bytes) { bytes[1] = length; }));
  BOOST_TEST(malformed([](Bytes& bytes) { bytes[1] = 4; }));      // a NUL in the name
  BOOST_TEST(malformed([](Bytes& bytes) { bytes[2] = 0xFF; }));   // not UTF-8
  BOOST_TEST(malformed([](Bytes& bytes) { bytes[2] = 0x1B; }));   // a control character
  BOOST_TEST(malformed([](Bytes& bytes) { bytes[2] = ' '; }));
  for (std::size_t at = 2 + 3; at < 2 + 64; ++at) BOOST_TEST(malformed([at](Bytes& bytes) { bytes[at] = 1; }));
  for (std::size_t at = 86; at < profile_size; ++at) BOOST_TEST(malformed([at](Bytes& bytes) { bytes[at] = 1; }));
}

BOOST_AUTO_TEST_CASE(a_member_with_an_untypable_user_id_gets_no_session) {
  for (const char* name : {"ali\xE2\x80\x8B"
                           "ce",              // zero-width space
                           "e\xCC\x81lise",   // not NFC
                           "al\nice", "\xFF"}) {
    Person odd("odd", 8);
    odd.profile.user_id = name;
    const auto as_initiator = run(begin(odd, bob), answer(odd, bob));
    BOOST_TEST((!as_initiator.at_a && !as_initiator.at_b));
    BOOST_TEST((as_initiator.error == Errc::malformed));
    const auto as_responder = run(begin(alice, odd), answer(alice, odd));
    BOOST_TEST(!as_responder.at_a.has_value());
    BOOST_TEST((as_responder.error == Errc::malformed));
  }
}

// Key compromise impersonation: mallory knows the password and Bob's own secret key, and wants Bob to believe it is Alice who speaks.
BOOST_AUTO_TEST_CASE(C13_a_stolen_key_and_the_password_do_not_make_somebody_else_out_of_the_thief) {
  Circle circle;
  auto thief = circle.alice;   // her id, her name, and her public key; not her secret
  thief.identity = KeyPair::generate();
  thief.identity.public_key = circle.alice.identity.public_key;

  const auto begins = run(Circle::begin(thief, circle.bob), Circle::answer(circle.alice, circle.bob));
  BOOST_TEST((begins.error == Errc::crypto_failure));
  BOOST_TEST(!begins.at_b);
  const auto answers = run(Circle::begin(circle.bob, circle.alice), Circle::answer(circle.bob, thief));
  BOOST_TEST((answers.error == Errc::crypto_failure));
  BOOST_TEST(!answers.at_a);

  // What was stolen is no identity towards its owner either.
  thief.identity = circle.bob.identity.copy();
  BOOST_TEST(!run(Circle::begin(thief, circle.bob), Circle::answer(circle.alice, circle.bob)).at_b);
  BOOST_TEST(!run(Circle::begin(circle.bob, circle.alice), Circle::answer(circle.bob, thief)).at_a);

  // With a key of her own she gets in, and Bob sees that key and not Alice's: a changed identity, which is held.
  thief.identity = KeyPair::generate();
  const auto honest = run(Circle::begin(thief, circle.bob), Circle::answer(circle.alice, circle.bob));
  BOOST_REQUIRE(honest.at_b);
  BOOST_TEST((honest.at_b->peer_key != circle.alice.identity.public_key));
}

BOOST_AUTO_TEST_SUITE_END()
