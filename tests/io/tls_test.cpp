// SPDX-License-Identifier: MIT
#include "netcore/io/tls.h"

#include <boost/test/unit_test.hpp>

#include "netcore/io/output_queue.h"
#include "netcore/io/socket.h"
#include "netcore/io/tls_session.h"
#include "tests/support/loopback.h"
#include "tests/support/tls_peer.h"

using namespace coterie;
using io::Connection;
using io::TlsContext;
using io::TlsIdentity;
using io::TlsSession;
using test::ConnectionRecorder;
using test::TlsPeer;

namespace {

constexpr int alert_protocol_version = 70;           // RFC 8446 §6
constexpr int alert_no_application_protocol = 120;   // RFC 7301 §3.2

// Two ends that exchange records through memory.
struct Ends {
  explicit Ends(std::optional<RelayPin> expected) : client(TlsContext::for_client(expected)) {}
  Ends() : Ends(identity().pin()) {}

  static const TlsIdentity& identity() {
    static const auto made = TlsIdentity::make();
    return made;
  }

  // Until both are done or one has failed.
  void shake_hands() {
    for (int i = 0; i < 10 && !(client_done == true && server_done == true) && client_done && server_done; ++i) {
      ByteView to_take = to_client;
      Bytes rest;
      client_done = client.handshake(to_take, to_server);
      to_client = to_bytes(to_take);
      to_take = to_server;
      server_done = server.handshake(to_take, to_client);
      to_server = to_bytes(to_take);
    }
  }

  TlsSession client;
  TlsSession server{TlsContext::for_server(identity())};
  Bytes to_client;
  Bytes to_server;
  Result<bool> client_done = false;
  Result<bool> server_done = false;
};

// A Connection as the server of a hand-made client, or the other way round.
struct Against {
  Against(bool peer_is_server, const TlsPeer::Options& options) {
    auto pair = test::loopback_pair();
    auto with = options;
    with.is_server = peer_is_server;
    peer = std::make_unique<TlsPeer>(std::move(peer_is_server ? pair.accepted : pair.dialled), with);
    const auto context =
        peer_is_server ? TlsContext::for_client(peer->own_pin()) : TlsContext::for_server(Ends::identity());
    own.connection = std::make_unique<Connection>(
        loop, std::move(peer_is_server ? pair.dialled : pair.accepted),
        Connection::Options{.unit_size = test::unit_size, .tls = context, .is_server = !peer_is_server}, own);
  }
  bool until(const std::function<bool()>& done) {
    return test::until(loop, [&] {
      peer->step();
      return done();
    });
  }

  io::EventLoop loop;
  std::unique_ptr<TlsPeer> peer;
  ConnectionRecorder own;
};

}   // namespace

BOOST_AUTO_TEST_SUITE(tls)

BOOST_AUTO_TEST_CASE(two_ends_agree_and_the_client_knows_whom_it_speaks_to) {
  Ends ends;
  ends.shake_hands();
  BOOST_TEST((ends.client_done == true && ends.server_done == true));
  BOOST_TEST((ends.client.peer_pin() == Ends::identity().pin()));
  BOOST_TEST(!ends.server.peer_pin().has_value());
}

BOOST_AUTO_TEST_CASE(full_records_cost_little_more_than_their_bytes) {
  Ends ends;
  ends.shake_hands();
  const auto bytes = test::pattern(4 * io::record_size);
  Bytes records;
  for (std::size_t i = 0; i < 4; ++i)
    BOOST_TEST_REQUIRE(
        ends.client.seal(ByteView(bytes).subspan(i * io::record_size, io::record_size), records).has_value());
  BOOST_TEST(records.size() == bytes.size() + 4 * 22);   // RFC 8446 §5.2: head 5, type 1, tag 16
  ByteView rest = records;
  Bytes into(5 * io::record_size);
  Bytes answer;
  const auto opened = ends.server.open(rest, into, answer);
  BOOST_TEST_REQUIRE(opened.has_value());
  into.resize(*opened);
  BOOST_TEST(into == bytes);
  BOOST_TEST(rest.empty());
  BOOST_TEST(answer.empty());
}

