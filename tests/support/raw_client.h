// SPDX-License-Identifier: MIT
// A client of the relay that keeps no rule but the framing: it sends what a test tells it to and keeps what comes back. Drives
// the real link, so that the relay under test is the real one.
#pragma once

#include <boost/test/unit_test.hpp>
#include <deque>
#include <memory>
#include <optional>
#include <string_view>

#include "netcore/io/connection.h"
#include "netcore/io/data_stream.h"
#include "netcore/wire/control.h"
#include "tests/support/loopback.h"

namespace coterie::test {

// A connected socket to 127.0.0.1, non-blocking.
io::Descriptor dial(std::uint16_t port);

// Everything that makes a member, derived from two names: the same names are the same member.
struct RawMember {
  RawMember(std::string_view group_name, std::string_view member_name);

  GroupTag group;
  MemberToken token;
  UserHandle handle;
  DropCap cap;
  ConnectionNonce nonce;
  MemberId id;

  [[nodiscard]] control::Join join(std::string_view access_key = {}) const;
  // The right to deposit for it, and a wrap that says whose it is.
  [[nodiscard]] control::Recipient as_recipient(std::uint32_t index = 0) const;
};

class RawClient : private io::Connection::Observer {
 public:
  RawClient(io::EventLoop& loop, std::uint16_t port, const RelayPin& pin);
  ~RawClient() override;

  void send(const control::ToRelay& message) { send_bytes(control::encode_frame(message)); }
  void send_bytes(ByteView bytes);
  void pause_reading(bool paused) { connection_->pause_reading(paused); }
  // Ends without a word, as a process that is killed does.
  void vanish();

  // Joins and waits for the answer.
  control::Joined join(const RawMember& as, std::string_view access_key = {});

  // The oldest frame of that type, waited for; nothing when the connection ends before one comes.
  template <class T>
  std::optional<T> wait_for() {
    loop_.run_until([&] { return has<T>() || is_closed(); }, long_enough);
    return take<T>();
  }
  // The oldest one that is there.
  template <class T>
  std::optional<T> take() {
    for (auto frame = inbox_.begin(); frame != inbox_.end(); ++frame)
      if (auto* found = std::get_if<T>(&*frame)) {
        auto taken = std::move(*found);
        inbox_.erase(frame);
        return taken;
      }
    return std::nullopt;
  }
  template <class T>
  [[nodiscard]] bool has() const {
    return count<T>() > 0;
  }
  template <class T>
  [[nodiscard]] std::size_t count() const {
    return static_cast<std::size_t>(std::count_if(inbox_.begin(), inbox_.end(),
                                                  [](const auto& frame) { return std::holds_alternative<T>(frame); }));
  }
  [[nodiscard]] std::size_t inbox_size() const { return inbox_.size(); }
  void forget_all() { inbox_.clear(); }

  // An answer to a question of ours proves that all we sent before has been dealt with.
  void sync();
  // Waits for the end; the last word of the relay, if it said one.
  std::optional<control::Refused> wait_for_end();
  // What comes is answered as a well-behaved client would: pings and envelopes.
  bool answers_pings = true;
  bool acknowledges = false;

  [[nodiscard]] bool is_open() const { return open_; }
  [[nodiscard]] bool is_closed() const { return closed_.has_value(); }
  [[nodiscard]] const std::optional<Error>& closed() const { return closed_; }

 private:
  void on_open() override { open_ = true; }
  void on_unit(ByteView unit) override;
  void on_closed(const Error& error) override { closed_ = error; }

  io::EventLoop& loop_;
  bool open_ = false;
  std::optional<Error> closed_;
  std::deque<control::ToClient> inbox_;
  std::uint64_t questions_ = 0;
  std::unique_ptr<io::Connection> connection_;
};

// A data connection, and what came over it.
struct RawData : StreamRecorder {
  RawData(io::EventLoop& loop, std::uint16_t port);
  void say_hello(const DataTicket& ticket, std::uint64_t offset);
  void send(ByteView bytes) { stream->send(bytes); }
  // Waits until that many bytes have come.
  bool gets(std::size_t bytes);
  bool ends();

  io::EventLoop& loop;
};

}   // namespace coterie::test
