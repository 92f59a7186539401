// SPDX-License-Identifier: MIT
// Noise protocol framework revision 34, suite 25519_ChaChaPoly_SHA256: the one-way, fundamental and deferred patterns with
// psk modifiers, of which Coterie uses XXpsk0.
#pragma once

#include <optional>
#include <memory>

#include "netcore/crypto/keys.h"

namespace coterie::crypto {

struct TransportPurpose;

struct NoiseOutcome {
  Key<TransportPurpose> first;    // initiator → responder
  Key<TransportPurpose> second;   // responder → initiator
  ByteArray<32> handshake_hash{};
  PublicKey peer_static;   // zero where the pattern has none
};

class NoiseHandshake {
 public:
  enum class Role { initiator, responder };

  struct Setup {
    std::string_view protocol_name;   // "Noise_XXpsk0_25519_ChaChaPoly_SHA256"
    Role role{};
    ByteView prologue;
    std::vector<SecretBytes> psks;   // 32 bytes each, in the order the pattern uses them
    std::optional<KeyPair> own_static;
    std::optional<PublicKey> peer_static;   // where a pre-message needs it
    std::optional<KeyPair> own_ephemeral;   // for known answers; drawn at random otherwise
  };
  // Errc::unsupported for a name outside this suite, invalid_argument for keys that do not fit the pattern.
  static Result<NoiseHandshake> start(Setup setup);

  NoiseHandshake(NoiseHandshake&&) noexcept;
  NoiseHandshake& operator=(NoiseHandshake&&) noexcept;
  ~NoiseHandshake();

  // Strictly alternating, the initiator writing first. Any error ends the handshake: all that follows is malformed.
  Result<Bytes> write_message(ByteView payload);
  Result<Bytes> read_message(ByteView message);   // → payload
  [[nodiscard]] bool is_finished() const;
  // Once, after the last message.
  NoiseOutcome split();

 private:
  struct State;
  explicit NoiseHandshake(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}   // namespace coterie::crypto
