// SPDX-License-Identifier: MIT
#include "netcore/crypto/pair_handshake.h"

#include <cassert>
#include <optional>

#include "netcore/base/unicode.h"
#include "netcore/crypto/cpace.h"
#include "netcore/crypto/kdf.h"
#include "netcore/crypto/noise.h"

namespace coterie::crypto {
namespace {

constexpr std::string_view noise_protocol = "Noise_XXpsk0_25519_ChaChaPoly_SHA256";
constexpr std::uint16_t protocol_version = 1;
constexpr std::size_t ad_size = 6;   // u16 version ‖ u32 capability bits
constexpr std::size_t point_and_ad = cpace_point + ad_size;
static_assert(h1_size == point_and_ad);
static_assert(h2_size == point_and_ad + 32 + 16);
static_assert(h3_size == (32 + 16) + 32 + (profile_size + 16));
static_assert(h4_size == (32 + 16) + (profile_size + 16));

// ---- What both sides compute alike ----

// "coterie/1" ‖ tag ‖ id_A ‖ id_B
Bytes channel_identifier(const HandshakeContext& context) {
  return concat({as_bytes("coterie/1"), context.group.view(), context.initiator.view(), context.responder.view()});
}

// sn_A ‖ sn_B ‖ hs_id
Bytes run_identifier(const HandshakeContext& context) {
  return concat({context.initiator_nonce.view(), context.responder_nonce.view(), context.id.view()});
}

Bytes encode_ad(std::uint32_t capabilities) {
  Bytes ad;
  append_be(ad, protocol_version);
  append_be(ad, capabilities);
  return ad;
}

// The point and the associated data at the head of H1 and H2.
struct Opening {
  ByteView share;
  ByteView ad;
  std::uint32_t capabilities = 0;
};

Result<Opening> decode_opening(ByteView message, std::size_t expected_size) {
  if (message.size() != expected_size) return fail(Errc::malformed, "a handshake message has the wrong size");
  const Opening opening{message.first(cpace_point), message.subspan(cpace_point, ad_size),
                        load_be<std::uint32_t>(message.data() + cpace_point + 2)};
  if (load_be<std::uint16_t>(opening.ad.data()) != protocol_version)
    return fail(Errc::unsupported, "the other member's program speaks another version");
  return opening;
}

//   first ──H2 or H1──▶ second ──H4 or H3──▶ over;   any error ──▶ over
enum class Phase { first, second, over };

// One side of the handshake. The member called A is CPace's initiator and Noise's responder.
struct Side {
  Side(const HandshakeContext& the_context, const GroupSecret& secret, const KeyPair& the_identity,
       const MemberProfile& profile, std::uint32_t capabilities, const HandshakeRandomness* fixed)
      : context(the_context),
        identity(the_identity.copy()),
        own_profile(encode_profile(profile)),
        own_ad(encode_ad(capabilities)) {
    const auto ci = channel_identifier(context);
    const auto sid = run_identifier(context);
    if (fixed != nullptr) {
      cpace.emplace(secret.view(), ci, sid, fixed->scalar);
      ephemeral = KeyPair::from_secret(fixed->ephemeral_secret);
    } else {
      cpace.emplace(secret.view(), ci, sid);
    }
  }

  Bytes own_opening() const { return concat({cpace->share(), own_ad}); }

  // Ends CPace and begins Noise under its result; `a` and `b` are the openings of H1 and H2.
  Status begin_noise(NoiseHandshake::Role role, const Opening& a, const Opening& b) {
    const bool is_a = role == NoiseHandshake::Role::responder;
    const auto& peer = is_a ? b : a;
    const auto isk = is_a ? cpace->finish_as_initiator(own_ad, peer.share, peer.ad)
                          : cpace->finish_as_responder(own_ad, peer.share, peer.ad);
    if (!isk) return tl::make_unexpected(isk.error());
    peer_capabilities = peer.capabilities;

    const auto prologue = labelled_sha256(
        "coterie hs v1", {channel_identifier(context), run_identifier(context), a.share, a.ad, b.share, b.ad});
    NoiseHandshake::Setup setup;
    setup.protocol_name = noise_protocol;
    setup.role = role;
    setup.prologue = prologue;
    setup.psks.push_back(hkdf(isk->view(), context.group.view(), as_bytes("coterie hs psk v1"), 32));
    setup.own_static = identity.copy();
    setup.own_ephemeral = std::move(ephemeral);
    auto started = NoiseHandshake::start(std::move(setup));
    assert(started);   // the name and the keys are ours
    noise = std::move(*started);
    return {};
  }

