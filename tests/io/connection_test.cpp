// SPDX-License-Identifier: MIT
#include "netcore/io/connection.h"

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include "netcore/io/socket.h"
#include "tests/support/loopback.h"

using namespace coterie;
using namespace std::chrono_literals;
using io::Connection;
using io::TlsContext;
using io::TlsIdentity;
using test::ConnectionRecorder;
using test::unit_of;
namespace data = boost::unit_test::data;

// Named, since the cases that run for both kinds are templates.
namespace link_of_two {

const Error done{Errc::shutting_down, "enough"};

// A client and a server on one loop.
struct Link {
  explicit Link(bool with_tls, std::optional<int> buffer = std::nullopt, Connection::Options options = {}) {
    static const auto identity = TlsIdentity::make();
    auto pair = test::loopback_pair(buffer);
    options.unit_size = test::unit_size;
    options.is_server = true;
    if (with_tls) options.tls = TlsContext::for_server(identity);
    server.connection = std::make_unique<Connection>(loop, std::move(pair.accepted), options, server);
    options.is_server = false;
    if (with_tls) options.tls = TlsContext::for_client(identity.pin());
    client.connection = std::make_unique<Connection>(loop, std::move(pair.dialled), options, client);
  }
  bool open() {
    return test::until(loop, [&] { return client.opened == 1 && server.opened == 1; });
  }
  bool until(const std::function<bool()>& reached) { return test::until(loop, reached); }
  [[nodiscard]] bool both_closed() const { return client.closed && server.closed; }

  // What holds at the end of every life.
  void check_ended_once() const {
    for (const auto* end : {&client, &server}) {
      BOOST_TEST(end->times_closed <= 1);
      BOOST_TEST(!end->called_after_closed);
    }
  }

  io::EventLoop loop;
  ConnectionRecorder client;
  ConnectionRecorder server;
};

const auto both_kinds = data::make({false, true});

}   // namespace link_of_two

using namespace link_of_two;

BOOST_AUTO_TEST_SUITE(connection)

BOOST_DATA_TEST_CASE(opens_once_on_both_sides, both_kinds, tls) {
  Link link(tls);
  BOOST_TEST(link.client.opened == 0);   // never from the constructor
  BOOST_TEST_REQUIRE(link.open());
  test::settle(link.loop);
  BOOST_TEST(link.client.opened == 1);
  BOOST_TEST(link.server.opened == 1);
  BOOST_TEST(link.client.connection->peer_pin().has_value() == tls);
  BOOST_TEST(!link.server.connection->peer_pin().has_value());
}

BOOST_DATA_TEST_CASE(units_of_all_sizes_arrive_whole_and_in_order_both_ways, both_kinds, tls) {
  Link link(tls);
  std::vector<Bytes> sent;
  std::uint32_t seed = 0;
  for (const std::size_t size : {1U, 2U, 255U, 4096U, 16'379U, 16'380U, 16'381U, 40'000U, 100'000U, 262'144U, 3U})
    sent.push_back(unit_of(test::pattern(size, ++seed)));
  for (const auto& unit : sent) {
    link.client.connection->send(unit);   // also before it is open
    link.server.connection->send(unit);
  }
  BOOST_TEST_REQUIRE(
      link.until([&] { return link.client.units.size() == sent.size() && link.server.units.size() == sent.size(); }));
  BOOST_TEST((link.client.units == sent));
  BOOST_TEST((link.server.units == sent));
  BOOST_TEST(link.client.connection->queued() == 0U);
}

BOOST_DATA_TEST_CASE(P08_a_unit_split_at_every_offset, both_kinds, tls) {
  Link link(tls);
  BOOST_TEST_REQUIRE(link.open());
  const auto unit = unit_of(test::pattern(30));
  for (std::size_t split = 1; split < unit.size(); ++split) {
    link.client.connection->send(ByteView(unit).first(split));
    BOOST_TEST_REQUIRE(link.until([&] { return link.client.connection->queued() == 0; }));
    test::settle(link.loop);
    BOOST_TEST_REQUIRE(link.server.units.size() == split - 1);
    link.client.connection->send(ByteView(unit).subspan(split));
    BOOST_TEST_REQUIRE(link.until([&] { return link.server.units.size() == split; }));
    BOOST_TEST_REQUIRE((link.server.units.back() == unit));
  }
}

