// SPDX-License-Identifier: MIT
#include "netcore/io/listener.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include <boost/test/unit_test.hpp>

#include "netcore/base/log.h"
#include "netcore/io/socket.h"
#include "tests/support/loopback.h"

using namespace coterie;
using namespace std::chrono_literals;
using io::Accepted;
using io::Descriptor;
using io::Endpoint;
using io::Listener;

namespace {

struct Door {
  explicit Door(Listener::Limits limits = {}, Listener::Admit admit = nullptr, const Endpoint& at = {"127.0.0.1", 0}) {
    auto opened = Listener::open(loop, at, limits, std::move(admit),
                                 [this](Accepted one) { accepted.push_back(std::move(one)); });
    BOOST_TEST_REQUIRE(opened.has_value());
    listener = std::move(*opened);
  }
  Descriptor knock(std::string_view saying, const char* host = "127.0.0.1") const {
    const auto addresses = io::numeric_addresses({host, listener->port()});
    auto socket = io::start_connecting(addresses.at(0));
    BOOST_TEST_REQUIRE(socket.has_value());
    // On loopback a connect is done at once or refused; what is said follows as soon as it is.
    while (!saying.empty() && !test::write_all(socket->get(), as_bytes(saying))) {
    }
    return std::move(*socket);
  }
  bool until(const std::function<bool()>& reached) { return test::until(loop, reached); }

  io::EventLoop loop;
  std::vector<Accepted> accepted;
  std::unique_ptr<Listener> listener;
};

Errc refusal(io::EventLoop& loop, const Endpoint& at) {
  const auto opened = Listener::open(loop, at, {}, nullptr, [](Accepted) {});
  BOOST_TEST_REQUIRE(!opened.has_value());
  BOOST_TEST(opened.error().detail.find(at.host) != std::string::npos);
  return opened.error().code;
}

}   // namespace

BOOST_AUTO_TEST_SUITE(listener)

BOOST_AUTO_TEST_CASE(hands_over_a_socket_with_its_first_byte_still_in_it) {
  Door door;
  BOOST_TEST(door.listener->port() != 0);
  const auto peer = door.knock("Coterie");
  BOOST_TEST_REQUIRE(door.until([&] { return door.accepted.size() == 1; }));
  auto& one = door.accepted[0];
  BOOST_TEST(one.first_byte == 'C');
  BOOST_TEST(one.peer_address == "127.0.0.1");
  BOOST_TEST((one.slot != nullptr));
  BOOST_TEST(as_text(test::read_some(one.socket.get())) == "Coterie");
  int no_delay = 0;
  socklen_t size = sizeof no_delay;
  BOOST_TEST(::getsockopt(one.socket.get(), IPPROTO_TCP, TCP_NODELAY, &no_delay, &size) == 0);
  BOOST_TEST(no_delay != 0);
  BOOST_TEST((::fcntl(one.socket.get(), F_GETFL) & O_NONBLOCK) != 0);
  BOOST_TEST((::fcntl(one.socket.get(), F_GETFD) & FD_CLOEXEC) != 0);
}

BOOST_AUTO_TEST_CASE(waits_for_the_first_byte) {
  Door door;
  const auto peer = door.knock("");
  test::settle(door.loop);
  BOOST_TEST(door.accepted.empty());
  BOOST_TEST_REQUIRE(test::write_all(peer.get(), as_bytes("\x16")));
  BOOST_TEST_REQUIRE(door.until([&] { return door.accepted.size() == 1; }));
  BOOST_TEST(door.accepted[0].first_byte == 0x16);
}

BOOST_AUTO_TEST_CASE(a_peer_that_says_nothing_is_closed_at_the_deadline) {
  Door door({.first_byte_deadline = 30ms});
  const auto first = door.knock("");
  const auto second = door.knock("");
  BOOST_TEST_REQUIRE(door.until([&] { return test::has_ended(first.get()) && test::has_ended(second.get()); }));
  BOOST_TEST(door.accepted.empty());
}

BOOST_AUTO_TEST_CASE(a_peer_that_leaves_before_it_speaks_is_forgotten) {
  Door door({.per_address = 1});
  for (int i = 0; i < 5; ++i) {
    { const auto peer = door.knock(""); }
    test::settle(door.loop);
  }
  const auto peer = door.knock("x");
  BOOST_TEST(door.until([&] { return door.accepted.size() == 1; }));
}

