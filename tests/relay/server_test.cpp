// SPDX-License-Identifier: MIT
// Starting, deadlines, and stopping.
#include "relay/server.h"

#include <boost/test/unit_test.hpp>

#include "relay/metrics.h"
#include "tests/support/relay_host.h"

using namespace coterie;
using namespace std::chrono_literals;
using test::RawMember;
using test::RelayHost;

namespace {

const RawMember alice("club", "alice");
const RawMember bob("club", "bob");

}   // namespace

BOOST_AUTO_TEST_SUITE(server)

BOOST_AUTO_TEST_CASE(a_port_of_zero_becomes_a_real_one_for_each_address) {
  RelayHost host([](relay::Config& config) {
    config.listen = {{.host = "127.0.0.1", .port = 0}, {.host = "127.0.0.1", .port = 0}};
  });
  const auto ports = host.server().ports();
  BOOST_REQUIRE(ports.size() == 2U);
  BOOST_TEST(ports[0] != 0);
  BOOST_TEST(ports[1] != 0);
  BOOST_TEST(ports[0] != ports[1]);
  test::RawClient client(host.loop, ports[1], host.server().pin());
  client.join(alice);
}

BOOST_AUTO_TEST_CASE(the_identity_outlives_the_relay) {
  RelayHost host;
  const auto pin = host.server().pin();
  host.stop();
  host.start();
  BOOST_TEST((host.server().pin() == pin));
}

