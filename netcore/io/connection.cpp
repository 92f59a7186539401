// SPDX-License-Identifier: MIT
#include "netcore/io/connection.h"

#include <cassert>

#include "netcore/io/loop_core.h"
#include "netcore/io/output_queue.h"
#include "netcore/io/socket.h"
#include "netcore/io/tls_context.h"
#include "netcore/io/tls_session.h"
#include "netcore/io/unit_cutter.h"

namespace coterie::io {
namespace {

constexpr std::size_t worth_sharing = 2 * 1024;      // a body from here on is cheaper to reference than to copy
constexpr std::size_t sealed_at_once = 128 * 1024;   // ciphertext made before the socket is asked to take it
constexpr std::size_t written_per_turn =
    1024 * 1024;   // by one connection, so that a fast reader leaves room for others

using Outcome = Moved::Outcome;

}   // namespace

struct Connection::State final : TurnEnd {
  enum class Phase { opening, open, flushing, lingering, closed };

  State(EventLoop& on, Descriptor from, Options options, Observer& whom)
      : TurnEnd(on.core()),
        loop(on),
        core(on.core()),
        observer(whom),
        unit_size(std::move(options.unit_size)),
        low_water(options.low_water),
        socket(std::move(from)),
        output(core.blocks) {
    assert(loop.in_loop() && socket && unit_size);
    set_no_delay(socket.get());
    readable.reset(event_new(loop.base(), socket.get(), EV_READ | EV_PERSIST, &State::on_readable, this));
    writable.reset(event_new(loop.base(), socket.get(), EV_WRITE | EV_PERSIST, &State::on_writable, this));
    if (!readable || !writable) throw std::bad_alloc();
    if (options.tls) {
      assert(options.is_server == options.tls->state()->is_server);
      tls.emplace(*options.tls);
      deadline = loop.after(options.open_deadline, [this] {
        if (phase == Phase::opening) close(Error{Errc::timed_out, "no secure connection in time"});
      });
    }
    watch_reading();
    ask_for_turn_end();   // plain: on_open(); a TLS client: its first flight
  }

  // ---- events ----

  static void on_readable(evutil_socket_t, short, void* self) noexcept {
    auto& connection = *static_cast<State*>(self);
    LoopCore::Callback callback(connection.core);
    connection.read();
  }

  static void on_writable(evutil_socket_t, short, void* self) noexcept {
    auto& connection = *static_cast<State*>(self);
    LoopCore::Callback callback(connection.core);
    connection.flush();
  }

  void turn_ended() override {
    if (phase == Phase::closed) return report();
    if (phase == Phase::opening && !tls) {
      open_plain();
    } else if (!can_write() || (phase == Phase::open && !paused)) {
      take({});   // what was put aside; the first flight of a TLS client
    }
    // Whatever was called may have closed this connection, or disposed of it.
    if (phase != Phase::closed && !core.has_disposed()) flush();
    if (phase == Phase::closed || core.has_disposed()) ask_for_turn_end();
  }

  void open_plain() {
    phase = Phase::open;
    watch_reading();
    observer.on_open();
  }

  void report() {
    if (reported) return;
    reported = true;
    observer.on_closed(error);
  }

  // ---- reading ----

  // Opening and closing read whatever the owner has said about units.
  void watch_reading() {
    const bool wanted = phase != Phase::closed && !ended && (phase != Phase::open || !paused);
    if (wanted == reading) return;
    reading = wanted;
    wanted ? event_add(readable.get(), nullptr) : event_del(readable.get());
  }

  void read() {
    if (phase == Phase::opening && !tls) {
      open_plain();
      if (!may_deliver()) return;
    }
    const auto scratch = core.received_scratch();
    const auto moved = receive(socket.get(), scratch);
    if (moved.outcome == Outcome::wait) return;
    if (moved.outcome == Outcome::some) {
      received_at = Clock::now();
      take(scratch.first(moved.bytes));
      return;
    }
    if (phase == Phase::lingering) return die();
    if (moved.outcome == Outcome::end && phase == Phase::flushing) {
      // The peer has ended its direction; ours may go on.
      ended = true;
      return watch_reading();
    }
    fail_with({Errc::connection_lost, moved.outcome == Outcome::failed ? reason_of(moved.error)
                                      : phase == Phase::opening && tls
                                          ? "the other side closed it while it was being secured"
                                          : "the other side closed it"});
  }

  // Bytes as they came from the socket, behind those that were put aside.
  void take(ByteView fresh) {
    Bytes aside;
    if (!put_aside.empty()) {
      append(put_aside, fresh);
      aside = std::exchange(put_aside, {});
      fresh = aside;
    }
    if (tls) {
      take_records(fresh);
    } else if (may_deliver()) {
      deliver(fresh);
    } else if (phase == Phase::open) {
      put_aside.assign(fresh.begin(), fresh.end());
    }
  }

