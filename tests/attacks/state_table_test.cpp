// SPDX-License-Identifier: MIT
// Every frame type in every state, twice: what happens stands in one table.
//
//   state           | what a frame meets
//   Greeting        | JOIN lets in; pings are answered, pongs and unknown optional types skipped; BYE ends; all else is refused
//   Ready           | everything a client may say is served; a second JOIN, and what only a relay says, is refused
//   Closing         | nothing is looked at any more
//   data connection | nothing is a frame: whatever does not begin with a ticket is closed
#include <boost/test/unit_test.hpp>

#include <map>

#include "tests/attacks/sample_frames.h"
#include "tests/support/relay_host.h"

using namespace coterie;
using test::RawMember;
using test::RelayHost;

namespace {

enum class Expect { served, ended, refused };

struct Club : RelayHost {
  RawMember a{"club", "alice"};
  RawMember b{"club", "bob"};

  [[nodiscard]] std::vector<test::SampleFrame> all_frames() const {
    auto frames = test::frames_to_relay(a, b);
    for (auto& frame : test::frames_to_client()) frames.push_back(std::move(frame));
    for (int type = 0; type < 256; ++type) {
      const auto known =
          std::any_of(frames.begin(), frames.end(), [&](const auto& frame) { return frame.type == type; });
      if (!known)
        frames.push_back({"type " + std::to_string(type), static_cast<std::uint8_t>(type),
                          test::with_body(static_cast<std::uint8_t>(type), Bytes(4))});
    }
    return frames;
  }

  void check(bool joined, const test::SampleFrame& frame, Expect expected) {
    auto client = joined ? join(a) : dial();
    client->send_bytes(concat({frame.bytes, frame.bytes}));
    BOOST_TEST_CONTEXT(frame.name << (joined ? " in Ready" : " in Greeting")) {
      if (expected == Expect::served) return client->sync();
      const auto refused = client->wait_for_end();
      BOOST_TEST(refused.has_value() == (expected == Expect::refused));
      if (refused) BOOST_TEST((refused->reason == control::Refusal::malformed));
    }
  }
};

}   // namespace

BOOST_FIXTURE_TEST_SUITE(state_table, Club)

BOOST_AUTO_TEST_CASE(P07_every_frame_type_twice_before_join) {
  const std::map<std::uint8_t, Expect> table = {{control::Ping::tag, Expect::served},
                                                {control::Pong::tag, Expect::served},
                                                {control::Bye::tag, Expect::ended},
                                                {control::Join::tag, Expect::refused}};   // by the second of the two
  for (const auto& frame : all_frames()) {
    const auto row = table.find(frame.type);
    const auto otherwise = frame.type >= wire::first_optional_type ? Expect::served : Expect::refused;
    check(false, frame, row == table.end() ? otherwise : row->second);
  }
}

BOOST_AUTO_TEST_CASE(P07_every_frame_type_twice_after_join) {
  std::map<std::uint8_t, Expect> table;
  for (const auto& frame : test::frames_to_relay(a, b)) table[frame.type] = Expect::served;
  table[control::Bye::tag] = Expect::ended;
  table[control::Join::tag] = Expect::refused;
  for (const auto& frame : all_frames()) {
    const auto row = table.find(frame.type);
    const auto otherwise = frame.type >= wire::first_optional_type ? Expect::served : Expect::refused;
    check(true, frame, row == table.end() ? otherwise : row->second);
  }
}

BOOST_AUTO_TEST_CASE(P07_every_frame_type_while_closing_is_not_looked_at) {
  const auto bob = join(b);
  for (const auto& frame : all_frames()) {
    auto client = join(a);
    client->send(control::Bye{});
    client->send_bytes(frame.bytes);
    client->wait_for_end();
    BOOST_TEST_CONTEXT(frame.name) { BOOST_TEST(client->count<control::Bye>() == 1U); }
    BOOST_TEST(client->inbox_size() == 1U + client->count<control::Member>());
  }
  bob->sync();
  BOOST_TEST(bob->count<control::Receive>() == 0U);
  BOOST_TEST(bob->count<control::Handshake>() == 0U);
}

BOOST_AUTO_TEST_CASE(P07_control_frames_on_a_data_connection_close_it) {
  for (const auto& frame : all_frames()) {
    test::RawData data(loop, port());
    data.send(concat({as_bytes("C"), frame.bytes, Bytes(control::DataHello::size)}));
    BOOST_TEST_CONTEXT(frame.name) { BOOST_TEST(data.ends()); }
    BOOST_TEST(data.received.empty());
  }
}

BOOST_AUTO_TEST_CASE(P07_a_ticket_on_a_control_connection_is_an_error) {
  auto client = dial();
  client->send_bytes(control::encode_hello({}));
  BOOST_TEST((client->wait_for_end().value().reason == control::Refusal::malformed));
}

BOOST_AUTO_TEST_SUITE_END()
