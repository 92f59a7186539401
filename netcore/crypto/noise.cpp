// SPDX-License-Identifier: MIT
#include "netcore/crypto/noise.h"

#include <sodium.h>

#include <cassert>

#include "netcore/crypto/aead.h"
#include "netcore/crypto/kdf.h"

namespace coterie::crypto {
namespace {

constexpr std::size_t max_message = 65'535;   // Noise section 3
constexpr std::string_view name_prefix = "Noise_";
constexpr std::string_view name_suffix = "_25519_ChaChaPoly_SHA256";

// ---- Patterns (Noise sections 7 and 18) ----

enum class Token { e, s, ee, es, se, ss, psk };
using MessageTokens = std::vector<Token>;

struct PatternRow {
  std::string_view name;
  bool initiator_known;        // "-> s" before the first message
  bool responder_known;        // "<- s" before the first message
  std::string_view messages;   // initiator first, then alternating
};

constexpr PatternRow patterns[] = {
    {"N", false, true, "e es"},
    {"K", true, true, "e es ss"},
    {"X", false, true, "e es s ss"},

    {"NN", false, false, "e / e ee"},
    {"NK", false, true, "e es / e ee"},
    {"NX", false, false, "e / e ee s es"},
    {"KN", true, false, "e / e ee se"},
    {"KK", true, true, "e es ss / e ee se"},
    {"KX", true, false, "e / e ee se s es"},
    {"XN", false, false, "e / e ee / s se"},
    {"XK", false, true, "e es / e ee / s se"},
    {"XX", false, false, "e / e ee s es / s se"},
    {"IN", false, false, "e s / e ee se"},
    {"IK", false, true, "e es s ss / e ee se"},
    {"IX", false, false, "e s / e ee se s es"},

    {"NK1", false, true, "e / e ee es"},
    {"NX1", false, false, "e / e ee s / es"},
    {"X1N", false, false, "e / e ee / s / se"},
    {"X1K", false, true, "e es / e ee / s / se"},
    {"XK1", false, true, "e / e ee es / s se"},
    {"X1K1", false, true, "e / e ee es / s / se"},
    {"X1X", false, false, "e / e ee s es / s / se"},
    {"XX1", false, false, "e / e ee s / es s se"},
    {"X1X1", false, false, "e / e ee s / es s / se"},
    {"K1N", true, false, "e / e ee / se"},
    {"K1K", true, true, "e es / e ee / se"},
    {"KK1", true, true, "e / e ee se es"},
    {"K1K1", true, true, "e / e ee es / se"},
    {"K1X", true, false, "e / e ee s es / se"},
    {"KX1", true, false, "e / e ee se s / es"},
    {"K1X1", true, false, "e / e ee s / se es"},
    {"I1N", false, false, "e s / e ee / se"},
    {"I1K", false, true, "e es s / e ee / se"},
    {"IK1", false, true, "e s / e ee se es"},
    {"I1K1", false, true, "e s / e ee es / se"},
    {"I1X", false, false, "e s / e ee s es / se"},
    {"IX1", false, false, "e s / e ee se s / es"},
    {"I1X1", false, false, "e s / e ee s / se es"},
};

struct Pattern {
  bool initiator_known = false;
  bool responder_known = false;
  std::vector<MessageTokens> messages;
  std::size_t psk_count = 0;
};

// The part of `text` before `separator`; `text` keeps what follows it.
std::string_view take_until(std::string_view& text, char separator) {
  const auto at = text.find(separator);
  const auto part = text.substr(0, at);
  text.remove_prefix(at == std::string_view::npos ? text.size() : at + 1);
  return part;
}

Token token_of(std::string_view word) {
  if (word == "e") return Token::e;
  if (word == "s") return Token::s;
  if (word == "ee") return Token::ee;
  if (word == "es") return Token::es;
  if (word == "se") return Token::se;
  assert(word == "ss");
  return Token::ss;
}

std::vector<MessageTokens> parse_messages(std::string_view text) {
  std::vector<MessageTokens> messages(1);
  while (!text.empty()) {
    const auto word = take_until(text, ' ');
    if (word == "/")
      messages.emplace_back();
    else
      messages.back().push_back(token_of(word));
  }
  return messages;
}

// "psk0+psk2": a psk before the first message, or at the end of message n (section 9.4).
bool add_psks(Pattern& pattern, std::string_view modifiers) {
  for (int previous = -1; !modifiers.empty(); ++pattern.psk_count) {
    const auto modifier = take_until(modifiers, '+');
    if (modifier.size() != 4 || modifier.substr(0, 3) != "psk") return false;
    const int place = modifier[3] - '0';
    if (place <= previous || place > static_cast<int>(pattern.messages.size())) return false;
    previous = place;
    auto& tokens = pattern.messages[static_cast<std::size_t>(std::max(place - 1, 0))];
    tokens.insert(place == 0 ? tokens.begin() : tokens.end(), Token::psk);
  }
  return true;
}

std::optional<Pattern> parse_protocol(std::string_view name) {
  if (!name.starts_with(name_prefix) || !name.ends_with(name_suffix)) return std::nullopt;
  name.remove_prefix(name_prefix.size());
  if (name.size() <= name_suffix.size()) return std::nullopt;
  name.remove_suffix(name_suffix.size());
  const auto base = name.substr(0, name.find("psk"));
  for (const auto& row : patterns) {
    if (row.name != base) continue;
    Pattern pattern{row.initiator_known, row.responder_known, parse_messages(row.messages), 0};
    if (!add_psks(pattern, name.substr(base.size()))) return std::nullopt;
    return pattern;
  }
  return std::nullopt;
}

// ---- Symmetric state (Noise sections 5.1 and 5.2) ----

struct ChainingPurpose;
struct CipherPurpose;

class SymmetricState {
 public:
  explicit SymmetricState(std::string_view protocol_name) {
    if (protocol_name.size() <= hash_.size())
      std::copy(protocol_name.begin(), protocol_name.end(), hash_.begin());
    else
      crypto_hash_sha256(hash_.data(), as_bytes(protocol_name).data(), protocol_name.size());
    chaining_key_ = Key<ChainingPurpose>::from(hash_);
  }

