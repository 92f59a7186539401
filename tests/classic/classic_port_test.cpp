// SPDX-License-Identifier: MIT
// The relay's side of classic mode: who gets in, who is told of whom, and what becomes of what is not as it should be.
#include <cstdlib>
#include <fstream>
#include <sstream>

#include "tests/classic/raw_peer.h"

using namespace coterie;
using namespace coterie::test;

BOOST_FIXTURE_TEST_SUITE(classic_port, ClassicHost)

BOOST_AUTO_TEST_CASE(a_conversation_goes_byte_for_byte_as_the_prototype_has_it) {
  const auto alice = peer();
  alice->says("LOGIN alice\n");
  alice->await("OK\n");
  alice->says("GROUP " + climbing + "\n");
  alice->await("ONLINE_LIST \n");
  const auto bob = peer();
  bob->says("LOGIN bob\nGROUP " + climbing + "\n");   // without waiting for an answer
  bob->await("OK\nONLINE_LIST alice\n");
  alice->await("NEW bob\n");
  alice->sends_message("BROADCAST", "aGFsbG8=");
  bob->await("SEND_MSG alice 8\naGFsbG8=");
  bob->sends_message("alice", "");
  alice->await("SEND_MSG bob 0\n");
  bob->says("SEND alice bm90ZQ== 5\n12345");
  alice->await("SEND bob bm90ZQ== 5\n12345");
  bob->vanish();
  alice->await("LEFT bob\n");
  BOOST_TEST(alice->heard() == "OK\nONLINE_LIST \nNEW bob\nSEND_MSG bob 0\nSEND bob bm90ZQ== 5\n12345LEFT bob\n");
}

// "⏎" is a line feed; from "\\x" on it is hexadecimal.
std::string bytes_written_as(std::string text) {
  static constexpr std::string_view mark = "\u23ce";
  std::string tail;
  if (const auto hex = text.find("\\x"); hex != std::string::npos) {
    tail = std::string(as_text(from_hex(text.substr(hex + 2)).value()));
    text.resize(hex);
  }
  for (auto at = text.find(mark); at != std::string::npos; at = text.find(mark)) text.replace(at, mark.size(), "\n");
  return text + tail;
}

BOOST_AUTO_TEST_CASE(the_example_of_the_protocol_goes_as_it_is_written) {
  const char* source = std::getenv("COTERIE_SOURCE");
  std::ifstream document(std::string(source != nullptr ? source : ".") + "/docs/protocol.md");
  std::map<std::string, std::unique_ptr<RawPeer>> people;
  std::map<std::string, std::string> expected;
  bool inside = false;
  int said = 0;
  for (std::string line; std::getline(document, line);) {
    if (line.starts_with("```")) inside = line == "```classic";
    std::istringstream words(line);
    std::string who;
    std::string arrow;
    if (!inside || !(words >> who >> arrow) || line.starts_with("```")) continue;
    const auto bytes = bytes_written_as(line.substr(line.find(arrow) + 2));
    auto& person = people[who];
    if (!person) person = peer();
    if (arrow == ">") {
      person->says(bytes);
      ++said;
    } else {
      expected[who] += bytes;
      until([&] { return person->heard().size() >= expected[who].size(); });
      BOOST_TEST((person->heard() == expected[who]), who << " heard " << person->heard());
    }
  }
  BOOST_TEST(said == 7);
}

BOOST_AUTO_TEST_CASE(a_user_id_is_taken_until_its_owner_has_left) {
  const auto alice = member("alice");
  for (const auto* same : {"alice", "ALICE"}) {
    const auto other = peer();
    other->says(std::string("LOGIN ") + same + "\n");
    other->await("ERROR that user id is taken");
    other->await_end();
  }
  alice->vanish();
  until([&] { return server().stats().guests == 0; });
  BOOST_TEST(!member("alice")->has_ended());
}

BOOST_AUTO_TEST_CASE(a_user_id_may_be_longer_than_our_own_clients_allow) {
  const auto alice = member(std::string(400, 'a'));
  const auto bob = member("bob");
  alice->says("SEND_MSG bob 4\nYWJj");
  bob->await("SEND_MSG " + std::string(400, 'a') + " 4\nYWJj");
}

