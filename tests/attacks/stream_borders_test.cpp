// SPDX-License-Identifier: MIT
// However a stream of frames is cut into writes, the relay does the same.
#include <boost/test/unit_test.hpp>

#include "tests/attacks/sample_frames.h"
#include "tests/support/relay_host.h"

using namespace coterie;
using test::RawMember;
using test::RelayHost;

namespace {

struct Club : RelayHost {
  RawMember a{"club", "alice"};
  RawMember b{"club", "bob"};

  // A whole conversation: JOIN, then one of everything that is answered.
  [[nodiscard]] Bytes conversation() const {
    Bytes bytes = control::encode_frame(control::ToRelay(a.join()));
    for (const auto& frame : test::frames_to_relay(a, b))
      if (frame.type != control::Join::tag && frame.type != control::Bye::tag) append(bytes, frame.bytes);
    append(bytes, control::encode_frame(control::ToRelay(control::Bye{})));
    return bytes;
  }
  // What the relay answered to it, when it came in pieces that end at `borders`.
  std::vector<std::string> answers(const std::vector<std::size_t>& borders) {
    auto client = dial();
    until([&] { return client->is_open(); });
    const auto bytes = conversation();
    std::size_t sent = 0;
    for (const auto border : borders) {
      client->send_bytes(ByteView(bytes).subspan(sent, border - sent));
      sent = border;
      loop.run_once(io::Duration::zero());   // a record of its own, and looked at by the relay before the next
      loop.run_once(io::Duration::zero());
    }
    client->send_bytes(ByteView(bytes).subspan(sent));
    BOOST_TEST(!client->wait_for_end().has_value());
    std::vector<std::string> kinds;
    if (const auto joined = client->take<control::Joined>())
      kinds.push_back("joined " + std::to_string(joined->roster->size()));
    if (const auto pong = client->take<control::Pong>()) kinds.push_back("pong " + std::to_string(pong->nonce));
    if (const auto outcome = client->take<control::Outcome>())
      kinds.push_back("outcome " + std::to_string(static_cast<int>(outcome->members->front().delivery)));
    while (const auto refused = client->take<control::BlobRefused>())
      kinds.push_back("blob refused " + std::to_string(static_cast<int>(refused->reason)));
    if (client->take<control::Bye>()) kinds.push_back("bye");
    kinds.push_back("others " + std::to_string(client->inbox_size()));
    return kinds;
  }
};

}   // namespace

BOOST_FIXTURE_TEST_SUITE(stream_borders, Club)

BOOST_AUTO_TEST_CASE(P08_a_stream_split_at_any_offset_means_the_same) {
  const auto whole = answers({});
  BOOST_TEST(whole.size() == 6U);   // joined, pong, outcome, a refused reading, bye, nothing else
  for (std::size_t at = 1; at < conversation().size(); ++at) {
    const auto split = answers({at});
    BOOST_TEST(split == whole, boost::test_tools::per_element());
  }
}

BOOST_AUTO_TEST_CASE(P08_a_stream_of_single_bytes_means_the_same) {
  std::vector<std::size_t> every;
  for (std::size_t at = 1; at < conversation().size(); ++at) every.push_back(at);
  const auto whole = answers({});
  BOOST_TEST(answers(every) == whole, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(P08_a_thousand_frames_in_one_write_are_a_thousand_frames) {
  const auto client = join(a);
  Bytes many;
  for (std::uint64_t i = 0; i < 1000; ++i) append(many, control::encode_frame(control::ToRelay(control::Ping{i})));
  client->send_bytes(many);
  for (std::uint64_t i = 0; i < 1000; ++i) {
    const auto pong = client->wait_for<control::Pong>();
    BOOST_REQUIRE(pong.has_value());
    BOOST_REQUIRE(pong->nonce == i);
  }
}

BOOST_AUTO_TEST_SUITE_END()
