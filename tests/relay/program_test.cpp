// SPDX-License-Identifier: MIT
// The program itself: its command line, its exit status, what it prints, and how it stops.
#include <boost/test/unit_test.hpp>

#include "netcore/base/private_file.h"
#include "tests/support/raw_client.h"
#include "tests/support/relay_program.h"

using namespace coterie;
using test::is_one_sentence_to_the_user;
using test::Run;

namespace {

struct Fixture {
  test::TempFolder folder;
  [[nodiscard]] std::vector<std::string> serving(const std::string& port = "0") const {
    return {"--listen", "127.0.0.1:" + port, "--state-dir", folder / "state", "--port-file", folder / "port"};
  }
  [[nodiscard]] std::string port() const { return std::string(as_text(test::read_file(folder / "port"))); }
};

}   // namespace

BOOST_FIXTURE_TEST_SUITE(program, Fixture)

BOOST_AUTO_TEST_CASE(help_and_version_are_printed) {
  Run help({"--help"});
  BOOST_TEST(help.wait() == 0);
  BOOST_TEST(help.printed.find("--state-dir") != std::string::npos);
  Run version({"--version"});
  BOOST_TEST(version.wait() == 0);
  BOOST_TEST(version.printed.starts_with("coterie-relay "));
}

BOOST_AUTO_TEST_CASE(what_could_not_be_printed_is_no_success) {
  for (const std::string what :
       {"--fingerprint", "--print-config", "--check-config", "--help", "--version", "doctor"}) {
    Run run({what, "--state-dir", folder / "state"}, {}, "/dev/full");
    BOOST_TEST(run.wait() == 1, what);
    BOOST_TEST(is_one_sentence_to_the_user(run.printed), what + ": " + run.printed);
    BOOST_TEST(run.printed.find("Standard output could not be written") != std::string::npos, run.printed);
  }
}

BOOST_AUTO_TEST_CASE(a_wrong_command_line_is_status_2) {
  for (const auto& arguments : std::vector<std::vector<std::string>>{{"--bogus"},
                                                                     {"--listen"},
                                                                     {"--listen", "127.0.0.1:99999"},
                                                                     {"--listen", "[::1:5"},
                                                                     {"--log-level", "loud"},
                                                                     {"--limit-sends-per-second", "0"},
                                                                     {"--limit-members", "257"},
                                                                     {"--fingerprint=yes"},
                                                                     {"--limit-members="},
                                                                     {"--state-dir", "a", "--state-dir", "b"},
                                                                     {"--\x1b[31m"},
                                                                     {"extra"}}) {
    Run run(arguments);
    BOOST_TEST(run.wait() == 2);
    BOOST_TEST(is_one_sentence_to_the_user(run.printed), run.printed);
    BOOST_TEST(run.printed.find('\x1b') == std::string::npos);
  }
}

BOOST_AUTO_TEST_CASE(a_value_that_cannot_be_used_is_told_with_those_that_can) {
  const std::vector<std::pair<std::string, std::vector<std::string>>> limits = {
      {"--limit-members takes a number from 1 to 256.", {"-1", "0", "257", "abc", "1.5", "nan"}},
      {"--limit-blobs takes a number from 1 to 1000000000.", {"-1", "1e99"}},
      {"--limit-sends-per-second takes a number from 1 to 1000000000.", {"0", "inf", "nan", "x"}},
      {"--log-level takes debug, info, warning, error or off.", {"loud", "1"}}};
  for (const auto& [sentence, values] : limits)
    for (const auto& value : values) {
      Run run({sentence.substr(0, sentence.find(' ')) + "=" + value});
      BOOST_TEST(run.wait() == 2);
      BOOST_TEST(run.printed == "coterie-relay: " + sentence + "\n", value);
    }
}

