// SPDX-License-Identifier: MIT
// Makes sessions with the members who are here (protocol.md S5): who begins, what happens when both do, how many at a time, how
// long to wait, and how many guesses strangers get. Knows handshakes and the roster; what a session is for is the engine's matter.
//
//   wanted ──our turn, budget──▶ greeting ──H2──▶ proving ──H4──▶ paired
//      ▲                            │  └─ peer's H1 with the smaller id wins: answering ──H3──▶ paired
//      └── silence: 1, 2, 4 … min ──┘  H2 does not verify: rejected, not tried by us for a day; the peer is told with BUSY
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>

#include "netcore/crypto/pair_handshake.h"
#include "netcore/io/event_loop.h"
#include "netcore/session/guess_budget.h"
#include "netcore/session/timing.h"
#include "netcore/wire/control.h"

namespace coterie {

class Pairing {
 public:
  class Host {
   public:
    virtual ~Host() = default;
    virtual void send_handshake(control::Handshake step) = 0;
    // A session was agreed. `initiator`: we began, and must send the first envelope. False: it may not be used (a key we do
    // not accept); counts as success all the same.
    virtual void on_paired(const MemberId& member, crypto::PairOutcome outcome, bool initiator) = 0;
    // A member who was here before us has another password, or plays one.
    virtual void on_rejected(const MemberId& member) = 0;
    // One who came after us, or asked for a session, has another password, or broke off once a guess was possible.
    virtual void on_other_password(const MemberId& member) = 0;
    virtual void on_pairing_changed() = 0;                           // counts below may have changed
    virtual void on_budget_changed(const GuessBudget& budget) = 0;   // to be kept across restarts
    [[nodiscard]] virtual std::int64_t now_ms() const = 0;
  };

  struct Self {
    GroupTag group;
    MemberId id;
    crypto::MemberProfile profile;
  };

  Pairing(io::EventLoop& loop, Timing timing, const crypto::KeyPair& identity, Self self, GuessBudget budget,
          Host& host);
  ~Pairing();

  // Nothing is sent or answered before the stretched password is here. `proved`: members have accepted it before.
  void set_secret(const crypto::GroupSecret& secret, bool proved);
  [[nodiscard]] bool has_secret() const { return secret_.has_value(); }
  [[nodiscard]] bool is_proved() const { return proved_; }

  // ── the roster, as the relay tells it ──
  void on_joined(std::uint64_t own_join_seq, const ConnectionNonce& own_nonce);
  void on_offline();
  // `has_session`: nothing needs to be done.
  void on_member(const control::Member& member, bool has_session);
  // Wants a session although there is one: it is unknown to us, worn or old.
  void request(const MemberId& member);

  void on_step(const control::Handshake& step);

  // ── how the members who were here when we joined have been settled ──
  struct Count {
    std::size_t paired = 0;
    std::size_t rejected = 0;
    std::size_t unanswered = 0;
    std::size_t busy = 0;           // of those: no guess was to be had, theirs or ours
    std::int64_t next_try_ms = 0;   // when the first of these may have one again
    std::size_t open = 0;           // not known yet
  };
  [[nodiscard]] Count count() const;
  [[nodiscard]] bool is_greeting(const MemberId& member) const;
  [[nodiscard]] unsigned guesses_left();

 private:
  enum class Phase { paired, wanted, greeting, proving, answering, silent, rejected };

  struct Candidate {
    control::Member member;
    bool at_our_join = false;   // belongs to the count
    bool has_session = false;   // there is one already: this would be a refresh
    Phase phase = Phase::wanted;
    HandshakeId id;
    std::optional<crypto::PairInitiator> initiator;
    std::optional<crypto::PairResponder> responder;
    bool took_guess = false;
    unsigned silences = 0;
    std::int64_t no_guess_before_ms = 0;   // while silent for want of one; 0: for another reason
    bool is_refused = false;   // on this connection it had another password than we: asking again changes nothing
    io::Timer timer;           // deadline of the handshake, or the next try
  };

  Candidate* find(const MemberId& member);
  void want(Candidate& candidate);
  void schedule();
  void begin(Candidate& candidate);
  void answer(Candidate& candidate, const control::Handshake& h1);
  void send_busy(const control::Handshake& h1, Bytes why = {});
  void continue_as_initiator(Candidate& candidate, const control::Handshake& step);
  void continue_as_responder(Candidate& candidate, const control::Handshake& step);
  void refused_by_initiator(Candidate& candidate);
  void paired(Candidate& candidate, crypto::PairOutcome outcome, bool initiator);
  void fell_silent(Candidate& candidate, bool guess_was_possible);
  void lacks_guess(Candidate& candidate, std::int64_t wait_ms);
  void rest(Candidate& candidate, std::chrono::milliseconds pause);
  void reset(Candidate& candidate);
  void take_guess(Candidate& candidate);
  void return_guess(Candidate& candidate);
  crypto::HandshakeContext context_for(const Candidate& candidate, bool we_initiate) const;
  void send(const Candidate& candidate, control::HandshakeStep step, Bytes body);

  static constexpr std::size_t at_a_time = 8;

  io::EventLoop& loop_;
  const Timing timing_;
  const crypto::KeyPair& identity_;
  const Self self_;
  Host& host_;
  GuessBudget budget_;
  std::optional<crypto::GroupSecret> secret_;
  bool proved_ = false;
  bool online_ = false;
  std::uint64_t own_join_seq_ = 0;
  ConnectionNonce own_nonce_;
  std::map<MemberId, Candidate> candidates_;   // members who are online
  io::Timer next_guess_;   // set: a newcomer whose password was refused waits before asking another member
  std::map<MemberId, std::int64_t> rejected_;   // and when, also while they are away
};

}   // namespace coterie
