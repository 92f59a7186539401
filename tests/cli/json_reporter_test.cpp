// SPDX-License-Identifier: MIT
#include "cli/json_reporter.h"

#include "netcore/base/unicode.h"
#include "tests/cli/fake_shell.h"

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

namespace coterie::cli {
namespace {

using nlohmann::json;

json shown(const Event& event) {
  const auto line = to_json_line(event, "alice");
  BOOST_REQUIRE(line);
  BOOST_TEST(line->find('\n') == std::string::npos);
  BOOST_TEST(is_valid_utf8(*line));
  return json::parse(*line);
}

event::Message message() {
  event::Message made;
  made.row = 7;
  made.id = MessageId{{0xab, 0xcd}};
  made.from = "bob";
  made.text = "hello";
  made.sent_ms = 1'714'567'890'123;
  made.arrived_ms = 1'714'567'890'999;
  return made;
}

}   // namespace

BOOST_AUTO_TEST_SUITE(json_reporter)

BOOST_AUTO_TEST_CASE(a_message_says_from_whom_to_whom_and_when) {
  const auto group = shown(event::MessageAdded{message()});
  BOOST_TEST(group["event"] == "message");
  BOOST_TEST(group["from"] == "bob");
  BOOST_TEST(group["to"] == "group");
  BOOST_TEST(group["direct"] == false);
  BOOST_TEST(group["text"] == "hello");
  BOOST_TEST(group["id"] == "abcd0000000000000000000000000000");
  BOOST_TEST(group["time"] == "2024-05-01T12:51:30.123Z");
  BOOST_TEST(!group.contains("deliveries"));
}

BOOST_AUTO_TEST_CASE(a_direct_message_is_addressed_to_the_other_side) {
  auto incoming = message();
  incoming.conversation = "bob";
  BOOST_TEST(shown(event::MessageAdded{incoming})["to"] == "alice");
  auto outgoing = message();
  outgoing.from = "alice";
  outgoing.outgoing = true;
  outgoing.conversation = "group";   // a member of that name
  outgoing.deliveries = {{"group", event::DeliveryState::at_relay}};
  const auto sent = shown(event::MessageAdded{outgoing});
  BOOST_TEST(sent["to"] == "group");
  BOOST_TEST(sent["direct"] == true);
  BOOST_TEST(sent["deliveries"][0]["state"] == "at_relay");
}

BOOST_AUTO_TEST_CASE(any_text_of_a_peer_stays_one_valid_line) {
  auto odd = message();
  odd.text = std::string("a\nb\"c\\\x1b[2J \xff\xc0\xaf ") + '\0' + "\xe2\x80\xae end";
  const auto back = shown(event::MessageAdded{odd});
  BOOST_TEST(back["text"].get<std::string>().starts_with("a\nb\"c\\\x1b[2J "));
}

BOOST_AUTO_TEST_CASE(a_changed_message_comes_whole_under_another_name) {
  auto changed = message();
  const auto plain = shown(event::MessageAdded{changed});
  for (const char* field : {"edited", "deleted", "reply_to", "quote", "reactions"})
    BOOST_TEST(!plain.contains(field), field);
  changed.edited = true;
  changed.quote = event::Quote{.id = MessageId{{1}}, .row = 3, .from = "carol", .text = "who comes?"};
  changed.reactions = {{"👍", {"alice", "carol"}}};
  const auto json = shown(event::MessageChanged{changed});
  BOOST_TEST(json["event"] == "changed");
  BOOST_TEST(json["row"] == 7);
  BOOST_TEST(json["edited"] == true);
  BOOST_TEST(json["reply_to"] == "01000000000000000000000000000000");
  BOOST_TEST(json["quote"]["from"] == "carol");
  BOOST_TEST(json["quote"]["text"] == "who comes?");
  BOOST_TEST(json["reactions"][0]["emoji"] == "👍");
  BOOST_TEST(json["reactions"][0]["users"][1] == "carol");
  changed.deleted = true;
  BOOST_TEST(shown(event::MessageChanged{changed})["deleted"] == true);
}

BOOST_AUTO_TEST_CASE(who_types_and_what_was_forgotten_is_told) {
  const auto typing = shown(event::Typing{"bob", "bob", true});
  BOOST_TEST(typing["event"] == "typing");
  BOOST_TEST(typing["user"] == "bob");
  BOOST_TEST(typing["direct"] == true);
  BOOST_TEST(typing["active"] == true);
  BOOST_TEST(shown(event::HistoryDeleted{"bob"})["user"] == "bob");
  BOOST_TEST(!shown(event::HistoryDeleted{}).contains("user"));
}

BOOST_AUTO_TEST_CASE(receipts_name_message_and_member) {
  const auto receipt = shown(event::DeliveryChanged{MessageId{{1}}, "bob", event::DeliveryState::delivered});
  BOOST_TEST(receipt["event"] == "receipt");
  BOOST_TEST(receipt["id"] == "01000000000000000000000000000000");
  BOOST_TEST(receipt["user"] == "bob");
  BOOST_TEST(receipt["state"] == "delivered");
}

BOOST_AUTO_TEST_CASE(a_finished_file_is_an_event_of_its_own) {
  auto file = transfer(FileId{{9}}, "bob", false, event::TransferPhase::finished);
  file.path = "/home/alice/client_received/report.pdf";
  file.digest = Sha256Digest{{0xff}};
  const auto done = shown(file);
  BOOST_TEST(done["event"] == "file");
  BOOST_TEST(done["path"] == "/home/alice/client_received/report.pdf");
  BOOST_TEST(done["sha256"].get<std::string>().substr(0, 4) == "ff00");
  file.phase = event::TransferPhase::running;
  file.done = 500;
  const auto under_way = shown(file);
  BOOST_TEST(under_way["event"] == "progress");
  BOOST_TEST(under_way["state"] == "running");
  BOOST_TEST(under_way["done"] == 500);
  file.phase = event::TransferPhase::failed;
  file.error = Error{Errc::digest_mismatch, {}};
  BOOST_TEST(shown(file)["code"] == "digest_mismatch");
}

BOOST_AUTO_TEST_CASE(a_path_that_is_no_text_is_still_valid_json) {
  auto file = transfer(FileId{{9}}, "bob", true, event::TransferPhase::finished);
  file.path = "/tmp/\xff\xfe";
  BOOST_TEST(shown(file)["path"].get<std::string>().starts_with("/tmp/"));
}

BOOST_AUTO_TEST_CASE(errors_have_a_name_and_a_sentence) {
  for (const Event& event : {Event(event::Failed{Error{Errc::user_id_taken, {}}}),
                             Event(event::Notice{Error{Errc::user_id_taken, {}}, {}})}) {
    const auto error = shown(event);
    BOOST_TEST(error["event"] == "error");
    BOOST_TEST(error["code"] == "user_id_taken");
    BOOST_TEST(error["text"] == explain(Error{Errc::user_id_taken, {}}));
  }
  BOOST_TEST(json::parse(error_line("invalid_argument", "Not yours.", "1f2e3d"))["about"] == "1f2e3d");
  const auto own = json::parse(error_line("timed_out", "Too late."));
  BOOST_TEST(own["event"] == "error");
  BOOST_TEST(own["text"] == "Too late.");
}

BOOST_AUTO_TEST_CASE(an_unknown_or_changed_relay_is_an_error_with_its_fingerprint) {
  const auto unknown = shown(event::RelayUnknown{"example.org:12345", RelayPin{{0xaa}}});
  BOOST_TEST(unknown["code"] == "relay_unknown");
  BOOST_TEST(unknown["fingerprint"].get<std::string>().starts_with("aa00"));
  const auto changed = shown(event::RelayChanged{"example.org:12345", RelayPin{{0xaa}}, RelayPin{{0xbb}}});
  BOOST_TEST(changed["code"] == "relay_identity_changed");
  BOOST_TEST(changed["seen"].get<std::string>().starts_with("bb00"));
}

BOOST_AUTO_TEST_CASE(every_other_event_has_its_name) {
  BOOST_TEST(shown(event::LinkChanged{event::LinkState::online, {}, {}})["state"] == "online");
  const auto offline = shown(
      event::LinkChanged{event::LinkState::offline, Error{Errc::unreachable, {}}, std::chrono::milliseconds(1500)});
  BOOST_TEST(offline["code"] == "unreachable");
  BOOST_TEST(offline["retry_in_ms"] == 1500);
  BOOST_TEST(shown(member("bob"))["event"] == "member");
  BOOST_TEST(shown(member("bob"))["state"] == "ready");
  BOOST_TEST(shown(event::Settled{3, 1, 0})["ready"] == 3);
  BOOST_TEST(shown(event::PasswordRejected{1, 2, 9, false})["code"] == "wrong_password");
  BOOST_TEST(shown(event::IdentityChanged{"bob", PublicKey{{1}}, PublicKey{{2}}, "1"})["event"] == "identity");
  BOOST_TEST(shown(event::GapChanged{"bob", {}, 2})["missing"] == 2);
  event::FileOffered offer;
  offer.name = "cat.png.exe";
  offer.is_executable_type = true;
  BOOST_TEST(shown(offer)["event"] == "offer");
  BOOST_TEST(shown(offer)["executable"] == true);
  BOOST_TEST(shown(offer)["to"] == "alice");
  BOOST_TEST(shown(offer)["direct"] == true);
  offer.to_group = true;
  BOOST_TEST(shown(offer)["to"] == "group");
  BOOST_TEST(shown(offer)["direct"] == false);
}

BOOST_AUTO_TEST_CASE(pages_come_out_as_messages_and_the_end_says_nothing) {
  BOOST_TEST(!to_json_line(event::HistoryPage{}, "alice"));
  BOOST_TEST(!to_json_line(event::Stopped{}, "alice"));
  event::HistoryPage page;
  page.messages = {message(), message()};
  event::SearchResults found;
  found.messages = page.messages;
  for (const Event& listing : {Event(page), Event(found)}) {
    const auto lines = to_json_lines(listing, "alice");
    BOOST_REQUIRE_EQUAL(lines.size(), 2U);
    BOOST_TEST(json::parse(lines[1])["row"] == 7);
    BOOST_TEST(json::parse(lines[1])["answer"] == true);
  }
  BOOST_TEST(to_json_lines(event::MessageAdded{message()}, "alice").empty());
}

BOOST_AUTO_TEST_CASE(what_was_asked_for_is_marked_and_news_is_not) {
  BOOST_TEST(!shown(member("bob")).contains("answer"));
  BOOST_TEST(!shown(event::MessageAdded{message()}).contains("answer"));
  BOOST_TEST(json::parse(*to_json_line(member("bob"), "alice", true))["answer"] == true);
}

BOOST_AUTO_TEST_CASE(another_members_wrong_password_is_no_error_of_ours) {
  const auto theirs = shown(event::PasswordRejected{.rejected = 1, .of = 2, .attempts_left = 9, .ours_is_right = true});
  BOOST_TEST(theirs["event"] == "other_password");
  BOOST_TEST(!theirs.contains("code"));
  const auto guess =
      shown(event::OtherPassword{.user_id = {}, .rejected = 1, .of = 2, .attempts_left = 9, .ours_is_right = false});
  BOOST_TEST(guess["event"] == "other_password");
  BOOST_TEST(guess["attempts_left"] == 9);
  BOOST_TEST(guess["ours_is_right"] == false);
  BOOST_TEST(!guess.contains("user"));
  BOOST_TEST(!guess.contains("code"));
}

BOOST_AUTO_TEST_SUITE_END()

}   // namespace coterie::cli
