// SPDX-License-Identifier: MIT
// Bodies on their way through the relay: at once, in bounded memory, and nobody waits for ever for anybody.
#include "tests/classic/raw_peer.h"

using namespace coterie;
using namespace coterie::test;

namespace {

constexpr std::size_t large = 3'000'000;   // above what is taken whole

std::string file_line(const std::string& to, std::size_t size) {
  return "SEND " + to + " YWJj " + std::to_string(size) + "\n";
}
std::string bytes_of(std::size_t size, std::uint32_t seed = 1) { return std::string(as_text(pattern(size, seed))); }

// Deadlines short enough to be met in a test, each where nothing else depends on it.
void impatient_with_receivers(relay::Config& config) { config.timing.stuck = std::chrono::milliseconds(500); }
void impatient_with_senders(relay::Config& config) { config.timing.stall = std::chrono::milliseconds(50); }
void impatient_with_strangers(relay::Config& config) { config.timing.join = std::chrono::milliseconds(50); }

}   // namespace

BOOST_AUTO_TEST_SUITE(classic_flow)

BOOST_FIXTURE_TEST_CASE(a_large_file_is_passed_on_while_it_comes, ClassicHost) {
  const auto alice = member("alice");
  const auto bob = member("bob");
  const auto body = bytes_of(large);
  alice->says(file_line("bob", large) + body.substr(0, 1000));
  bob->await("SEND alice YWJj " + std::to_string(large) + "\n" + body.substr(0, 1000));
  alice->says(body.substr(1000));
  bob->await(body.substr(large - 1000));
  BOOST_TEST((bob->heard() == "SEND alice YWJj " + std::to_string(large) + "\n" + body));
  alice->sends_message("bob", "YWZ0ZXI=");
  bob->await("SEND_MSG alice 8\nYWZ0ZXI=");
}

BOOST_FIXTURE_TEST_CASE(what_is_small_is_taken_whole_before_anybody_gets_it, ClassicHost) {
  const auto alice = member("alice");
  const auto bob = member("bob");
  alice->says(file_line("bob", 500'000) + bytes_of(499'999));
  alice->vanish();
  bob->await("LEFT alice\n");
  BOOST_TEST(bob->heard() == "LEFT alice\n");
}

BOOST_FIXTURE_TEST_CASE(messages_wait_until_a_file_has_gone_through, ClassicHost) {
  const auto alice = member("alice");
  const auto bob = member("bob");
  const auto carol = member("carol");
  bob->forget();
  const auto body = bytes_of(large);
  alice->says(file_line("bob", large) + body.substr(0, 1'500'000));
  bob->await(body.substr(1'499'000, 1000));
  carol->sends_message("BROADCAST", "aGFsbG8=");
  carol->sends_message("bob", "ZHU=");
  alice->await("SEND_MSG carol 8\naGFsbG8=");   // she is written to all the same
  alice->says(body.substr(1'500'000));
  bob->await("SEND_MSG carol 4\nZHU=");
  BOOST_TEST((bob->heard() == "SEND alice YWJj " + std::to_string(large) + "\n" + body +
                                  "SEND_MSG carol 8\naGFsbG8=SEND_MSG carol 4\nZHU="));
}

BOOST_FIXTURE_TEST_CASE(a_second_file_waits_for_its_turn, ClassicHost) {
  const auto alice = member("alice");
  const auto carol = member("carol");
  const auto bob = member("bob");
  const auto first = bytes_of(large, 1);
  const auto second = bytes_of(large, 2);
  alice->says(file_line("bob", large) + first.substr(0, 1000));
  bob->await(first.substr(0, 1000));
  carol->says(file_line("bob", large) + second + "SEND_MSG alice 4\nZHU=");
  alice->says(first.substr(1000));
  alice->await("SEND_MSG carol 4\nZHU=");   // said behind the second file
  const auto expected = "SEND alice YWJj " + std::to_string(large) + "\n" + first + "SEND carol YWJj " +
                        std::to_string(large) + "\n" + second;
  until([&] { return bob->heard_bytes() == expected.size(); });
  BOOST_TEST((bob->heard() == expected));
}

BOOST_FIXTURE_TEST_CASE(a_receiver_that_vanishes_does_not_hold_the_sender_up, ClassicHost) {
  const auto alice = member("alice");
  const auto bob = member("bob");
  const auto carol = member("carol");
  const auto body = bytes_of(large);
  alice->says(file_line("bob", large) + body.substr(0, 1000));
  bob->await(body.substr(0, 1000));
  bob->vanish();
  alice->says(body.substr(1000));
  alice->sends_message("carol", "YWZ0ZXI=");
  carol->await("SEND_MSG alice 8\nYWZ0ZXI=");
}

