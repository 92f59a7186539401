// SPDX-License-Identifier: MIT
#include "netcore/session/pairing.h"

#include "netcore/base/log.h"
#include "netcore/base/random.h"

namespace coterie {
namespace {

constexpr std::uint32_t capabilities = 0;
constexpr std::int64_t rejected_for_ms = std::int64_t{24} * 60 * 60 * 1000;

}   // namespace

Pairing::Pairing(io::EventLoop& loop, Timing timing, const crypto::KeyPair& identity, Self self, GuessBudget budget,
                 Host& host)
    : loop_(loop), timing_(timing), identity_(identity), self_(std::move(self)), host_(host), budget_(budget) {}

Pairing::~Pairing() = default;

void Pairing::set_secret(const crypto::GroupSecret& secret, bool proved) {
  secret_ = secret.copy();
  proved_ = proved;
  schedule();
}

void Pairing::on_joined(std::uint64_t own_join_seq, const ConnectionNonce& own_nonce) {
  candidates_.clear();
  own_join_seq_ = own_join_seq;
  own_nonce_ = own_nonce;
  online_ = true;
}

void Pairing::on_offline() {
  online_ = false;
  // A break of ours says nothing about the peers: no guess was won, none is lost.
  for (auto& [id, candidate] : candidates_)
    if (candidate.phase == Phase::greeting) return_guess(candidate);
  candidates_.clear();
  next_guess_.cancel();
}

void Pairing::on_member(const control::Member& member, bool has_session) {
  if (member.id == self_.id) return;
  const auto found = candidates_.find(member.id);
  if (!member.online) {
    if (found == candidates_.end()) return;
    if (found->second.phase == Phase::greeting) return_guess(found->second);
    const bool broke_off = found->second.phase == Phase::answering;
    candidates_.erase(found);
    if (broke_off) host_.on_other_password(member.id);
    host_.on_pairing_changed();
    return schedule();
  }
  if (found != candidates_.end() && found->second.member.nonce == member.nonce) {
    found->second.member = member;
    return;
  }
  const bool before = found != candidates_.end() && found->second.at_our_join;
  auto& candidate = candidates_[member.id];
  // Another connection of the same member: what was under way was bound to the old one.
  if (candidate.phase == Phase::greeting) return_guess(candidate);
  const bool broke_off = found != candidates_.end() && candidate.phase == Phase::answering;
  reset(candidate);
  if (broke_off) {
    candidate.took_guess = false;
    host_.on_other_password(member.id);
  }
  candidate.member = member;
  candidate.is_refused = false;
  candidate.at_our_join = before || member.join_seq < own_join_seq_;
  candidate.has_session = has_session;
  if (has_session) {
    candidate.phase = Phase::paired;
    host_.on_pairing_changed();
    return;
  }
  const auto rejected = rejected_.find(member.id);
  if (rejected != rejected_.end() && host_.now_ms() - rejected->second < rejected_for_ms) {
    candidate.phase = Phase::rejected;
    host_.on_pairing_changed();
    return;
  }
  want(candidate);
}

void Pairing::request(const MemberId& member) {
  auto* candidate = find(member);
  const bool is_waiting_for_them =
      candidate != nullptr && candidate->phase == Phase::wanted && candidate->timer.is_set();
  if (candidate == nullptr || (candidate->phase != Phase::paired && !is_waiting_for_them)) return;
  candidate->timer.cancel();
  candidate->phase = Phase::wanted;
  candidate->member.join_seq = 0;   // either may begin a refresh: we want it, so we do
  candidate->at_our_join = false;
  want(*candidate);
}

// The later one to join begins; the earlier one waits for that, but not for ever.
void Pairing::want(Candidate& candidate) {
  candidate.phase = Phase::wanted;
  if (own_join_seq_ < candidate.member.join_seq) {
    const auto jitter = std::chrono::milliseconds(
        random_below(static_cast<std::uint64_t>(timing_.initiate_anyway.count() * 2 / 3) + 1));
    candidate.timer = loop_.after(timing_.initiate_anyway * 2 / 3 + jitter, [this, id = candidate.member.id] {
      if (auto* waiting = find(id); waiting != nullptr && waiting->phase == Phase::wanted) {
        waiting->member.join_seq = 0;
        waiting->timer.cancel();
        schedule();
      }
    });
    return;
  }
  schedule();
}

// A newcomer greets one member until the first success, then eight at a time. Which one is left to chance, so that nobody can make
// sure to be the one who refuses.
void Pairing::schedule() {
  if (!online_ || !secret_ || (!proved_ && next_guess_.is_set())) return;
  std::size_t running = 0;
  for (const auto& [id, candidate] : candidates_)
    if (candidate.phase == Phase::greeting || candidate.phase == Phase::proving) ++running;
  const std::size_t allowed = proved_ ? at_a_time : 1;
  std::vector<Candidate*> next;
  for (auto& [id, candidate] : candidates_)
    if (candidate.phase == Phase::wanted && !candidate.timer.is_set() && candidate.member.join_seq <= own_join_seq_)
      next.push_back(&candidate);
  if (!next.empty()) std::swap(next.front(), next[random_below(next.size())]);
  for (auto* candidate : next) {
    if (running >= allowed) return;
    begin(*candidate);
    if (candidate->phase == Phase::greeting) ++running;
  }
}

void Pairing::begin(Candidate& candidate) {
  if (budget_.left(host_.now_ms()) == 0) {
    lacks_guess(candidate, budget_.next_in_ms(host_.now_ms()));
    host_.on_pairing_changed();
    return;
  }
  take_guess(candidate);
  candidate.phase = Phase::greeting;
  candidate.id = random_id<HandshakeId>();
  candidate.initiator.emplace(context_for(candidate, true), *secret_, identity_, self_.profile, capabilities);
  candidate.timer = loop_.after(timing_.handshake_deadline, [this, id = candidate.member.id] {
    // Before H2 nobody could test a guess on us; after it, H3 was the answer to the right password.
    if (auto* silent = find(id)) fell_silent(*silent, false);
  });
  send(candidate, control::HandshakeStep::h1, candidate.initiator->h1());
}

void Pairing::on_step(const control::Handshake& step) {
  auto* candidate = find(step.peer);
  if (candidate == nullptr || !secret_ || step.peer == self_.id) return;
  switch (step.step) {
    case control::HandshakeStep::h1: return answer(*candidate, step);
    case control::HandshakeStep::h2:
    case control::HandshakeStep::h4: return continue_as_initiator(*candidate, step);
    case control::HandshakeStep::busy:
      if (candidate->phase != Phase::answering) return continue_as_initiator(*candidate, step);
      if (step.id == candidate->id) refused_by_initiator(*candidate);
      return;
    case control::HandshakeStep::h3: return continue_as_responder(*candidate, step);
  }
}

void Pairing::answer(Candidate& candidate, const control::Handshake& h1) {
  const bool greeting = candidate.phase == Phase::greeting || candidate.phase == Phase::proving;
  if (greeting && self_.id < candidate.member.id) return;   // glare: the smaller id stays the initiator
  if (candidate.phase == Phase::answering) return;          // each step once
  std::size_t answering = 0;
  for (const auto& [id, other] : candidates_)
    if (other.phase == Phase::answering) ++answering;
  // It would only spend a second guess on the same two passwords.
  if (candidate.is_refused) return send_busy(h1);
  const bool held_by_us = greeting && candidate.took_guess;
  if (answering >= at_a_time) return send_busy(h1);
  if (const auto wait = budget_.next_in_ms(host_.now_ms()); wait > 0 && !held_by_us)
    return send_busy(h1, wire::encode(control::NoGuesses{static_cast<std::uint16_t>((wait + 999) / 1000)}));
  if (greeting) return_guess(candidate);
  const auto before = candidate.phase;
  candidate.initiator.reset();
  candidate.id = h1.id;
  candidate.responder.emplace(context_for(candidate, false), *secret_, identity_, self_.profile, capabilities);
  auto h2 = candidate.responder->on_h1(*h1.body);
  if (!h2) {
    log::debug("pairing.h1_refused", {{"member", h1.peer}, {"why", name_of(h2.error().code)}});
    candidate.responder.reset();
    if (before == Phase::paired || before == Phase::rejected) {
      candidate.phase = before;
      return;
    }
    return fell_silent(candidate, false);
  }
  take_guess(candidate);
  candidate.phase = Phase::answering;
  candidate.timer = loop_.after(timing_.handshake_deadline, [this, id = candidate.member.id] {
    // Whoever got H2 could test one guess with it: that one is spent.
    auto* silent = find(id);
    if (silent == nullptr) return;
    if (!silent->has_session) host_.on_other_password(id);
    fell_silent(*silent, true);
  });
  send(candidate, control::HandshakeStep::h2, std::move(*h2));
}

void Pairing::send_busy(const control::Handshake& h1, Bytes why) {
  host_.send_handshake({.peer = h1.peer, .id = h1.id, .step = control::HandshakeStep::busy, .body = std::move(why)});
}

void Pairing::continue_as_initiator(Candidate& candidate, const control::Handshake& step) {
  if (step.id != candidate.id || !candidate.initiator) return;
  if (step.step == control::HandshakeStep::busy) {
    if (candidate.phase != Phase::greeting) return;
    const auto why = wire::decode<control::NoGuesses>(*step.body);
    if (!why || candidate.has_session) return fell_silent(candidate, false);
    return_guess(candidate);
    reset(candidate);
    lacks_guess(candidate, std::int64_t{why->seconds} * 1000);
    host_.on_pairing_changed();
    return schedule();
  }
  if (step.step == control::HandshakeStep::h2) {
    if (candidate.phase != Phase::greeting) return;
    auto h3 = candidate.initiator->on_h2(*step.body);
    if (!h3) {
      log::debug("pairing.rejected", {{"member", step.peer}, {"why", name_of(h3.error().code)}});
      // So that those who are there learn who came; it says no more than our silence would.
      if (h3.error().code == Errc::wrong_password) send(candidate, control::HandshakeStep::busy, {});
      rejected_[step.peer] = host_.now_ms();
      reset(candidate);
      candidate.phase = Phase::rejected;
      candidate.is_refused = true;
      candidate.took_guess = false;   // spent
      if (!proved_)
        next_guess_ = loop_.after(timing_.after_wrong_password, [this] {
          next_guess_.cancel();
          schedule();
        });
      candidate.at_our_join ? host_.on_rejected(step.peer) : host_.on_other_password(step.peer);
      host_.on_pairing_changed();
      return schedule();
    }
    candidate.phase = Phase::proving;
    return send(candidate, control::HandshakeStep::h3, std::move(*h3));
  }
  if (candidate.phase != Phase::proving) return;
  auto outcome = candidate.initiator->on_h4(*step.body);
  if (!outcome) {
    log::debug("pairing.h4_refused", {{"member", step.peer}, {"why", name_of(outcome.error().code)}});
    return fell_silent(candidate, true);
  }
  paired(candidate, std::move(*outcome), true);
}

void Pairing::continue_as_responder(Candidate& candidate, const control::Handshake& step) {
  if (step.id != candidate.id || candidate.phase != Phase::answering || !candidate.responder) return;
  auto finished = candidate.responder->on_h3(*step.body);
  if (!finished) {
    log::debug("pairing.h3_refused", {{"member", step.peer}, {"why", name_of(finished.error().code)}});
    return fell_silent(candidate, true);
  }
  send(candidate, control::HandshakeStep::h4, std::move(finished->h4));
  paired(candidate, std::move(finished->outcome), false);
}

// Their password is another one: neither of us need ask again on this connection.
void Pairing::refused_by_initiator(Candidate& candidate) {
  log::debug("pairing.refused", {{"member", candidate.member.id}});
  reset(candidate);
  candidate.took_guess = false;   // spent
  candidate.is_refused = true;
  candidate.phase = candidate.has_session ? Phase::paired : Phase::rejected;
  host_.on_other_password(candidate.member.id);
  host_.on_pairing_changed();
  schedule();
}

void Pairing::paired(Candidate& candidate, crypto::PairOutcome outcome, bool initiator) {
  return_guess(candidate);
  reset(candidate);
  candidate.phase = Phase::paired;
  candidate.has_session = true;
  candidate.silences = 0;
  proved_ = true;
  const auto member = candidate.member.id;
  rejected_.erase(member);
  host_.on_paired(member, std::move(outcome), initiator);
  host_.on_pairing_changed();
  schedule();
}

void Pairing::fell_silent(Candidate& candidate, bool guess_was_possible) {
  if (guess_was_possible)
    candidate.took_guess = false;
  else
    return_guess(candidate);
  reset(candidate);
  if (candidate.has_session) {
    candidate.phase = Phase::paired;   // a refresh that came to nothing: the session there is goes on
    host_.on_pairing_changed();
    return schedule();
  }
  candidate.no_guess_before_ms = 0;
  rest(candidate, timing_.handshake_retry * (1U << std::min(candidate.silences++, 6U)));
  host_.on_pairing_changed();
  schedule();
}

// Strangers have used them up, or we have. The others who wait for the same moment are not to come all at once.
void Pairing::lacks_guess(Candidate& candidate, std::int64_t wait_ms) {
  const auto wait = std::clamp(wait_ms, std::int64_t{1}, GuessBudget::refill_ms);
  candidate.no_guess_before_ms = host_.now_ms() + wait;
  const auto jitter = random_below(static_cast<std::uint64_t>(wait / 8 + 1));
  rest(candidate, std::min(timing_.busy_retry, std::chrono::milliseconds(wait + static_cast<std::int64_t>(jitter))));
}

void Pairing::rest(Candidate& candidate, std::chrono::milliseconds pause) {
  candidate.phase = Phase::silent;
  candidate.timer = loop_.after(pause, [this, id = candidate.member.id] {
    if (auto* waiting = find(id)) {
      waiting->timer.cancel();
      waiting->member.join_seq = 0;
      want(*waiting);
    }
  });
}

void Pairing::reset(Candidate& candidate) {
  candidate.initiator.reset();
  candidate.responder.reset();
  candidate.timer.cancel();
}

void Pairing::take_guess(Candidate& candidate) {
  if (candidate.took_guess) return;
  candidate.took_guess = budget_.take(host_.now_ms());
  host_.on_budget_changed(budget_);
}

void Pairing::return_guess(Candidate& candidate) {
  if (!candidate.took_guess) return;
  candidate.took_guess = false;
  budget_.give_back();
  host_.on_budget_changed(budget_);
}

crypto::HandshakeContext Pairing::context_for(const Candidate& candidate, bool we_initiate) const {
  const auto& peer = candidate.member;
  return {.group = self_.group,
          .initiator = we_initiate ? self_.id : peer.id,
          .responder = we_initiate ? peer.id : self_.id,
          .initiator_nonce = we_initiate ? own_nonce_ : peer.nonce,
          .responder_nonce = we_initiate ? peer.nonce : own_nonce_,
          .id = candidate.id};
}

void Pairing::send(const Candidate& candidate, control::HandshakeStep step, Bytes body) {
  host_.send_handshake({.peer = candidate.member.id, .id = candidate.id, .step = step, .body = std::move(body)});
}

Pairing::Candidate* Pairing::find(const MemberId& member) {
  const auto found = candidates_.find(member);
  return found == candidates_.end() ? nullptr : &found->second;
}

Pairing::Count Pairing::count() const {
  Count count;
  for (const auto& [id, candidate] : candidates_) {
    if (!candidate.at_our_join) continue;
    switch (candidate.phase) {
      case Phase::paired: ++count.paired; break;
      case Phase::rejected: ++count.rejected; break;
      case Phase::silent:
        ++count.unanswered;
        if (candidate.no_guess_before_ms == 0) break;
        if (count.busy++ == 0 || candidate.no_guess_before_ms < count.next_try_ms)
          count.next_try_ms = candidate.no_guess_before_ms;
        break;
      case Phase::wanted:
        if (!proved_ && next_guess_.is_set())
          ++count.unanswered;   // for the time being
        else
          ++count.open;
        break;
      case Phase::greeting:
      case Phase::proving:
      case Phase::answering: ++count.open; break;
    }
  }
  return count;
}

bool Pairing::is_greeting(const MemberId& member) const {
  const auto found = candidates_.find(member);
  if (found == candidates_.end()) return false;
  const auto phase = found->second.phase;
  return phase == Phase::wanted || phase == Phase::greeting || phase == Phase::proving || phase == Phase::answering;
}

unsigned Pairing::guesses_left() { return budget_.left(host_.now_ms()); }

}   // namespace coterie
