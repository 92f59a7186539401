// SPDX-License-Identifier: MIT
#include "netcore/io/dialer.h"

#include <sys/socket.h>

#include <boost/test/unit_test.hpp>
#include <optional>

#include "netcore/io/socket.h"
#include "tests/support/loopback.h"

using namespace coterie;
using namespace std::chrono_literals;
using io::Descriptor;
using io::Dialer;
using io::Endpoint;

namespace {

// Sockets in the kernel's queue are connected without anybody accepting them.
struct Host {
  explicit Host(const char* address = "127.0.0.1") {
    const auto at = io::numeric_addresses({address, 0});
    auto listening = io::listen_on(at.at(0));
    if (!listening) return;
    socket = std::move(*listening);
    port = io::local_address(socket.get())->port();
  }
  Descriptor socket;
  std::uint16_t port = 0;
};

struct Caller {
  void dial(const Endpoint& to, io::Duration deadline = test::long_enough) {
    result.reset();
    dialer = std::make_unique<Dialer>(loop, worker, to, deadline, [this](Result<Descriptor> outcome) {
      ++calls;
      result.emplace(std::move(outcome));
    });
  }
  bool wait() {
    return loop.run_until([&] { return result.has_value(); }, test::long_enough);
  }

  io::EventLoop loop;
  Worker worker{[this](std::function<void()> job) { loop.post(std::move(job)); }};
  int calls = 0;
  std::optional<Result<Descriptor>> result;
  std::unique_ptr<Dialer> dialer;
};

// A port nobody listens on: one that was just given back.
std::uint16_t silent_port() { return Host().port; }

}   // namespace

BOOST_AUTO_TEST_SUITE(dialer)

BOOST_AUTO_TEST_CASE(connects_to_a_numeric_address_and_never_answers_inside) {
  const Host host;
  Caller caller;
  caller.dial({"127.0.0.1", host.port});
  BOOST_TEST(caller.calls == 0);
  BOOST_TEST_REQUIRE(caller.wait());
  BOOST_TEST_REQUIRE(caller.result->has_value());
  const auto taken = io::accept_from(host.socket.get());
  BOOST_TEST((taken.outcome == io::Moved::Outcome::some));
  BOOST_TEST(test::write_all((*caller.result)->get(), as_bytes("hello")));
  BOOST_TEST(test::until(caller.loop, [&] { return as_text(test::read_some(taken.socket.get())) == "hello"; }));
}

BOOST_AUTO_TEST_CASE(resolves_names_on_the_worker) {
  const Host host;
  Caller caller;
  caller.dial({"localhost", host.port});   // may be ::1 first, where nobody listens: then the next address
  BOOST_TEST(caller.calls == 0);
  BOOST_TEST_REQUIRE(caller.wait());
  BOOST_TEST(caller.result->has_value());
}

BOOST_AUTO_TEST_CASE(a_port_nobody_listens_on_is_unreachable_with_the_reason) {
  Caller caller;
  caller.dial({"127.0.0.1", silent_port()});
  BOOST_TEST_REQUIRE(caller.wait());
  BOOST_TEST_REQUIRE(!caller.result->has_value());
  BOOST_TEST((caller.result->error().code == Errc::unreachable));
  BOOST_TEST(caller.result->error().detail.find("refused") != std::string::npos);
  BOOST_TEST(caller.result->error().detail.find("127.0.0.1") != std::string::npos);
  test::settle(caller.loop);
  BOOST_TEST(caller.calls == 1);
}

BOOST_AUTO_TEST_CASE(a_name_that_does_not_exist_is_unreachable) {
  Caller caller;
  caller.dial({"no-such-host.invalid", 1});   // RFC 6761 §6.4
  BOOST_TEST_REQUIRE(caller.wait());
  BOOST_TEST_REQUIRE(!caller.result->has_value());
  BOOST_TEST((caller.result->error().code == Errc::unreachable));
  BOOST_TEST(caller.result->error().detail.find("no-such-host.invalid") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_host_that_does_not_answer_runs_into_the_deadline) {
  // A listener whose queue is full drops what comes: its peers see silence, as behind a firewall.
  const Host host;
  ::listen(host.socket.get(), 0);
  std::vector<Descriptor> filling;
  const auto at = io::numeric_addresses({"127.0.0.1", host.port});
  for (int i = 0; i < 4; ++i) {
    auto one = io::start_connecting(at.at(0));
    if (one) filling.push_back(std::move(*one));
  }
  Caller caller;
  caller.dial({"127.0.0.1", host.port}, 50ms);
  BOOST_TEST_REQUIRE(caller.wait());
  BOOST_TEST_REQUIRE(!caller.result->has_value());
  BOOST_TEST((caller.result->error().code == Errc::timed_out));
  BOOST_TEST(caller.calls == 1);
}

BOOST_AUTO_TEST_CASE(an_abandoned_attempt_says_nothing) {
  const Host host;
  for (const char* name : {"127.0.0.1", "localhost"}) {
    Caller caller;
    caller.dial({name, host.port});
    caller.dialer.reset();
    test::settle(caller.loop);
    caller.dial({name, host.port});
    BOOST_TEST(caller.wait());   // the worker has answered the first by now
    BOOST_TEST(caller.calls == 1);
  }
}

BOOST_AUTO_TEST_CASE(the_answer_may_destroy_the_dialer) {
  const Host host;
  for (const auto port : {host.port, silent_port()}) {
    Caller caller;
    std::unique_ptr<Dialer> own;
    bool answered = false;
    own = std::make_unique<Dialer>(caller.loop, caller.worker, Endpoint{"127.0.0.1", port}, test::long_enough,
                                   [&](const Result<Descriptor>&) {
                                     answered = true;
                                     own.reset();
                                   });
    BOOST_TEST(caller.loop.run_until([&] { return answered; }, test::long_enough));
  }
}

BOOST_AUTO_TEST_SUITE_END()
