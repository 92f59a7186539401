// SPDX-License-Identifier: MIT
#include "tests/bench/idle.h"

#include <csignal>
#include <iostream>

#include "netcore/base/random.h"
#include "tests/bench/load_member.h"
#include "tests/bench/trouble.h"

namespace coterie::bench {
namespace {

constexpr std::size_t group_size = 50;   // below the number of unvouched members a group may hold
constexpr std::size_t at_a_time = 64;
constexpr auto patience = std::chrono::seconds(60);
constexpr auto too_late = "the relay does not let everybody join";

}   // namespace

void hold_idle_members(const io::Endpoint& relay, const RelayPin& pin, std::size_t clients) {
  io::EventLoop loop;
  Trouble trouble;
  const auto tls = io::TlsContext::for_client(pin);
  std::vector<std::unique_ptr<LoadMember>> members;
  std::size_t joined = 0;
  GroupTag group;
  while (members.size() < clients) {
    if (members.size() % group_size == 0) group = random_id<GroupTag>();
    members.push_back(std::make_unique<LoadMember>(
        loop, relay, tls, group,
        LoadMember::Events{
            .on_joined = [&joined](const control::Joined&) { ++joined; },
            .on_receive = {},
            .on_message = {},
            .on_outcome = {},
            .on_closed =
                [&trouble](const Error& error) { trouble.note("an idle member was dropped: " + explain(error)); }}));
    trouble.run_until(
        loop, [&] { return members.size() - joined < at_a_time; }, patience, too_late);
  }
  trouble.run_until(
      loop, [&] { return joined == clients; }, patience, too_late);
  std::cout << nlohmann::json{{"joined", joined}} << std::endl;

  bool done = false;
  const auto token = loop.on_signal(SIGTERM, [&done] { done = true; });
  trouble.run_until(
      loop, [&] { return done; }, std::chrono::hours(1), "nobody ended the idle members");
}

}   // namespace coterie::bench