  [[nodiscard]] bool may_deliver() const { return phase == Phase::open && !paused && !core.has_disposed(); }

  void take_records(ByteView records) {
    if (phase == Phase::opening || (phase == Phase::flushing && !secured)) shake_hands(records);
    while (may_deliver()) {
      if (cutter.stopped() && !deliver({})) break;
      if (!may_deliver()) break;
      const auto into = core.opened_scratch();
      core.sealed.clear();
      const auto opened = tls->open(records, into, core.sealed);
      write_sealed();
      if (!opened) return fail_with(opened.error());
      if (*opened == 0) break;
      deliver(into.first(*opened));
    }
    if (records.empty() || phase == Phase::closed || phase == Phase::lingering || (phase == Phase::flushing && secured))
      return;
    put_aside.assign(records.begin(), records.end());
    if (!paused) ask_for_turn_end();
  }

  void shake_hands(ByteView& records) {
    core.sealed.clear();
    const auto done = tls->handshake(records, core.sealed);
    write_sealed();
    if (!done) return fail_with(done.error());
    if (!*done || phase == Phase::closed) return;
    secured = true;
    deadline_over();
    ask_for_turn_end();   // what was queued meanwhile may leave now
    if (phase != Phase::opening) return;
    phase = Phase::open;
    watch_reading();
    observer.on_open();
  }

  void deadline_over() {
    if (phase == Phase::opening) deadline.cancel();   // while flushing it is the patience
  }

  bool deliver(ByteView plain) {
    const auto cut = cutter.cut(plain, unit_size, [this](ByteView unit) {
      observer.on_unit(unit);
      return may_deliver();
    });
    if (!cut)
      fail_with(cut.error());
    else if (cutter.stopped() && !paused)
      ask_for_turn_end();
    return cut.has_value();
  }

  // ---- writing ----

  [[nodiscard]] std::size_t queued() const { return output.size() + unsent.size() - unsent_begin; }

  void queue(ByteView bytes) {
    if (phase != Phase::opening && phase != Phase::open) return;
    output.append(bytes);
    queued_more();
  }

  void queued_more() {
    above_low_water = above_low_water || queued() > low_water;
    if (!waiting_to_write) ask_for_turn_end();
  }

  // Gives core.sealed to the socket, behind what did not fit before; what does not fit now is kept.
  void write_sealed() {
    if (phase == Phase::closed || core.sealed.empty()) return;
    ByteView records = core.sealed;
    if (unsent.empty()) {
      const auto moved = transmit(socket.get(), records);
      if (moved.outcome == Outcome::failed) return lose(moved.error);
      records = records.subspan(moved.bytes);
    }
    append(unsent, records);
    watch_writing(!unsent.empty());
  }

  void watch_writing(bool wanted) {
    if (wanted == waiting_to_write) return;
    waiting_to_write = wanted;
    wanted ? event_add(writable.get(), nullptr) : event_del(writable.get());
  }

  // Writes as much as the socket takes, then sees what that means.
  void flush() {
    std::size_t written = 0;
    while (written < written_per_turn) {
      const auto before = queued();
      if (!write_some()) break;
      if (phase == Phase::closed) return;
      written += before - std::min(before, queued());
    }
    if (phase == Phase::closed) return;
    watch_writing(!unsent.empty() || (!output.empty() && can_write()));
    if (phase == Phase::flushing && queued() == 0) return end_sending_then_linger();
    if (above_low_water && queued() <= low_water && phase == Phase::open) {
      above_low_water = false;
      observer.on_drained();
    }
  }

  [[nodiscard]] bool can_write() const { return !tls || secured; }

  // One step of writing; false when there is nothing to write or no room for it.
  bool write_some() {
    if (!unsent.empty()) return write_unsent();
    if (output.empty() || !can_write()) return false;
    return tls ? seal_and_write() : write_plain();
  }

  bool write_unsent() {
    const auto moved = transmit(socket.get(), ByteView(unsent).subspan(unsent_begin));
    if (moved.outcome == Outcome::failed) return lose(moved.error), false;
    unsent_begin += moved.bytes;
    if (unsent_begin < unsent.size()) return false;
    unsent = {};
    unsent_begin = 0;
    return true;
  }

  bool seal_and_write() {
    core.sealed.clear();
    ByteArray<record_size> staging;
    while (!output.empty() && core.sealed.size() < sealed_at_once) {
      const auto front = output.front(record_size, staging);
      if (const auto sealed = tls->seal(front, core.sealed); !sealed) return fail_with(sealed.error()), false;
      output.remove(front.size());
    }
    write_sealed();
    return unsent.empty();
  }