BOOST_AUTO_TEST_CASE(records_may_come_in_any_pieces) {
  Ends ends;
  ends.shake_hands();
  const auto bytes = test::pattern(600);
  Bytes records;
  BOOST_TEST_REQUIRE(ends.client.seal(ByteView(bytes).first(200), records).has_value());
  BOOST_TEST_REQUIRE(ends.client.seal(ByteView(bytes).subspan(200), records).has_value());
  Bytes into(io::record_size);
  Bytes all;
  Bytes answer;
  for (const auto& byte : records) {
    ByteView one(&byte, 1);
    const auto opened = ends.server.open(one, into, answer);
    BOOST_TEST_REQUIRE(opened.has_value());
    append(all, ByteView(into).first(*opened));
  }
  BOOST_TEST(all == bytes);
}

BOOST_AUTO_TEST_CASE(a_changed_record_is_an_error_after_the_good_ones_before_it) {
  Ends ends;
  ends.shake_hands();
  Bytes records;
  BOOST_TEST_REQUIRE(ends.client.seal(as_bytes("good"), records).has_value());
  BOOST_TEST_REQUIRE(ends.client.seal(as_bytes("bad"), records).has_value());
  records.back() ^= 1U;
  ByteView rest = records;
  Bytes into(2 * io::record_size);
  Bytes answer;
  const auto opened = ends.server.open(rest, into, answer);
  BOOST_TEST_REQUIRE(opened.has_value());
  BOOST_TEST(as_text(ByteView(into).first(*opened)) == "good");
  const auto second = ends.server.open(rest, into, answer);
  BOOST_TEST_REQUIRE(!second.has_value());
  BOOST_TEST((second.error().code == Errc::tls_failure));
  BOOST_TEST(second.error().detail != "no reason given");
  BOOST_TEST(!answer.empty());   // the alert
}

BOOST_AUTO_TEST_CASE(the_end_of_a_direction_is_told) {
  Ends ends;
  ends.shake_hands();
  Bytes records;
  ends.server.end(records);
  ByteView rest = records;
  Bytes into(io::record_size);
  Bytes answer;
  const auto opened = ends.client.open(rest, into, answer);
  BOOST_TEST_REQUIRE(!opened.has_value());
  BOOST_TEST((opened.error().code == Errc::connection_lost));
}

BOOST_AUTO_TEST_CASE(C15_another_key_than_the_pinned_one_is_refused_and_shown) {
  const auto other = TlsIdentity::make();
  Ends ends(other.pin());
  ends.shake_hands();
  BOOST_TEST_REQUIRE(!ends.client_done.has_value());
  BOOST_TEST((ends.client_done.error().code == Errc::relay_identity_changed));
  BOOST_TEST((ends.client.peer_pin() == Ends::identity().pin()));
  ByteView alert = ends.to_server;
  const auto server = ends.server.handshake(alert, ends.to_client);
  BOOST_TEST_REQUIRE(!server.has_value());
  BOOST_TEST((server.error().code == Errc::tls_failure));
}

BOOST_AUTO_TEST_CASE(a_relay_not_known_yet_is_refused_and_shown) {
  Ends ends{std::optional<RelayPin>()};
  ends.shake_hands();
  BOOST_TEST_REQUIRE(!ends.client_done.has_value());
  BOOST_TEST((ends.client_done.error().code == Errc::relay_unknown));
  BOOST_TEST((ends.client.peer_pin() == Ends::identity().pin()));
}

BOOST_AUTO_TEST_CASE(P09_a_client_of_the_right_protocol_is_served_and_gets_no_ticket) {
  for (const auto& names : {std::vector<std::string>{"coterie/1"}, {"h2", "coterie/1", "http/1.1"}}) {
    Against against(false, {.protocols = names});
    BOOST_TEST_REQUIRE(against.until([&] { return against.peer->is_open() && against.own.opened == 1; }));
    against.own.connection->send(as_bytes("welcome"));
    BOOST_TEST(against.until([&] { return as_text(against.peer->received()) == "welcome"; }));
    BOOST_TEST(against.peer->tickets() == 0);
    against.peer->write(test::unit_of(as_bytes("hello")));
    BOOST_TEST(against.until([&] { return against.own.units.size() == 1; }));
  }
}

BOOST_AUTO_TEST_CASE(P09_no_or_another_protocol_name_gets_an_alert_and_the_door) {
  const std::vector<std::vector<std::string>> offers = {
      {},           {"h2"},         {"http/1.1"},       {"ftp"},      {"coterie/2"},
      {"coterie/"}, {"coterie/11"}, {"coterie-data/1"}, {"COTERIE/1"}};
  for (const auto& names : offers) {
    Against against(false, {.protocols = names});
    BOOST_TEST_REQUIRE(against.until([&] { return against.peer->has_failed() && against.own.closed.has_value(); }));
    BOOST_TEST(against.peer->alert() == alert_no_application_protocol);
    BOOST_TEST(against.own.closed_with(Errc::tls_failure));
    BOOST_TEST(against.own.opened == 0);
  }
}