  void mix_hash(ByteView data) {
    crypto_hash_sha256_state state;
    crypto_hash_sha256_init(&state);
    crypto_hash_sha256_update(&state, hash_.data(), hash_.size());
    crypto_hash_sha256_update(&state, data.data(), data.size());
    crypto_hash_sha256_final(&state, hash_.data());
    sodium_memzero(&state, sizeof state);
  }

  void mix_key(ByteView input) {
    const auto output = hkdf(input, chaining_key_.view(), {}, 64);
    chaining_key_ = Key<ChainingPurpose>::from(output.view().first(32));
    set_cipher_key(output.view().last(32));
  }

  void mix_key_and_hash(ByteView input) {
    const auto output = hkdf(input, chaining_key_.view(), {}, 96);
    chaining_key_ = Key<ChainingPurpose>::from(output.view().first(32));
    mix_hash(output.view().subspan(32, 32));
    set_cipher_key(output.view().last(32));
  }

  Bytes encrypt_and_hash(ByteView plain) {
    auto sealed = cipher_key_ ? aead_seal(cipher_key_->view(), next_nonce(), hash_, plain) : to_bytes(plain);
    mix_hash(sealed);
    return sealed;
  }

  Result<Bytes> decrypt_and_hash(ByteView sealed) {
    auto plain = cipher_key_ ? aead_open(cipher_key_->view(), next_nonce(), hash_, sealed) : to_bytes(sealed);
    if (plain) mix_hash(sealed);
    return plain;
  }

  [[nodiscard]] SecretBytes split() const { return hkdf({}, chaining_key_.view(), {}, 64); }
  [[nodiscard]] std::size_t overhead() const { return cipher_key_ ? aead_tag : 0; }
  [[nodiscard]] const ByteArray<32>& hash() const { return hash_; }

 private:
  void set_cipher_key(ByteView key) {
    cipher_key_ = Key<CipherPurpose>::from(key);
    nonce_ = 0;
  }

