// SPDX-License-Identifier: MIT
// The same load on a NATS server, by its text protocol: subscribers count messages without looking into them.
#include <algorithm>
#include <deque>
#include <string>

#include "netcore/io/data_stream.h"
#include "tests/bench/fanout.h"
#include "tests/bench/load_member.h"
#include "tests/bench/window.h"

namespace coterie::bench {
namespace {

constexpr auto patience = std::chrono::seconds(30);
constexpr std::size_t batch = 32;               // messages the publisher hands over at once
constexpr std::size_t output_limit = 512_KiB;   // as in fanout.cpp

// "MSG b 1 256\r\n" ‖ payload ‖ "\r\n"
std::size_t message_size(std::size_t payload) {
  return std::string("MSG b 1 " + std::to_string(payload) + "\r\n").size() + payload + 2;
}

class NatsClient final : public io::DataStream::Observer {
 public:
  NatsClient(io::EventLoop& loop, const FanoutLoad& load, Window& window, Trouble& trouble, const std::string& greeting)
      : window_(window),
        trouble_(trouble),
        message_size_(message_size(load.payload)),
        stream_(loop, connect_to(load.server), io::DataStream::Options{}, *this) {
    stream_.pause_reading(false);
    stream_.send(as_bytes("CONNECT {\"verbose\":false,\"pedantic\":false}\r\n" + greeting + "PING\r\n"));
  }

  [[nodiscard]] bool is_ready() const { return ready_; }
  void send(ByteView bytes) { stream_.send(bytes); }
  [[nodiscard]] std::size_t queued() const { return stream_.queued(); }

 private:
  // Every message has the same size, so only the first byte of each line is looked at.
  void on_data(io::Slab data) override {
    auto bytes = data.view();
    while (!bytes.empty()) {
      if (in_line_) {
        const auto end = std::find(bytes.begin(), bytes.end(), std::uint8_t{'\n'});
        if (end == bytes.end()) return;
        in_line_ = false;
        bytes = bytes.subspan(static_cast<std::size_t>(end - bytes.begin()) + 1);
        continue;
      }
      if (left_ == 0) {
        if (bytes[0] == 'M') {
          left_ = message_size_;
        } else {
          if (bytes[0] == '-') return trouble_.note("the NATS server complains: " + std::string(as_text(bytes)));
          // INFO, +OK, PING, PONG: a line. An unanswered PING is forgiven for longer than a measurement lasts.
          ready_ = ready_ || bytes[0] == 'P';
          in_line_ = true;
          continue;
        }
      }
      const auto taken = std::min(left_, bytes.size());
      left_ -= taken;
      bytes = bytes.subspan(taken);
      if (left_ == 0) window_.delivered();
    }
  }
  void on_end() override { trouble_.note("the NATS server ended a connection"); }
  void on_closed(const Error& error) override { trouble_.note("NATS: " + explain(error)); }

  Window& window_;
  Trouble& trouble_;
  const std::size_t message_size_;
  std::size_t left_ = 0;   // of the message being read
  bool in_line_ = false;
  bool ready_ = false;
  io::DataStream stream_;
};

}   // namespace

nlohmann::json run_nats_fanout(const FanoutLoad& load) {
  io::EventLoop loop;
  Window window(load);
  Trouble trouble;
  std::deque<NatsClient> receivers;
  for (std::size_t i = 0; i < load.members; ++i) receivers.emplace_back(loop, load, window, trouble, "SUB b 1\r\n");
  NatsClient publisher(loop, load, window, trouble, "");
  const auto all_ready = [&] {
    return publisher.is_ready() &&
           std::all_of(receivers.begin(), receivers.end(), [](const auto& client) { return client.is_ready(); });
  };
  trouble.run_until(loop, all_ready, patience, "not everyone could connect to the NATS server");

  std::string messages;
  for (std::size_t i = 0; i < batch; ++i)
    messages += "PUB b " + std::to_string(load.payload) + "\r\n" + std::string(load.payload, 'x') + "\r\n";
  return window.measure(
      loop, trouble,
      [&] {
        while (window.is_open() && publisher.queued() < output_limit) {
          publisher.send(as_bytes(messages));
          for (std::size_t i = 0; i < batch; ++i) window.sent();
        }
      },
      message_size(load.payload));
}

}   // namespace coterie::bench
