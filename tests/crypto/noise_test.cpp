// SPDX-License-Identifier: MIT
#include <boost/test/unit_test.hpp>

#include "netcore/crypto/aead.h"
#include "netcore/crypto/noise.h"
#include "support.h"

using namespace coterie;
using namespace coterie::crypto;
using test::fails_with;
using test::unhex;

namespace {

using Role = NoiseHandshake::Role;
constexpr std::string_view suite_suffix = "_25519_ChaChaPoly_SHA256";

std::optional<KeyPair> key_pair(const test::Json& vector, const std::string& member) {
  if (!vector.contains(member)) return std::nullopt;
  return KeyPair::from_secret(unhex(vector, member.c_str()));
}

// One side of a vector; `prefix` is "init" or "resp".
NoiseHandshake side_of(const test::Json& vector, Role role) {
  const std::string prefix = role == Role::initiator ? "init" : "resp";
  const auto name = vector.at("protocol_name").get<std::string>();
  const auto prologue = unhex(vector, (prefix + "_prologue").c_str());
  NoiseHandshake::Setup setup;
  setup.protocol_name = name;
  setup.role = role;
  setup.prologue = prologue;
  if (vector.contains(prefix + "_psks"))
    for (const auto& psk : vector.at(prefix + "_psks")) setup.psks.emplace_back(unhex(psk.get<std::string>()));
  setup.own_static = key_pair(vector, prefix + "_static");
  setup.own_ephemeral = key_pair(vector, prefix + "_ephemeral");
  if (vector.contains(prefix + "_remote_static"))
    setup.peer_static = PublicKey::from(unhex(vector, (prefix + "_remote_static").c_str()));
  auto started = NoiseHandshake::start(std::move(setup));
  BOOST_REQUIRE(started.has_value());
  return std::move(*started);
}

Nonce transport_nonce(std::uint8_t counter) {
  Nonce nonce{};
  nonce[4] = counter;
  return nonce;
}

void run_vector(const test::Json& vector) {
  auto initiator = side_of(vector, Role::initiator);
  auto responder = side_of(vector, Role::responder);
  const auto& messages = vector.at("messages");
  const auto payload = [&](std::size_t at) { return unhex(messages[at], "payload"); };
  const auto ciphertext = [&](std::size_t at) { return unhex(messages[at], "ciphertext"); };

  std::size_t at = 0;
  for (; !initiator.is_finished(); ++at) {
    BOOST_REQUIRE(at < messages.size());
    auto& writer = at % 2 == 0 ? initiator : responder;
    auto& reader = at % 2 == 0 ? responder : initiator;
    const auto written = writer.write_message(payload(at));
    BOOST_REQUIRE(written.has_value());
    BOOST_TEST(to_hex(*written) == to_hex(ciphertext(at)));
    const auto read = reader.read_message(*written);
    BOOST_REQUIRE(read.has_value());
    BOOST_TEST(to_hex(*read) == to_hex(payload(at)));
  }
  BOOST_TEST(responder.is_finished());
  const bool one_way = at == 1;

  const auto at_initiator = initiator.split();
  const auto at_responder = responder.split();
  BOOST_TEST(to_hex(at_initiator.handshake_hash) == to_hex(at_responder.handshake_hash));
  BOOST_TEST(to_hex(at_initiator.first.view()) == to_hex(at_responder.first.view()));
  BOOST_TEST(to_hex(at_initiator.second.view()) == to_hex(at_responder.second.view()));
  if (vector.contains("handshake_hash"))
    BOOST_TEST(to_hex(at_initiator.handshake_hash) == vector.at("handshake_hash").get<std::string>());

  // The rest are transport messages, in turn as before, or all from the initiator of a one-way pattern.
  std::uint8_t sent_first = 0;
  std::uint8_t sent_second = 0;
  for (; at < messages.size(); ++at) {
    const bool from_initiator = one_way || at % 2 == 0;
    const auto& key = from_initiator ? at_initiator.first : at_initiator.second;
    auto& counter = from_initiator ? sent_first : sent_second;
    BOOST_TEST(to_hex(aead_seal(key.view(), transport_nonce(counter++), {}, payload(at))) == to_hex(ciphertext(at)));
  }
}

void run_file(const test::Json& file, const char* name, std::size_t expected) {
  std::size_t ran = 0;
  for (const auto& vector : file.at("vectors")) {
    const auto protocol = vector.at("protocol_name").get<std::string>();
    if (!protocol.ends_with(suite_suffix)) continue;
    BOOST_TEST_CONTEXT(name << " " << protocol) { run_vector(vector); }
    ++ran;
  }
  test::check_ran(name, ran, expected);
}

NoiseHandshake::Setup setup_of(std::string_view protocol, Role role) {
  NoiseHandshake::Setup setup;
  setup.protocol_name = protocol;
  setup.role = role;
  return setup;
}

constexpr std::string_view nn = "Noise_NN_25519_ChaChaPoly_SHA256";
constexpr std::string_view xxpsk0 = "Noise_XXpsk0_25519_ChaChaPoly_SHA256";

NoiseHandshake start_nn(Role role) { return NoiseHandshake::start(setup_of(nn, role)).value(); }

NoiseHandshake start_xxpsk0(Role role, ByteView psk) {
  auto setup = setup_of(xxpsk0, role);
  setup.psks.emplace_back(psk);
  setup.own_static = KeyPair::generate();
  return NoiseHandshake::start(std::move(setup)).value();
}

}   // namespace