  // Section 12.3: 32 zero bits, then the counter as little-endian 64 bits.
  Nonce next_nonce() {
    Nonce nonce{};
    for (std::size_t i = 0; i < 8; ++i) nonce[4 + i] = static_cast<std::uint8_t>(nonce_ >> (8 * i));
    ++nonce_;
    return nonce;
  }

  Key<ChainingPurpose> chaining_key_;
  ByteArray<32> hash_{};
  std::optional<Key<CipherPurpose>> cipher_key_;
  std::uint64_t nonce_ = 0;
};

}   // namespace

// ---- Handshake state (Noise section 5.3) ----

//   running ──last message──▶ finished ──split──▶ over
//      └──────any error──────────────────────────▶ over
struct NoiseHandshake::State {
  enum class Phase { running, finished, over };

  State(Pattern&& parsed, Setup&& setup)
      : pattern(std::move(parsed)),
        role(setup.role),
        symmetric(setup.protocol_name),
        psks(std::move(setup.psks)),
        own_static(std::move(setup.own_static)),
        own_ephemeral(std::move(setup.own_ephemeral)),
        peer_static(setup.peer_static) {
    symmetric.mix_hash(setup.prologue);
    if (pattern.initiator_known) symmetric.mix_hash(static_of(Role::initiator).view());
    if (pattern.responder_known) symmetric.mix_hash(static_of(Role::responder).view());
  }

  [[nodiscard]] const PublicKey& static_of(Role whose) const {
    return whose == role ? own_static->public_key : *peer_static;
  }

  [[nodiscard]] bool is_ours_to_write() const { return (next_message % 2 == 0) == (role == Role::initiator); }

  Result<Bytes> write(ByteView payload) {
    Bytes message;
    for (auto token : pattern.messages[next_message]) {
      if (token == Token::e) {
        if (!own_ephemeral) own_ephemeral = KeyPair::generate();
        append(message, own_ephemeral->public_key.view());
        mix_ephemeral(own_ephemeral->public_key);
      } else if (token == Token::s) {
        append(message, symmetric.encrypt_and_hash(own_static->public_key.view()));
      } else if (auto mixed = mix(token); !mixed) {
        return tl::make_unexpected(mixed.error());
      }
    }
    append(message, symmetric.encrypt_and_hash(payload));
    if (message.size() > max_message) return fail(Errc::too_large);
    return message;
  }

  Result<Bytes> read(ByteView message) {
    if (message.size() > max_message) return fail(Errc::too_large);
    for (auto token : pattern.messages[next_message]) {
      if (token == Token::e) {
        if (message.size() < PublicKey::size) return fail(Errc::malformed, "a handshake message is cut short");
        peer_ephemeral = PublicKey::from(message.first(PublicKey::size));
        message = message.subspan(PublicKey::size);
        mix_ephemeral(*peer_ephemeral);
      } else if (token == Token::s) {
        const auto size = PublicKey::size + symmetric.overhead();
        if (message.size() < size) return fail(Errc::malformed, "a handshake message is cut short");
        const auto opened = symmetric.decrypt_and_hash(message.first(size));
        if (!opened) return opened;
        peer_static = PublicKey::from(*opened);
        message = message.subspan(size);
      } else if (auto mixed = mix(token); !mixed) {
        return tl::make_unexpected(mixed.error());
      }
    }
    return symmetric.decrypt_and_hash(message);
  }

  // Runs one step, and ends the handshake where it fails.
  template <class Step>
  Result<Bytes> advance(bool is_due, Step step) {
    if (phase != Phase::running || !is_due) {
      phase = Phase::over;
      return fail(Errc::malformed, "a handshake message came out of turn");
    }
    auto result = step();
    ++next_message;
    phase = !result ? Phase::over : next_message == pattern.messages.size() ? Phase::finished : Phase::running;
    return result;
  }