BOOST_DATA_TEST_CASE(P08_one_byte_a_write, both_kinds, tls) {
  Link link(tls);
  BOOST_TEST_REQUIRE(link.open());
  const auto stream = concat({unit_of(test::pattern(40)), unit_of(1, 'x'), unit_of(test::pattern(20, 2))});
  for (const auto& byte : stream) {
    link.client.connection->send({&byte, 1});
    link.loop.run_once(0ms);
  }
  BOOST_TEST_REQUIRE(link.until([&] { return link.server.units.size() == 3; }));
  BOOST_TEST(concat({link.server.units[0], link.server.units[1], link.server.units[2]}) == stream);
}

BOOST_DATA_TEST_CASE(P08_a_thousand_units_in_one_write, both_kinds, tls) {
  Link link(tls);
  BOOST_TEST_REQUIRE(link.open());
  Bytes stream;
  for (std::uint32_t i = 0; i < 1000; ++i) append(stream, unit_of(test::pattern(1 + i % 300, i)));
  link.client.connection->send(stream);
  BOOST_TEST_REQUIRE(link.until([&] { return link.server.units.size() == 1000; }));
  Bytes arrived;
  for (const auto& unit : link.server.units) append(arrived, unit);
  BOOST_TEST((arrived == stream));
}

BOOST_DATA_TEST_CASE(P01_lengths_at_and_beyond_the_limits, both_kinds* data::make({false, true}), tls, to_server) {
  for (const std::uint32_t length : {0U, 262'145U, 0x7fffffffU, 0x80000000U, 0xffffffffU}) {
    Link link(tls);
    auto& from = to_server ? link.client : link.server;
    auto& to = to_server ? link.server : link.client;
    Bytes stream = unit_of(5, 'a');
    append_be(stream, length);
    append(stream, Bytes(100, 'b'));
    from.connection->send(stream);
    BOOST_TEST_REQUIRE(link.until([&] { return link.both_closed(); }));
    BOOST_TEST(to.closed_with(length == 0 ? Errc::malformed : Errc::too_large));
    BOOST_TEST(from.closed_with(Errc::connection_lost));
    BOOST_TEST(to.units.size() == 1U);
    link.check_ended_once();
  }
}

BOOST_DATA_TEST_CASE(a_shared_body_follows_its_head_and_is_let_go_afterwards, both_kinds, tls) {
  Link link(tls);
  std::vector<std::shared_ptr<const Bytes>> bodies;
  for (const std::size_t size : {1U, 2047U, 2048U, 2049U, 16'384U, 200'000U})
    bodies.push_back(std::make_shared<const Bytes>(test::pattern(size, static_cast<std::uint32_t>(size))));
  std::vector<Bytes> expected;
  for (int round = 0; round < 3; ++round) {
    for (const auto& body : bodies) {
      const auto unit = unit_of(*body);
      link.server.connection->send(ByteView(unit).first(4), body);
      expected.push_back(unit);
    }
  }
  BOOST_TEST_REQUIRE(link.until([&] { return link.client.units.size() == expected.size(); }));
  BOOST_TEST((link.client.units == expected));
  for (const auto& body : bodies) BOOST_TEST(body.use_count() == 1);
}

BOOST_DATA_TEST_CASE(close_is_told_once_later_and_last, both_kinds, tls) {
  Link link(tls);
  BOOST_TEST_REQUIRE(link.open());
  link.client.connection->close(done);
  BOOST_TEST(!link.client.closed.has_value());   // never inside
  link.client.connection->close({Errc::io_failure, "again"});
  link.client.connection->send(as_bytes("nothing"));
  link.client.connection->close_after_flush({Errc::io_failure, "again"});
  BOOST_TEST(link.client.connection->queued() == 0U);
  BOOST_TEST_REQUIRE(link.until([&] { return link.both_closed(); }));
  test::settle(link.loop);
  BOOST_TEST(link.client.closed_with(Errc::shutting_down));
  BOOST_TEST(link.client.closed->detail == "enough");
  BOOST_TEST(link.server.closed_with(Errc::connection_lost));
  BOOST_TEST(link.client.times_closed == 1);
  link.check_ended_once();
}

BOOST_DATA_TEST_CASE(may_be_closed_in_every_phase, both_kinds, tls) {
  for (int turns = 0; turns < 12; ++turns) {
    for (const bool close_client : {false, true}) {
      Link link(tls);
      link.client.connection->send(unit_of(100'000, 'c'));
      link.server.connection->send(unit_of(100'000, 's'));
      for (int i = 0; i < turns; ++i) link.loop.run_once(0ms);
      auto& end = close_client ? link.client : link.server;
      end.connection->close(done);
      BOOST_TEST_REQUIRE(link.until([&] { return link.both_closed(); }));
      BOOST_TEST(end.closed_with(Errc::shutting_down));
      link.check_ended_once();
    }
  }
}

BOOST_DATA_TEST_CASE(may_be_destroyed_in_every_phase, both_kinds, tls) {
  for (int turns = 0; turns < 12; ++turns) {
    for (const bool end_client : {false, true}) {
      Link link(tls);
      link.client.connection->send(unit_of(100'000, 'c'));
      link.server.connection->send(unit_of(100'000, 's'));
      for (int i = 0; i < turns; ++i) link.loop.run_once(0ms);
      auto& end = end_client ? link.client : link.server;
      auto& other = end_client ? link.server : link.client;
      end.connection.reset();
      BOOST_TEST_REQUIRE(link.until([&] { return other.closed.has_value(); }));
      BOOST_TEST(other.closed_with(Errc::connection_lost));
      BOOST_TEST(!end.closed.has_value());
      link.check_ended_once();
    }
  }
}

BOOST_DATA_TEST_CASE(may_be_disposed_of_in_each_of_its_callbacks, both_kinds, tls) {
  for (const std::string_view where : {"open", "unit", "closed"}) {
    Link link(tls);
    bool disposed = false;
    const auto dispose = [&] {
      disposed = true;
      link.loop.dispose(std::move(link.server.connection));
    };
    if (where == "open") link.server.when_open = dispose;
    if (where == "unit") link.server.when_unit = [&](ByteView) { dispose(); };
    if (where == "closed") link.server.when_closed = dispose;
    for (int i = 0; i < 3; ++i) link.client.connection->send(unit_of(3, 'x'));
    if (where == "closed") link.client.connection->close_after_flush(done);
    BOOST_TEST_REQUIRE(link.until([&] { return disposed && link.client.closed; }), where);
    test::settle(link.loop);
    BOOST_TEST(link.server.units.size() == (where == "open" ? 0U : where == "unit" ? 1U : 3U), where);
    BOOST_TEST(link.server.times_closed == (where == "closed" ? 1 : 0), where);
  }
}

BOOST_DATA_TEST_CASE(a_close_inside_on_unit_ends_delivery, both_kinds, tls) {
  Link link(tls);
  link.server.when_unit = [&](ByteView) { link.server.connection->close(done); };
  for (int i = 0; i < 10; ++i) link.client.connection->send(unit_of(3, 'x'));
  BOOST_TEST_REQUIRE(link.until([&] { return link.both_closed(); }));
  BOOST_TEST(link.server.units.size() == 1U);
  link.check_ended_once();
}

BOOST_DATA_TEST_CASE(a_pause_inside_on_unit_holds_the_rest_back, both_kinds, tls) {
  Link link(tls);
  link.server.when_unit = [&](ByteView) { link.server.connection->pause_reading(true); };
  std::vector<Bytes> sent;
  // More than one read and one record hold: the rest waits in every place it can wait in.
  for (std::uint32_t i = 0; i < 40; ++i) {
    sent.push_back(unit_of(test::pattern(1 + i * 251, i)));
    link.client.connection->send(sent.back());
  }
  for (std::size_t expected = 1; expected <= sent.size(); ++expected) {
    BOOST_TEST_REQUIRE(link.until([&] { return link.server.units.size() == expected; }));
    test::settle(link.loop);
    BOOST_TEST_REQUIRE(link.server.units.size() == expected);
    link.server.connection->pause_reading(false);
  }
  BOOST_TEST((link.server.units == sent));
}

BOOST_DATA_TEST_CASE(disposing_of_something_else_inside_on_unit_loses_nothing, both_kinds, tls) {
  Link link(tls);
  link.server.when_unit = [&](ByteView) { link.loop.dispose(std::make_unique<int>(1)); };
  std::vector<Bytes> sent;
  for (std::uint32_t i = 0; i < 200; ++i) {
    sent.push_back(unit_of(test::pattern(1 + i * 7, i)));
    link.client.connection->send(sent.back());
  }
  BOOST_TEST_REQUIRE(link.until([&] { return link.server.units.size() == sent.size(); }));
  BOOST_TEST((link.server.units == sent));
}

BOOST_DATA_TEST_CASE(units_before_the_end_of_the_stream_are_delivered_first, both_kinds, tls) {
  Link link(tls);
  BOOST_TEST_REQUIRE(link.open());
  link.client.connection->send(unit_of(200'000, 'a'));
  link.client.connection->send(unit_of(1, 'b'));
  link.client.connection->close_after_flush(done);
  BOOST_TEST_REQUIRE(link.until([&] { return link.both_closed(); }));
  BOOST_TEST(link.server.units.size() == 2U);
  BOOST_TEST(link.server.closed_with(Errc::connection_lost));   // an end is never a success by itself
  BOOST_TEST(link.client.closed_with(Errc::shutting_down));
  link.check_ended_once();
}

BOOST_DATA_TEST_CASE(D10_five_mebibytes_and_a_close_at_once_all_arrive, both_kinds, tls) {
  for (int round = 0; round < 5; ++round) {
    Link link(tls);
    for (int i = 0; i < 20; ++i) link.client.connection->send(unit_of(262'144, static_cast<std::uint8_t>(i)));
    link.client.connection->close_after_flush(done, test::long_enough);
    BOOST_TEST_REQUIRE(link.until([&] { return link.both_closed(); }));
    BOOST_TEST(link.server.units.size() == 20U);
  }
}

BOOST_DATA_TEST_CASE(the_last_words_survive_a_peer_that_is_still_sending, both_kinds, tls) {
  Link link(tls);
  BOOST_TEST_REQUIRE(link.open());
  // The client fills every buffer on the way; the server says a word and closes without having read it.
  link.server.when_unit = [&](ByteView) {
    if (link.server.units.size() > 1) return;
    link.server.connection->send(unit_of(as_bytes("no")));
    link.server.connection->close_after_flush(done, test::long_enough);
  };
  for (int i = 0; i < 60; ++i) link.client.connection->send(unit_of(262'144, 'x'));
  BOOST_TEST_REQUIRE(link.until([&] { return link.both_closed(); }));
  BOOST_TEST(link.server.units.size() == 1U);
  BOOST_TEST_REQUIRE(link.client.units.size() == 1U);
  BOOST_TEST((link.client.units[0] == unit_of(as_bytes("no"))));
  BOOST_TEST(link.server.closed_with(Errc::shutting_down));
}

BOOST_DATA_TEST_CASE(destroying_after_the_loop_has_stopped_is_safe, both_kinds, tls) {
  Link link(tls);
  link.client.when_open = [&] { link.loop.stop(); };
  link.client.connection->send(unit_of(500'000, 'x'));
  link.loop.run();
  link.client.connection->close(done);
  link.server.connection.reset();
  link.client.connection.reset();
  BOOST_TEST(!link.client.closed.has_value());
}

BOOST_DATA_TEST_CASE(notices_when_it_last_heard, both_kinds, tls) {
  Link link(tls);
  BOOST_TEST_REQUIRE(link.open());
  const auto before = link.server.connection->last_received();
  link.client.connection->send(unit_of(1, 'x'));
  BOOST_TEST_REQUIRE(link.until([&] { return link.server.units.size() == 1; }));
  BOOST_TEST((link.server.connection->last_received() > before));
}

BOOST_AUTO_TEST_SUITE_END()