BOOST_AUTO_TEST_CASE(D01_an_address_has_so_many_places_and_gets_them_back) {
  Door door({.per_address = 3});
  std::vector<Descriptor> peers;
  for (int i = 0; i < 3; ++i)
    peers.push_back(door.knock(i == 0 ? "" : "x"));   // one of them still silent: it counts too
  BOOST_TEST_REQUIRE(door.until([&] { return door.accepted.size() == 2; }));
  test::settle(door.loop);
  const auto refused = door.knock("");
  BOOST_TEST_REQUIRE(door.until([&] { return test::has_ended(refused.get()); }));
  BOOST_TEST(door.accepted.size() == 2U);
  // The slot counts, not the socket.
  door.accepted[0].socket.reset();
  const auto refused_again = door.knock("");
  BOOST_TEST_REQUIRE(door.until([&] { return test::has_ended(refused_again.get()); }));
  door.accepted[0].slot.reset();
  const auto welcome = door.knock("x");
  BOOST_TEST(door.until([&] { return door.accepted.size() == 3; }));
}

BOOST_AUTO_TEST_CASE(addresses_do_not_take_each_others_places) {
  Door door({.per_address = 1});
  const auto first = door.knock("x");
  BOOST_TEST_REQUIRE(door.until([&] { return door.accepted.size() == 1; }));
  // Linux answers on all of 127.0.0.0/8, and takes any of it as a source.
  Descriptor other(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in from{};
  from.sin_family = AF_INET;
  from.sin_addr.s_addr = htonl(INADDR_LOOPBACK + 1);
  BOOST_TEST_REQUIRE(::bind(other.get(), reinterpret_cast<sockaddr*>(&from), sizeof from) == 0);
  const auto to = io::numeric_addresses({"127.0.0.1", door.listener->port()});
  BOOST_TEST_REQUIRE(::connect(other.get(), to.at(0).get(), static_cast<socklen_t>(to[0].size())) == 0);
  BOOST_TEST_REQUIRE(test::write_all(other.get(), as_bytes("y")));
  BOOST_TEST_REQUIRE(door.until([&] { return door.accepted.size() == 2; }));
  BOOST_TEST(door.accepted[1].peer_address == "127.0.0.2");
}

BOOST_AUTO_TEST_CASE(the_owner_may_refuse_an_address_before_anything_is_read) {
  std::vector<std::string> asked;
  Door door({}, [&](const std::string& address) {
    asked.push_back(address);
    return asked.size() > 1;
  });
  const auto refused = door.knock("");
  BOOST_TEST_REQUIRE(door.until([&] { return test::has_ended(refused.get()); }));
  const auto welcome = door.knock("x");
  BOOST_TEST_REQUIRE(door.until([&] { return door.accepted.size() == 1; }));
  BOOST_TEST(asked == (std::vector<std::string>{"127.0.0.1", "127.0.0.1"}));
}

BOOST_AUTO_TEST_CASE(D02_when_too_many_wait_the_oldest_goes) {
  Door door({.waiting = 3});
  std::vector<Descriptor> silent;
  for (int i = 0; i < 5; ++i) {
    silent.push_back(door.knock(""));
    test::settle(door.loop);
  }
  BOOST_TEST_REQUIRE(door.until([&] { return test::has_ended(silent[0].get()) && test::has_ended(silent[1].get()); }));
  BOOST_TEST(door.listener->beyond_limits() == 2U);
  BOOST_TEST(door.listener->waiting() == 3U);
  BOOST_TEST_REQUIRE(test::write_all(silent[2].get(), as_bytes("x")));
  BOOST_TEST(door.until([&] { return door.accepted.size() == 1; }));
}

BOOST_AUTO_TEST_CASE(a_port_in_use_and_a_wrong_address_are_told_apart) {
  Door door;
  BOOST_TEST((refusal(door.loop, {"127.0.0.1", door.listener->port()}) == Errc::in_use));
  BOOST_TEST((refusal(door.loop, {"203.0.113.77", 0}) == Errc::invalid_argument));   // RFC 5737: nobody's
}

BOOST_AUTO_TEST_CASE(ipv6_and_ipv4_listen_side_by_side_on_one_port) {
  io::EventLoop loop;
  auto six = Listener::open(loop, {"::", 0}, {}, nullptr, [](Accepted) {});
  if (!six) {
    BOOST_TEST_MESSAGE("SKIPPED: no IPv6 here");
    return;
  }
  Door four({}, nullptr, {"0.0.0.0", (*six)->port()});
  BOOST_TEST(four.listener->port() == (*six)->port());
  const auto peer = four.knock("x");
  BOOST_TEST(four.until([&] { return four.accepted.size() == 1; }));
}

BOOST_AUTO_TEST_CASE(one_ipv6_network_is_one_peer) {
  io::EventLoop loop;
  std::vector<Accepted> accepted;
  auto six = Listener::open(loop, {"::1", 0}, {.per_address = 1}, nullptr,
                            [&](Accepted one) { accepted.push_back(std::move(one)); });
  if (!six) {
    BOOST_TEST_MESSAGE("SKIPPED: no IPv6 here");
    return;
  }
  const auto to = io::numeric_addresses({"::1", (*six)->port()});
  auto first = io::start_connecting(to.at(0));
  BOOST_TEST_REQUIRE(first.has_value());
  BOOST_TEST_REQUIRE(test::until(loop, [&] { return test::write_all(first->get(), as_bytes("x")); }));
  BOOST_TEST_REQUIRE(test::until(loop, [&] { return accepted.size() == 1; }));
  BOOST_TEST(accepted[0].peer_address == "::1");
  auto second = io::start_connecting(to.at(0));
  BOOST_TEST(test::until(loop, [&] { return test::has_ended(second->get()); }));
}

BOOST_AUTO_TEST_CASE(stop_closes_the_waiting_and_takes_no_more) {
  Door door;
  const auto waiting = door.knock("");
  test::settle(door.loop);
  const auto at = io::numeric_addresses({"127.0.0.1", door.listener->port()});
  door.listener->stop();
  BOOST_TEST(door.until([&] { return test::has_ended(waiting.get()); }));
  auto late = io::start_connecting(at.at(0));
  BOOST_TEST(door.until([&] { return !late || io::connect_error(late->get()) == ECONNREFUSED; }));
}

BOOST_AUTO_TEST_CASE(may_be_disposed_of_by_what_it_calls) {
  for (const bool in_admit : {true, false}) {
    io::EventLoop loop;
    std::unique_ptr<Listener> listener;
    int calls = 0;
    const auto dispose = [&] {
      ++calls;
      loop.dispose(std::move(listener));
    };
    auto opened = Listener::open(
        loop, {"127.0.0.1", 0}, {},
        [&](const std::string&) {
          if (in_admit) dispose();
          return true;
        },
        [&](Accepted) {
          if (!in_admit) dispose();
        });
    BOOST_TEST_REQUIRE(opened.has_value());
    listener = std::move(*opened);
    const auto at = io::numeric_addresses({"127.0.0.1", listener->port()});
    std::vector<Descriptor> peers;
    for (int i = 0; i < 3; ++i) {
      auto peer = io::start_connecting(at.at(0));
      BOOST_TEST_REQUIRE(peer.has_value());
      test::write_all(peer->get(), as_bytes("x"));
      peers.push_back(std::move(*peer));
    }
    BOOST_TEST_REQUIRE(test::until(loop, [&] { return calls > 0; }));
    test::settle(loop);
    BOOST_TEST(calls == 1);
  }
}

BOOST_AUTO_TEST_CASE(slots_may_outlive_the_listener) {
  Door door;
  const auto peer = door.knock("x");
  BOOST_TEST_REQUIRE(door.until([&] { return door.accepted.size() == 1; }));
  door.listener.reset();
  door.accepted.clear();
  BOOST_TEST(true);
}

BOOST_AUTO_TEST_CASE(D05_without_descriptors_it_pauses_and_recovers) {
  Door door;
  const auto established = door.knock("x");
  BOOST_TEST_REQUIRE(door.until([&] { return door.accepted.size() == 1; }));
  const auto late = door.knock("y");   // waits in the kernel
  // From here on nothing new is made: the sanitizers need descriptors too.
  int turns = 0;
  const auto counting = door.loop.at_turn_end([&] { ++turns; });
  bool over = false;
  const auto timer = door.loop.after(200ms, [&] { over = true; });
  log::set_level(log::Level::off);
  rlimit before{};
  BOOST_TEST_REQUIRE(::getrlimit(RLIMIT_NOFILE, &before) == 0);
  const int lowest_free = ::dup(0);
  BOOST_TEST_REQUIRE(lowest_free >= 0);
  ::close(lowest_free);
  const rlimit none_left{.rlim_cur = static_cast<rlim_t>(lowest_free), .rlim_max = before.rlim_max};
  BOOST_TEST_REQUIRE(::setrlimit(RLIMIT_NOFILE, &none_left) == 0);
  const bool waited = door.loop.run_until([&] { return over; }, test::long_enough);
  // What is connected goes on meanwhile.
  const bool said = test::write_all(established.get(), as_bytes("z"));
  const auto heard = test::read_some(door.accepted[0].socket.get());
  BOOST_TEST_REQUIRE(::setrlimit(RLIMIT_NOFILE, &before) == 0);
  log::set_level(log::Level::info);
  BOOST_TEST(waited);
  BOOST_TEST(turns < 20);   // no busy loop over the connection that cannot be taken
  BOOST_TEST(door.accepted.size() == 1U);
  BOOST_TEST(said);
  BOOST_TEST(as_text(heard) == "xz");
  BOOST_TEST(door.until([&] { return door.accepted.size() == 2; }));
}

BOOST_AUTO_TEST_SUITE_END()