  Pattern pattern;
  Role role;
  SymmetricState symmetric;
  std::vector<SecretBytes> psks;
  std::optional<KeyPair> own_static;
  std::optional<KeyPair> own_ephemeral;
  std::optional<PublicKey> peer_static;
  std::optional<PublicKey> peer_ephemeral;
  std::size_t next_message = 0;
  std::size_t next_psk = 0;
  Phase phase = Phase::running;

 private:
  void mix_ephemeral(const PublicKey& key) {
    symmetric.mix_hash(key.view());
    if (pattern.psk_count > 0) symmetric.mix_key(key.view());   // section 9.2
  }

  Status mix(Token token) {
    if (token == Token::psk) {
      symmetric.mix_key_and_hash(psks[next_psk++].view());
      return {};
    }
    // In "es" the first letter is the initiator's key, the second the responder's.
    const bool initiator_static = token == Token::se || token == Token::ss;
    const bool responder_static = token == Token::es || token == Token::ss;
    const bool own_is_static = role == Role::initiator ? initiator_static : responder_static;
    const bool peer_is_static = role == Role::initiator ? responder_static : initiator_static;
    const auto shared =
        x25519((own_is_static ? own_static : own_ephemeral)->secret, peer_is_static ? *peer_static : *peer_ephemeral);
    if (!shared) return tl::make_unexpected(shared.error());
    symmetric.mix_key(shared->view());
    return {};
  }
};

namespace {

// Whether the side that writes the messages at `parity` (0 initiator, 1 responder) sends its static key in one.
bool sends_static(const Pattern& pattern, std::size_t parity) {
  for (auto at = parity; at < pattern.messages.size(); at += 2) {
    const auto& tokens = pattern.messages[at];
    if (std::find(tokens.begin(), tokens.end(), Token::s) != tokens.end()) return true;
  }
  return false;
}

}   // namespace

Result<NoiseHandshake> NoiseHandshake::start(Setup setup) {
  auto pattern = parse_protocol(setup.protocol_name);
  if (!pattern) return fail(Errc::unsupported, "this Noise protocol is not known here");

  const bool initiator = setup.role == Role::initiator;
  const bool own_known = initiator ? pattern->initiator_known : pattern->responder_known;
  const bool peer_known = initiator ? pattern->responder_known : pattern->initiator_known;
  const bool psks_fit = setup.psks.size() == pattern->psk_count &&
                        std::all_of(setup.psks.begin(), setup.psks.end(), [](auto& psk) { return psk.size() == 32; });
  if (!psks_fit || peer_known != setup.peer_static.has_value() ||
      ((own_known || sends_static(*pattern, initiator ? 0 : 1)) && !setup.own_static))
    return fail(Errc::invalid_argument, "the keys given do not fit the Noise pattern");
  return NoiseHandshake(std::make_unique<State>(std::move(*pattern), std::move(setup)));
}

NoiseHandshake::NoiseHandshake(std::unique_ptr<State> state) : state_(std::move(state)) {}
NoiseHandshake::NoiseHandshake(NoiseHandshake&&) noexcept = default;
NoiseHandshake& NoiseHandshake::operator=(NoiseHandshake&&) noexcept = default;
NoiseHandshake::~NoiseHandshake() = default;

Result<Bytes> NoiseHandshake::write_message(ByteView payload) {
  return state_->advance(state_->is_ours_to_write(), [&] { return state_->write(payload); });
}

Result<Bytes> NoiseHandshake::read_message(ByteView message) {
  return state_->advance(!state_->is_ours_to_write(), [&] { return state_->read(message); });
}

bool NoiseHandshake::is_finished() const { return state_->phase == State::Phase::finished; }

NoiseOutcome NoiseHandshake::split() {
  assert(is_finished());
  state_->phase = State::Phase::over;
  const auto keys = state_->symmetric.split();
  NoiseOutcome outcome;
  outcome.first = Key<TransportPurpose>::from(keys.view().first(32));
  outcome.second = Key<TransportPurpose>::from(keys.view().last(32));
  outcome.handshake_hash = state_->symmetric.hash();
  if (state_->peer_static) outcome.peer_static = *state_->peer_static;
  return outcome;
}

}   // namespace coterie::crypto