BOOST_AUTO_TEST_CASE(two_relays_do_not_share_a_state_folder) {
  RelayHost host;
  const auto second = relay::Server::open(host.loop, host.config());
  BOOST_REQUIRE(!second.has_value());
  BOOST_TEST((second.error().code == Errc::in_use));
  BOOST_TEST(second.error().detail.find("state folder") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_port_that_is_taken_is_said_to_be) {
  RelayHost host;
  test::TempFolder folder;
  auto config = host.config();
  config.state_dir = folder / "other";
  config.listen = {{.host = "127.0.0.1", .port = host.port()}};
  const auto second = relay::Server::open(host.loop, config);
  BOOST_REQUIRE(!second.has_value());
  BOOST_TEST((second.error().code == Errc::in_use));
  BOOST_TEST(second.error().detail.find(std::to_string(host.port())) != std::string::npos);
}

BOOST_AUTO_TEST_CASE(an_identity_that_others_can_read_stops_the_start) {
  RelayHost host;
  const auto config = host.config();
  host.stop();
  std::filesystem::permissions(config.state_dir / "identity.pem", std::filesystem::perms::group_read,
                               std::filesystem::perm_options::add);
  const auto server = relay::Server::open(host.loop, config);
  BOOST_REQUIRE(!server.has_value());
  BOOST_TEST((server.error().code == Errc::permission_denied));
}

BOOST_AUTO_TEST_CASE(a_state_folder_that_cannot_be_made_stops_the_start) {
  test::TempFolder folder;
  test::write_file(folder / "file", as_bytes("x"));
  io::EventLoop loop;
  relay::Config config;
  config.listen = {{.host = "127.0.0.1", .port = 0}};
  config.state_dir = folder.path() / "file" / "state";
  BOOST_TEST(!relay::Server::open(loop, config).has_value());
}

BOOST_AUTO_TEST_CASE(a_client_that_does_not_join_in_time_is_sent_away_whatever_it_says) {
  RelayHost host([](relay::Config& config) { config.timing.join = 50ms; });
  auto client = host.dial();
  for (std::uint64_t i = 0; !client->is_closed(); ++i) {
    client->send(control::Ping{i});
    host.loop.run_once(1ms);
  }
  const auto refused = client->take<control::Refused>();
  BOOST_REQUIRE(refused.has_value());
  BOOST_TEST((refused->reason == control::Refusal::too_slow));
}

BOOST_AUTO_TEST_CASE(a_connection_that_does_not_finish_tls_is_closed) {
  RelayHost host([](relay::Config& config) { config.timing.tls = 20ms; });
  const auto socket = test::dial(host.port());
  BOOST_REQUIRE(test::write_all(socket.get(), Bytes{0x16, 3, 1, 2, 0}));
  host.until([&] { return host.stats().clients == 1; });
  host.until([&] { return host.stats().clients == 0; });
  BOOST_TEST(test::has_ended(socket.get()));
}

BOOST_AUTO_TEST_CASE(a_quiet_client_is_asked_and_one_that_answers_stays) {
  RelayHost host([](relay::Config& config) {
    config.timing.ping = 5ms;
    config.timing.silent = 60s;
  });
  const auto client = host.join(alice);
  for (int i = 0; i < 3; ++i) BOOST_TEST(client->wait_for<control::Ping>().has_value());
  BOOST_TEST(!client->is_closed());
}

BOOST_AUTO_TEST_CASE(a_client_that_answers_nothing_is_dead_and_the_others_are_told) {
  RelayHost host([](relay::Config& config) {
    config.timing.ping = 5ms;
    config.timing.silent = 300ms;
  });
  const auto watcher = host.join(bob);
  const auto client = host.join(alice);
  client->answers_pings = false;
  host.until([&] { return client->is_closed(); });
  const auto came = watcher->wait_for<control::Member>();
  const auto went = watcher->wait_for<control::Member>();
  BOOST_REQUIRE((came && went));
  BOOST_TEST(came->online);
  BOOST_TEST(!went->online);
  BOOST_TEST(!watcher->is_closed());
}

BOOST_AUTO_TEST_CASE(a_frame_that_is_dribbled_does_not_keep_a_connection_alive) {
  RelayHost host([](relay::Config& config) {
    config.timing.ping = 5ms;
    config.timing.silent = 100ms;
  });
  const auto client = host.join(alice);
  client->answers_pings = false;
  client->send_bytes(Bytes{0, 0, 0x80, 0, control::Send::tag});
  while (!client->is_closed()) {
    client->send_bytes(Bytes{0});
    host.loop.run_once(1ms);
  }
  BOOST_TEST(host.stats().members == 0U);
}

BOOST_AUTO_TEST_CASE(what_speaks_another_protocol_is_closed_at_once) {
  RelayHost host;
  for (const std::string_view hello :
       {"GET / HTTP/1.1\r\n\r\n", "\x80\x2e\x01", "SSH-2.0-x\r\n", "\0", "LOGIN alice\n"}) {
    const auto socket = test::dial(host.port());
    BOOST_REQUIRE(test::write_all(socket.get(), as_bytes(hello.empty() ? std::string_view("\0", 1) : hello)));
    host.until([&] { return test::has_ended(socket.get()); });
  }
  BOOST_TEST(host.stats().clients == 0U);
  BOOST_TEST(host.stats().data_connections == 0U);
}

BOOST_AUTO_TEST_CASE(a_data_connection_without_a_ticket_is_closed) {
  RelayHost host([](relay::Config& config) { config.timing.hello = 20ms; });
  test::RawData silent(host.loop, host.port());
  silent.send(as_bytes("C"));
  BOOST_TEST(silent.ends());
  test::RawData wrong_magic(host.loop, host.port());
  wrong_magic.send(Bytes(control::DataHello::size, 'C'));
  BOOST_TEST(wrong_magic.ends());
  test::RawData unknown_ticket(host.loop, host.port());
  unknown_ticket.say_hello({}, 0);
  BOOST_TEST(unknown_ticket.ends());
  host.until([&] { return host.stats().data_connections == 0; });
}

BOOST_AUTO_TEST_CASE(connections_have_a_limit_in_all_and_by_address) {
  for (const bool by_address : {true, false}) {
    RelayHost host([&](relay::Config& config) {
      (by_address ? config.limits.connections_per_address : config.limits.connections) = 2;
    });
    auto first = host.join(alice);
    const auto second = host.join(bob);
    test::RawClient third(host.loop, host.port(), host.server().pin());
    host.until([&] { return third.is_closed(); });
    BOOST_TEST(host.stats().counters.turned_away == 1U);
    first->vanish();
    host.until([&] { return host.stats().clients == 1; });
    first = host.join(alice);
    first->sync();
  }
}

BOOST_AUTO_TEST_CASE(a_connection_that_has_not_said_a_word_is_counted) {
  RelayHost host;
  {
    const test::RawData silent(host.loop, host.port());
    host.until([&] { return host.stats().silent == 1; });
    const auto text = relay::metrics_text(host.stats());
    BOOST_TEST(text.find("coterie_relay_connections 1\n") != std::string::npos, text);
  }
  host.until([&] { return host.stats().silent == 0; });
}

BOOST_AUTO_TEST_CASE(a_stop_tells_everybody_and_is_done_when_they_are_gone) {
  RelayHost host;
  auto joined = host.join(alice);
  auto unjoined = host.dial();
  host.until([&] { return unjoined->is_open(); });
  test::RawData data(host.loop, host.port());
  data.send(as_bytes("C"));
  host.until([&] { return host.stats().data_connections == 1; });
  bool done = false;
  host.server().shut_down([&] { done = true; });
  for (auto* client : {&joined, &unjoined}) {
    const auto refused = (*client)->wait_for_end();
    BOOST_REQUIRE(refused.has_value());
    BOOST_TEST((refused->reason == control::Refusal::shutting_down));
  }
  BOOST_TEST(data.ends());
  host.until([&] { return done; });
  BOOST_TEST(host.stats().clients == 0U);
  BOOST_TEST(host.stats().data_connections == 0U);
}

BOOST_AUTO_TEST_CASE(a_stop_of_an_idle_relay_is_done_at_once_and_may_destroy_it) {
  RelayHost host;
  bool done = false;
  host.server().shut_down([&] {
    host.stop();
    done = true;
  });
  host.until([&] { return done; });
}

BOOST_AUTO_TEST_CASE(a_stop_does_not_wait_for_clients_that_hang_on) {
  RelayHost host([](relay::Config& config) {
    config.timing.drain = 50ms;
    config.timing.flush = 1h;
  });
  const auto client = host.join(alice);
  client->pause_reading(true);
  bool done = false;
  host.server().shut_down([&] { done = true; });
  host.until([&] { return done; });
}

BOOST_AUTO_TEST_CASE(a_stopped_relay_lets_nobody_in) {
  RelayHost host;
  const auto port = host.port();
  bool done = false;
  host.server().shut_down([&] { done = true; });
  BOOST_CHECK_THROW(test::dial(port), std::system_error);
  host.until([&] { return done; });
}

BOOST_AUTO_TEST_CASE(nothing_is_left_behind_by_a_relay_that_is_destroyed_in_full_work) {
  RelayHost host;
  const auto one = host.join(alice);
  const auto two = host.join(bob);
  one->send(
      control::Send{.message = {}, .keep = false, .recipients = std::vector{bob.as_recipient()}, .body = Bytes(5000)});
  one->send(control::BlobPut{.blob = {}, .length = 10, .read_hash = control::read_hash_of({}), .mode = {}});
  two->send(control::BlobGet{.blob = {}, .read_cap = {}, .offset = 0});
  const auto ticket = two->wait_for<control::BlobTicket>();
  BOOST_REQUIRE(ticket.has_value());
  test::RawData data(host.loop, host.port());
  data.say_hello(ticket->ticket, 0);
  host.until([&] { return host.stats().tickets == 1; });
  host.stop();
  BOOST_TEST(!one->wait_for_end().has_value());
  BOOST_TEST(!two->wait_for_end().has_value());
  BOOST_TEST(data.ends());
}

BOOST_AUTO_TEST_SUITE_END()
