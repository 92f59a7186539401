// SPDX-License-Identifier: MIT
#include "netcore/io/data_stream.h"

#include <cassert>
#include <new>

#include "netcore/io/loop_core.h"
#include "netcore/io/output_queue.h"
#include "netcore/io/socket.h"

namespace coterie::io {
namespace {

using Outcome = Moved::Outcome;

// A slab with less room than this part of it is not read into any more.
constexpr std::size_t smallest_part = 4;

constexpr std::size_t written_per_turn = 4 * 1024 * 1024;   // by one stream, so that others get their turn

}   // namespace

struct DataStream::State final : TurnEnd {
  State(EventLoop& on, Descriptor from, Options with, Observer& whom)
      : TurnEnd(on.core()),
        loop(on),
        core(on.core()),
        observer(whom),
        options(with),
        socket(std::move(from)),
        output(core.blocks) {
    assert(loop.in_loop() && socket && options.read_size > 0);
    set_no_delay(socket.get());
    if (!options.stall_limit) set_keep_alive(socket.get());
    readable.reset(event_new(loop.base(), socket.get(), EV_READ | EV_PERSIST, &State::on_readable, this));
    writable.reset(event_new(loop.base(), socket.get(), EV_WRITE | EV_PERSIST, &State::on_socket_writable, this));
    if (!readable || !writable) throw std::bad_alloc();
  }

  // ---- events ----

  static void on_readable(evutil_socket_t, short, void* self) noexcept {
    auto& stream = *static_cast<State*>(self);
    LoopCore::Callback callback(stream.core);
    stream.read();
  }

  static void on_socket_writable(evutil_socket_t, short, void* self) noexcept {
    auto& stream = *static_cast<State*>(self);
    LoopCore::Callback callback(stream.core);
    stream.flush();
  }

  void turn_ended() override {
    if (closed) {
      if (!std::exchange(reported, true)) observer.on_closed(error);
      return;
    }
    flush();
  }

  // ---- reading ----

  void read() {
    if (!slab || slab->size() - filled < slab->size() / smallest_part) {
      slab = core.slabs->take(options.read_size);
      filled = 0;
    }
    const auto moved = receive(socket.get(), MutableByteView(*slab).subspan(filled));
    switch (moved.outcome) {
      case Outcome::wait: break;
      case Outcome::failed: return lose(moved.error);
      case Outcome::end: {
        slab.reset();
        peer_ended = true;
        watch_reading();
        observer.on_end();
        return finish_if_both_ended();
      }
      case Outcome::some: {
        moved_at = Clock::now();
        const auto offset = std::exchange(filled, filled + moved.bytes);
        observer.on_data({.memory = slab, .offset = offset, .length = moved.bytes});
        break;
      }
    }
    // Nobody kept it: back to the pool, to be read into again while it is warm.
    if (slab.use_count() == 1) slab.reset();
  }

  void watch_reading() {
    const bool wanted = !closed && !paused && !peer_ended;
    if (wanted == reading) return;
    reading = wanted;
    wanted ? event_add(readable.get(), nullptr) : event_del(readable.get());
    watch_for_stall();
  }

  // ---- writing ----

  template <class... Parts>
  void queue(Parts&&... parts) {
    if (closed || ending) return;
    output.append(std::forward<Parts>(parts)...);
    watch_for_stall();
    if (!waiting_to_write) ask_for_turn_end();
  }

  void flush() {
    std::size_t written = 0;
    while (!output.empty() && written < written_per_turn) {
      std::array<ByteView, max_parts> parts;
      const auto count = output.front(parts);
      const auto moved = transmit(socket.get(), std::span(parts).first(count));
      if (moved.outcome == Outcome::failed) return lose(moved.error);
      if (moved.outcome == Outcome::wait) break;
      output.remove(moved.bytes);
      written += moved.bytes;
    }
    if (written > 0) moved_at = Clock::now();
    watch_writing(!output.empty());
    watch_for_stall();
    if (ending && output.empty() && !ended) {
      ended = true;
      end_sending(socket.get());
      return finish_if_both_ended();
    }
    if ((written > 0 || asked_writable) && want_writable && output.size() <= options.low_water) {
      asked_writable = false;
      observer.on_writable();
    }
  }

  void watch_writing(bool wanted) {
    if (wanted == waiting_to_write) return;
    waiting_to_write = wanted;
    wanted ? event_add(writable.get(), nullptr) : event_del(writable.get());
  }

  // ---- ends ----

  [[nodiscard]] bool should_move() const { return !closed && (reading || !output.empty()); }

  // Called when a direction gets something to do or has nothing left: only time with something to do counts.
  void watch_for_stall() {
    if (!options.stall_limit) return;
    const bool due = should_move();
    if (due && !was_due) moved_at = Clock::now();
    was_due = due;
    if (due && !stall.is_set()) wait_for_stall(*options.stall_limit);
  }

  void wait_for_stall(Duration time) {
    stall = loop.after(time, [this] {
      if (!should_move()) return;
      const auto left = moved_at + *options.stall_limit - Clock::now();
      if (left <= Duration::zero()) return close({Errc::timed_out, "the data connection stands still"});
      wait_for_stall(left);
    });
  }

  void finish_if_both_ended() {
    if (!closed && peer_ended && ended) close({Errc::connection_lost, "both sides have ended it"});
  }

  void lose(int reason) { close({Errc::connection_lost, reason_of(reason)}); }

  void close(Error reason) {
    if (closed) return;
    closed = true;
    error = std::move(reason);
    readable.reset();
    writable.reset();
    reading = waiting_to_write = false;   // nothing is left to be taken off the loop
    stall.cancel();
    socket.reset();
    slab.reset();
    output.clear();
    ask_for_turn_end();
  }

  EventLoop& loop;
  LoopCore& core;
  Observer& observer;
  Options options;
  Descriptor socket;
  EventHandle readable;   // both go before their socket
  EventHandle writable;
  Timer stall;
  Clock::time_point moved_at = Clock::now();
  bool was_due = false;          // should_move() when last looked at
  std::shared_ptr<Bytes> slab;   // being read into
  std::size_t filled = 0;        // bytes of it
  OutputQueue output;
  Error error;   // why it is closed
  bool paused = true;
  bool reading = false;            // `readable` is waited for
  bool waiting_to_write = false;   // `writable` is
  bool want_writable = false;
  bool asked_writable = false;   // on_writable() is due without a write
  bool peer_ended = false;
  bool ending = false;   // end_writing() was called
  bool ended = false;    // and has been done
  bool closed = false;
  bool reported = false;
};

DataStream::DataStream(EventLoop& loop, Descriptor socket, Options options, Observer& observer)
    : state_(std::make_unique<State>(loop, std::move(socket), options, observer)) {}
DataStream::~DataStream() = default;

void DataStream::send(Slab data) {
  const auto view = data.view();
  state_->queue(std::move(data.memory), view);
}

void DataStream::send(ByteView bytes) { state_->queue(bytes); }
std::size_t DataStream::queued() const { return state_->output.size(); }

void DataStream::pause_reading(bool paused) {
  state_->paused = paused;
  state_->watch_reading();
}

void DataStream::want_writable(bool wanted) {
  state_->want_writable = wanted;
  state_->asked_writable = wanted;
  if (wanted && !state_->waiting_to_write) state_->ask_for_turn_end();
}

void DataStream::end_writing() {
  if (state_->closed || state_->ending) return;
  state_->ending = true;
  if (!state_->waiting_to_write) state_->ask_for_turn_end();
}

void DataStream::close(Error reason) { state_->close(std::move(reason)); }

}   // namespace coterie::io
