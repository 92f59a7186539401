// SPDX-License-Identifier: MIT
#include "tests/bench/handshakes.h"

#include <stdexcept>

#include "netcore/base/random.h"
#include "netcore/crypto/pair_handshake.h"
#include "tests/bench/process_clock.h"

namespace coterie::bench {
namespace {

struct Side {
  crypto::KeyPair identity = crypto::KeyPair::generate();
  crypto::MemberProfile profile;
};

void greet(const crypto::GroupSecret& secret, const GroupTag& group, const Side& a, const Side& b) {
  const crypto::HandshakeContext context{.group = group,
                                         .initiator = random_id<MemberId>(),
                                         .responder = random_id<MemberId>(),
                                         .initiator_nonce = random_id<ConnectionNonce>(),
                                         .responder_nonce = random_id<ConnectionNonce>(),
                                         .id = random_id<HandshakeId>()};
  crypto::PairInitiator initiator(context, secret, a.identity, a.profile, 0);
  crypto::PairResponder responder(context, secret, b.identity, b.profile, 0);
  const auto outcome = responder.on_h1(initiator.h1())
                           .and_then([&](const Bytes& h2) { return initiator.on_h2(h2); })
                           .and_then([&](const Bytes& h3) { return responder.on_h3(h3); })
                           .and_then([&](const auto& finished) { return initiator.on_h4(finished.h4); });
  if (!outcome) throw std::runtime_error("a handshake failed: " + explain(outcome.error()));
}

}   // namespace

nlohmann::json run_handshakes(std::chrono::milliseconds measured) {
  crypto::GroupSecret secret;
  fill_random({secret.writable(), crypto::GroupSecret::size});
  const auto group = random_id<GroupTag>();
  const Side alice{.profile = {.user_id = "alice", .drop_cap = random_id<DropCap>()}};
  const Side bob{.profile = {.user_id = "bob", .drop_cap = random_id<DropCap>()}};

  using Clock = std::chrono::steady_clock;
  for (int i = 0; i < 20; ++i) greet(secret, group, alice, bob);
  const auto from = Clock::now();
  const auto from_cpu = cpu_time_of_self();
  std::size_t pairs = 0;
  for (; Clock::now() - from < measured; ++pairs) greet(secret, group, alice, bob);
  const std::chrono::duration<double> wall = Clock::now() - from;
  const std::chrono::duration<double> cpu = cpu_time_of_self() - from_cpu;
  const auto count = static_cast<double>(pairs);
  return {{"pairs_per_second", count / wall.count()}, {"us_per_side", cpu.count() * 1e6 / count / 2}};
}

}   // namespace coterie::bench
