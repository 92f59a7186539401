// SPDX-License-Identifier: MIT
// Crowds, dribblers and sudden ends, in small sizes: the relay goes on serving and gives everything back.
#include <boost/test/unit_test.hpp>

#include <malloc.h>

#include <map>
#include <set>

#include "netcore/base/random.h"
#include "tests/support/relay_host.h"

using namespace coterie;
using namespace std::chrono_literals;
using test::RawClient;
using test::RawMember;
using test::RelayHost;

namespace {

std::size_t open_descriptors() {
  const std::filesystem::directory_iterator folder("/proc/self/fd");
  return static_cast<std::size_t>(std::distance(begin(folder), end(folder)));
}

}   // namespace

BOOST_AUTO_TEST_SUITE(denial)

BOOST_AUTO_TEST_CASE(D01_connections_that_never_join_are_closed_and_limited_by_address) {
  RelayHost host([](relay::Config& config) {
    config.timing.join = 500ms;
    config.limits.connections_per_address = 64;
  });
  const auto before = open_descriptors();
  std::vector<std::unique_ptr<RawClient>> crowd;
  for (int i = 0; i < 100; ++i) crowd.push_back(host.dial());
  host.until([&] { return std::all_of(crowd.begin(), crowd.end(), [](const auto& one) { return one->is_closed(); }); });
  const auto served =
      std::count_if(crowd.begin(), crowd.end(), [](const auto& one) { return one->template has<control::Refused>(); });
  BOOST_TEST(served == 64);
  BOOST_TEST(host.stats().counters.accepted == 64U);
  crowd.clear();
  host.until([&] { return host.stats().clients == 0; });
  BOOST_TEST(open_descriptors() == before);
  host.join({"club", "alice"})->sync();
}

BOOST_AUTO_TEST_CASE(D02_dribblers_in_every_phase_are_closed_and_a_good_client_is_served_meanwhile) {
  RelayHost host([](relay::Config& config) {
    config.timing.tls = 2s;
    config.timing.join = 2s;
    config.timing.silent = 2s;
    config.timing.ping = 1h;
  });
  std::vector<io::Descriptor> in_hello;
  std::vector<std::unique_ptr<RawClient>> in_join;
  std::vector<std::unique_ptr<RawClient>> in_send;
  for (int i = 0; i < 20; ++i) {
    in_hello.push_back(test::dial(host.port()));
    in_join.push_back(host.dial());
    in_send.push_back(host.join(RawMember("club " + std::to_string(i), "dribbler")));
  }
  std::size_t step = 0;
  const Bytes hello = concat({Bytes{0x16, 3, 1, 2, 0, 1, 0, 1, 0xfc}, Bytes(0x1fc)});
  const Bytes join = control::encode_frame(control::ToRelay(RawMember("club", "dribbler").join()));
  const Bytes send = concat({Bytes{0, 2, 0, 0, control::Send::tag}, Bytes(2000)});
  const auto dribble = host.loop.every(20ms, [&] {
    // Never the last byte.
    const auto one = [&](const Bytes& of) { return ByteView(of).subspan(std::min(step, of.size() - 2), 1); };
    for (const auto& socket : in_hello) test::write_all(socket.get(), one(hello));
    for (const auto& client : in_join)
      if (client->is_open() && step + 2 < join.size()) client->send_bytes(one(join));
    for (const auto& client : in_send)
      if (!client->is_closed()) client->send_bytes(one(send));
    ++step;
  });
  const auto good = host.join({"club", "alice"});
  good->sync();
  good->vanish();
  host.until([&] { return host.stats().clients == 0; });
  for (const auto& client : in_join) {
    const auto refused = client->wait_for_end();
    BOOST_REQUIRE(refused.has_value());
    BOOST_TEST((refused->reason == control::Refusal::too_slow));
  }
}

