// SPDX-License-Identifier: MIT
#include "tests/support/room.h"

using namespace coterie;
using namespace coterie::test;

BOOST_AUTO_TEST_SUITE(chat)

BOOST_AUTO_TEST_CASE(a_message_reaches_everyone_and_is_confirmed_by_everyone) {
  Room room;
  auto& alice = room.join("alice");
  auto& bob = room.join("bob");
  auto& carol = room.join("carol");
  const auto id = alice.says("hello all");
  room.until([&] { return bob.has_text("hello all") && carol.has_text("hello all"); });
  room.until([&] { return alice.is_delivered(id, "bob") && alice.is_delivered(id, "carol"); });
  BOOST_TEST(bob.times_shown("hello all") == 1U);
  const auto shown = bob.all<coterie::event::MessageAdded>().back().message;
  BOOST_TEST(shown.from == "alice");
  BOOST_TEST(!shown.conversation.has_value());
}

BOOST_AUTO_TEST_CASE(a_direct_message_reaches_one_member_only) {
  Room room;
  auto& alice = room.join("alice");
  auto& bob = room.join("bob");
  auto& carol = room.join("carol");
  const auto id = alice.says("just for you", "Bob");
  room.until([&] { return alice.is_delivered(id, "bob"); });
  alice.says("for all");
  room.until([&] { return carol.has_text("for all") && bob.has_text("for all"); });
  BOOST_TEST(!carol.has_text("just for you"));
  BOOST_TEST(bob.all<coterie::event::MessageAdded>().front().message.conversation.value_or("") == "alice");
}

BOOST_AUTO_TEST_CASE(messages_of_one_sender_arrive_in_order) {
  Room room;
  auto& alice = room.join("alice");
  auto& bob = room.join("bob");
  std::vector<std::string> said;
  for (int i = 0; i < 60; ++i) {
    said.push_back("line " + std::to_string(i));
    alice.says(said.back());
  }
  room.until([&] { return bob.has_text(said.back()); });
  const auto heard = bob.texts();
  BOOST_TEST(heard == said, boost::test_tools::per_element());
  BOOST_TEST(bob.count<coterie::event::GapChanged>() == 0U);
}