  bool write_plain() {
    std::array<ByteView, max_parts> parts;
    const auto count = output.front(parts);
    const auto moved = transmit(socket.get(), std::span(parts).first(count));
    if (moved.outcome == Outcome::failed) return lose(moved.error), false;
    output.remove(moved.bytes);
    return moved.outcome == Outcome::some;
  }

  // ---- closing ----

  void close_after_flush(Error reason, Duration patience) {
    if (phase != Phase::opening && phase != Phase::open) return;
    const bool nothing_to_say = phase == Phase::opening && output.empty();
    error = std::move(reason);
    phase = Phase::flushing;
    if (nothing_to_say) return die();
    put_aside = {};
    deadline = loop.after(patience, [this] { die(); });
    watch_reading();
    ask_for_turn_end();
  }

  // All is written. The peer may not have read it yet: a socket closed over unread input would take it back (RFC 1122
  // §4.2.2.13), so what still comes is read and dropped until the peer closes too.
  void end_sending_then_linger() {
    if (tls && !goodbye_said) {
      goodbye_said = true;
      core.sealed.clear();
      tls->end(core.sealed);
      write_sealed();
      if (phase == Phase::closed || !unsent.empty()) return;
    }
    end_sending(socket.get());
    if (ended) return die();
    phase = Phase::lingering;
  }

  void lose(int reason) { fail_with({Errc::connection_lost, reason_of(reason)}); }

  // An end that nobody asked for; one that was asked for keeps its reason.
  void fail_with(Error reason) {
    if (phase == Phase::opening || phase == Phase::open) error = std::move(reason);
    die();
  }

  void close(Error reason) {
    if (phase == Phase::closed) return;
    error = std::move(reason);
    die();
  }

  void die() {
    if (phase == Phase::closed) return;
    phase = Phase::closed;
    readable.reset();
    writable.reset();
    reading = waiting_to_write = false;   // nothing is left to be taken off the loop
    deadline.cancel();
    socket.reset();
    output.clear();
    unsent = {};
    put_aside = {};
    unsent_begin = 0;
    ask_for_turn_end();
  }

  EventLoop& loop;
  LoopCore& core;
  Observer& observer;
  UnitSize unit_size;
  std::size_t low_water;
  Descriptor socket;
  std::optional<TlsSession> tls;
  EventHandle readable;   // both go before their socket
  EventHandle writable;
  Timer deadline;   // for opening, then for closing
  Clock::time_point received_at = Clock::now();
  UnitCutter cutter;
  Bytes put_aside;      // records read, not opened yet: reading was paused, or an object disposed of, in between
  OutputQueue output;   // as it was sent
  Bytes unsent;         // from unsent_begin on: sealed, not taken by the socket yet
  std::size_t unsent_begin = 0;
  Error error;   // why it is closing
  Phase phase = Phase::opening;
  bool secured = false;   // TLS done
  bool paused = false;
  bool reading = false;            // `readable` is waited for
  bool waiting_to_write = false;   // `writable` is
  bool above_low_water = false;
  bool ended = false;   // by the peer, while we flush
  bool goodbye_said = false;
  bool reported = false;
};

Connection::Connection(EventLoop& loop, Descriptor socket, Options options, Observer& observer)
    : state_(std::make_unique<State>(loop, std::move(socket), std::move(options), observer)) {}
Connection::~Connection() = default;

void Connection::send(ByteView bytes) { state_->queue(bytes); }

void Connection::send(ByteView head, const SharedBytes& body) {
  assert(body);
  if (body->size() < worth_sharing) {
    state_->queue(head);
    state_->queue(*body);
    return;
  }
  if (state_->phase != State::Phase::opening && state_->phase != State::Phase::open) return;
  state_->output.append(head);
  state_->output.append(body, *body);
  state_->queued_more();
}

std::size_t Connection::queued() const { return state_->queued(); }

void Connection::pause_reading(bool paused) {
  if (state_->paused == paused) return;
  state_->paused = paused;
  state_->watch_reading();
  if (!paused) state_->ask_for_turn_end();   // there may be units put aside
}

void Connection::close_after_flush(Error reason, Duration patience) {
  state_->close_after_flush(std::move(reason), patience);
}
void Connection::close(Error reason) { state_->close(std::move(reason)); }
std::optional<RelayPin> Connection::peer_pin() const { return state_->tls ? state_->tls->peer_pin() : std::nullopt; }
Clock::time_point Connection::last_received() const { return state_->received_at; }

}   // namespace coterie::io