BOOST_AUTO_TEST_CASE(D03_members_who_are_cut_off_without_a_word_go_offline_and_give_everything_back) {
  RelayHost host([](relay::Config& config) {
    config.timing.ping = 200ms;
    config.timing.silent = 2s;
  });
  const auto watcher = host.join(RawMember("club", "watcher"));
  const auto before = open_descriptors();
  std::vector<std::unique_ptr<RawClient>> group;
  for (int i = 0; i < 30; ++i) group.push_back(host.join(RawMember("club", "m" + std::to_string(i))));
  host.until([&] { return watcher->count<control::Member>() == 30; });
  watcher->forget_all();
  // No end of the connection ever arrives: they are only silent, whatever they are asked.
  for (auto& client : group) client->answers_pings = false;
  host.until([&] { return watcher->count<control::Member>() == 30; });
  while (const auto member = watcher->take<control::Member>()) BOOST_TEST(!member->online);
  BOOST_TEST(!watcher->is_closed());
  BOOST_TEST(host.stats().clients == 1U);
  group.clear();
  host.until([&] { return open_descriptors() == before; });
}

BOOST_AUTO_TEST_CASE(D06_a_flood_from_one_member_is_held_at_its_rate_and_holds_up_nobody_else) {
  constexpr std::uint32_t flood = 3'000;
  RelayHost host([](relay::Config& config) { config.limits.sends = {20, 100}; });
  const RawMember away("club", "away");
  const RawMember bob_name("club", "bob");
  const RawMember mallory_name("club", "mallory");
  const auto alice = host.join(RawMember("club", "alice"));
  const auto bob = host.join(bob_name);
  const auto mallory = host.join(mallory_name);
  {
    // The relay keeps letters for those it remembers: members who have been written to by others.
    const auto once_here = host.join(away);
    alice->send(control::Send{.message = {},
                              .keep = false,
                              .recipients = std::vector{away.as_recipient(), bob_name.as_recipient()},
                              .body = Bytes(10)});
    BOOST_TEST(once_here->wait_for<control::Receive>().has_value());
    alice->send(control::Send{
        .message = {}, .keep = false, .recipients = std::vector{mallory_name.as_recipient()}, .body = Bytes(10)});
    BOOST_TEST(mallory->wait_for<control::Receive>().has_value());
  }
  BOOST_TEST(bob->wait_for<control::Receive>().has_value());
  for (std::uint32_t i = 0; i < flood; ++i)
    mallory->send(control::Send{.message = random_id<MessageId>(),
                                .keep = true,
                                .recipients = std::vector{away.as_recipient(i)},
                                .body = Bytes(1'000)});
  // The others talk while it lasts: what they say is there long before the flood is through.
  for (std::uint32_t i = 0; i < 20; ++i) {
    alice->send(control::Send{
        .message = {}, .keep = false, .recipients = std::vector{bob_name.as_recipient(100 + i)}, .body = Bytes(10)});
    BOOST_TEST(bob->wait_for<control::Receive>().has_value());
  }
  BOOST_TEST(mallory->count<control::Outcome>() < flood);
  BOOST_TEST(!alice->is_closed());
}

BOOST_AUTO_TEST_CASE(D06_what_a_flood_leaves_in_the_mailbox_is_bounded_for_its_sender_and_leaves_room_for_others) {
  RelayHost host([](relay::Config& config) { config.limits.sends = {1e6, 1e6}; });
  const RawMember away("club", "away");
  const auto alice = host.join(RawMember("club", "alice"));
  const auto mallory = host.join(RawMember("club", "mallory"));
  {
    const auto once_here = host.join(away);
    alice->send(
        control::Send{.message = {}, .keep = false, .recipients = std::vector{away.as_recipient()}, .body = Bytes(10)});
    BOOST_TEST(once_here->wait_for<control::Receive>().has_value());
  }
  host.until([&] { return host.stats().clients == 2; });
  const auto fates = [&](RawClient& sender, std::uint32_t letters) {
    std::set<MessageId> open;
    for (std::uint32_t i = 0; i < letters; ++i) {
      const auto id = *open.insert(random_id<MessageId>()).first;
      sender.send(control::Send{
          .message = id, .keep = true, .recipients = std::vector{away.as_recipient(1'000 + i)}, .body = Bytes(100)});
    }
    std::map<control::Delivery, std::size_t> counted;
    while (!open.empty()) {
      const auto outcome = sender.wait_for<control::Outcome>();
      BOOST_REQUIRE(outcome.has_value());
      if (open.erase(outcome->message) == 0) continue;   // of an earlier one
      for (const auto& member : *outcome->members) ++counted[member.delivery];
    }
    return counted;
  };
  auto flood = fates(*mallory, 700);
  BOOST_TEST(flood[control::Delivery::stored] == 500U);   // docs/protocol.md S9: of one sender for one member
  BOOST_TEST(flood[control::Delivery::full] == 200U);
  BOOST_TEST(fates(*alice, 1)[control::Delivery::stored] == 1U);
}

BOOST_AUTO_TEST_CASE(D07_a_whole_group_that_vanishes_in_one_turn_goes_as_one) {
  RelayHost host([](relay::Config& config) { config.limits.unvouched = 256; });
  for (int round = 0; round < 2; ++round) {
    std::vector<std::unique_ptr<RawClient>> group;
    for (int i = 0; i < 256; ++i) group.push_back(host.join(RawMember("club", "m" + std::to_string(i))));
    BOOST_TEST(host.stats().members == 256U);
    auto watcher = host.join(RawMember("other club", "watcher"));
    for (auto& client : group) client->vanish();
    host.until([&] { return host.stats().members == 1; });
    BOOST_TEST(host.stats().clients == 1U);
    watcher->sync();
    watcher->vanish();
    host.until([&] { return host.stats().clients == 0 && host.stats().groups == 0; });
  }
}

BOOST_AUTO_TEST_CASE(D07_those_who_stay_are_told_of_everyone_who_left_at_once) {
  RelayHost host([](relay::Config& config) { config.limits.unvouched = 256; });
  const auto stays = host.join(RawMember("club", "stays"));
  std::vector<std::unique_ptr<RawClient>> group;
  for (int i = 0; i < 100; ++i) group.push_back(host.join(RawMember("club", "m" + std::to_string(i))));
  host.until([&] { return stays->count<control::Member>() == 100; });
  stays->forget_all();
  group.clear();
  host.until([&] { return stays->count<control::Member>() == 100; });
  while (const auto member = stays->take<control::Member>()) BOOST_TEST(!member->online);
  host.join(RawMember("club", "late"))->sync();
}

BOOST_AUTO_TEST_CASE(D09_ends_in_every_phase_leave_nothing_behind) {
  RelayHost host([](relay::Config& config) { config.limits.sends = {1e6, 1e6}; });
  const RawMember bob_name("club", "bob");
  const auto bob = host.join(bob_name);
  const auto before = open_descriptors();
  for (int round = 0; round < 60; ++round) {
    const RawMember name("club", "m" + std::to_string(round % 7));
    switch (round % 6) {
      case 0: test::dial(host.port()); break;   // before a byte
      case 1: test::write_all(test::dial(host.port()).get(), Bytes{0x16}); break;
      case 2: test::write_all(test::dial(host.port()).get(), as_bytes("CTD1")); break;
      case 3: {   // inside TLS
        const auto client = host.dial();
        for (int i = 0; i < round % 5; ++i) host.loop.run_once(0ms);
        break;
      }
      case 4: {   // right after a word, unread
        const auto client = host.dial();
        host.until([&] { return client->is_open(); });
        client->send(name.join());
        host.loop.run_once(0ms);
        break;
      }
      case 5: {   // with much under way in both directions
        const auto client = host.join(name);
        client->pause_reading(true);
        for (std::uint32_t i = 0; i < 50; ++i) {
          client->send(control::Send{.message = {},
                                     .keep = false,
                                     .recipients = std::vector{bob_name.as_recipient(i)},
                                     .body = Bytes(20'000)});
          bob->send(control::Send{
              .message = {}, .keep = false, .recipients = std::vector{name.as_recipient(i)}, .body = Bytes(20'000)});
        }
        for (int i = 0; i < round % 10; ++i) host.loop.run_once(0ms);
        break;
      }
    }
  }
  bob->sync();
  host.until([&] { return host.stats().clients == 1 && host.stats().data_connections == 0; });
  host.until([&] { return open_descriptors() == before; });
}

BOOST_AUTO_TEST_CASE(D11_thousands_of_handshakes_leave_no_memory_behind) {
  constexpr int round = 500;
  RelayHost host;
  const auto shake_hands = [&] {
    for (int i = 0; i < round; ++i) {
      const auto client = host.dial();
      host.until([&] { return client->is_open(); });
    }
    host.until([&] { return host.stats().clients == 0; });
    return ::mallinfo2().uordblks;
  };
  shake_hands();   // tables grow to their size
  const auto before = shake_hands();
  shake_hands();
  const auto after = shake_hands();
  // A session kept for resumption, as in CVE-2024-2511, would be some kilobytes each.
  BOOST_TEST(after < before + 2 * round * 64);
}

BOOST_AUTO_TEST_CASE(D13_strangers_who_know_the_name_can_neither_deposit_nor_stay) {
  RelayHost host;
  const RawMember a("club", "alice");
  const RawMember b("club", "bob");
  const auto alice = host.join(a);
  const auto bob = host.join(b);
  alice->send(
      control::Send{.message = {}, .keep = false, .recipients = std::vector{b.as_recipient()}, .body = Bytes(10)});
  BOOST_TEST(bob->wait_for<control::Receive>().has_value());
  BOOST_TEST(host.stats().remembered == 2U);

  std::vector<std::unique_ptr<RawClient>> crowd;
  std::size_t in = 0;
  for (int i = 0; i < 80; ++i) {
    auto stranger = host.dial();
    stranger->send(RawMember("club", "stranger " + std::to_string(i)).join());
    host.until([&] { return stranger->has<control::Joined>() || stranger->is_closed(); });
    if (stranger->is_closed()) continue;
    ++in;
    auto guess = b.as_recipient();
    guess.drop_cap = random_id<DropCap>();
    stranger->send(control::Send{.message = {}, .keep = true, .recipients = std::vector{guess}, .body = Bytes(10)});
    const auto outcome = stranger->wait_for<control::Outcome>();
    BOOST_REQUIRE(outcome.has_value());
    BOOST_TEST((outcome->members->front().delivery == control::Delivery::bad_cap));
    crowd.push_back(std::move(stranger));
  }
  BOOST_TEST(in == 64U);
  bob->sync();
  BOOST_TEST(!bob->has<control::Receive>());

  // Those who are known come and go as before.
  const auto again = host.join(b);
  alice->send(
      control::Send{.message = {}, .keep = false, .recipients = std::vector{b.as_recipient()}, .body = Bytes(10)});
  BOOST_TEST(again->wait_for<control::Receive>().has_value());
  crowd.clear();
  host.until([&] { return host.stats().members == 2; });
  BOOST_TEST(host.stats().remembered == 2U);
  BOOST_TEST(host.dial()->join(RawMember("club", "carol")).roster->size() == 2U);
}

BOOST_AUTO_TEST_CASE(D13_with_an_access_key_a_stranger_gets_nothing_at_all) {
  RelayHost host([](relay::Config& config) { config.access_key = "open sesame"; });
  auto stranger = host.dial();
  stranger->send(RawMember("club", "mallory").join("guess"));
  BOOST_TEST((stranger->wait_for_end().value().reason == control::Refusal::access_denied));
  BOOST_TEST(!stranger->has<control::Joined>());
  BOOST_TEST(host.stats().groups == 0U);
}

BOOST_AUTO_TEST_SUITE_END()