BOOST_AUTO_TEST_SUITE(noise)

BOOST_AUTO_TEST_CASE(cacophony_vectors) {
  if (const auto file = test::foreign_vectors("cacophony.txt")) run_file(*file, "cacophony", 59);
}

BOOST_AUTO_TEST_CASE(snow_vectors) {
  if (const auto file = test::foreign_vectors("snow.txt")) run_file(*file, "snow", 51);
}

BOOST_AUTO_TEST_CASE(dissononce_vectors_for_psk0) {
  run_file(test::committed_vectors("xxpsk0_dissononce.txt"), "dissononce", 2);
}

BOOST_AUTO_TEST_CASE(names_outside_the_suite_are_unsupported) {
  for (std::string_view name :
       {"", "Noise_", "Noise_25519_ChaChaPoly_SHA256", "Noise__25519_ChaChaPoly_SHA256", "Noise_NN_25519_AESGCM_SHA256",
        "Noise_NN_448_ChaChaPoly_SHA256", "Noise_NN_25519_ChaChaPoly_BLAKE2s", "Noise_QQ_25519_ChaChaPoly_SHA256",
        "Noise_XXfallback_25519_ChaChaPoly_SHA256", "Noise_NNpsk3_25519_ChaChaPoly_SHA256",
        "Noise_NNpsk_25519_ChaChaPoly_SHA256", "Noise_NNpsk2+psk0_25519_ChaChaPoly_SHA256",
        "Noise_NNpsk0+psk0_25519_ChaChaPoly_SHA256", "Noise_NNpsk0psk2_25519_ChaChaPoly_SHA256",
        "Noise_NNpskx_25519_ChaChaPoly_SHA256", "Noise_NN_25519_ChaChaPoly_SHA256 ",
        "noise_NN_25519_ChaChaPoly_SHA256"})
    BOOST_TEST(fails_with(NoiseHandshake::start(setup_of(name, Role::initiator)), Errc::unsupported), name);
}

BOOST_AUTO_TEST_CASE(keys_that_do_not_fit_the_pattern_are_refused) {
  const auto refused = [](NoiseHandshake::Setup setup) {
    return fails_with(NoiseHandshake::start(std::move(setup)), Errc::invalid_argument);
  };
  const auto psk = test::pattern(32);
  BOOST_TEST(refused(setup_of("Noise_XX_25519_ChaChaPoly_SHA256", Role::initiator)));
  BOOST_TEST(refused(setup_of("Noise_XX_25519_ChaChaPoly_SHA256", Role::responder)));
  BOOST_TEST(refused(setup_of("Noise_NK_25519_ChaChaPoly_SHA256", Role::initiator)));
  BOOST_TEST(refused(setup_of("Noise_NK_25519_ChaChaPoly_SHA256", Role::responder)));

  auto without_psk = setup_of(xxpsk0, Role::initiator);
  without_psk.own_static = KeyPair::generate();
  BOOST_TEST(refused(std::move(without_psk)));

  auto short_psk = setup_of(xxpsk0, Role::initiator);
  short_psk.own_static = KeyPair::generate();
  short_psk.psks.emplace_back(ByteView(psk).first(31));
  BOOST_TEST(refused(std::move(short_psk)));

  auto superfluous_psk = setup_of(nn, Role::initiator);
  superfluous_psk.psks.emplace_back(psk);
  BOOST_TEST(refused(std::move(superfluous_psk)));

  auto superfluous_peer = setup_of(nn, Role::initiator);
  superfluous_peer.peer_static = KeyPair::generate().public_key;
  BOOST_TEST(refused(std::move(superfluous_peer)));
}

BOOST_AUTO_TEST_CASE(both_sides_learn_each_others_static_key) {
  const auto psk = test::pattern(32, 1);
  auto a_static = KeyPair::generate();
  auto b_static = KeyPair::generate();
  const auto a_public = a_static.public_key;
  const auto b_public = b_static.public_key;
  auto setup_a = setup_of(xxpsk0, Role::initiator);
  setup_a.psks.emplace_back(psk);
  setup_a.own_static = std::move(a_static);
  auto setup_b = setup_of(xxpsk0, Role::responder);
  setup_b.psks.emplace_back(psk);
  setup_b.own_static = std::move(b_static);
  auto a = NoiseHandshake::start(std::move(setup_a)).value();
  auto b = NoiseHandshake::start(std::move(setup_b)).value();
  BOOST_REQUIRE(b.read_message(a.write_message({}).value()).has_value());
  BOOST_REQUIRE(a.read_message(b.write_message({}).value()).has_value());
  BOOST_REQUIRE(b.read_message(a.write_message({}).value()).has_value());
  BOOST_TEST((a.split().peer_static == b_public));
  BOOST_TEST((b.split().peer_static == a_public));
}

