// SPDX-License-Identifier: MIT
// A classic client that keeps no rule: it says what a test tells it to and keeps what comes back, byte for byte.
#pragma once

#include <boost/test/unit_test.hpp>
#include <memory>
#include <string>

#include "netcore/classic/line_codec.h"
#include "relay/classic/port.h"
#include "tests/support/loopback.h"
#include "tests/support/relay_host.h"

namespace coterie::test {

inline const std::string climbing(64, 'c');   // a group as GROUP names it

class RawPeer {
 public:
  RawPeer(io::EventLoop& loop, std::uint16_t port) : loop_(loop) {
    recorder_.stream = std::make_unique<io::DataStream>(
        loop, dial(port),
        io::DataStream::Options{.read_size = 64_KiB, .low_water = 64_KiB, .stall_limit = std::nullopt}, recorder_);
    recorder_.stream->pause_reading(false);
  }

  void says(std::string_view text) { recorder_.stream->send(as_bytes(text)); }
  void sends_message(const std::string& to, const std::string& body) {
    says(classic::format_line(classic::Message{to, body.size()}) + body);
  }
  void pause_reading(bool paused) { recorder_.stream->pause_reading(paused); }
  [[nodiscard]] std::size_t unsent() const { return recorder_.stream->queued(); }
  void vanish() { recorder_.stream->close({Errc::connection_lost, {}}); }

  [[nodiscard]] std::size_t heard_bytes() const { return recorder_.received.size(); }
  [[nodiscard]] std::string heard() const { return std::string(as_text(recorder_.received)); }
  void forget() { recorder_.received.clear(); }
  [[nodiscard]] bool has_ended() const { return recorder_.ended > 0 || recorder_.times_closed > 0; }
  // Until this has come, somewhere in all that was heard.
  void await(const std::string& text) {
    std::size_t looked_at = 0;   // what lies before cannot be the beginning of it
    const auto found = [&] {
      const auto all = as_text(recorder_.received);
      const auto at = all.find(text, looked_at);
      looked_at = all.size() > text.size() ? all.size() - text.size() : 0;
      return at != std::string_view::npos;
    };
    BOOST_REQUIRE_MESSAGE(until(loop_, found), "waited in vain for \"" + text.substr(0, 80) + "\"; heard \"" +
                                                   heard().substr(0, 200) + "\"");
  }
  void await_end() {
    BOOST_REQUIRE_MESSAGE(until(loop_, [&] { return has_ended(); }),
                          "the connection was not closed; heard \"" + heard() + "\"");
  }
  // A question whose answer comes behind everything that was for us before.
  void await_quiet() {
    says("GET_ONLINE_USERS\n");
    await("ONLINE_LIST");
  }
  void enters(const std::string& user, const std::string& group = climbing) {
    says("LOGIN " + user + "\n");
    await("OK\n");
    says("GROUP " + group + "\n");
    await("ONLINE_LIST ");
    forget();
  }

 private:
  io::EventLoop& loop_;
  StreamRecorder recorder_;
};

// A relay that welcomes classic clients.
struct ClassicHost : RelayHost {
  explicit ClassicHost(Adjust adjust = {}) : RelayHost(std::move(adjust)) {
    server().welcome(std::make_unique<relay::ClassicPort>(loop, server().config()));
  }
  [[nodiscard]] std::unique_ptr<RawPeer> peer() { return std::make_unique<RawPeer>(loop, port()); }
  [[nodiscard]] std::unique_ptr<RawPeer> member(const std::string& user, const std::string& group = climbing) {
    auto made = peer();
    made->enters(user, group);
    return made;
  }
};

}   // namespace coterie::test
