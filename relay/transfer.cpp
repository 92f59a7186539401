// SPDX-License-Identifier: MIT
#include "relay/transfer.h"

#include <cassert>

#include "relay/blobs.h"

namespace coterie::relay {

Transfer::Transfer(Blobs& blobs, const Terms& terms)
    : blobs_(blobs), terms_(terms), bandwidth_(blobs.transfer_rate(), io::Clock::now()) {}

void Transfer::attach(Side side, DataConnection& connection, io::Slab early) {
  connection.join(*this);
  if (side == Side::uploader) {
    assert(uploader_ == nullptr);
    uploader_ = &connection;
    early_ = std::move(early);
    if (reader_ != nullptr) start();
    return;
  }
  assert(reader_ == nullptr);
  reader_ = &connection;
  reader_->stream().pause_reading(false);   // for its DONE, and to notice when it goes
  if (early.length > 0) return fail("the reader spoke too early");
  if (uploader_ != nullptr) start();
}

void Transfer::start() {
  update_reading();
  if (early_.length > 0) pass(std::exchange(early_, {}));
}

void Transfer::received(DataConnection& from, io::Slab data) {
  if (&from == reader_) return take_done(data.view());
  pass(std::move(data));
}

void Transfer::pass(io::Slab data) {
  if (data.length > left()) return fail("more bytes than announced");
  passed_ += data.length;
  auto& out = reader_->stream();
  const auto length = data.length;
  out.send(std::move(data));
  pace(length);
  // What is queued and the piece read next make the window.
  if (out.queued() <= window - DataConnection::read_size) return;
  is_ahead_ = true;
  update_reading();
  out.want_writable(true);
}

void Transfer::pace(std::size_t bytes) {
  if (is_throttled_ || blobs_.spend(bandwidth_, bytes)) return;
  is_throttled_ = true;
  blobs_.throttle(*this);
  update_reading();
}

bool Transfer::try_release(io::Clock::time_point now) {
  if (!blobs_.may_spend(bandwidth_, now)) return false;
  is_throttled_ = false;
  update_reading();
  return true;
}

void Transfer::update_reading() {
  if (uploader_ != nullptr && reader_ != nullptr) uploader_->stream().pause_reading(is_ahead_ || is_throttled_);
}

void Transfer::writable(DataConnection& reader) {
  reader.stream().want_writable(false);
  if (&reader != reader_) return;
  is_ahead_ = false;
  update_reading();
}

void Transfer::take_done(ByteView bytes) {
  append(done_, bytes.first(std::min(bytes.size(), control::data_done_size + 1 - done_.size())));
  if (left() > 0 || done_.size() > control::data_done_size) return fail("the reader spoke too early");
  if (done_.size() < control::data_done_size) return;
  const auto length = control::decode_done(done_);
  if (!length || *length != terms_.length) return fail("the reader confirmed another length");
  uploader_->stream().send(done_);
  over(true, "complete");
}

void Transfer::ended(DataConnection& from) {
  if (&from == reader_) return fail("the reader left");
  if (left() > 0) return over(false, "the uploader left");
  reader_->stream().end_writing();
}

void Transfer::lost(DataConnection& from) {
  const bool was_reader = &from == reader_;
  (was_reader ? reader_ : uploader_) = nullptr;
  if (was_reader)
    fail("the reader left");
  else
    over(false, "the uploader left");
}

void Transfer::abandon() { fail("taken back"); }

void Transfer::fail(const char* reason) {
  for (auto* end : {std::exchange(reader_, nullptr), std::exchange(uploader_, nullptr)})
    if (end != nullptr) end->close({Errc::refused, reason});
  over(false, reason);
}

void Transfer::over(bool complete, const char* reason) {
  if (std::exchange(over_, true)) return;
  for (auto* end : {std::exchange(reader_, nullptr), std::exchange(uploader_, nullptr)})
    if (end != nullptr) end->finish();
  blobs_.over(*this, complete, reason);
}

}   // namespace coterie::relay
