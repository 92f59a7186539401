// SPDX-License-Identifier: MIT
#include "netcore/io/byte_stream.h"

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/util.h>

#include <cassert>
#include <new>

#include "netcore/io/loop_core.h"
#include "netcore/io/socket.h"

namespace coterie::io {
namespace {

using BufferHandle = Handle<bufferevent, bufferevent_free>;

}   // namespace

struct ByteStream::State final : TurnEnd {
  State(EventLoop& on, Descriptor from, Options with, Observer& whom)
      : TurnEnd(on.core()), loop(on), core(on.core()), observer(whom), socket(std::move(from)) {
    assert(loop.in_loop() && socket);
    set_no_delay(socket.get());
    set_keep_alive(socket.get());
    // Deferred: no callback comes from inside a method of ours.
    buffers.reset(bufferevent_socket_new(loop.base(), socket.get(), BEV_OPT_DEFER_CALLBACKS));
    if (!buffers) throw std::bad_alloc();
    bufferevent_setcb(buffers.get(), &State::on_readable, &State::on_written, &State::on_event, this);
    bufferevent_setwatermark(buffers.get(), EV_READ, 0, with.most_unread);
    bufferevent_setwatermark(buffers.get(), EV_WRITE, with.low_water, 0);
    bufferevent_enable(buffers.get(), EV_READ | EV_WRITE);
  }

  static void on_readable(bufferevent*, void* self) noexcept {
    auto& stream = *static_cast<State*>(self);
    LoopCore::Callback callback(stream.core);
    stream.deliver();
  }

  static void on_written(bufferevent*, void* self) noexcept {
    auto& stream = *static_cast<State*>(self);
    LoopCore::Callback callback(stream.core);
    if (stream.finishing) return stream.end_if_flushed();
    if (!stream.closed) stream.observer.on_writable();
  }

  static void on_event(bufferevent*, short what, void* self) noexcept {
    auto& stream = *static_cast<State*>(self);
    const int error = EVUTIL_SOCKET_ERROR();
    LoopCore::Callback callback(stream.core);
    if ((what & BEV_EVENT_EOF) != 0)
      stream.end_reason = Error{Errc::connection_lost, "the other side has ended it"};
    else
      stream.end_reason = Error{Errc::connection_lost, reason_of(error)};
    stream.deliver();   // what came before the end is told before it
  }

  ~State() override {
    if (buffers) bufferevent_setfd(buffers.get(), -1);
  }

  evbuffer* input() const { return bufferevent_get_input(buffers.get()); }
  evbuffer* output() const { return bufferevent_get_output(buffers.get()); }

  void deliver() {
    while (!closed && !paused) {
      if (finishing) evbuffer_drain(input(), evbuffer_get_length(input()));
      evbuffer_iovec first{};
      if (evbuffer_peek(input(), -1, nullptr, &first, 1) < 1 || first.iov_len == 0) break;
      const ByteView bytes(static_cast<const std::uint8_t*>(first.iov_base), first.iov_len);
      const auto taken = observer.on_bytes(bytes);
      if (closed) return;
      assert(taken <= bytes.size() && (taken == bytes.size() || paused || finishing));
      evbuffer_drain(input(), taken);
      if (core.has_disposed()) return look_again();   // this stream may be among it: then it is gone before that
    }
    if (!closed && !paused && end_reason) close(*end_reason);
  }

  void look_again() {
    bufferevent_trigger(buffers.get(), EV_READ, BEV_TRIG_IGNORE_WATERMARKS | BEV_TRIG_DEFER_CALLBACKS);
  }

  void end_if_flushed() {
    if (evbuffer_get_length(output()) == 0) end_sending(socket.get());
  }

  void close(Error reason) {
    if (closed) return;
    closed = true;
    error = std::move(reason);
    patience.cancel();
    // Inside one of its callbacks it lives on until that has returned: its events must be off the socket before the number of that
    // is given to another.
    bufferevent_setfd(buffers.get(), -1);
    buffers.reset();
    socket.reset();
    ask_for_turn_end();
  }

  void turn_ended() override {
    if (closed && !std::exchange(reported, true)) observer.on_closed(error);
  }

  EventLoop& loop;
  LoopCore& core;
  Observer& observer;
  Descriptor socket;
  BufferHandle buffers;
  Timer patience;
  std::optional<Error> end_reason;   // the peer's end has come
  Error error;
  bool paused = false;
  bool finishing = false;
  bool closed = false;
  bool reported = false;
};

ByteStream::ByteStream(EventLoop& loop, Descriptor socket, Options options, Observer& observer)
    : state_(std::make_unique<State>(loop, std::move(socket), options, observer)) {}
ByteStream::~ByteStream() = default;

void ByteStream::send(ByteView bytes) {
  if (state_->closed || state_->finishing || bytes.empty()) return;
  bufferevent_write(state_->buffers.get(), bytes.data(), bytes.size());
}

std::size_t ByteStream::queued() const { return state_->closed ? 0 : evbuffer_get_length(state_->output()); }

void ByteStream::pause_reading(bool paused) {
  if (state_->closed || state_->paused == paused) return;
  state_->paused = paused;
  if (paused) {
    bufferevent_disable(state_->buffers.get(), EV_READ);
    return;
  }
  bufferevent_enable(state_->buffers.get(), EV_READ);
  state_->look_again();
}

void ByteStream::ask_writable() {
  if (!state_->closed) bufferevent_trigger(state_->buffers.get(), EV_WRITE, BEV_TRIG_DEFER_CALLBACKS);
}

void ByteStream::finish(Duration patience) {
  if (state_->closed || state_->finishing) return;
  state_->finishing = true;
  state_->patience = state_->loop.after(patience, [state = state_.get()] {
    state->close({Errc::timed_out, "the other side does not end it"});
  });
  bufferevent_setwatermark(state_->buffers.get(), EV_WRITE, 0, 0);
  bufferevent_trigger(state_->buffers.get(), EV_WRITE, BEV_TRIG_IGNORE_WATERMARKS | BEV_TRIG_DEFER_CALLBACKS);
  pause_reading(false);
}

void ByteStream::close(Error reason) { state_->close(std::move(reason)); }

}   // namespace coterie::io
