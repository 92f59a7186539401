// SPDX-License-Identifier: MIT
// What happens to messages after they were said: replies, reactions, edits, deletions, typing, conversations.
#include <algorithm>

#include "tests/support/room.h"

namespace coterie::test {
namespace {

// The message as that member was told of it last.
std::optional<event::Message> seen_by(const Member& who, const MessageId& id) {
  std::optional<event::Message> last;
  for (const auto& event : who.events) {
    if (const auto* added = std::get_if<event::MessageAdded>(&event); added != nullptr && added->message.id == id)
      last = added->message;
    if (const auto* changed = std::get_if<event::MessageChanged>(&event);
        changed != nullptr && changed->message.id == id)
      last = changed->message;
  }
  return last;
}

bool shows(const Member& who, const MessageId& id, const std::string& text) {
  const auto message = seen_by(who, id);
  return message && message->text == text;
}

bool shows_deleted(const Member& who, const MessageId& id) {
  const auto message = seen_by(who, id);
  return message && message->deleted;
}

// "👍 alice bob, ❤ carol".
std::string reactions_seen_by(const Member& who, const MessageId& id) {
  const auto message = seen_by(who, id);
  std::string all;
  if (!message) return "nothing";
  for (const auto& reaction : message->reactions) {
    if (!all.empty()) all.append(", ");
    all.append(reaction.emoji);
    for (const auto& user : reaction.user_ids) all.append(" ").append(user);
  }
  return all;
}

MessageId answers(Member& who, const MessageId& to, std::string text, std::optional<std::string> whom = {}) {
  const auto id = random_id<MessageId>();
  who.handle(command::SendText{.id = id, .to = std::move(whom), .text = std::move(text), .reply_to = to});
  return id;
}

void react(Member& who, const MessageId& to, std::string emoji, bool add = true) {
  who.handle(command::React{.message = to, .emoji = std::move(emoji), .add = add});
}

struct People : Room {
  Member& alice = join("alice");
  Member& bob = join("bob");

