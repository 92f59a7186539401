// SPDX-License-Identifier: MIT
// How two members who know the same password make a session (protocol.md S5): CPace inside H1 and H2, then
// Noise_XXpsk0 under its result, carrying identities the relay cannot see.
//
//   A (initiator)                                   B (responder)
//   H1  Ya ‖ AD_A                     ─▶
//                                     ◀─            H2  Yb ‖ AD_B ‖ N1      A fails here on a wrong password
//   H3  N2 (static and profile of A)  ─▶
//                                     ◀─            H4  N3 (static and profile of B)
//   done                                            done when H4 is out
//
// Bytes in, bytes out; no clock, no socket. Each step once and in order; any error ends the handshake.
#pragma once

#include <memory>

#include "netcore/base/ids.h"
#include "netcore/crypto/chain.h"
#include "netcore/crypto/group_secret.h"
#include "netcore/crypto/keys.h"

namespace coterie::crypto {

constexpr std::size_t h1_size = 38;
constexpr std::size_t h2_size = 86;
constexpr std::size_t h3_size = 224;
constexpr std::size_t h4_size = 192;
constexpr std::size_t profile_size = 128;

struct HandshakeContext {
  GroupTag group;
  MemberId initiator;
  MemberId responder;
  ConnectionNonce initiator_nonce;
  ConnectionNonce responder_nonce;
  HandshakeId id;
};

// u8 1 ‖ u8 length 1..64 ‖ user id padded to 64 ‖ drop_cap 16 ‖ u32 flags ‖ zeros: 128 bytes. The user id is as
// parse_user_id gives it (base/unicode.h).
struct MemberProfile {
  std::string user_id;
  DropCap drop_cap;
  std::uint32_t flags = 0;
};
Bytes encode_profile(const MemberProfile& profile);
Result<MemberProfile> decode_profile(ByteView bytes);   // malformed: length, version, padding, user id

struct PairOutcome {
  SessionId session;
  ChainKey send;   // ours to the peer
  ChainKey receive;
  PublicKey peer_key;
  MemberProfile peer;
  std::uint32_t peer_capabilities = 0;
};

// For known answers only: what is otherwise random.
struct HandshakeRandomness {
  Bytes scalar;             // 32 bytes
  Bytes ephemeral_secret;   // 32 bytes
};

class PairInitiator {
 public:
  PairInitiator(const HandshakeContext& context, const GroupSecret& secret, const KeyPair& identity,
                const MemberProfile& profile, std::uint32_t capabilities, const HandshakeRandomness* fixed = nullptr);
  PairInitiator(PairInitiator&&) noexcept;
  PairInitiator& operator=(PairInitiator&&) noexcept;
  ~PairInitiator();

  Bytes h1();
  // H2 → H3. Errc::wrong_password when the tag fails, unsupported for another version, malformed or crypto_failure
  // otherwise.
  Result<Bytes> on_h2(ByteView h2);
  Result<PairOutcome> on_h4(ByteView h4);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

class PairResponder {
 public:
  PairResponder(const HandshakeContext& context, const GroupSecret& secret, const KeyPair& identity,
                const MemberProfile& profile, std::uint32_t capabilities, const HandshakeRandomness* fixed = nullptr);
  PairResponder(PairResponder&&) noexcept;
  PairResponder& operator=(PairResponder&&) noexcept;
  ~PairResponder();

  // H1 → H2. Errc::unsupported for another version, malformed or crypto_failure otherwise.
  Result<Bytes> on_h1(ByteView h1);
  struct Finished {
    Bytes h4;
    PairOutcome outcome;   // may not be sent under before the peer's first envelope opened
  };
  Result<Finished> on_h3(ByteView h3);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}   // namespace coterie::crypto
