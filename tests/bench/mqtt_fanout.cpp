// SPDX-License-Identifier: MIT
// The same load on an MQTT broker (MQTT 3.1.1, QoS 0): subscribers count messages without looking into them.
#include <algorithm>
#include <deque>
#include <optional>
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

// MQTT 3.1.1, 2.2.1: the kind of a packet is the upper half of its first byte.
constexpr std::uint8_t kind_connect_answer = 2;
constexpr std::uint8_t kind_publish = 3;
constexpr std::uint8_t kind_subscribe_answer = 9;

// 2.2.3: seven bits a byte, the lowest first, the eighth says that more follow.
std::string packet(std::uint8_t first, const std::string& rest) {
  std::string bytes(1, static_cast<char>(first));
  auto left = rest.size();
  do {
    bytes.push_back(static_cast<char>((left & 0x7fU) | (left > 0x7fU ? 0x80U : 0U)));
    left >>= 7U;
  } while (left > 0);
  return bytes + rest;
}

// 1.5.3: a text begins with its length in two bytes.
std::string text(const std::string& content) {
  return std::string{static_cast<char>(content.size() >> 8U), static_cast<char>(content.size())} + content;
}

std::string connect_packet(const std::string& client) {
  // Protocol level 4, a clean session, no keep-alive.
  return packet(0x10, text("MQTT") + std::string("\x04\x02\x00\x00", 4) + text(client));
}
std::string subscribe_packet() { return packet(0x82, std::string("\x00\x01", 2) + text("b") + std::string(1, '\0')); }
std::string publish_packet(std::size_t payload) { return packet(0x30, text("b") + std::string(payload, 'x')); }

class MqttClient final : public io::DataStream::Observer {
 public:
  MqttClient(io::EventLoop& loop, const FanoutLoad& load, Window& window, Trouble& trouble, const std::string& name,
             bool subscribes)
      : window_(window),
        trouble_(trouble),
        ready_with_(subscribes ? kind_subscribe_answer : kind_connect_answer),
        stream_(loop, connect_to(load.server), io::DataStream::Options{}, *this) {
    stream_.pause_reading(false);
    stream_.send(as_bytes(connect_packet(name) + (subscribes ? subscribe_packet() : "")));
  }

  [[nodiscard]] bool is_ready() const { return ready_; }
  void send(ByteView bytes) { stream_.send(bytes); }
  [[nodiscard]] std::size_t queued() const { return stream_.queued(); }

 private:
  void on_data(io::Slab data) override {
    auto bytes = data.view();
    while (!bytes.empty()) {
      if (!kind_) {
        kind_ = static_cast<std::uint8_t>(bytes[0] >> 4U);
        bytes = bytes.subspan(1);
        shift_ = 0;
        left_ = 0;
        in_length_ = true;
      } else if (in_length_) {
        left_ |= static_cast<std::size_t>(bytes[0] & 0x7fU) << shift_;
        shift_ += 7;
        in_length_ = (bytes[0] & 0x80U) != 0;
        bytes = bytes.subspan(1);
      } else {
        const auto taken = std::min(left_, bytes.size());
        left_ -= taken;
        bytes = bytes.subspan(taken);
      }
      if (kind_ && !in_length_ && left_ == 0) end_packet();
    }
  }
  void end_packet() {
    if (*kind_ == kind_publish) window_.delivered();
    ready_ = ready_ || *kind_ == ready_with_;
    kind_.reset();
  }
  void on_end() override { trouble_.note("the MQTT broker ended a connection"); }
  void on_closed(const Error& error) override { trouble_.note("MQTT: " + explain(error)); }

  Window& window_;
  Trouble& trouble_;
  const std::uint8_t ready_with_;
  std::optional<std::uint8_t> kind_;   // of the packet being read
  bool in_length_ = false;
  unsigned shift_ = 0;
  std::size_t left_ = 0;   // of the packet being read
  bool ready_ = false;
  io::DataStream stream_;
};

}   // namespace

nlohmann::json run_mqtt_fanout(const FanoutLoad& load) {
  io::EventLoop loop;
  Window window(load);
  Trouble trouble;
  std::deque<MqttClient> receivers;
  for (std::size_t i = 0; i < load.members; ++i)
    receivers.emplace_back(loop, load, window, trouble, "receiver" + std::to_string(i), true);
  MqttClient publisher(loop, load, window, trouble, "publisher", false);
  const auto all_ready = [&] {
    return publisher.is_ready() &&
           std::all_of(receivers.begin(), receivers.end(), [](const auto& client) { return client.is_ready(); });
  };
  trouble.run_until(loop, all_ready, patience, "not everyone could connect to the MQTT broker");

  const auto one = publish_packet(load.payload);
  std::string messages;
  for (std::size_t i = 0; i < batch; ++i) messages += one;
  return window.measure(
      loop, trouble,
      [&] {
        while (window.is_open() && publisher.queued() < output_limit) {
          publisher.send(as_bytes(messages));
          for (std::size_t i = 0; i < batch; ++i) window.sent();
        }
      },
      one.size());
}

}   // namespace coterie::bench