  // After the last message. `profile`: the peer's, as it came out of Noise.
  Result<PairOutcome> conclude(bool is_a, ByteView profile) {
    auto keys = noise->split();
    // Somebody who mirrors our own messages, or another program under our identity: no peer of ours.
    if (keys.peer_static == identity.public_key) return fail(Errc::crypto_failure, "the other side shows our own key");
    auto peer = decode_profile(profile);
    if (!peer) return tl::make_unexpected(peer.error());

    const auto& hash = keys.handshake_hash;
    auto b_to_a = derive<ChainPurpose>(keys.first.view(), hash, "coterie chain v1");
    auto a_to_b = derive<ChainPurpose>(keys.second.view(), hash, "coterie chain v1");
    PairOutcome outcome;
    outcome.session = SessionId::from(labelled_sha256("coterie sid v1", {hash}));
    outcome.send = is_a ? std::move(a_to_b) : std::move(b_to_a);
    outcome.receive = is_a ? std::move(b_to_a) : std::move(a_to_b);
    outcome.peer_key = keys.peer_static;
    outcome.peer = std::move(*peer);
    outcome.peer_capabilities = peer_capabilities;
    return outcome;
  }

  // True once in `phase`; the caller sets the next one when its step has succeeded.
  bool enter(Phase due) { return std::exchange(phase, Phase::over) == due; }

