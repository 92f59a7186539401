// SPDX-License-Identifier: MIT
#include "relay/client.h"

#include <algorithm>
#include <cassert>

#include "netcore/base/log.h"
#include "netcore/base/overloaded.h"
#include "relay/group.h"
#include "relay/server.h"

namespace coterie::relay {

Client::Client(Server& server, io::Accepted accepted, const io::TlsContext& tls)
    : server_(server),
      address_(std::move(accepted.peer_address)),
      slot_(std::move(accepted.slot)),
      heard_(io::Clock::now()),
      asked_(heard_),
      sends_(server.config().limits.sends, heard_),
      handshakes_(server.config().limits.handshakes, heard_),
      connection_(std::make_unique<io::Connection>(
          server.loop(), std::move(accepted.socket),
          io::Connection::Options{.unit_size = [this](ByteView head) { return unit_size(head); },
                                  .tls = tls,
                                  .is_server = true,
                                  .open_deadline = server.config().timing.tls},
          static_cast<io::Connection::Observer&>(*this))) {}

Client::~Client() { assert(seat_.member == nullptr && holding_.empty() && held_by_.empty()); }

// ── what comes in ──────────────────────────────────────────────────────────────────────────────────────────────────

Result<std::size_t> Client::unit_size(ByteView head) const {
  const auto size = wire::frame_size(head, state_ == State::greeting ? wire::max_greeting : wire::max_frame);
  // A length that cannot be is handed over as a unit of its own, too short to be a frame: on_unit() refuses it in words,
  // which the connection by itself could not.
  return size ? *size : wire::frame_head;
}

void Client::on_open() {
  open_ = true;
  heard_ = io::Clock::now();
}

void Client::on_unit(ByteView unit) {
  if (state_ == State::closing) return;
  if (state_ == State::ready) heard_ = io::Clock::now();   // before JOIN no frame buys time
  auto message = control::decode_to_relay(unit);
  if (!message) return refuse(control::Refusal::malformed, "a frame that does not parse");
  if (!*message) return;   // an optional type of a later version
  if (state_ == State::greeting) return greet(**message);
  serve(**message);
}

void Client::greet(const control::ToRelay& message) {
  std::visit(overloaded{[&](const control::Join& join) {
                          auto refusal = server_.router().join(*this, join);
                          if (refusal) return refuse(refusal->reason, std::move(refusal->text));
                          state_ = State::ready;
                          heard_ = io::Clock::now();
                        },
                        [&](const control::Ping& ping) { send(control::Pong{ping.nonce}); },
                        [](const control::Pong&) {}, [&](const control::Bye&) { part(); },
                        [&](const auto&) { refuse(control::Refusal::malformed, "a frame before JOIN"); }},
             message);
}

void Client::serve(control::ToRelay& message) {
  const auto& limits = server_.config().limits;
  std::visit(overloaded{[&](const control::Ping& ping) { send(control::Pong{ping.nonce}); },
                        [](const control::Pong&) {}, [&](const control::Bye&) { part(); },
                        [&](const control::Join&) { refuse(control::Refusal::malformed, "a second JOIN"); },
                        [&](const control::Handshake& step) {
                          pay(handshakes_, limits.handshakes);
                          server_.router().hand_on(*this, step);
                        },
                        [&](control::Send& envelope) {
                          if (envelope.recipients->empty())
                            return refuse(control::Refusal::malformed, "an envelope without recipients");
                          pay(sends_, limits.sends);
                          server_.router().send(*this, std::move(envelope));
                        },
                        [&](const control::Ack& ack) { server_.router().acknowledge(*this, ack); },
                        [&](const control::BlobPut& put) { server_.blobs().put(*this, put); },
                        [&](const control::BlobGet& get) { server_.blobs().get(*this, get); },
                        [&](const control::BlobDrop& drop) { server_.blobs().drop(*this, drop.blob); }},
             message);
}

void Client::pay(TokenBucket& bucket, const Rate& rate) {
  bucket.take(rate, heard_);
  if (throttled_ || bucket.is_level(rate, heard_)) return;
  throttled_ = true;
  ++server_.counters().throttled;
  server_.throttle(*this);
  update_reading();
}

bool Client::try_release(io::Clock::time_point now) {
  const auto& limits = server_.config().limits;
  if (!sends_.is_level(limits.sends, now) || !handshakes_.is_level(limits.handshakes, now)) return false;
  throttled_ = false;
  update_reading();
  return true;
}

// ── what goes out ──────────────────────────────────────────────────────────────────────────────────────────────────

void Client::send(const control::ToClient& message) { send(control::encode_frame(message)); }

void Client::send(ByteView frames) {
  if (state_ == State::closing || doomed_) return;
  sent_ += frames.size();
  connection_->send(frames);
  after_output(*this);
}

bool Client::takes_more() const {
  const auto& limits = server_.config().limits;
  return state_ == State::ready && !doomed_ && unacknowledged_.span() < limits.unacknowledged &&
         unacknowledged_.bytes() < limits.unacknowledged_bytes;
}

bool Client::pass_on(ByteView head, const io::SharedBytes& body, Client& from) {
  if (state_ != State::ready || doomed_) return false;
  sent_ += head.size() + (body ? body->size() : 0);
  if (body)
    connection_->send(head, body);
  else
    connection_->send(head);
  after_output(from);
  return true;
}

void Client::after_output(Client& from) {
  const auto queued = connection_->queued();
  const auto& limits = server_.config().limits;
  if (queued < limits.hold_senders_at) return;
  hold(from);
  if (queued < limits.drop_at) return;
  doomed_ = true;
  server_.doom(*this);
}

void Client::report(const MessageId& message, const control::DeliveryTo& outcome) {
  if (state_ != State::ready) return;
  if (outcomes_.empty()) server_.router().has_outcomes(*this);
  // Recipients acknowledge the same envelopes in the same order: the next one is this one's, the next one's, or the first's.
  // What comes in another order gets a frame of its own.
  for (const auto at : {last_outcome_, last_outcome_ + 1, std::size_t{0}}) {
    if (at >= outcomes_.size() || outcomes_[at].message != message) continue;
    if (outcomes_[at].members->size() == control::max_members) continue;
    outcomes_[at].members->push_back(outcome);
    last_outcome_ = at;
    return;
  }
  last_outcome_ = outcomes_.size();
  outcomes_.push_back({.message = message, .members = std::vector{outcome}});
}

void Client::tell_outcomes() {
  last_outcome_ = 0;
  for (const auto& outcome : std::exchange(outcomes_, {})) send(outcome);
}

// ── holding back ───────────────────────────────────────────────────────────────────────────────────────────────────

void Client::hold(Client& from) {
  if (std::find(holding_.begin(), holding_.end(), &from) != holding_.end()) return;
  if (holding_.empty()) {
    holding_since_ = moved_ = io::Clock::now();
    left_ = sent_ - connection_->queued();
  }
  holding_.push_back(&from);
  from.held_by_.push_back(this);
  ++server_.counters().holds;
  from.update_reading();
}

void Client::release_all() {
  for (auto* from : std::exchange(holding_, {})) {
    std::erase(from->held_by_, this);
    from->update_reading();
  }
}

void Client::update_reading() {
  const bool pause = throttled_ || !held_by_.empty();
  if (pause == paused_) return;
  paused_ = pause;
  if (!pause) heard_ = io::Clock::now();   // it could not be heard meanwhile
  if (state_ != State::closing) connection_->pause_reading(pause);
}

void Client::on_drained() { release_all(); }

// ── time ───────────────────────────────────────────────────────────────────────────────────────────────────────────

void Client::tick(io::Clock::time_point now) {
  const auto& timing = server_.config().timing;
  if (state_ == State::closing || !open_) return;   // the connection has deadlines of its own for these
  if (!holding_.empty()) {
    const auto left = sent_ - connection_->queued();
    if (left != left_) moved_ = now;
    left_ = left;
    if (now - moved_ > timing.stuck || now - holding_since_ > timing.unread)
      return refuse(control::Refusal::too_slow, "what was sent to you was not read");
  }
  if (state_ == State::greeting) {
    if (now - heard_ > timing.join) refuse(control::Refusal::too_slow, "no JOIN in time");
    return;
  }
  server_.router().look_at_overdue(*this, now - timing.acknowledge);
  if (paused_) return;
  if (now - heard_ > timing.silent) return drop({Errc::timed_out, "silent for too long"});
  if (now - std::max(heard_, asked_) < timing.ping) return;
  asked_ = now;
  send(control::Ping{++pings_});
}

// ── the end ────────────────────────────────────────────────────────────────────────────────────────────────────────

void Client::refuse(control::Refusal reason, std::string text) {
  if (state_ == State::closing) return;
  ++server_.counters().refusals[static_cast<std::size_t>(reason)];
  log::info("refused", {{"address", address_}, {"reason", text}});
  const control::Refused last{.reason = reason, .text = text};
  finish(last, {Errc::refused, std::move(text)});
}

void Client::part() { finish(control::Bye{}, {Errc::connection_lost, "signed out"}); }

void Client::finish(const control::ToClient& last, Error reason) {
  tell_outcomes();   // of this turn so far: however frames were cut into reads, the answers are the same
  leave();
  state_ = State::closing;
  connection_->pause_reading(false);   // what still comes is thrown away, so that the last frame is not lost to a reset
  connection_->send(control::encode_frame(last));
  connection_->close_after_flush(std::move(reason), server_.config().timing.flush);
}

void Client::drop(Error reason) {
  if (state_ == State::closing) return;
  leave();
  state_ = State::closing;
  connection_->close(std::move(reason));
}

void Client::leave() {
  server_.blobs().forget(*this);   // before its group may go
  if (seat_.member != nullptr) server_.router().leave(*this);
  server_.forget(*this);
  release_all();
  for (auto* receiver : std::exchange(held_by_, {})) std::erase(receiver->holding_, this);
}

void Client::on_closed(const Error& error) {
  if (state_ != State::closing) {
    log::debug("connection_ended", {{"address", address_}, {"error", name_of(error.code)}, {"detail", error.detail}});
    leave();
    state_ = State::closing;
  }
  server_.closed(*this);
}

}   // namespace coterie::relay
