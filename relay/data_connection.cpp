// SPDX-License-Identifier: MIT
#include "relay/data_connection.h"

#include <cassert>

#include "netcore/base/log.h"
#include "relay/blobs.h"
#include "relay/transfer.h"

namespace coterie::relay {

DataConnection::DataConnection(io::EventLoop& loop, Blobs& blobs, const Timing& timing, io::Accepted accepted)
    : blobs_(blobs),
      timing_(timing),
      slot_(std::move(accepted.slot)),
      since_(io::Clock::now()),
      stream_(loop, std::move(accepted.socket),
              {.read_size = read_size, .low_water = read_size, .stall_limit = timing.stall}, *this) {
  stream_.pause_reading(false);
}

void DataConnection::join(Transfer& transfer) {
  assert(state_ == State::hello);
  state_ = State::joined;
  transfer_ = &transfer;
}

void DataConnection::on_data(io::Slab data) {
  switch (state_) {
    case State::hello: return read_hello(std::move(data));
    case State::joined: return transfer_->received(*this, std::move(data));
    case State::ending: return;
  }
}

void DataConnection::read_hello(io::Slab data) {
  const auto taken = std::min(control::DataHello::size - hello_.size(), data.length);
  append(hello_, data.view().first(taken));
  if (hello_.size() < control::DataHello::size) return;
  data.offset += taken;
  data.length -= taken;
  const auto hello = control::decode_hello(hello_);
  hello_ = {};
  if (!hello) return close(hello.error());
  // The stream rests until the transfer says otherwise.
  stream_.pause_reading(true);
  if (!blobs_.attach(*this, *hello, std::move(data))) close({Errc::refused, "a ticket that admits nobody"});
}

void DataConnection::on_writable() {
  if (state_ == State::joined) transfer_->writable(*this);
}

void DataConnection::on_end() {
  if (state_ == State::hello) return close({Errc::connection_lost, "ended before its ticket"});
  if (state_ == State::joined) transfer_->ended(*this);
}

void DataConnection::finish() {
  assert(state_ == State::joined);
  transfer_ = nullptr;
  state_ = State::ending;
  since_ = io::Clock::now();
  stream_.end_writing();
  stream_.pause_reading(false);   // to see the peer end: the stream closes by itself when both have
}

void DataConnection::close(Error reason) {
  if (state_ == State::hello)
    log::debug("data_connection_refused", {{"error", name_of(reason.code)}, {"detail", reason.detail}});
  transfer_ = nullptr;
  state_ = State::ending;
  stream_.close(std::move(reason));
}

void DataConnection::tick(io::Clock::time_point now) {
  if (state_ == State::hello && now - since_ > timing_.hello) return close({Errc::timed_out, "no ticket in time"});
  if (state_ != State::ending) return;
  if (stream_.queued() > 0) flushed_ = now;
  const bool too_late = now - std::max(since_, flushed_) > timing_.flush || now - since_ > timing_.stall;
  if (too_late) stream_.close({Errc::timed_out, "the peer does not end"});
}

void DataConnection::on_closed(const Error&) {
  if (auto* transfer = std::exchange(transfer_, nullptr)) transfer->lost(*this);
  blobs_.closed(*this);
}

}   // namespace coterie::relay