BOOST_AUTO_TEST_CASE(another_psk_or_prologue_fails_at_the_first_tag) {
  auto a = start_xxpsk0(Role::initiator, test::pattern(32, 1));
  auto b = start_xxpsk0(Role::responder, test::pattern(32, 2));
  BOOST_TEST(fails_with(b.read_message(a.write_message({}).value()), Errc::crypto_failure));

  const auto psk = test::pattern(32, 1);
  auto setup = setup_of(xxpsk0, Role::responder);
  setup.psks.emplace_back(psk);
  setup.own_static = KeyPair::generate();
  setup.prologue = as_bytes("another");
  auto c = NoiseHandshake::start(std::move(setup)).value();
  auto d = start_xxpsk0(Role::initiator, psk);
  BOOST_TEST(fails_with(c.read_message(d.write_message({}).value()), Errc::crypto_failure));
}

BOOST_AUTO_TEST_CASE(a_message_out_of_turn_ends_the_handshake) {
  auto a = start_nn(Role::initiator);
  auto b = start_nn(Role::responder);
  BOOST_TEST(fails_with(b.write_message({}), Errc::malformed));
  const auto first = a.write_message({}).value();
  BOOST_TEST(fails_with(b.read_message(first), Errc::malformed));   // its turn now, but it is over

  auto c = start_nn(Role::responder);
  const auto second = [&] {
    BOOST_REQUIRE(c.read_message(first).has_value());
    return c.write_message({}).value();
  }();
  BOOST_TEST(fails_with(a.write_message({}), Errc::malformed));
  BOOST_TEST(fails_with(a.read_message(second), Errc::malformed));
}

BOOST_AUTO_TEST_CASE(a_failed_message_ends_the_handshake) {
  auto a = start_nn(Role::initiator);
  auto b = start_nn(Role::responder);
  BOOST_REQUIRE(b.read_message(a.write_message({}).value()).has_value());
  const auto second = b.write_message({}).value();
  auto changed = second;
  changed.back() ^= 1U;
  BOOST_TEST(fails_with(a.read_message(changed), Errc::crypto_failure));
  BOOST_TEST(!a.is_finished());
  BOOST_TEST(fails_with(a.read_message(second), Errc::malformed));
  BOOST_TEST(!a.is_finished());
}

BOOST_AUTO_TEST_CASE(nothing_follows_the_last_message) {
  auto a = start_nn(Role::initiator);
  auto b = start_nn(Role::responder);
  BOOST_REQUIRE(b.read_message(a.write_message({}).value()).has_value());
  BOOST_REQUIRE(a.read_message(b.write_message({}).value()).has_value());
  BOOST_TEST(a.is_finished());
  BOOST_TEST(fails_with(a.write_message({}), Errc::malformed));
  BOOST_TEST(!a.is_finished());
}

BOOST_AUTO_TEST_CASE(an_all_zero_shared_secret_aborts) {
  auto b = start_nn(Role::responder);
  BOOST_REQUIRE(b.read_message(Bytes(32)).has_value());   // e of small order, no DH yet
  BOOST_TEST(fails_with(b.write_message({}), Errc::crypto_failure));

  auto a = start_nn(Role::initiator);
  BOOST_REQUIRE(a.write_message({}).has_value());
  BOOST_TEST(fails_with(a.read_message(Bytes(48)), Errc::crypto_failure));
}

BOOST_AUTO_TEST_CASE(messages_cut_at_any_byte_are_refused) {
  const auto psk = test::pattern(32, 1);
  const auto first_size = start_xxpsk0(Role::initiator, psk).write_message({}).value().size();
  for (std::size_t size = 0; size < first_size; ++size) {
    auto a = start_xxpsk0(Role::initiator, psk);
    auto b = start_xxpsk0(Role::responder, psk);
    const auto message = a.write_message({}).value();
    BOOST_TEST(!b.read_message(ByteView(message).first(size)).has_value());
  }
}

BOOST_AUTO_TEST_CASE(a_message_holds_at_most_65535_bytes) {
  auto a = start_nn(Role::initiator);
  BOOST_TEST(a.write_message(Bytes(65'535 - 32)).value().size() == 65'535U);
  auto b = start_nn(Role::initiator);
  BOOST_TEST(fails_with(b.write_message(Bytes(65'536 - 32)), Errc::too_large));
  auto c = start_nn(Role::responder);
  BOOST_TEST(fails_with(c.read_message(Bytes(65'536)), Errc::too_large));
}

BOOST_AUTO_TEST_SUITE_END()