BOOST_AUTO_TEST_CASE(P09_older_versions_get_an_alert_and_the_door) {
  for (const int version : {TLS1_2_VERSION, TLS1_1_VERSION, TLS1_VERSION}) {
    Against against(false, {.min_version = version, .max_version = version, .protocols = {"coterie/1"}});
    BOOST_TEST_REQUIRE(against.until([&] { return against.peer->has_failed() && against.own.closed.has_value(); }));
    BOOST_TEST(against.peer->alert() == alert_protocol_version);
    BOOST_TEST(against.own.closed_with(Errc::tls_failure));
    BOOST_TEST(against.own.opened == 0);
  }
}

BOOST_AUTO_TEST_CASE(P09_what_is_no_tls_at_all_is_closed) {
  const std::vector<Bytes> openings = {
      to_bytes(as_bytes("GET / HTTP/1.1\r\nHost: relay\r\n\r\n")),
      concat({ByteArray<1>{0x16}, test::pattern(500)}),
      concat({ByteArray<5>{0x16, 0x03, 0x01, 0xff, 0xff}, test::pattern(1000)}),   // longer than any record may be
      concat({ByteArray<5>{0x16, 0x03, 0x01, 0x00, 0x10}, test::pattern(16)}),     // a record of garbage
      concat({ByteArray<11>{0x80, 0x2e, 0x01, 0x00, 0x02, 0x00, 0x15, 0x00, 0x00, 0x00, 0x10},
              test::pattern(37)}),   // SSL 2.0
      to_bytes(as_bytes("SSH-2.0-OpenSSH_9.2\r\n")),
      test::pattern(64),
  };
  for (const auto& opening : openings) {
    io::EventLoop loop;
    auto pair = test::loopback_pair();
    ConnectionRecorder server;
    server.connection = std::make_unique<Connection>(
        loop, std::move(pair.accepted),
        Connection::Options{
            .unit_size = test::unit_size, .tls = TlsContext::for_server(Ends::identity()), .is_server = true},
        server);
    BOOST_TEST_REQUIRE(test::write_all(pair.dialled.get(), opening));
    BOOST_TEST_REQUIRE(test::until(loop, [&] { return server.closed.has_value(); }));
    BOOST_TEST(server.closed_with(Errc::tls_failure),
               to_hex(ByteView(opening).first(5)) + " " + explain(*server.closed));
    BOOST_TEST(!server.closed->detail.empty());
    BOOST_TEST(test::until(loop, [&] { return test::has_ended(pair.dialled.get()); }));
  }
}

BOOST_AUTO_TEST_CASE(P09_a_hello_that_never_ends_is_closed_at_the_deadline) {
  io::EventLoop loop;
  auto pair = test::loopback_pair();
  ConnectionRecorder server;
  server.connection = std::make_unique<Connection>(loop, std::move(pair.accepted),
                                                   Connection::Options{.unit_size = test::unit_size,
                                                                       .tls = TlsContext::for_server(Ends::identity()),
                                                                       .is_server = true,
                                                                       .open_deadline = std::chrono::milliseconds(50)},
                                                   server);
  const Bytes hello = {0x16, 0x03, 0x01, 0x02, 0x00, 0x01, 0x00, 0x01, 0xfc, 0x03, 0x03};
  std::size_t dribbled = 0;
  const bool closed = test::until(loop, [&] {
    if (dribbled < hello.size()) test::write_all(pair.dialled.get(), ByteView(hello).subspan(dribbled++, 1));
    return server.closed.has_value();
  });
  BOOST_TEST_REQUIRE(closed);
  BOOST_TEST(server.closed_with(Errc::timed_out));
  BOOST_TEST(test::has_ended(pair.dialled.get()));
}

