// SPDX-License-Identifier: MIT
// What is not our link: other protocols on the port, other versions of TLS, other protocol names, garbage.
#include <boost/test/unit_test.hpp>

#include "tests/support/relay_host.h"
#include "tests/support/tls_peer.h"

using namespace coterie;
using namespace std::chrono_literals;
using test::RelayHost;
using test::TlsPeer;

namespace {

struct Port : RelayHost {
  Port()
      : RelayHost([](relay::Config& config) {
          config.timing.tls = 300ms;
          config.timing.first_byte = 300ms;
          config.timing.hello = 300ms;
        }) {}
  // Somebody with a real client is served all the while.
  ~Port() {
    until([&] { return stats().clients == 0 && stats().data_connections == 0; });
    join({"club", "alice"})->sync();
  }
};

}   // namespace

BOOST_FIXTURE_TEST_SUITE(first_bytes, Port)

BOOST_AUTO_TEST_CASE(P09_another_protocol_name_or_none_is_turned_away) {
  for (const auto& protocols : std::vector<std::vector<std::string>>{
           {}, {"h2"}, {"http/1.1"}, {"ftp"}, {"coterie/2"}, {"coterie/1x"}, {"coterie"}, {"h2", "http/1.1"}}) {
    TlsPeer::Options options;
    options.protocols = protocols;
    TlsPeer peer(test::dial(port()), options);
    until([&] {
      peer.step();
      return peer.has_failed();
    });
    BOOST_TEST(peer.received().empty());
  }
}

BOOST_AUTO_TEST_CASE(P09_older_tls_is_turned_away) {
  for (const int version : {TLS1_VERSION, TLS1_2_VERSION}) {
    TlsPeer::Options options;
    options.protocols = {"coterie/1"};
    options.min_version = version;
    options.max_version = version;
    TlsPeer peer(test::dial(port()), options);
    until([&] {
      peer.step();
      return peer.has_failed();
    });
    BOOST_TEST(!peer.is_open());
  }
}

BOOST_AUTO_TEST_CASE(P09_other_protocols_and_garbage_are_closed) {
  const std::vector<Bytes> openings = {to_bytes(as_bytes("GET / HTTP/1.1\r\nHost: x\r\n\r\n")),
                                       Bytes{0x80, 0x2e, 0x01, 0x03, 0x01, 0x00, 0x15},   // SSLv2
                                       Bytes{0x00},
                                       Bytes{0xff},
                                       Bytes{0x17, 3, 3, 0, 1, 0},
                                       concat({Bytes{0x16}, test::pattern(500)}),
                                       concat({Bytes{0x16, 3, 1, 0x02, 0x00, 1, 0, 1, 0xfc}, test::pattern(0x1fc)}),
                                       concat({Bytes{0x16, 3, 3, 0xff, 0xff}, test::pattern(20'000)})};
  for (const auto& opening : openings) {
    const auto socket = test::dial(port());
    BOOST_REQUIRE(test::write_all(socket.get(), opening));
    until([&] { return test::has_ended(socket.get()); });
  }
}

BOOST_AUTO_TEST_CASE(P09_every_first_byte_alone_is_closed_in_time) {
  std::vector<io::Descriptor> sockets;
  for (int byte = 0; byte < 256; ++byte) {
    sockets.push_back(test::dial(port()));
    const auto first = static_cast<std::uint8_t>(byte);
    BOOST_REQUIRE(test::write_all(sockets.back().get(), ByteView(&first, 1)));
  }
  until([&] {
    return std::all_of(sockets.begin(), sockets.end(), [](const auto& one) { return test::has_ended(one.get()); });
  });
}

BOOST_AUTO_TEST_CASE(P09_a_client_hello_that_is_dribbled_is_closed_in_time) {
  const auto socket = test::dial(port());
  const auto hello = concat({Bytes{0x16, 3, 1, 0x02, 0x00, 1, 0, 1, 0xfc}, Bytes(0x1fc, 1)});
  std::size_t sent = 0;
  const auto dribble = loop.every(10ms, [&] {
    if (sent < 100) test::write_all(socket.get(), ByteView(hello).subspan(sent++, 1));
  });
  until([&] { return test::has_ended(socket.get()); });
}

BOOST_AUTO_TEST_CASE(P09_a_connection_that_says_nothing_is_closed_in_time) {
  const auto socket = test::dial(port());
  until([&] { return test::has_ended(socket.get()); });
}

BOOST_AUTO_TEST_SUITE_END()