BOOST_AUTO_TEST_CASE(a_file_for_everyone_is_for_nobody_as_with_the_prototype) {
  const auto alice = member("alice");
  const auto bob = member("bob");
  alice->says("SEND BROADCAST YWJj 3\nabcSEND_MSG bob 4\nYWJj");
  bob->await("SEND_MSG alice 4\nYWJj");
  BOOST_TEST(bob->heard() == "SEND_MSG alice 4\nYWJj");
}

BOOST_AUTO_TEST_CASE(groups_know_nothing_of_each_other) {
  const auto alice = member("alice");
  const auto bob = member("bob");
  const auto mallory = member("mallory", std::string(64, 'd'));
  mallory->sends_message("BROADCAST", "c3BhbQ==");
  mallory->sends_message("alice", "c3BhbQ==");
  mallory->says("SEND alice bm90ZQ== 5\n12345");
  mallory->await_quiet();
  BOOST_TEST(mallory->heard() == "ONLINE_LIST \n");
  bob->sends_message("BROADCAST", "aGFsbG8=");
  alice->await("SEND_MSG bob 8\naGFsbG8=");
  BOOST_TEST(alice->heard() == "NEW bob\nSEND_MSG bob 8\naGFsbG8=");
}

BOOST_AUTO_TEST_CASE(C18_a_classic_client_never_meets_a_member_of_a_group_of_the_relay) {
  const RawMember as("climbing", "alice");
  const auto secure = join(as);
  // By tag, and by the member's id; its name is none that GROUP takes.
  for (const auto& name : {as.group.hex(), as.id.hex() + as.id.hex()}) {
    const auto guest = member("guest-" + name.substr(0, 8), name);
    guest->await_quiet();
    BOOST_TEST(guest->heard() == "ONLINE_LIST \n");
    guest->sends_message("BROADCAST", "c3BhbQ==");
    guest->sends_message("alice", "c3BhbQ==");
  }
  BOOST_TEST(stats().groups == 1U);
  BOOST_TEST(stats().counters.deliveries == 0U);
  BOOST_TEST(!secure->is_closed());
}

BOOST_AUTO_TEST_CASE(whoever_changes_the_group_leaves_the_old_one) {
  const auto alice = member("alice");
  const auto bob = member("bob");
  const auto carol = member("carol", std::string(64, 'e'));
  bob->says("GROUP " + std::string(64, 'e') + "\n");
  alice->await("LEFT bob\n");
  carol->await("NEW bob\n");
  bob->await("ONLINE_LIST carol\n");
}

BOOST_AUTO_TEST_CASE(what_is_not_as_it_should_be_is_answered_with_one_sentence_or_passed_over) {
  struct Row {
    std::string says;
    bool before_login;
    bool closes;
  };
  const std::string long_line(classic::max_request + 1, 'x');
  const std::vector<Row> table = {
      {"\n", false, false},
      {"HELLO\n", false, false},
      {"NEW bob\n", false, false},
      {"ERROR me\n", false, false},
      {"SEND_MSG nobody 3\nabc", false, false},
      {"SEND nobody YWJj 3\nabc", false, false},
      {"SEND_MSG BROADCAST 3\nabc", false, false},
      {"\r\n", false, false},
      {"HELLO\n", true, true},
      {"\n", true, true},
      {"GROUP abc\n", true, true},
      {"SEND_MSG bob 3\nabc", true, true},
      {"LOGIN BROADCAST\n", true, true},
      {"LOGIN\n", true, true},
      {"LOGIN ali\u3000ce\n", true, true},
      {"LOGIN ali\u00a0ce\n", true, true},
      {"LOGIN ali\u200bce\n", true, true},
      {"LOGIN " + std::string(600, 'x'), true, true},
      {"LOGIN " + std::string(600, 'x') + "\n", true, true},
      {long_line, true, true},
      {long_line, false, true},
      {"LOGIN other\n", false, true},
      {"GROUP abc\n", false, true},
      {"GROUP " + std::string(64, 'C') + "\n", false, true},
      {"GROUP " + std::string(64, 'x') + "\n", false, true},
      {"GROUP " + std::string(65, 'c') + "\n", false, true},
      {"SEND_MSG bob -1\n", false, true},
      {"SEND_MSG bob 1048577\n", false, true},
      {"SEND_MSG bob 99999999999999999999\n", false, true},
      {"SEND_MSG bob\n", false, true},
      {"SEND bob YWJj 4294967297\n", false, true},
      {"SEND bob a/../b 3\nabc", false, true},
      {"SEND bob YWJj\n", false, true},
      {"SEND_MSG b\x01ob 3\nabc", false, true},
  };
  const auto witness = member("witness", std::string(64, 'f'));
  for (const auto& row : table) {
    BOOST_TEST_CONTEXT('"' << row.says.substr(0, 50) << "\", closes: " << row.closes) {
      const auto sinner = peer();
      if (!row.before_login) sinner->enters("sinner");
      sinner->says(row.says);
      if (row.closes) {
        sinner->await_end();
        const auto heard = sinner->heard();
        BOOST_TEST(heard.starts_with("ERROR "));
        BOOST_TEST(heard.find('\n') == heard.size() - 1);
      } else {
        sinner->await_quiet();
        BOOST_TEST(sinner->heard() == "ONLINE_LIST \n");
      }
      sinner->vanish();
      until([&] { return server().stats().guests == 1; });
    }
  }
  // Nobody else noticed anything.
  witness->await_quiet();
  BOOST_TEST(witness->heard() == "ONLINE_LIST \n");
}

