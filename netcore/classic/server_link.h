// SPDX-License-Identifier: MIT
// The one connection of a classic client, kept up: dial, LOGIN, GROUP, and after a break again and again with growing pauses. Lines
// and bodies in, bytes out. Reconnecting is this class's business alone.
//
//   Offline ──connect──▶ Dialing ──LOGIN──▶ Greeting ──OK, GROUP──▶ Entering ──ONLINE_LIST──▶ Online
//      ▲                    └──────────────────┴────────────────────── any break ─────────────┘ │
//      └── retry after 1, 2, 4 … 60 s; not after a user id that is taken from the start ◀───────┘
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "netcore/base/worker.h"
#include "netcore/classic/line_codec.h"
#include "netcore/io/byte_stream.h"
#include "netcore/io/dialer.h"
#include "netcore/io/endpoint.h"
#include "netcore/session/event.h"

namespace coterie::classic {

struct LinkTiming {
  using Span = std::chrono::milliseconds;
  Span dial_deadline = std::chrono::seconds(15);
  Span enter_deadline = std::chrono::seconds(10);
  Span first_retry = std::chrono::seconds(1);   // doubled after each failure, ±50 %
  Span longest_retry = std::chrono::seconds(60);
  Span finish = std::chrono::seconds(2);   // for the server to take the last bytes
};

class ServerLink final : public io::ByteStream::Observer {
 public:
  class Observer {
   public:
    virtual ~Observer() = default;
    virtual void on_link_state(event::LinkState state, std::optional<Error> reason,
                               std::optional<std::chrono::milliseconds> retry_in) = 0;
    virtual void on_list(
        const std::vector<std::string>& users) = 0;   // who is here; the first one makes the link online
    virtual void on_came(const std::string& user) = 0;
    virtual void on_left(const std::string& user) = 0;
    virtual void on_message(const std::string& from, std::string_view body) = 0;
    virtual void on_file(const File& file) = 0;
    // `left`: how much is still to come after these. Not called for an empty file.
    virtual void on_file_bytes(ByteView bytes, std::uint64_t left) = 0;
    virtual void on_link_writable() = 0;
    virtual void on_refused_for_good(const Error& error) = 0;   // the link stays offline
  };

  ServerLink(io::EventLoop& loop, Worker& worker, io::Endpoint server, std::string user, std::string group,
             LinkTiming timing, Observer& observer);
  ~ServerLink() override;

  // Begins, or tries again at once if a retry was waiting.
  void connect();
  // Sends what is queued and stays away; `done`, if given, follows when the connection is gone.
  void disconnect(std::function<void()> done = {});
  // Drops the connection in the middle of whatever it was doing, and dials again: the only way to take back a body begun.
  void start_over(const Error& why);

  [[nodiscard]] bool is_online() const { return phase_ == Phase::online; }
  void send(ByteView bytes);   // dropped while not online
  [[nodiscard]] std::size_t queued() const { return stream_ ? stream_->queued() : 0; }
  void ask_writable();
  // Nothing more is delivered, and nothing more read than what is on its way already.
  void hold(bool held);

  // For the cutter.
  [[nodiscard]] bool wants_more() const;
  Result<std::uint64_t> on_line(std::string_view line);
  void on_body(ByteView piece, std::uint64_t left);

 private:
  enum class Phase { offline, waiting, dialing, greeting, entering, online, finishing };

  std::size_t on_bytes(ByteView bytes) override;
  void on_writable() override;
  void on_closed(const Error& error) override;

  void dial();
  void drop();
  void broke(Error error);
  Result<std::uint64_t> handle(const Line& line);
  void refuse(const Refusal& refusal);
  void enter(Phase phase, std::optional<Error> reason = {}, std::optional<std::chrono::milliseconds> retry_in = {});

  io::EventLoop& loop_;
  Worker& worker_;
  const io::Endpoint server_;
  const std::string user_;
  const std::string group_;
  const LinkTiming timing_;
  Observer& observer_;
  Phase phase_ = Phase::offline;
  bool was_online_ = false;
  bool held_ = false;
  unsigned failures_ = 0;
  StreamCutter cutter_{max_notice};
  std::optional<Message> message_;   // whose body is coming
  std::string body_;
  std::function<void()> disconnected_;
  std::unique_ptr<io::Dialer> dialer_;
  io::Timer deadline_;
  io::Timer retry_;
  std::unique_ptr<io::ByteStream> stream_;   // last: it calls all of the above
};

}   // namespace coterie::classic