  MessageId heard(Member& from, const std::string& text, std::optional<std::string> to = {}) {
    const auto id = from.says(text, std::move(to));
    auto& other = &from == &alice ? bob : alice;
    until([&] { return other.has_text(text); });
    return id;
  }
  event::HistoryPage page(Member& who, command::LoadHistory load) {
    const auto before = who.count<event::HistoryPage>();
    who.handle(std::move(load));
    until([&] { return who.count<event::HistoryPage>() > before; });
    return who.all<event::HistoryPage>().back();
  }
  std::vector<event::Conversation> conversations(Member& who) {
    const auto before = who.count<event::Conversations>();
    who.handle(command::LoadConversations{});
    until([&] { return who.count<event::Conversations>() > before; });
    return who.all<event::Conversations>().back().conversations;
  }
  event::SearchResults results(Member& who, command::Search search) {
    const auto before = who.count<event::SearchResults>();
    who.handle(std::move(search));
    until([&] { return who.count<event::SearchResults>() > before; });
    return who.all<event::SearchResults>().back();
  }
  std::vector<event::Message> found(Member& who, const std::string& words) {
    return results(who, {.words = words, .limit = 10}).messages;
  }
  void leaves(Member& who) {
    who.vanish();
    for (auto* other : {&alice, &bob})
      if (other != &who && other->is_running()) until([&] { return !other->members[who.user_id()].online; });
  }
};

std::vector<std::string> texts_of(const std::vector<event::Message>& messages) {
  std::vector<std::string> all;
  for (const auto& message : messages) all.push_back(message.text);
  return all;
}

using Texts = std::vector<std::string>;

}   // namespace

BOOST_FIXTURE_TEST_SUITE(messages, People)

// ── replies ──

BOOST_AUTO_TEST_CASE(a_reply_shows_what_it_answers) {
  const auto question = heard(alice, "who brings the cake?");
  const auto reply = answers(bob, question, "I do");
  until([&] { return alice.has_text("I do"); });
  for (auto* who : {&alice, &bob}) {
    const auto quote = seen_by(*who, reply).value().quote;
    BOOST_REQUIRE(quote.has_value());
    BOOST_TEST((quote->id == question));
    BOOST_TEST(quote->from == "alice");
    BOOST_TEST(quote->text == "who brings the cake?");
    BOOST_TEST(quote->row == seen_by(*who, question).value().row);
  }
}

BOOST_AUTO_TEST_CASE(what_a_reply_answers_is_the_readers_own_copy) {
  const auto question = heard(alice, "before Carol came");
  auto& carol = join("carol");
  const auto reply = answers(bob, question, "as you said");
  until([&] { return carol.has_text("as you said"); });
  const auto quote = seen_by(carol, reply).value().quote;
  BOOST_REQUIRE(quote.has_value());
  BOOST_TEST((quote->id == question));
  BOOST_TEST(quote->from == "alice");
  BOOST_TEST(quote->row == 0);
  BOOST_TEST(quote->text.empty());
}

BOOST_AUTO_TEST_CASE(a_long_text_is_quoted_by_its_beginning) {
  std::string long_text;
  for (int i = 0; i < 200; ++i) long_text += "é";
  const auto question = heard(alice, long_text);
  const auto reply = answers(bob, question, "too long");
  until([&] { return alice.has_text("too long"); });
  const auto quote = seen_by(alice, reply).value().quote.value();
  BOOST_TEST(quote.text.size() <= 200U);
  BOOST_TEST(quote.text.ends_with("é\u2026"));
  BOOST_TEST(long_text.starts_with(quote.text.substr(0, quote.text.size() - 3)));
}

BOOST_AUTO_TEST_CASE(a_direct_message_is_answered_in_its_own_conversation_only) {
  const auto secret = heard(alice, "between us", "bob");
  answers(bob, secret, "to everyone");
  until([&] { return bob.has_notice(Errc::not_found); });
  const auto reply = answers(bob, secret, "to you", "alice");
  until([&] { return alice.has_text("to you"); });
  BOOST_TEST(seen_by(alice, reply).value().quote.value().text == "between us");
  BOOST_TEST(!alice.has_text("to everyone"));
}

// ── edits ──

BOOST_AUTO_TEST_CASE(an_edit_changes_the_message_everywhere) {
  const auto id = heard(alice, "see you at nine");
  BOOST_TEST(found(bob, "nine").size() == 1U);
  alice.handle(command::EditText{.message = id, .text = "see you at ten"});
  until([&] { return shows(alice, id, "see you at ten") && shows(bob, id, "see you at ten"); });
  BOOST_TEST(seen_by(bob, id).value().edited);
  BOOST_TEST(found(bob, "nine").empty());
  BOOST_TEST(found(bob, "ten").size() == 1U);
  BOOST_TEST(found(alice, "ten").size() == 1U);
  const auto stored = page(bob, {.conversation = "", .before = 0, .limit = 10});
  BOOST_TEST(texts_of(stored.messages) == Texts{"see you at ten"}, boost::test_tools::per_element());
  BOOST_TEST(stored.messages.front().edited);
}

BOOST_AUTO_TEST_CASE(only_ones_own_messages_can_be_changed) {
  const auto id = heard(alice, "mine");
  bob.handle(command::EditText{.message = id, .text = "yours"});
  until([&] { return bob.has_notice(Errc::not_found); });
  bob.events.clear();
  bob.handle(command::DeleteMessage{.message = id});
  until([&] { return bob.has_notice(Errc::not_found); });
}

BOOST_AUTO_TEST_CASE(M03_a_message_id_taken_from_another_changes_nothing_of_the_others) {
  auto& carol = join("carol");
  const auto id = heard(alice, "said by alice");
  until([&] { return carol.has_text("said by alice"); });
  bob.handle(command::SendText{.id = id, .to = {}, .text = "said by bob"});
  until([&] { return carol.has_text("said by bob"); });
  bob.handle(command::EditText{.message = id, .text = "changed by bob"});
  until([&] { return carol.count<event::MessageChanged>() == 1; });
  const auto stored = page(carol, {.conversation = "", .before = 0, .limit = 10});
  BOOST_TEST(texts_of(stored.messages) == (Texts{"said by alice", "changed by bob"}), boost::test_tools::per_element());
  // An answer to Alice is one to Alice, whatever else bears the number.
  const auto reply = answers(carol, id, "really?");
  until([&] { return alice.has_text("really?"); });
  BOOST_TEST(seen_by(alice, reply).value().quote.value().text == "said by alice");
}

BOOST_AUTO_TEST_CASE(an_edit_is_held_to_what_a_message_may_be) {
  const auto id = heard(alice, "short");
  alice.handle(command::EditText{.message = id, .text = ""});
  until([&] { return alice.has_notice(Errc::invalid_argument); });
  alice.handle(command::EditText{.message = id, .text = std::string(16385, 'x')});
  until([&] { return alice.has_notice(Errc::too_large); });
  BOOST_TEST(shows(alice, id, "short"));
}

BOOST_AUTO_TEST_CASE(what_changes_while_somebody_is_away_is_there_when_they_are_back) {
  const auto id = heard(alice, "first");
  leaves(bob);
  alice.handle(command::EditText{.message = id, .text = "second"});
  alice.handle(command::EditText{.message = id, .text = "third"});
  const auto new_one = alice.says("new");
  alice.handle(command::EditText{.message = new_one, .text = "newer"});
  enter(bob);
  until([&] { return shows(bob, id, "third") && shows(bob, new_one, "newer"); });
  settle();
  BOOST_TEST(shows(bob, id, "third"));
  BOOST_TEST(bob.count<event::GapChanged>() == 0U);
}

BOOST_AUTO_TEST_CASE(a_change_survives_the_death_of_its_author_just_after_it) {
  const auto id = heard(alice, "before");
  leaves(bob);
  alice.handle(command::EditText{.message = id, .text = "after"});
  react(alice, id, "👍");
  leaves(alice);
  enter(alice);
  enter(bob);
  until([&] { return shows(bob, id, "after") && reactions_seen_by(bob, id) == "👍 alice"; });
}

BOOST_AUTO_TEST_CASE(a_change_that_comes_before_its_message_waits_for_it) {
  const auto id = random_id<MessageId>();
  const auto from = [&] {
    for (const auto& peer : bob.store().peers(1))
      if (peer.user_id == "alice") return peer.id;
    return store::RowId{0};
  };
  // As if the envelope with the later number had been the faster one.
  const auto say = [&](content::Body body, std::uint64_t seq) {
    content::Content change{.header = {.scope = content::Scope::group, .sent_ms = 0, .seq = seq, .members = 1},
                            .body = std::move(body)};
    bob.store().hold_change({.id = 0,
                             .peer = from(),
                             .message = id,
                             .arrived = GroupEngine::system_clock(),
                             .content = SecretBytes(ByteView(content::encode_content(change)))});
  };
  BOOST_REQUIRE(bob.store().transact([&]() -> Status {
    say(content::Edit{.message = id, .text = "third"}, 9);
    say(content::Edit{.message = id, .text = "second"}, 8);
    return {};
  }));
  alice.handle(command::SendText{.id = id, .to = {}, .text = "first"});
  until([&] { return seen_by(bob, id).has_value(); });
  BOOST_TEST(shows(bob, id, "third"));
  BOOST_REQUIRE(bob.store().read([&] { BOOST_TEST(bob.store().held_changes(id).empty()); }));
}

// ── deletions ──

BOOST_AUTO_TEST_CASE(a_deleted_message_leaves_its_place_and_nothing_else) {
  const auto id = heard(alice, "a slip of the tongue");
  const auto after = heard(alice, "pardon me");
  const auto reply = answers(bob, id, "what?");
  until([&] { return alice.has_text("what?"); });
  react(bob, id, "😮");
  until([&] { return reactions_seen_by(alice, id) == "😮 bob"; });
  alice.handle(command::DeleteMessage{.message = id});
  until([&] { return shows_deleted(alice, id) && shows_deleted(bob, id); });
  BOOST_TEST(seen_by(bob, id).value().text.empty());
  BOOST_TEST(reactions_seen_by(bob, id).empty());
  BOOST_TEST(found(bob, "tongue").empty());
  const auto stored = page(bob, {.conversation = "", .before = 0, .limit = 10});
  BOOST_REQUIRE(stored.messages.size() == 3U);
  BOOST_TEST((stored.messages[0].id == id));
  BOOST_TEST((stored.messages[1].id == after));
  BOOST_TEST((stored.messages[2].id == reply));
  BOOST_TEST(stored.messages[2].quote.value().deleted);
  BOOST_TEST(stored.messages[2].quote.value().text.empty());
}

BOOST_AUTO_TEST_CASE(a_deleted_message_takes_no_more_changes) {
  const auto id = heard(alice, "gone soon");
  alice.handle(command::DeleteMessage{.message = id});
  until([&] { return shows_deleted(bob, id); });
  alice.handle(command::EditText{.message = id, .text = "back again"});
  until([&] { return alice.has_notice(Errc::invalid_argument); });
  bob.events.clear();
  react(bob, id, "👍");
  until([&] { return bob.has_notice(Errc::invalid_argument); });
}

BOOST_AUTO_TEST_CASE(a_message_deleted_before_somebody_could_see_it_is_never_shown_with_its_words) {
  leaves(bob);
  const auto id = alice.says("never mind");
  alice.handle(command::DeleteMessage{.message = id});
  enter(bob);
  until([&] { return shows_deleted(bob, id); });
  BOOST_TEST(found(bob, "never").empty());
}

// ── reactions ──

BOOST_AUTO_TEST_CASE(reactions_come_and_go_one_by_one) {
  auto& carol = join("carol");
  const auto id = heard(alice, "we won");
  until([&] { return carol.has_text("we won"); });
  react(bob, id, "👍");
  until([&] { return reactions_seen_by(carol, id) == "👍 bob" && reactions_seen_by(alice, id) == "👍 bob"; });
  react(carol, id, "👍");
  react(carol, id, "❤️");
  until([&] { return reactions_seen_by(bob, id) == "👍 bob carol, ❤️ carol"; });
  react(alice, id, "🎉");
  until([&] { return reactions_seen_by(bob, id) == "👍 bob carol, ❤️ carol, 🎉 alice"; });
  react(carol, id, "👍", false);
  until([&] { return reactions_seen_by(alice, id) == "👍 bob, ❤️ carol, 🎉 alice"; });
  leaves(bob);
  enter(bob);
  const auto stored = page(bob, {.conversation = "", .before = 0, .limit = 10});
  BOOST_TEST(stored.messages.front().reactions.size() == 3U);
}

BOOST_AUTO_TEST_CASE(a_member_has_at_most_eight_reactions_to_a_message) {
  const auto id = heard(alice, "so much to say");
  for (const char* emoji : {"1", "2", "3", "4", "5", "6", "7", "8"}) react(bob, id, emoji);
  until([&] { return seen_by(alice, id).value().reactions.size() == 8; });
  react(bob, id, "9");
  until([&] { return bob.has_notice(Errc::invalid_argument); });
  react(bob, id, "1", false);
  react(bob, id, "9");
  until([&] { return reactions_seen_by(alice, id).ends_with("9 bob"); });
  BOOST_TEST(seen_by(alice, id).value().reactions.size() == 8U);
}

BOOST_AUTO_TEST_CASE(a_reaction_is_one_sign_or_a_short_word) {
  const auto id = heard(alice, "well");
  const std::vector<std::string> refused = {"",        " ",    "two words",         "line\nbreak",
                                            "\x1b[2J", "\xff", std::string(33, 'x')};
  for (const auto& emoji : refused) react(bob, id, emoji);
  until([&] { return bob.count<event::Notice>() == refused.size(); });
  react(bob, id, "👩‍👩‍👧‍👦");
  until([&] { return reactions_seen_by(alice, id) == "👩‍👩‍👧‍👦 bob"; });
}

BOOST_AUTO_TEST_CASE(a_reaction_waits_for_the_message_it_is_about) {
  auto& carol = join("carol");
  leaves(bob);
  const auto id = alice.says("bob is not here");
  until([&] { return carol.has_text("bob is not here"); });
  react(carol, id, "🙁");
  until([&] { return reactions_seen_by(alice, id) == "🙁 carol"; });
  leaves(alice);
  enter(bob);
  enter(alice);
  until([&] { return reactions_seen_by(bob, id) == "🙁 carol"; });
  BOOST_TEST(bob.times_shown("bob is not here") == 1U);
}

BOOST_AUTO_TEST_CASE(a_file_in_a_conversation_can_be_answered_and_reacted_to) {
  const auto file = alice.sends(this->file("plan.txt", as_bytes("dig here")), "bob");
  until([&] { return bob.count<event::FileOffered>() == 1; });
  const auto card = MessageId::from(file.view());
  react(bob, card, "👀");
  const auto reply = answers(bob, card, "later", "alice");
  until([&] { return alice.has_text("later") && reactions_seen_by(alice, card) == "👀 bob"; });
  BOOST_TEST(seen_by(alice, reply).value().quote.value().text == "plan.txt");
  alice.handle(command::DeleteMessage{.message = card});
  until([&] { return alice.has_notice(Errc::invalid_argument); });
}

// ── typing ──

BOOST_AUTO_TEST_CASE(who_types_is_told_now_and_then_and_leaves_no_trace) {
  auto& carol = join("carol");
  leaves(carol);
  for (int key = 0; key < 20; ++key) alice.handle(command::SetTyping{});
  until([&] { return bob.count<event::Typing>() > 0; });
  alice.handle(command::SetTyping{.conversation = {}, .active = false});
  until([&] { return bob.count<event::Typing>() == 2; });
  const auto told = bob.all<event::Typing>();
  BOOST_TEST(told[0].user_id == "alice");
  BOOST_TEST(!told[0].conversation.has_value());
  BOOST_TEST(told[0].active);
  BOOST_TEST(!told[1].active);
  alice.handle(command::SetTyping{.conversation = "bob", .active = true});
  until([&] { return bob.count<event::Typing>() == 3; });
  BOOST_TEST(bob.all<event::Typing>()[2].conversation.value_or("") == "alice");
  enter(carol);
  const auto id = alice.says("done");
  until([&] { return carol.has_text("done") && alice.is_delivered(id, "carol") && alice.is_delivered(id, "bob"); });
  BOOST_TEST(carol.count<event::Typing>() == 0U);
  BOOST_TEST(bob.count<event::GapChanged>() == 0U);
  BOOST_TEST(page(bob, {.conversation = "", .before = 0, .limit = 10}).messages.size() == 1U);
}

// ── conversations ──

BOOST_AUTO_TEST_CASE(conversations_say_what_is_unread_and_what_came_last) {
  BOOST_TEST(conversations(bob).size() == 1U);   // the group's is always there
  heard(alice, "one");
  heard(alice, "two");
  heard(alice, "just you", "bob");
  heard(bob, "three");
  auto all = conversations(bob);
  BOOST_REQUIRE(all.size() == 2U);
  BOOST_TEST(!all[0].user_id.has_value());
  BOOST_TEST(all[0].unread == 2U);   // what is our own is read
  BOOST_TEST(all[0].last.value().text == "three");
  BOOST_TEST(all[1].user_id.value_or("") == "alice");
  BOOST_TEST(all[1].unread == 1U);
  BOOST_TEST(all[1].last_ms > 0);
  bob.handle(command::MarkRead{});
  all = conversations(bob);
  BOOST_TEST(all[0].unread == 0U);
  BOOST_TEST(all[1].unread == 1U);
  leaves(bob);
  enter(bob);
  all = conversations(bob);
  BOOST_TEST(all[0].unread == 0U);
  BOOST_TEST(all[1].unread == 1U);
  heard(alice, "four");
  BOOST_TEST(conversations(bob)[0].unread == 1U);
}

BOOST_AUTO_TEST_CASE(a_page_of_history_can_lie_around_a_message_and_go_both_ways) {
  for (int i = 0; i < 20; ++i) {
    const auto text = "line " + std::to_string(i);
    alice.says(text);
    if (i == 10) alice.says("aside", "bob");
  }
  until([&] { return bob.has_text("line 19"); });
  const auto hit = found(bob, "\"line 10\"").front().row;
  auto there = page(bob, {.conversation = "", .before = 0, .limit = 6, .around = hit});
  BOOST_TEST(texts_of(there.messages) == (Texts{"line 7", "line 8", "line 9", "line 10", "line 11", "line 12"}),
             boost::test_tools::per_element());
  BOOST_TEST(!there.is_first);
  BOOST_TEST(!there.is_last);
  BOOST_TEST(there.around == hit);
  auto newer = page(bob, {.conversation = "", .before = 0, .limit = 100, .after = there.messages.back().row});
  BOOST_TEST(newer.messages.front().text == "line 13");
  BOOST_TEST(newer.messages.back().text == "line 19");
  BOOST_TEST(newer.is_last);
  auto older = page(bob, {.conversation = "", .before = there.messages.front().row, .limit = 100});
  BOOST_TEST(older.messages.size() == 7U);
  BOOST_TEST(older.is_first);
  BOOST_TEST(!older.is_last);
  const auto all = page(bob, {.conversation = {}, .before = 0, .limit = 4, .around = hit});
  BOOST_TEST(texts_of(all.messages) == (Texts{"line 8", "line 9", "line 10", "aside"}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_deleted_history_is_gone_here_and_nowhere_else) {
  heard(alice, "to everyone");
  heard(alice, "to bob", "bob");
  BOOST_TEST(found(bob, "everyone").size() == 1U);
  bob.handle(command::DeleteHistory{});
  until([&] { return bob.count<event::HistoryDeleted>() == 1; });
  BOOST_TEST(found(bob, "everyone").empty());
  BOOST_TEST(found(bob, "bob").size() == 1U);
  const auto left = page(bob, {.conversation = {}, .before = 0, .limit = 10});
  BOOST_TEST(texts_of(left.messages) == Texts{"to bob"}, boost::test_tools::per_element());
  BOOST_TEST(page(alice, {.conversation = "", .before = 0, .limit = 10}).messages.size() == 1U);
  // What comes afterwards comes as ever, and nothing comes twice.
  heard(alice, "still here");
  leaves(bob);
  enter(bob);
  settle();
  BOOST_TEST(page(bob, {.conversation = "", .before = 0, .limit = 10}).messages.size() == 1U);
  BOOST_TEST(conversations(bob).front().unread == 1U);
}

BOOST_AUTO_TEST_CASE(a_deleted_history_takes_nothing_from_what_is_still_to_be_delivered) {
  leaves(bob);
  alice.says("for later");
  alice.handle(command::DeleteHistory{});
  until([&] { return alice.count<event::HistoryDeleted>() == 1; });
  enter(bob);
  until([&] { return bob.has_text("for later"); });
}

BOOST_AUTO_TEST_CASE(only_messages_are_receipted_to_the_user) {
  const auto id = alice.says("one");
  until([&] { return alice.is_delivered(id, "bob"); });
  alice.handle(command::EditText{id, "two"});
  react(alice, id, "🎵");
  until([&] { return reactions_seen_by(bob, id) == "🎵 alice"; });
  const auto after = alice.says("three");
  until([&] { return alice.is_delivered(after, "bob"); });   // what was said before has been confirmed by then
  for (const auto& receipt : alice.all<event::DeliveryChanged>()) BOOST_TEST((receipt.id == id || receipt.id == after));
}

BOOST_AUTO_TEST_CASE(a_reaction_that_is_there_already_is_answered) {
  const auto id = alice.says("one");
  react(alice, id, "🎵");
  until([&] { return alice.count<event::MessageChanged>() == 1; });
  react(alice, id, "🎵");
  until([&] { return alice.count<event::MessageChanged>() == 2; });
}

// ── one file for several ──

BOOST_AUTO_TEST_CASE(a_file_for_everyone_is_one_message_in_the_group) {
  auto& carol = join("carol");
  const auto batch = random_id<FileId>();
  alice.handle(command::SendFile{.id = batch, .to = {}, .path = file("song.txt", as_bytes("la la la"))});
  until([&] { return bob.count<event::FileOffered>() == 1 && carol.count<event::FileOffered>() == 1; });
  BOOST_TEST(alice.count<event::MessageAdded>() == 1U);
  const auto card = alice.all<event::MessageAdded>().front().message;
  BOOST_TEST(!card.conversation.has_value());
  BOOST_TEST((card.file == batch));
  std::set<FileId> ids;
  for (auto* who : {&bob, &carol}) {
    const auto offered = who->all<event::FileOffered>().front().id;
    BOOST_TEST(who->all<event::FileOffered>().front().to_group);
    const auto message = who->all<event::MessageAdded>().front().message;
    BOOST_TEST((message.id == card.id));
    BOOST_TEST(!message.conversation.has_value());
    BOOST_TEST((message.file == offered));
    BOOST_TEST((alice.transfers.at(offered).batch == batch));
    BOOST_TEST(alice.transfers.at(offered).peer == who->user_id());
    ids.insert(offered);
    who->handle(command::AnswerOffer{.id = offered, .accept = true, .folder = folder() / who->user_id()});
  }
  BOOST_TEST(ids.size() == 2U);
  until([&] {
    return std::all_of(ids.begin(), ids.end(),
                       [&](const FileId& id) { return alice.transfers[id].phase == event::TransferPhase::finished; });
  });
  react(carol, card.id, "🎵");
  until([&] { return reactions_seen_by(bob, card.id) == "🎵 carol" && reactions_seen_by(alice, card.id) == "🎵 carol"; });
}

BOOST_AUTO_TEST_CASE(who_is_named_later_gets_a_file_for_everyone_in_the_group_too) {
  const auto batch = random_id<FileId>();
  command::SendFile send{.id = batch, .to = {"bob"}, .path = file("song.txt", as_bytes("la la la"))};
  send.for_everyone = true;
  alice.handle(std::move(send));
  until([&] { return bob.count<event::FileOffered>() == 1; });
  BOOST_TEST(bob.all<event::FileOffered>().front().to_group);
  BOOST_TEST(!bob.all<event::MessageAdded>().front().message.conversation.has_value());
}

BOOST_AUTO_TEST_CASE(a_file_for_some_is_a_message_to_each_and_one_word_ends_all_of_it) {
  auto& carol = join("carol");
  auto& dave = join("dave");
  const auto batch = random_id<FileId>();
  alice.handle(command::SendFile{.id = batch, .to = {"bob", "Carol", "BOB"}, .path = file("a.txt", as_bytes("a"))});
  until([&] { return bob.count<event::FileOffered>() == 1 && carol.count<event::FileOffered>() == 1; });
  BOOST_TEST(bob.all<event::MessageAdded>().front().message.conversation.value_or("") == "alice");
  BOOST_TEST(!bob.all<event::FileOffered>().front().to_group);
  BOOST_TEST(alice.count<event::MessageAdded>() == 2U);
  alice.handle(command::CancelTransfer{batch});
  until([&] {
    return bob.transfers[bob.all<event::FileOffered>().front().id].phase == event::TransferPhase::cancelled &&
           carol.transfers[carol.all<event::FileOffered>().front().id].phase == event::TransferPhase::cancelled;
  });
  BOOST_TEST(dave.count<event::FileOffered>() == 0U);
  alice.handle(
      command::SendFile{.id = random_id<FileId>(), .to = {"bob", "nobody"}, .path = file("b.txt", as_bytes("b"))});
  until([&] { return alice.has_notice(Errc::no_such_member); });
  BOOST_TEST(bob.count<event::FileOffered>() == 1U);
}

BOOST_AUTO_TEST_CASE(who_looks_through_a_conversation_goes_back_in_it_hit_by_hit) {
  heard(alice, "rope one");
  heard(alice, "rope between us", "bob");
  heard(alice, "rope two");
  heard(alice, "rope three");
  const auto newest = results(bob, {.words = "rope", .limit = 2, .conversation = std::string()});
  BOOST_TEST(texts_of(newest.messages) == (Texts{"rope three", "rope two"}), boost::test_tools::per_element());
  BOOST_TEST(!newest.is_last);
  const auto row = newest.messages.back().row;
  const auto older = results(bob, {.words = "rope", .limit = 2, .conversation = std::string(), .before = row});
  BOOST_TEST(texts_of(older.messages) == Texts{"rope one"}, boost::test_tools::per_element());
  BOOST_TEST(older.before == row);
  BOOST_TEST(older.is_last);
  const auto direct = results(bob, {.words = "rope", .limit = 2, .conversation = "alice"});
  BOOST_TEST(texts_of(direct.messages) == Texts{"rope between us"}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_SUITE_END()

}   // namespace coterie::test
