// SPDX-License-Identifier: MIT
// The data connection of one file: dialled, admitted by its ticket, then raw bytes (protocol.md S10).
//
//   Dialling ──connected, hello sent──▶ Open ──finish()──▶ Parting ──relay ends──▶ over
//       └────────────────┴── on_link_lost, once, unless let_go() came before
#pragma once

#include <cassert>
#include <functional>
#include <memory>
#include <optional>

#include "netcore/io/data_stream.h"
#include "netcore/io/dialer.h"
#include "netcore/session/file_transfers.h"
#include "netcore/wire/control.h"

namespace coterie {

class FileLink final : private io::DataStream::Observer {
 public:
  class Observer {
   public:
    virtual ~Observer() = default;
    virtual void on_link_open() = 0;
    virtual void on_link_data(io::Slab data) = 0;        // only after stream().pause_reading(false)
    virtual void on_link_writable() {}                   // only after stream().want_writable(true)
    virtual void on_link_lost(const Error& error) = 0;   // also when the relay ends its direction
  };

  FileLink(io::EventLoop& loop, Worker& worker, const io::Endpoint& relay, const control::DataHello& hello,
           const FileTiming& timing, Observer& observer);

  [[nodiscard]] bool is_open() const { return stream_ != nullptr; }
  // Once it is open.
  io::DataStream& stream() {
    assert(is_open());
    return *stream_;
  }

  // The observer hears nothing any more.
  void let_go() { observer_ = nullptr; }
  // Lets go, sends the last bytes and waits for the relay to end; then, or when it takes too long, calls `over`.
  void finish(ByteView last_bytes, io::Duration patience, std::function<void()> over);

 private:
  void connected(Result<io::Descriptor> socket);
  void on_data(io::Slab data) override;
  void on_writable() override;
  void on_end() override;
  void on_closed(const Error& error) override;
  void lost(const Error& error);

  io::EventLoop& loop_;
  const control::DataHello hello_;
  const FileTiming& timing_;
  Observer* observer_;
  std::function<void()> over_;
  std::unique_ptr<io::DataStream> stream_;
  std::unique_ptr<io::Dialer> dialer_;
  io::Timer parting_;
};

}   // namespace coterie