BOOST_AUTO_TEST_CASE(C15_a_client_sends_nothing_to_a_server_of_another_kind) {
  struct Case {
    TlsPeer::Options options;
    const char* what;
  };
  const Case cases[] = {
      {{.protocols = {}}, "no protocol chosen"},
      {{.protocols = {"h2"}}, "knows another protocol only"},
      {{.min_version = TLS1_2_VERSION, .max_version = TLS1_2_VERSION, .protocols = {"coterie/1"}}, "TLS 1.2"},
  };
  for (const auto& one : cases) {
    Against against(true, one.options);
    against.own.connection->send(test::unit_of(as_bytes("early")));
    BOOST_TEST_REQUIRE(against.until([&] { return against.own.closed && against.peer->has_failed(); }), one.what);
    BOOST_TEST(against.own.closed_with(Errc::tls_failure), one.what);
    BOOST_TEST(against.own.opened == 0, one.what);
    BOOST_TEST(against.peer->received().empty(), one.what);
  }
}

BOOST_AUTO_TEST_CASE(whatever_is_no_relay_is_called_that) {
  for (const TlsPeer::Options& options :
       {TlsPeer::Options{.protocols = {}}, TlsPeer::Options{.protocols = {"h2"}},
        TlsPeer::Options{.min_version = TLS1_2_VERSION, .max_version = TLS1_2_VERSION, .protocols = {"coterie/1"}}}) {
    Against against(true, options);
    BOOST_TEST_REQUIRE(against.until([&] { return against.own.closed.has_value(); }));
    BOOST_TEST(against.own.closed->detail == "what answers there is no coterie-relay");
  }
  TlsSession client(TlsContext::for_client(std::nullopt));
  const Bytes page = to_bytes(as_bytes("HTTP/1.0 400 Bad request syntax\r\n\r\n"));
  Bytes records;
  ByteView nothing;
  BOOST_TEST_REQUIRE(client.handshake(nothing, records).has_value());
  ByteView received = page;
  const auto done = client.handshake(received, records);
  BOOST_TEST_REQUIRE(!done.has_value());
  BOOST_TEST(done.error().detail == "what answers there is no coterie-relay");
}

BOOST_AUTO_TEST_CASE(C15_the_pinned_key_decides_also_over_an_expired_certificate) {
  Against against(true, {.protocols = {"coterie/1"}, .expired_certificate = true});
  against.own.connection->send(test::unit_of(as_bytes("hello")));
  BOOST_TEST(against.until([&] { return against.peer->received() == test::unit_of(as_bytes("hello")); }));
  BOOST_TEST(against.own.opened == 1);
}

BOOST_AUTO_TEST_CASE(C15_no_application_byte_reaches_a_relay_with_another_key) {
  for (const bool pinned : {true, false}) {
    io::EventLoop loop;
    auto pair = test::loopback_pair();
    ConnectionRecorder client;
    ConnectionRecorder server;
    server.connection = std::make_unique<Connection>(
        loop, std::move(pair.accepted),
        Connection::Options{
            .unit_size = test::unit_size, .tls = TlsContext::for_server(Ends::identity()), .is_server = true},
        server);
    const auto expected = pinned ? std::optional(TlsIdentity::make().pin()) : std::nullopt;
    client.connection = std::make_unique<Connection>(
        loop, std::move(pair.dialled),
        Connection::Options{.unit_size = test::unit_size, .tls = TlsContext::for_client(expected)}, client);
    client.connection->send(test::unit_of(as_bytes("secret")));
    BOOST_TEST_REQUIRE(test::until(loop, [&] { return client.closed && server.closed; }));
    BOOST_TEST(client.closed_with(pinned ? Errc::relay_identity_changed : Errc::relay_unknown));
    BOOST_TEST((client.connection->peer_pin() == Ends::identity().pin()));
    BOOST_TEST(client.opened == 0);
    BOOST_TEST(server.closed_with(Errc::tls_failure));
    BOOST_TEST(server.opened == 0);
    BOOST_TEST(server.units.empty());
  }
}

BOOST_AUTO_TEST_CASE(a_peer_that_closes_without_a_word_is_a_lost_connection) {
  Against against(false, {.protocols = {"coterie/1"}});
  BOOST_TEST_REQUIRE(against.until([&] { return against.peer->is_open() && against.own.opened == 1; }));
  against.peer->write(concat({test::unit_of(as_bytes("whole")), ByteArray<2>{0, 0}}));
  against.peer->close();
  BOOST_TEST_REQUIRE(against.until([&] { return against.own.closed.has_value(); }));
  BOOST_TEST(against.own.closed_with(Errc::connection_lost));
  BOOST_TEST(against.own.units.size() == 1U);
}

BOOST_AUTO_TEST_SUITE_END()