BOOST_AUTO_TEST_CASE(what_is_said_while_someone_is_away_arrives_when_they_are_back) {
  Room room;
  auto& alice = room.join("alice");
  auto& bob = room.join("bob");
  bob.vanish();
  room.until([&] { return !alice.members["bob"].online; });
  const auto first = alice.says("are you there?");
  const auto second = alice.says("for you alone", "bob");
  room.settle();
  BOOST_TEST(!alice.is_delivered(first, "bob"));
  room.enter(bob);
  room.until([&] { return alice.is_delivered(first, "bob") && alice.is_delivered(second, "bob"); });
  BOOST_TEST(bob.texts() == (std::vector<std::string>{"are you there?", "for you alone"}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(both_can_write_whoever_began_the_session) {
  Room room;
  auto& alice = room.join("alice");
  auto& bob = room.join("bob");
  alice.says("from the first");
  bob.says("from the second");
  room.until([&] { return alice.has_text("from the second") && bob.has_text("from the first"); });
}

BOOST_AUTO_TEST_CASE(a_restarted_client_needs_no_new_handshake_and_loses_nothing) {
  Room room;
  auto& alice = room.join("alice");
  auto& bob = room.join("bob");
  room.until([&] { return alice.is_ready_for("bob") && bob.is_ready_for("alice"); });
  const auto handshakes = room.relay().stats().counters.handshakes;
  for (int round = 0; round < 3; ++round) {
    const auto word = "round " + std::to_string(round);
    const auto id = alice.says(word);
    alice.vanish();
    room.enter(alice);
    room.until([&] { return bob.has_text(word); });
    room.until([&] { return alice.is_delivered(id, "bob"); });
    BOOST_TEST(bob.times_shown(word) == 1U);
  }
  BOOST_TEST(room.relay().stats().counters.handshakes == handshakes);
}

BOOST_AUTO_TEST_CASE(everyone_comes_back_after_the_relay_restarted) {
  Room room;
  auto& alice = room.join("alice");
  auto& bob = room.join("bob");
  const auto before = alice.says("before");
  room.until([&] { return alice.is_delivered(before, "bob"); });
  room.close_relay();
  room.until([&] {
    return alice.link == coterie::event::LinkState::offline && bob.link == coterie::event::LinkState::offline;
  });
  const auto between = alice.says("between");
  room.open_relay();
  room.until([&] { return alice.is_delivered(between, "bob"); });
  BOOST_TEST(bob.times_shown("between") == 1U);
  BOOST_TEST(room.relay().stats().counters.handshakes == 0U);
}

// Nobody else is there, so there is nobody whose coming back would send it.
BOOST_AUTO_TEST_CASE(what_is_said_to_someone_away_while_the_relay_is_down_goes_to_the_mailbox_once_it_is_back) {
  Room room;
  auto& alice = room.join("alice");
  auto& bob = room.join("bob");
  // Both have heard each other, so that the relay keeps letters for either.
  const auto hello = bob.says("hello");
  room.until([&] { return bob.is_delivered(hello, "alice"); });
  const auto answer = alice.says("answer");
  room.until([&] { return alice.is_delivered(answer, "bob"); });
  bob.vanish();
  room.until([&] { return !alice.members["bob"].online; });
  const auto before = alice.says("before", "bob");
  room.until([&] { return alice.is_at_relay(before, "bob"); });
  room.close_relay();
  room.until([&] { return alice.link == coterie::event::LinkState::offline; });
  const auto between = alice.says("between", "bob");
  room.open_relay();
  room.until([&] { return alice.is_at_relay(between, "bob"); });
  const auto after = alice.says("after", "bob");
  room.until([&] { return alice.is_at_relay(after, "bob"); });
  alice.vanish();
  room.enter(bob);
  room.until([&] { return bob.has_text("after"); });
  BOOST_TEST(bob.texts() == (std::vector<std::string>{"before", "between", "after"}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(who_was_here_when_the_relay_went_was_seen_then) {
  Room room;
  auto& alice = room.join("alice");
  auto& bob = room.join("bob");
  room.until([&] { return alice.is_ready_for("bob") && bob.is_ready_for("alice"); });
  const auto joined = alice.members["bob"].last_seen_ms;
  room.settle();
  room.close_relay();
  room.until([&] { return alice.link == coterie::event::LinkState::offline; });
  BOOST_TEST(alice.members["bob"].last_seen_ms > joined);
}

BOOST_AUTO_TEST_CASE(any_text_arrives_as_it_was_typed) {
  Room room;
  auto& alice = room.join("alice");
  auto& bob = room.join("bob");
  const std::vector<std::string> texts = {
      "سلام، حال شما چطور است؟", "שלום world مرحبا", "👩‍👩‍👧‍👦 e\xCC\x81",
      "<b>&lt;%n%s</b>",         "two\nlines\ttab",  std::string(16384, 'x')};
  for (const auto& text : texts) alice.says(text);
  room.until([&] { return bob.has_text(texts.back()); });
  BOOST_TEST(bob.texts() == texts, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(what_cannot_be_sent_is_refused_with_a_reason) {
  Room room;
  auto& alice = room.join("alice");
  alice.says("nobody hears this");
  room.until([&] { return alice.has_notice(Errc::nobody_yet); });
  auto& bob = room.join("bob");
  (void)bob;
  alice.says(std::string(16385, 'x'));
  room.until([&] { return alice.has_notice(Errc::too_large); });
  alice.says("");
  room.until([&] { return alice.has_notice(Errc::invalid_argument); });
}

BOOST_AUTO_TEST_CASE(a_read_receipt_follows_a_look_at_the_conversation) {
  Room room;
  auto& alice = room.join("alice");
  auto& bob = room.join("bob");
  const auto id = alice.says("read me");
  room.until([&] { return bob.has_text("read me"); });
  bob.handle(command::MarkRead{});
  room.until([&] {
    for (const auto& changed : alice.all<coterie::event::DeliveryChanged>())
      if (changed.id == id && changed.state == coterie::event::DeliveryState::read) return true;
    return false;
  });
}

BOOST_AUTO_TEST_CASE(history_and_search_survive_a_restart) {
  Room room;
  auto& alice = room.join("alice");
  auto& bob = room.join("bob");
  alice.says("the tulips are out");
  alice.says("بهار آمد");
  alice.says("only bob knows", "bob");
  room.until([&] { return bob.has_text("only bob knows"); });
  bob.vanish();
  room.enter(bob);
  bob.handle(command::LoadHistory{.conversation = {}, .before = 0, .limit = 10});
  bob.handle(command::LoadHistory{.conversation = "", .before = 0, .limit = 10});
  bob.handle(command::Search{.words = "tulip", .limit = 10});
  bob.handle(command::Search{.words = "بهار", .limit = 10});
  room.until([&] { return bob.count<coterie::event::SearchResults>() == 2; });
  BOOST_TEST(bob.all<coterie::event::HistoryPage>()[0].messages.size() == 3U);
  BOOST_TEST(bob.all<coterie::event::HistoryPage>()[1].messages.size() == 2U);
  BOOST_TEST(bob.all<coterie::event::SearchResults>()[0].messages.size() == 1U);
  BOOST_TEST(bob.all<coterie::event::SearchResults>()[1].messages.size() == 1U);
}

BOOST_AUTO_TEST_CASE(someone_who_left_is_addressed_no_more) {
  Room room;
  auto& alice = room.join("alice");
  auto& bob = room.join("bob");
  bob.handle(command::Leave{});
  room.until([&] { return alice.members["bob"].state == coterie::event::MemberState::left; });
  alice.says("anyone?");
  room.until([&] { return alice.has_notice(Errc::nobody_yet); });
}

BOOST_AUTO_TEST_SUITE_END()
