// SPDX-License-Identifier: MIT
#include "tests/bench/latency.h"

#include <algorithm>
#include <memory>
#include <vector>

#include "netcore/base/random.h"
#include "tests/bench/load_member.h"
#include "tests/bench/process_clock.h"
#include "tests/bench/trouble.h"

namespace coterie::bench {
namespace {

constexpr auto patience = std::chrono::seconds(60);

struct Message {
  io::Clock::time_point sent;
  std::vector<bool> arrived;   // at each member
};

}   // namespace

nlohmann::json run_latency(const FanoutLoad& load, const RelayPin& pin, double per_second) {
  io::EventLoop loop;
  Trouble trouble;
  const auto tls = io::TlsContext::for_client(pin);
  const auto group = random_id<GroupTag>();
  std::vector<Message> messages;
  std::vector<double> delays;   // milliseconds
  std::uint64_t duplicated = 0;
  std::vector<std::unique_ptr<LoadMember>> members;
  for (std::size_t i = 0; i < load.members; ++i) {
    members.push_back(std::make_unique<LoadMember>(
        loop, load.server, tls, group,
        LoadMember::Events{
            .on_joined = {},
            .on_receive = {},
            .on_message =
                [&, i](const MessageId& id) {
                  auto& message = messages.at(load_be<std::uint64_t>(id.bytes.data()));
                  if (message.arrived[i]) ++duplicated;
                  message.arrived[i] = true;
                  delays.push_back(std::chrono::duration<double, std::milli>(io::Clock::now() - message.sent).count());
                },
            .on_outcome = {},
            .on_closed = [&](const Error& error) { trouble.note("a member was dropped: " + explain(error)); }}));
    trouble.run_until(
        loop, [&] { return members.back()->is_joined(); }, patience, "not everyone could join the relay");
  }

  const auto begin = io::Clock::now();
  const auto cpu = cpu_time_of(load.watched);
  const auto wanted = static_cast<std::uint64_t>(per_second * std::chrono::duration<double>(load.measured).count());
  const auto pace =
      loop.every(std::chrono::duration_cast<io::Duration>(std::chrono::duration<double>(1 / per_second)), [&] {
        if (messages.size() == wanted) return;
        const auto author = messages.size() % members.size();
        control::Send send;
        store_be(send.message.bytes.data(), static_cast<std::uint64_t>(messages.size()));
        send.keep = true;
        for (std::size_t i = 0; i < members.size(); ++i) {
          if (i == author) continue;
          control::Recipient recipient;
          recipient.member = members[i]->id();
          recipient.drop_cap = members[i]->drop_cap();
          send.recipients->push_back(recipient);
        }
        send.body = Bytes(delivered_size(load.payload) - control::receive_head);
        messages.push_back({.sent = io::Clock::now(), .arrived = std::vector<bool>(members.size())});
        members[author]->send(control::encode_frame(control::ToRelay(send)));
      });
  const auto expected = wanted * (members.size() - 1);
  trouble.run_for(loop, load.measured);
  try {
    trouble.run_until(
        loop, [&] { return messages.size() == wanted && delays.size() >= expected; }, patience,
        "not everything arrived");
  } catch (const std::runtime_error&) {
    if (delays.empty()) throw;   // otherwise what is lost is told below
  }
  const std::chrono::duration<double> wall = io::Clock::now() - begin;
  const std::chrono::duration<double> server = cpu_time_of(load.watched) - cpu;
  std::sort(delays.begin(), delays.end());
  const auto at = [&](double part) {
    return delays[static_cast<std::size_t>(part * static_cast<double>(delays.size() - 1))];
  };
  return {{"messages", messages.size()},
          {"deliveries", delays.size()},
          {"p50_ms", at(0.5)},
          {"p99_ms", at(0.99)},
          {"p999_ms", at(0.999)},
          {"worst_ms", delays.back()},
          {"server_busy", server / wall},
          {"lost", expected - (delays.size() - duplicated)},
          {"duplicated", duplicated}};
}

}   // namespace coterie::bench