BOOST_FIXTURE_TEST_CASE(a_sender_that_vanishes_cuts_the_receiver_off_rather_than_fake_the_rest, ClassicHost) {
  const auto alice = member("alice");
  const auto bob = member("bob");
  const auto carol = member("carol");
  const auto body = bytes_of(large);
  alice->says(file_line("bob", large) + body.substr(0, 2'000'000));
  bob->await(body.substr(1'999'000, 1000));
  alice->vanish();
  bob->await_end();
  carol->await("LEFT bob\n");
  BOOST_TEST((bob->heard().find("LEFT") == std::string::npos));
  carol->await_quiet();
}

BOOST_FIXTURE_TEST_CASE(a_sender_that_vanished_while_it_waited_harms_nobody_it_had_sent_nothing_to, ClassicHost) {
  const auto alice = member("alice");
  const auto carol = member("carol");
  const auto bob = member("bob");
  const auto body = bytes_of(large);
  alice->says(file_line("bob", large) + body.substr(0, 1000));
  bob->await(body.substr(0, 1000));
  carol->says(file_line("bob", large));
  until([&] { return carol->unsent() == 0; });
  carol->vanish();
  alice->says(body.substr(1000));
  bob->await("LEFT carol\n");   // noticed when its turn came
  bob->await_quiet();
  BOOST_TEST(
      (bob->heard() == "SEND alice YWJj " + std::to_string(large) + "\n" + body + "LEFT carol\nONLINE_LIST alice\n"));
}

BOOST_FIXTURE_TEST_CASE(a_file_to_oneself_comes_back, ClassicHost) {
  const auto alice = member("alice");
  const auto body = bytes_of(large);
  alice->says(file_line("alice", large) + body);
  until([&] { return alice->heard_bytes() >= large; });
  alice->await_quiet();
  BOOST_TEST((alice->heard() == "SEND alice YWJj " + std::to_string(large) + "\n" + body + "ONLINE_LIST \n"));
}

BOOST_AUTO_TEST_CASE(a_receiver_that_does_not_read_is_closed_and_the_sender_goes_on) {
  ClassicHost host(impatient_with_receivers);
  const auto alice = host.member("alice");
  const auto carol = host.member("carol");
  const auto bob = host.member("bob");
  bob->pause_reading(true);
  alice->says(file_line("bob", 40'000'000) + bytes_of(40'000'000));
  alice->sends_message("carol", "YWZ0ZXI=");
  carol->await("SEND_MSG alice 8\nYWZ0ZXI=");
  carol->await("LEFT bob\n");
}

BOOST_AUTO_TEST_CASE(a_member_that_does_not_read_is_closed_when_others_write_to_everyone) {
  ClassicHost host(impatient_with_receivers);
  const auto alice = host.member("alice");
  const auto bob = host.member("bob");
  const auto carol = host.member("carol");
  bob->pause_reading(true);
  const std::string body(100'000, 'x');
  for (int i = 0; i < 200; ++i) alice->sends_message("BROADCAST", body);
  carol->await("LEFT bob\n");
  alice->sends_message("carol", "bGFzdA==");
  carol->await("SEND_MSG alice 8\nbGFzdA==");
}

BOOST_AUTO_TEST_CASE(a_body_that_does_not_come_is_given_up) {
  ClassicHost host(impatient_with_senders);
  for (const auto& begun :
       {std::string("SEND_MSG bob 1000\nabc"), std::string("SEND_MS"), file_line("nobody", large) + "abc"}) {
    const auto alice = host.member("alice");
    alice->says(begun);
    alice->await("ERROR what was announced does not come\n");
    alice->await_end();
    alice->vanish();
    host.until([&] { return host.stats().guests == 0; });
  }
}

BOOST_AUTO_TEST_CASE(a_sender_that_drips_is_given_up_like_one_that_is_silent) {
  ClassicHost host(impatient_with_senders);
  const auto alice = host.member("alice");
  alice->says("SEND_MSG bob 1000000\n");
  host.until([&] {
    if (!alice->has_ended()) alice->says("x");
    return alice->has_ended();
  });
  BOOST_TEST(alice->heard() == "ERROR what was announced does not come\n");
}

BOOST_AUTO_TEST_CASE(whoever_does_not_log_in_is_closed) {
  ClassicHost host(impatient_with_strangers);
  const auto alice = host.peer();
  alice->says("LOG");
  alice->await("ERROR no LOGIN in time\n");
  alice->await_end();
}

BOOST_AUTO_TEST_CASE(an_idle_member_stays) {
  ClassicHost host(impatient_with_senders);
  const auto alice = host.member("alice");
  const auto bob = host.member("bob");
  // Time passes: somebody else is given up meanwhile.
  const auto carol = host.member("carol");
  carol->says("SEND");
  carol->await_end();
  bob->sends_message("alice", "aGFsbG8=");
  alice->await("SEND_MSG bob 8\naGFsbG8=");
}

BOOST_AUTO_TEST_SUITE_END()