BOOST_AUTO_TEST_CASE(a_state_folder_that_cannot_be_made_is_told_with_its_path) {
  for (const std::string state : {"/proc/coterie", "/dev/null/coterie"}) {
    Run run({"--listen", "127.0.0.1:0", "--state-dir", state});
    BOOST_TEST(run.wait() == 1);
    BOOST_TEST(is_one_sentence_to_the_user(run.printed), run.printed);
    BOOST_TEST(run.printed.find(state) != std::string::npos);
  }
  Run run({"--listen", "127.0.0.1:0", "--state-dir", "/proc/coterie"});
  run.wait();
  BOOST_TEST(run.printed.find("Permission denied") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(the_fingerprint_is_the_one_it_serves_with) {
  Run first({"--state-dir", folder / "state", "--fingerprint"});
  BOOST_TEST(first.wait() == 0);
  BOOST_TEST(first.printed.size() == 65U);
  Run second({"--state-dir", folder / "state", "--fingerprint"});
  second.wait();
  BOOST_TEST(second.printed == first.printed);
  Run serving_run(serving());
  serving_run.wait_for("fingerprint=" + first.printed.substr(0, 64) + "\n");
}

BOOST_AUTO_TEST_CASE(it_serves_on_the_port_it_writes_down_and_stops_in_good_order_when_asked) {
  for (const int number : {SIGTERM, SIGINT}) {
    Run run(serving());
    run.wait_for(" ready listen=127.0.0.1:");
    run.wait_for("\n");
    const auto text = port();
    BOOST_TEST(text.back() == '\n');
    BOOST_TEST(run.printed.find("listen=127.0.0.1:" + text.substr(0, text.size() - 1) + " ") != std::string::npos);
    const auto pin = *from_hex(run.printed.substr(run.printed.find("fingerprint=") + 12, 64));
    io::EventLoop loop;
    test::RawClient client(loop, static_cast<std::uint16_t>(std::stoi(text)), RelayPin::from(pin));
    client.join({"club", "alice"});
    run.signal(number);
    BOOST_TEST((client.wait_for_end().value().reason == control::Refusal::shutting_down));
    BOOST_TEST(run.wait() == 0);
    BOOST_TEST(run.printed.find("stopped") != std::string::npos);
    std::filesystem::remove(folder / "port");
  }
}

BOOST_AUTO_TEST_CASE(nothing_it_prints_tells_a_token_a_capability_or_a_key) {
  auto arguments = serving();
  BOOST_REQUIRE(create_private_file(folder / "key", as_bytes(std::string_view("open sesame\n"))).has_value());
  arguments.insert(arguments.end(), {"--log-level", "debug", "--access-key-file", folder / "key"});
  Run run(arguments);
  run.wait_for("fingerprint=");
  run.wait_for("\n");
  const auto pin = *from_hex(run.printed.substr(run.printed.find("fingerprint=") + 12, 64));
  io::EventLoop loop;
  const test::RawMember alice("club", "alice");
  const test::RawMember bob("club", "bob");
  const std::string guess = "a key that is not it";
  const std::string key = "open sesame";
  test::RawClient refused(loop, static_cast<std::uint16_t>(std::stoi(port())), RelayPin::from(pin));
  refused.send(alice.join(guess));
  refused.wait_for_end();
  test::RawClient client(loop, static_cast<std::uint16_t>(std::stoi(port())), RelayPin::from(pin));
  client.join(alice, key);
  test::RawClient other(loop, static_cast<std::uint16_t>(std::stoi(port())), RelayPin::from(pin));
  other.join(bob, key);
  client.send(
      control::Send{.message = {}, .keep = false, .recipients = std::vector{bob.as_recipient()}, .body = Bytes(9)});
  client.send(control::BlobPut{.blob = {}, .length = 10, .read_hash = control::read_hash_of({}), .mode = {}});
  client.sync();
  other.send(control::BlobGet{.blob = {}, .read_cap = {}, .offset = 0});
  const auto ticket = other.wait_for<control::BlobTicket>();
  BOOST_REQUIRE(ticket.has_value());
  run.signal(SIGTERM);
  BOOST_TEST(run.wait() == 0);
  BOOST_TEST(run.printed.find("join group=") != std::string::npos);
  for (const auto& secret : {alice.token.hex(), alice.cap.hex(), bob.cap.hex(), alice.group.hex(), alice.id.hex(),
                             alice.handle.hex(), ticket->ticket.hex(), guess, key})
    BOOST_TEST(run.printed.find(secret) == std::string::npos);
}

BOOST_AUTO_TEST_CASE(what_prevents_a_start_is_one_sentence_and_status_1) {
  Run running(serving());
  running.wait_for("ready");
  Run same_folder(serving());
  BOOST_TEST(same_folder.wait() == 1);
  BOOST_TEST(is_one_sentence_to_the_user(same_folder.printed));
  const auto taken = port();
  Run same_port({"--listen", "127.0.0.1:" + taken.substr(0, taken.size() - 1), "--state-dir", folder / "other"});
  BOOST_TEST(same_port.wait() == 1);
  BOOST_TEST(is_one_sentence_to_the_user(same_port.printed));
  test::write_file(folder / "key", as_bytes("open sesame\n"));
  std::filesystem::permissions(folder / "key", std::filesystem::perms::group_read, std::filesystem::perm_options::add);
  Run open_key({"--listen", "127.0.0.1:0", "--state-dir", folder / "third", "--access-key-file", folder / "key"});
  BOOST_TEST(open_key.wait() == 1);
  BOOST_TEST(is_one_sentence_to_the_user(open_key.printed));
}

BOOST_AUTO_TEST_SUITE_END()
