// SPDX-License-Identifier: MIT
#include "tests/bench/classic.h"

#include <deque>
#include <fstream>
#include <memory>

#include "netcore/base/random.h"
#include "netcore/classic/line_codec.h"
#include "netcore/io/data_stream.h"
#include "tests/bench/load_member.h"
#include "tests/bench/process_clock.h"
#include "tests/bench/trouble.h"
#include "tests/bench/window.h"

namespace coterie::bench {
namespace {

constexpr auto patience = std::chrono::seconds(60);
constexpr std::size_t output_limit = 512_KiB;

class ClassicMember final : private io::DataStream::Observer {
 public:
  struct Events {
    std::function<void()> on_message;
    std::function<void(std::uint64_t left)> on_file_bytes;
    std::function<void()> on_writable;
  };

  ClassicMember(io::EventLoop& loop, const io::Endpoint& server, const std::string& user, Trouble& trouble,
                Events events)
      : trouble_(trouble),
        events_(std::move(events)),
        stream_(loop, connect_to(server), {.read_size = 256_KiB, .low_water = 256_KiB, .stall_limit = std::nullopt},
                *this) {
    stream_.pause_reading(false);
    say(classic::format_line(classic::Login{user}));
  }

  [[nodiscard]] bool is_here() const { return is_here_; }
  [[nodiscard]] io::DataStream& stream() { return stream_; }
  void say(std::string_view text) { stream_.send(as_bytes(text)); }

  // For the cutter.
  [[nodiscard]] bool wants_more() const { return true; }
  Result<std::uint64_t> on_line(std::string_view text) {
    const auto line = classic::parse_line(text);
    if (!line) return tl::unexpected(line.error());
    // One word after the other: the prototype's server reads what comes with one recv as one line.
    if (std::holds_alternative<classic::Ok>(*line)) say(classic::format_line(classic::Group{std::string(64, 'b')}));
    if (std::holds_alternative<classic::OnlineList>(*line)) is_here_ = true;
    if (const auto* message = std::get_if<classic::Message>(&*line)) {
      is_message_ = true;
      return message->size;
    }
    if (const auto* file = std::get_if<classic::File>(&*line)) {
      is_message_ = false;
      return file->size;
    }
    return 0;
  }
  void on_body(ByteView, std::uint64_t left) {
    if (is_message_ && left == 0 && events_.on_message) events_.on_message();
    if (!is_message_ && events_.on_file_bytes) events_.on_file_bytes(left);
  }

 private:
  void on_data(io::Slab data) override {
    if (const auto cut = cutter_.cut(data.view(), *this); !cut)
      trouble_.note("what came is not classic: " + cut.error().detail);
  }
  void on_writable() override {
    if (events_.on_writable) events_.on_writable();
  }
  void on_end() override { trouble_.note("the server has closed a connection"); }
  void on_closed(const Error& error) override { trouble_.note("a connection ended: " + explain(error)); }