  HandshakeContext context;
  KeyPair identity;
  Bytes own_profile;
  Bytes own_ad;
  std::optional<Cpace> cpace;
  std::optional<KeyPair> ephemeral;
  std::optional<NoiseHandshake> noise;
  std::uint32_t peer_capabilities = 0;
  Phase phase = Phase::first;
};

tl::unexpected<Error> out_of_turn() { return fail(Errc::malformed, "a handshake message came out of turn"); }

}   // namespace

// ---- Profile ----

namespace {

constexpr std::uint8_t profile_version = 1;
constexpr std::size_t user_id_at = 2;
constexpr std::size_t max_user_id = 64;
constexpr std::size_t drop_cap_at = user_id_at + max_user_id;
constexpr std::size_t flags_at = drop_cap_at + DropCap::size;
constexpr std::size_t zeros_at = flags_at + 4;
static_assert(zeros_at <= profile_size);

bool all_zero(ByteView bytes) {
  return std::all_of(bytes.begin(), bytes.end(), [](auto byte) { return byte == 0; });
}

}   // namespace

Bytes encode_profile(const MemberProfile& profile) {
  assert(!profile.user_id.empty() && profile.user_id.size() <= max_user_id);
  Bytes bytes(profile_size);
  bytes[0] = profile_version;
  bytes[1] = static_cast<std::uint8_t>(profile.user_id.size());
  std::copy(profile.user_id.begin(), profile.user_id.end(), bytes.begin() + user_id_at);
  std::copy(profile.drop_cap.bytes.begin(), profile.drop_cap.bytes.end(), bytes.begin() + drop_cap_at);
  store_be(bytes.data() + flags_at, profile.flags);
  return bytes;
}

Result<MemberProfile> decode_profile(ByteView bytes) {
  const auto malformed = fail(Errc::malformed, "a member's profile is not readable");
  if (bytes.size() != profile_size || bytes[0] != profile_version) return malformed;
  const std::size_t length = bytes[1];
  if (length == 0 || length > max_user_id) return malformed;
  if (!all_zero(bytes.subspan(user_id_at + length, max_user_id - length)) || !all_zero(bytes.subspan(zeros_at)))
    return malformed;

  MemberProfile profile;
  profile.user_id = as_text(bytes.subspan(user_id_at, length));
  // A member cannot bring a user id that nobody could have typed: invisible characters, another normal form.
  if (const auto plain = parse_user_id(profile.user_id); !plain || *plain != profile.user_id) return malformed;
  profile.drop_cap = DropCap::from(bytes.subspan(drop_cap_at, DropCap::size));
  profile.flags = load_be<std::uint32_t>(bytes.data() + flags_at);
  return profile;
}

// ---- A ----

struct PairInitiator::State : Side {
  using Side::Side;
};

PairInitiator::PairInitiator(const HandshakeContext& context, const GroupSecret& secret, const KeyPair& identity,
                             const MemberProfile& profile, std::uint32_t capabilities, const HandshakeRandomness* fixed)
    : state_(std::make_unique<State>(context, secret, identity, profile, capabilities, fixed)) {}
PairInitiator::PairInitiator(PairInitiator&&) noexcept = default;
PairInitiator& PairInitiator::operator=(PairInitiator&&) noexcept = default;
PairInitiator::~PairInitiator() = default;

Bytes PairInitiator::h1() { return state_->own_opening(); }

Result<Bytes> PairInitiator::on_h2(ByteView h2) {
  if (!state_->enter(Phase::first)) return out_of_turn();
  const auto theirs = decode_opening(h2, h2_size);
  if (!theirs) return tl::make_unexpected(theirs.error());
  const Opening ours{state_->cpace->share(), state_->own_ad};
  if (auto begun = state_->begin_noise(NoiseHandshake::Role::responder, ours, *theirs); !begun)
    return tl::make_unexpected(begun.error());
  // The first tag made under the password's key: it fails when the passwords differ, or for a meddling relay.
  const auto opened = state_->noise->read_message(h2.subspan(point_and_ad));
  if (!opened) return fail(Errc::wrong_password);
  auto h3 = state_->noise->write_message(state_->own_profile);
  if (h3) state_->phase = Phase::second;
  return h3;
}

Result<PairOutcome> PairInitiator::on_h4(ByteView h4) {
  if (!state_->enter(Phase::second)) return out_of_turn();
  if (h4.size() != h4_size) return fail(Errc::malformed, "a handshake message has the wrong size");
  const auto profile = state_->noise->read_message(h4);
  if (!profile) return tl::make_unexpected(profile.error());
  return state_->conclude(true, *profile);
}

// ---- B ----

struct PairResponder::State : Side {
  using Side::Side;
};

PairResponder::PairResponder(const HandshakeContext& context, const GroupSecret& secret, const KeyPair& identity,
                             const MemberProfile& profile, std::uint32_t capabilities, const HandshakeRandomness* fixed)
    : state_(std::make_unique<State>(context, secret, identity, profile, capabilities, fixed)) {}
PairResponder::PairResponder(PairResponder&&) noexcept = default;
PairResponder& PairResponder::operator=(PairResponder&&) noexcept = default;
PairResponder::~PairResponder() = default;

Result<Bytes> PairResponder::on_h1(ByteView h1) {
  if (!state_->enter(Phase::first)) return out_of_turn();
  const auto theirs = decode_opening(h1, h1_size);
  if (!theirs) return tl::make_unexpected(theirs.error());
  const Opening ours{state_->cpace->share(), state_->own_ad};
  if (auto begun = state_->begin_noise(NoiseHandshake::Role::initiator, *theirs, ours); !begun)
    return tl::make_unexpected(begun.error());
  auto n1 = state_->noise->write_message({});
  if (!n1) return n1;
  state_->phase = Phase::second;
  return concat({state_->own_opening(), *n1});
}

Result<PairResponder::Finished> PairResponder::on_h3(ByteView h3) {
  if (!state_->enter(Phase::second)) return out_of_turn();
  if (h3.size() != h3_size) return fail(Errc::malformed, "a handshake message has the wrong size");
  const auto profile = state_->noise->read_message(h3);
  if (!profile) return tl::make_unexpected(profile.error());
  auto h4 = state_->noise->write_message(state_->own_profile);
  if (!h4) return tl::make_unexpected(h4.error());
  auto outcome = state_->conclude(false, *profile);
  if (!outcome) return tl::make_unexpected(outcome.error());
  return Finished{std::move(*h4), std::move(*outcome)};
}

}   // namespace coterie::crypto
