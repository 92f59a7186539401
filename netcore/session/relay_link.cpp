// SPDX-License-Identifier: MIT
#include "netcore/session/relay_link.h"

#include "netcore/base/log.h"
#include "netcore/base/overloaded.h"
#include "netcore/base/random.h"

namespace coterie {

RelayLink::RelayLink(io::EventLoop& loop, Worker& worker, io::Endpoint relay, Timing timing, Observer& observer)
    : loop_(loop), worker_(worker), relay_(std::move(relay)), timing_(timing), observer_(observer) {}

RelayLink::~RelayLink() = default;

void RelayLink::connect(std::optional<RelayPin> expected, control::Join join) {
  if (phase_ != Phase::offline && phase_ != Phase::waiting) return;
  expected_ = expected;
  join_ = std::move(join);
  failures_ = 0;
  dial();
}

void RelayLink::disconnect(std::function<void()> done) {
  disconnected_ = std::move(done);
  const auto finish = [this] {
    if (disconnected_) loop_.post(std::exchange(disconnected_, {}));
  };
  if (phase_ == Phase::offline) return connection_ ? void() : finish();
  if (phase_ == Phase::online && connection_) {
    connection_->send(control::encode_frame(control::ToRelay(control::Bye{})));
    phase_ = Phase::offline;   // what still comes in is no news
    deadline_.cancel();
    heartbeat_.cancel();
    connection_->close_after_flush(Error{Errc::connection_lost, {}}, std::chrono::seconds(2));
    observer_.on_link_state(event::LinkState::offline, {}, {});
    return;
  }
  drop_connection();
  enter(Phase::offline);
  finish();
}

void RelayLink::send(const control::ToRelay& frame) {
  if (phase_ == Phase::online) connection_->send(control::encode_frame(frame));
}

std::size_t RelayLink::queued() const { return connection_ ? connection_->queued() : 0; }

void RelayLink::dial() {
  drop_connection();
  refusal_.reset();
  enter(Phase::dialing);
  dialer_ = std::make_unique<io::Dialer>(
      loop_, worker_, relay_, timing_.dial_deadline, [this](Result<io::Descriptor> socket) {
        loop_.dispose(std::move(dialer_));
        if (!socket) return broke(socket.error());
        enter(Phase::securing);
        connection_ = std::make_unique<io::Connection>(
            loop_, std::move(*socket),
            io::Connection::Options{.unit_size = [](ByteView head) { return wire::frame_size(head); },
                                    .tls = io::TlsContext::for_client(expected_)},
            *this);
      });
}

void RelayLink::drop_connection() {
  deadline_.cancel();
  heartbeat_.cancel();
  retry_.cancel();
  loop_.dispose(std::move(dialer_));
  loop_.dispose(std::move(connection_));
}

void RelayLink::on_open() {
  enter(Phase::joining);
  join_.nonce = random_id<ConnectionNonce>();
  connection_->send(control::encode_frame(control::ToRelay(join_)));
  deadline_ = loop_.after(timing_.join_deadline, [this] {
    broke(Error{Errc::timed_out, "the relay did not answer the greeting"});
  });
}

void RelayLink::on_unit(ByteView unit) {
  if (phase_ != Phase::joining && phase_ != Phase::online) return;
  auto frame = control::decode_to_client(unit);
  if (!frame) return broke(frame.error());
  if (*frame) handle_frame(std::move(**frame));
}

void RelayLink::handle_frame(control::ToClient frame) {
  std::visit(overloaded{
                 [&](control::Ping& ping) {
                   connection_->send(control::encode_frame(control::ToRelay(control::Pong{ping.nonce})));
                 },
                 [&](control::Pong&) {},
                 [&](control::Bye&) {
                   broke(Error{Errc::shutting_down, {}});
                 },
                 [&](control::Refused& refused) { handle_refusal(refused); },
                 [&](control::Joined& joined) {
                   if (phase_ != Phase::joining) return broke(Error{Errc::malformed, "a second greeting"});
                   failures_ = 0;
                   deadline_.cancel();
                   heartbeat_ = loop_.every(timing_.ping_when_idle / 4, [this] { watch_silence(); });
                   enter(Phase::online);
                   observer_.on_joined(joined);
                 },
                 [&](auto& other) {
                   if (phase_ != Phase::online) return broke(Error{Errc::malformed, "a frame before the greeting"});
                   observer_.on_frame(std::move(other));
                 },
             },
             frame);
}

void RelayLink::handle_refusal(const control::Refused& refused) {
  const auto text = log::escaped(*refused.text);
  const auto final_with = [&](Errc code, std::string detail = {}) {
    drop_connection();
    const Error error{code, std::move(detail)};
    enter(Phase::offline, error);
    observer_.on_refused_for_good(error);
  };
  switch (refused.reason) {
    case control::Refusal::user_id_taken: return final_with(Errc::user_id_taken);
    case control::Refusal::replaced: return final_with(Errc::replaced);
    case control::Refusal::group_full: return final_with(Errc::group_full);
    case control::Refusal::access_denied:
      return final_with(Errc::refused,
                        join_.access_key->empty() ? "it asks for an access key, and none was given" : text);
    case control::Refusal::malformed: refusal_ = Error{Errc::malformed, text}; return;
    case control::Refusal::too_many: refusal_ = Error{Errc::rate_limited, text}; return;
    case control::Refusal::too_slow: refusal_ = Error{Errc::timed_out, text}; return;
    case control::Refusal::shutting_down: refusal_ = Error{Errc::shutting_down, {}}; return;   // the code says it all
  }
}

void RelayLink::watch_silence() {
  if (phase_ != Phase::online) return;
  const auto now = io::Clock::now();
  const auto silent = now - connection_->last_received();
  if (silent > timing_.dead_when_silent) return broke(Error{Errc::timed_out, "the relay fell silent"});
  if (silent > timing_.ping_when_idle && now - last_ping_ > timing_.ping_when_idle) {
    last_ping_ = now;
    connection_->send(control::encode_frame(control::ToRelay(control::Ping{random_below(UINT64_MAX)})));
  }
}

void RelayLink::on_drained() {
  if (phase_ == Phase::online) observer_.on_output_drained();
}

void RelayLink::on_closed(const Error& error) {
  const auto seen = connection_ ? connection_->peer_pin() : std::nullopt;
  if (phase_ == Phase::offline || phase_ == Phase::waiting) {
    loop_.dispose(std::move(connection_));
    if (disconnected_) std::exchange(disconnected_, {})();
    return;
  }
  if (error.code == Errc::relay_unknown || error.code == Errc::relay_identity_changed) {
    drop_connection();
    enter(Phase::offline, error);
    if (error.code == Errc::relay_unknown)
      observer_.on_relay_unknown(seen.value_or(RelayPin{}));
    else
      observer_.on_relay_changed(seen.value_or(RelayPin{}));
    return;
  }
  broke(refusal_.value_or(error));
}

void RelayLink::broke(const Error& error) {
  drop_connection();
  const auto doubled = timing_.first_retry * (1U << std::min(failures_, 6U));
  ++failures_;
  const auto base = std::min<std::chrono::milliseconds>(doubled, timing_.longest_retry);
  // ±50 %, so that the members of a restarted relay do not all come back in the same moment.
  const auto pause = base / 2 + std::chrono::milliseconds(random_below(static_cast<std::uint64_t>(base.count()) + 1));
  log::debug("link.broke", {{"reason", name_of(error.code)}, {"detail", error.detail}, {"retry_ms", pause.count()}});
  enter(Phase::waiting, error, pause);
  retry_ = loop_.after(pause, [this] { dial(); });
}

void RelayLink::enter(Phase phase, std::optional<Error> reason, std::optional<std::chrono::milliseconds> retry_in) {
  const auto shown = [](Phase p) {
    switch (p) {
      case Phase::offline:
      case Phase::waiting: return event::LinkState::offline;
      case Phase::dialing:
      case Phase::securing: return event::LinkState::connecting;
      case Phase::joining: return event::LinkState::joining;
      case Phase::online: return event::LinkState::online;
    }
    return event::LinkState::offline;
  };
  const bool changed = shown(phase) != shown(phase_) || reason.has_value();
  phase_ = phase;
  if (changed) observer_.on_link_state(shown(phase), std::move(reason), retry_in);
}

}   // namespace coterie