  Trouble& trouble_;
  Events events_;
  classic::StreamCutter cutter_{classic::max_notice};
  bool is_here_ = false;
  bool is_message_ = false;
  io::DataStream stream_;   // last: it calls all of the above
};

using Crowd = std::vector<std::unique_ptr<ClassicMember>>;

void add(Crowd& crowd, io::EventLoop& loop, const FanoutLoad& load, Trouble& trouble, ClassicMember::Events events) {
  auto& member = crowd.emplace_back(std::make_unique<ClassicMember>(
      loop, load.server, "u" + std::to_string(crowd.size()), trouble, std::move(events)));
  trouble.run_until(
      loop, [&] { return member->is_here(); }, patience, "not everyone was let in");
}

// As base64 looks; what it means nobody asks.
std::string message_to(const std::string& target, std::size_t payload) {
  return classic::format_line(classic::Message{target, payload}) + std::string(payload, 'A');
}

// A line of /proc/PID/status, in bytes: VmRSS now, VmHWM at its highest.
std::uint64_t memory_of(int pid, std::string_view which) {
  std::ifstream status("/proc/" + std::to_string(pid) + "/status");
  for (std::string line; std::getline(status, line);)
    if (line.starts_with(which)) return std::stoull(line.substr(which.size() + 1)) * 1024;
  return 0;
}

}   // namespace

nlohmann::json run_classic_broadcast(const FanoutLoad& load) {
  io::EventLoop loop;
  Window window(load);
  Trouble trouble;
  Crowd crowd;
  for (std::size_t i = 0; i < load.members; ++i)
    add(crowd, loop, load, trouble,
        {.on_message = [&window] { window.delivered(); }, .on_file_bytes = {}, .on_writable = {}});
  add(crowd, loop, load, trouble, {});
  const auto frame = message_to(std::string(classic::everyone), load.payload);
  auto& publisher = *crowd.back();
  return window.measure(
      loop, trouble,
      [&] {
        while (window.is_open() && publisher.stream().queued() < output_limit) {
          publisher.say(frame);
          window.sent();
        }
      },
      message_to("u" + std::to_string(load.members), load.payload).size());
}

nlohmann::json run_classic_pairs(const FanoutLoad& load) {
  struct Pair {
    ClassicMember* sender = nullptr;
    std::string frame;
    std::deque<io::Clock::time_point> on_their_way;
  };
  io::EventLoop loop;
  Trouble trouble;
  Crowd crowd;
  std::vector<Pair> pairs(load.members);
  std::vector<double> waits;
  bool measuring = false;
  bool sending = true;
  const auto fill = [&](Pair& pair) {
    while (sending && pair.on_their_way.size() < load.window) {
      pair.on_their_way.push_back(io::Clock::now());
      pair.sender->say(pair.frame);
    }
  };
  for (auto& pair : pairs) {
    add(crowd, loop, load, trouble,
        {.on_message =
             [&] {
               const auto sent = pair.on_their_way.front();
               pair.on_their_way.pop_front();
               if (measuring) waits.push_back(std::chrono::duration<double>(io::Clock::now() - sent).count());
               fill(pair);
             },
         .on_file_bytes = {},
         .on_writable = {}});
    pair.frame = message_to("u" + std::to_string(crowd.size() - 1), load.payload);
    add(crowd, loop, load, trouble, {});
    pair.sender = crowd.back().get();
  }
  for (auto& pair : pairs) fill(pair);
  trouble.run_for(loop, load.warm_up);
  const auto begin = io::Clock::now();
  const auto server_before = cpu_time_of(load.watched);
  const auto own_before = cpu_time_of_self();
  measuring = true;
  trouble.run_for(loop, load.measured);
  measuring = sending = false;
  const std::chrono::duration<double> wall = io::Clock::now() - begin;
  const std::chrono::duration<double> server = cpu_time_of(load.watched) - server_before;
  const std::chrono::duration<double> own = cpu_time_of_self() - own_before;
  const auto count = static_cast<double>(waits.size());
  (void)loop.run_until(
      [&] {
        return std::all_of(pairs.begin(), pairs.end(), [](const Pair& pair) { return pair.on_their_way.empty(); });
      },
      patience);
  std::size_t lost = 0;
  for (const auto& pair : pairs) lost += pair.on_their_way.size();
  std::sort(waits.begin(), waits.end());
  return {{"messages_per_second", count / wall.count()},
          {"p99_seconds", waits.empty() ? 0.0 : waits[waits.size() * 99 / 100]},
          {"server_us_per_message", server.count() * 1e6 / count},
          {"server_busy", server / wall},
          {"generator_busy", own / wall},
          {"lost", lost}};
}

nlohmann::json run_classic_file(const FanoutLoad& load, std::uint64_t bytes) {
  io::EventLoop loop;
  Trouble trouble;
  Crowd crowd;
  std::optional<io::Clock::time_point> first;
  std::optional<io::Clock::time_point> last;
  add(crowd, loop, load, trouble,
      {.on_message = {},
       .on_file_bytes =
           [&](std::uint64_t left) {
             if (!first) first = io::Clock::now();
             if (left == 0) last = io::Clock::now();
           },
       .on_writable = {}});
  auto slab = std::make_shared<Bytes>(256_KiB);
  fill_random(*slab);
  std::uint64_t sent = 0;
  ClassicMember* sender = nullptr;
  const auto push = [&] {
    while (sender->stream().queued() < output_limit && sent < bytes) {
      const auto length = static_cast<std::size_t>(std::min<std::uint64_t>(slab->size(), bytes - sent));
      sender->stream().send(io::Slab{.memory = slab, .offset = 0, .length = length});
      sent += length;
    }
    if (sent == bytes) sender->stream().want_writable(false);
  };
  add(crowd, loop, load, trouble, {.on_message = {}, .on_file_bytes = {}, .on_writable = push});
  sender = crowd.back().get();
  const auto begin = io::Clock::now();
  const auto server_before = cpu_time_of(load.watched);
  sender->say(classic::format_line(classic::File{"u0", "YmVuY2g=", bytes}));
  sender->stream().want_writable(true);
  trouble.run_until(
      loop, [&] { return last.has_value(); }, patience, "the file did not arrive");
  const std::chrono::duration<double> wall = *last - begin;
  const std::chrono::duration<double> to_first = *first - begin;
  const std::chrono::duration<double> server = cpu_time_of(load.watched) - server_before;
  return {{"mb_per_second", static_cast<double>(bytes) / 1e6 / wall.count()},
          {"first_byte_seconds", to_first.count()},
          {"server_cpu_s_per_gb", server.count() * 1e9 / static_cast<double>(bytes)},
          {"server_peak_mib", static_cast<double>(memory_of(load.watched, "VmHWM")) / static_cast<double>(1_MiB)}};
}

nlohmann::json run_classic_held(const FanoutLoad& load) {
  constexpr std::uint64_t file_size = 1024_MiB;
  constexpr auto standstill = std::chrono::milliseconds(500);
  io::EventLoop loop;
  Trouble trouble;
  Crowd crowd;
  std::vector<ClassicMember*> receivers;
  std::vector<ClassicMember*> senders;
  auto slab = std::make_shared<Bytes>(256_KiB);
  fill_random(*slab);
  std::uint64_t pushed = 0;
  for (std::size_t i = 0; i < load.members; ++i) {
    add(crowd, loop, load, trouble, {});
    receivers.push_back(crowd.back().get());
    const auto number = senders.size();
    add(crowd, loop, load, trouble,
        {.on_message = {}, .on_file_bytes = {}, .on_writable = [&senders, &slab, &pushed, number] {
           auto& stream = senders[number]->stream();
           while (stream.queued() < output_limit) {
             stream.send(io::Slab{.memory = slab, .offset = 0, .length = slab->size()});
             pushed += slab->size();
           }
         }});
    senders.push_back(crowd.back().get());
  }
  const auto before = memory_of(load.watched, "VmRSS");
  for (std::size_t i = 0; i < load.members; ++i) {
    receivers[i]->stream().pause_reading(true);
    senders[i]->say(classic::format_line(classic::File{"u" + std::to_string(2 * i), "YmVuY2g=", file_size}));
    senders[i]->stream().want_writable(true);
  }
  // Nothing moves any more: whatever is between the two ends is full.
  std::uint64_t seen = 0;
  do {
    seen = pushed;
    trouble.run_for(loop, standstill);
  } while (seen != pushed);
  const auto grown = memory_of(load.watched, "VmRSS") - before;
  const auto connections = 2 * load.members;
  return {{"mib_per_connection",
           static_cast<double>(grown) / static_cast<double>(1_MiB) / static_cast<double>(connections)},
          {"connections", connections},
          {"taken_mib", static_cast<double>(pushed) / static_cast<double>(1_MiB)}};
}

}   // namespace coterie::bench
