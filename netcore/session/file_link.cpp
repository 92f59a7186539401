// SPDX-License-Identifier: MIT
#include "netcore/session/file_link.h"

namespace coterie {

FileLink::FileLink(io::EventLoop& loop, Worker& worker, const io::Endpoint& relay, const control::DataHello& hello,
                   const FileTiming& timing, Observer& observer)
    : loop_(loop),
      hello_(hello),
      timing_(timing),
      observer_(&observer),
      dialer_(std::make_unique<io::Dialer>(loop, worker, relay, timing.dial_deadline,
                                           [this](Result<io::Descriptor> socket) { connected(std::move(socket)); })) {}

void FileLink::connected(Result<io::Descriptor> socket) {
  loop_.dispose(std::move(dialer_));
  if (observer_ == nullptr) return;
  if (!socket) return lost(socket.error());
  io::DataStream::Observer& self = *this;
  stream_ = std::make_unique<io::DataStream>(loop_, std::move(*socket),
                                             io::DataStream::Options{.stall_limit = timing_.stall_limit}, self);
  stream_->send(control::encode_hello(hello_));
  observer_->on_link_open();
}

void FileLink::on_data(io::Slab data) {
  if (observer_ != nullptr) observer_->on_link_data(std::move(data));
}

void FileLink::on_writable() {
  if (observer_ != nullptr) observer_->on_link_writable();
}

void FileLink::on_end() { lost({Errc::connection_lost, "the relay ended the data connection"}); }
void FileLink::on_closed(const Error& error) { lost(error); }

void FileLink::lost(const Error& error) {
  if (auto over = std::exchange(over_, nullptr)) return over();
  if (auto* observer = std::exchange(observer_, nullptr)) observer->on_link_lost(error);
}

void FileLink::finish(ByteView last_bytes, io::Duration patience, std::function<void()> over) {
  let_go();
  over_ = std::move(over);
  stream_->send(last_bytes);
  stream_->end_writing();
  stream_->want_writable(false);
  stream_->pause_reading(false);   // to see the relay end
  parting_ = loop_.after(patience, [this] { lost({Errc::timed_out, {}}); });
}

}   // namespace coterie