BOOST_AUTO_TEST_CASE(a_client_may_vanish_in_any_state) {
  const auto alice = member("alice");
  const std::string begun = "LOGIN bob\nGROUP " + climbing + "\n";
  for (const auto& says : {std::string("L"), std::string("LOGIN bob"), std::string("LOGIN bob\n"), begun,
                           begun + "SEND_MSG", begun + "SEND_MSG alice 10\n", begun + "SEND_MSG alice 10\nabc",
                           begun + "SEND alice YWJj 900000\nabc", begun + "SEND nobody YWJj 9000000\nabc"}) {
    BOOST_TEST_CONTEXT(says) {
      const auto bob = peer();
      bob->says(says);
      until([&] { return bob->unsent() == 0 && server().stats().guests == 2; });
      bob->vanish();
      until([&] { return server().stats().guests == 1; });
    }
  }
  alice->await_quiet();
  BOOST_TEST(alice->heard().find("SEND") == std::string::npos);
  BOOST_TEST(!alice->has_ended());
}

BOOST_AUTO_TEST_CASE(the_relay_says_goodbye_when_it_stops) {
  const auto alice = member("alice");
  bool done = false;
  server().shut_down([&] { done = true; });
  alice->await("ERROR the relay is shutting down\n");
  alice->await_end();
  alice->vanish();
  until([&] { return done; });
}

BOOST_AUTO_TEST_CASE(a_relay_that_stops_does_not_wait_for_clients_that_stay) {
  ClassicHost patient([](relay::Config& config) { config.timing.flush = config.timing.drain = std::chrono::hours(1); });
  const auto alice = patient.member("alice");
  alice->pause_reading(true);   // she never ends her side
  bool done = false;
  patient.server().shut_down([&] { done = true; });
  BOOST_REQUIRE(test::until(patient.loop, [&] { return done; }));
  alice->pause_reading(false);
  BOOST_REQUIRE(test::until(patient.loop, [&] { return alice->has_ended(); }));
  BOOST_TEST(alice->heard() == "ERROR the relay is shutting down\n");
}

BOOST_AUTO_TEST_CASE(connections_per_address_are_limited_together_with_all_others) {
  ClassicHost narrow([](relay::Config& config) { config.limits.connections_per_address = 2; });
  const auto alice = narrow.member("alice");
  const auto bob = narrow.member("bob");
  const auto carol = narrow.peer();
  carol->says("LOGIN carol\n");
  BOOST_REQUIRE(test::until(narrow.loop, [&] { return carol->has_ended(); }));
  BOOST_TEST(carol->heard() == "");
}

BOOST_AUTO_TEST_CASE(without_classic_mode_nothing_of_it_is_answered) {
  RelayHost plain;
  RawPeer alice(plain.loop, plain.port());
  alice.says("LOGIN alice\n");
  BOOST_REQUIRE(test::until(plain.loop, [&] { return alice.has_ended(); }));
  BOOST_TEST(alice.heard() == "");
}

BOOST_AUTO_TEST_SUITE_END()
