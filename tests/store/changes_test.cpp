// SPDX-License-Identifier: MIT
// What is said about messages: changes, reactions, what came too early; what is unread; and profiles from before there was any of it.
#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>

#include "netcore/store/profile_schema.h"
#include "netcore/store/sealed_row.h"
#include "tests/store/store_fixture.h"

using namespace coterie;
using namespace coterie::store;

namespace {

using Texts = std::vector<std::string>;

Texts texts(const std::vector<MessageRow>& messages) {
  Texts all;
  for (const auto& message : messages) all.push_back(message.text);
  return all;
}

struct ChangesFixture : GroupFixture {
  MessageRow add(const std::string& text, std::optional<RowId> author = {}, std::optional<RowId> conversation = {}) {
    auto message = a_message(group, author, text);
    message.conversation = conversation;
    commit([&] { BOOST_TEST(store->add_message(message)); });
    return look([&] { return store->find_message(group, author, message.message); }).value();
  }
  Texts found(const std::string& words) {
    return texts(look([&] { return store->search(group, words, 100); }));
  }
  std::string reactions(RowId message) {
    std::string all;
    for (const auto& [member, seq, emoji] : look([&] { return store->reactions(message); })) {
      all.append(member ? *member == bob ? "bob" : "carol" : "we").append(std::to_string(seq));
      for (const auto& one : emoji) all.append(" ").append(one);
      all.append(";");
    }
    return all;
  }
  std::size_t unread(std::optional<RowId> conversation = {}) {
    for (const auto& row : look([&] { return store->conversations(group); }))
      if (row.conversation == conversation) return row.unread;
    return 999;
  }
};

// Cuts the end off a sealed value, as if it had been written when there was less to write.
Bytes shortened(const test::HashSeal& seal, const Place& place, ByteView sealed, std::size_t tail) {
  const auto plain = seal.open(place.view(), sealed);
  BOOST_REQUIRE(plain.has_value());
  BOOST_REQUIRE(plain->size() > tail);
  return seal.seal(place.view(), plain->view().first(plain->size() - tail));
}

ByteView blob_of(const SQLite::Column& column) {
  return {static_cast<const std::uint8_t*>(column.getBlob()), static_cast<std::size_t>(column.getBytes())};
}

}   // namespace

BOOST_AUTO_TEST_SUITE(changes)

BOOST_FIXTURE_TEST_CASE(a_changed_message_comes_back_as_it_is_now, ChangesFixture) {
  auto message = add("before", bob);
  message.text = "after";
  message.edited = true;
  message.changed_seq = 7;
  message.quote = QuotedMessage{.message = random_id<MessageId>(), .author = random_id<PublicKey>()};
  commit([&] { store->update_message(message); });
  reopen();
  auto back = look([&] { return store->find_message(group, bob, message.message); }).value();
  BOOST_TEST(back.id == message.id);
  BOOST_TEST(back.text == "after");
  BOOST_TEST(back.edited);
  BOOST_TEST(!back.deleted);
  BOOST_TEST(back.changed_seq == 7U);
  BOOST_TEST((back.quote == message.quote));
  BOOST_TEST(back.sent == message.sent);
  back.deleted = true;
  back.text.clear();
  back.quote.reset();
  commit([&] { store->update_message(back); });
  BOOST_TEST(look([&] { return store->history(group, {}, 0, 10); }).front().deleted);
}

BOOST_FIXTURE_TEST_CASE(the_search_follows_changes, ChangesFixture) {
  auto message = add("the tulips are out", bob);
  add("roses", bob);
  BOOST_TEST(found("tulips") == Texts{"the tulips are out"}, boost::test_tools::per_element());
  message.text = "the daffodils are out";
  commit([&] { store->update_message(message); });
  BOOST_TEST(found("tulips").empty());
  BOOST_TEST(found("daffodils") == Texts{"the daffodils are out"}, boost::test_tools::per_element());
  message.text = "گُل‌های علي";
  commit([&] { store->update_message(message); });
  BOOST_TEST(found("daffodils").empty());
  BOOST_TEST(found("گلهای علی").size() == 1U);
  message.text = "the daffodils are out";
  commit([&] { store->update_message(message); });
  BOOST_TEST(found("گلهای").empty());
  BOOST_TEST(found("گل").empty());
  // A change that rolls back changes nothing here either.
  BOOST_TEST(!store->transact([&]() -> Status {
    message.text = "weeds";
    store->update_message(message);
    return fail(Errc::timed_out);
  }));
  BOOST_TEST(found("weeds").empty());
  BOOST_TEST(found("daffodils").size() == 1U);
  message.text.clear();
  commit([&] { store->update_message(message); });
  BOOST_TEST(found("daffodils").empty());
  BOOST_TEST(found("roses").size() == 1U);
}

BOOST_FIXTURE_TEST_CASE(a_change_before_the_first_search_is_found_as_well, ChangesFixture) {
  auto message = add("one", bob);
  message.text = "two";
  commit([&] { store->update_message(message); });
  BOOST_TEST(found("one").empty());
  BOOST_TEST(found("two").size() == 1U);
}

BOOST_FIXTURE_TEST_CASE(the_last_word_of_a_member_on_a_message_counts, ChangesFixture) {
  const auto message = add("hello").id;
  commit([&] {
    BOOST_TEST(store->set_reactions(message, {.member = bob, .seq = 5, .emoji = {"a", "b"}}));
    BOOST_TEST(!store->set_reactions(message, {.member = bob, .seq = 4, .emoji = {"old"}}));
    BOOST_TEST(!store->set_reactions(message, {.member = bob, .seq = 5, .emoji = {"again"}}));
    BOOST_TEST(store->set_reactions(message, {.member = carol, .seq = 1, .emoji = {"c"}}));
    BOOST_TEST(store->set_reactions(message, {.member = {}, .seq = 0, .emoji = {"d"}}));
    BOOST_TEST(store->set_reactions(message, {.member = {}, .seq = 0, .emoji = {"d", "e"}}));
  });
  reopen();
  BOOST_TEST(reactions(message) == "bob5 a b;carol1 c;we0 d e;");
  commit([&] { BOOST_TEST(store->set_reactions(message, {.member = bob, .seq = 6, .emoji = {}})); });
  BOOST_TEST(reactions(message) == "carol1 c;we0 d e;");
  commit([&] { BOOST_TEST(!store->set_reactions(message, {.member = bob, .seq = 5, .emoji = {"late"}})); });
  BOOST_TEST(reactions(message) == "carol1 c;we0 d e;");
  commit([&] { store->drop_reactions(message); });
  BOOST_TEST(reactions(message).empty());
}

BOOST_FIXTURE_TEST_CASE(what_came_too_early_is_kept_in_bounds, ChangesFixture) {
  const auto wanted = random_id<MessageId>();
  const auto hold = [&](RowId peer, const MessageId& message, Millis arrived, const std::string& content) {
    store->hold_change({.id = 0, .peer = peer, .message = message, .arrived = arrived, .content = secret_of(content)});
  };
  commit([&] {
    hold(bob, wanted, 1, "first");
    hold(carol, wanted, 2, "second");
  });
  reopen();
  auto held = look([&] { return store->held_changes(wanted); });
  BOOST_REQUIRE(held.size() == 2U);
  BOOST_TEST(held[0].peer == bob);
  BOOST_TEST(text_of(held[0].content) == "first");
  BOOST_TEST(text_of(held[1].content) == "second");
  commit([&] { store->drop_held_change(held[1].id); });
  BOOST_TEST(look([&] { return store->held_changes(wanted); }).size() == 1U);
  // The oldest of a peer goes when there are too many; another's stays.
  commit([&] {
    hold(carol, wanted, 3, "carol's");
    for (int i = 0; i < 500; ++i) hold(bob, random_id<MessageId>(), 10 + i, "flood");
  });
  held = look([&] { return store->held_changes(wanted); });
  BOOST_REQUIRE(held.size() == 1U);
  BOOST_TEST(held[0].peer == carol);
  commit([&] { store->expire_held_changes(4); });
  BOOST_TEST(look([&] { return store->held_changes(wanted); }).empty());
}

BOOST_FIXTURE_TEST_CASE(unread_is_what_others_said_since_the_last_look, ChangesFixture) {
  add("ours");
  add("one", bob);
  add("two", carol);
  add("direct", bob, bob);
  BOOST_TEST(unread() == 2U);
  BOOST_TEST(unread(bob) == 1U);
  commit([&] { BOOST_TEST(store->set_all_read(group, {})); });
  commit([&] { BOOST_TEST(!store->set_all_read(group, {})); });
  commit([&] { BOOST_TEST(!store->set_all_read(group, carol)); });
  reopen();
  BOOST_TEST(unread() == 0U);
  BOOST_TEST(unread(bob) == 1U);
  add("three", bob);
  BOOST_TEST(unread() == 1U);
}

BOOST_FIXTURE_TEST_CASE(conversations_come_with_their_last_message_the_latest_first, ChangesFixture) {
  BOOST_TEST(look([&] { return store->conversations(group); }).empty());
  add("to all", bob);
  add("from carol", carol, carol);
  add("from bob", bob, bob);
  add("to carol", {}, carol);
  const auto rows = look([&] { return store->conversations(group); });
  BOOST_REQUIRE(rows.size() == 3U);
  BOOST_TEST((rows[0].conversation == carol));
  BOOST_TEST(rows[0].last.text == "to carol");
  BOOST_TEST((rows[1].conversation == bob));
  BOOST_TEST(!rows[2].conversation.has_value());
  BOOST_TEST(look([&] { return store->conversations(group + 1); }).empty());
}

BOOST_FIXTURE_TEST_CASE(pages_go_forward_too, ChangesFixture) {
  for (int i = 1; i <= 5; ++i) add(std::to_string(i), bob, i == 3 ? std::optional(bob) : std::nullopt);
  BOOST_TEST(texts(look([&] { return store->history_after(group, {}, 1, 2); })) == (Texts{"2", "4"}));
  BOOST_TEST(texts(look([&] { return store->history_after(group, {}, 4, 10); })) == Texts{"5"});
  BOOST_TEST(texts(look([&] { return store->history_of_all_after(group, 1, 3); })) == (Texts{"2", "3", "4"}));
  BOOST_TEST(look([&] { return store->history_after(group, {}, 5, 10); }).empty());
}

BOOST_FIXTURE_TEST_CASE(a_dropped_history_leaves_the_others_and_what_is_under_way, ChangesFixture) {
  const auto ours = add("ours");
  const auto confirmed = add("confirmed");
  add("from bob", bob);
  add("direct", bob, bob);
  commit([&] {
    auto outgoing = an_outgoing(group, 1);
    outgoing.message = ours.message;
    store->add_outgoing(outgoing, {bob});
    outgoing = an_outgoing(group, 2);
    outgoing.message = confirmed.message;
    store->add_outgoing(outgoing, {bob});
    store->raise_delivery(confirmed.message, bob, Delivery::delivered);
    store->set_reactions(ours.id, {.member = bob, .seq = 1, .emoji = {"a"}});
    store->set_all_read(group, {});
  });
  BOOST_TEST(found("ours").size() == 1U);
  commit([&] { store->drop_history(group, {}); });
  BOOST_TEST(look([&] { return store->history(group, {}, 0, 10); }).empty());
  BOOST_TEST(found("ours").empty());
  BOOST_TEST(found("direct").size() == 1U);
  BOOST_TEST(look([&] { return store->deliveries(confirmed.message); }).empty());
  const auto pending = look([&] { return store->pending(bob); });
  BOOST_REQUIRE(pending.size() == 1U);
  BOOST_TEST((pending[0].message == ours.message));
  commit([&] { store->drop_history(group, bob); });
  // Numbers of rows come back, what was known of the old ones does not.
  const auto again = add("new", bob);
  BOOST_TEST(reactions(again.id).empty());
  BOOST_TEST(unread() == 1U);
  BOOST_TEST(found("new") == Texts{"new"}, boost::test_tools::per_element());
}

BOOST_FIXTURE_TEST_CASE(a_profile_of_the_first_version_opens_with_all_it_has, ChangesFixture) {
  const auto message = add("from long ago", bob);
  add("and to bob alone", bob, bob);
  const auto transfer = a_transfer(group, bob);
  commit([&] { store->add_transfer(transfer); });
  store.reset();
  {
    auto db = Database::open(file(), profile_migrations);
    BOOST_REQUIRE(db.has_value());
    auto& raw = db->handle();
    {
      SQLite::Statement rows(raw, "SELECT id, group_id, message, conversation, author, file, sealed FROM messages");
      SQLite::Statement update(raw, "UPDATE messages SET sealed = ? WHERE id = ?");
      while (rows.executeStep()) {
        const auto number = [&](int column) {
          return rows.isColumnNull(column) ? std::nullopt : std::optional<RowId>(rows.getColumn(column).getInt64());
        };
        const Place place("messages", *number(1), MessageId::from(blob_of(rows.getColumn(2))), number(3), number(4),
                          std::optional<FileId>());
        const auto old = shortened(seal, place, blob_of(rows.getColumn(6)), 4 * 8);
        update.bind(1, old.data(), static_cast<int>(old.size()));
        update.bind(2, *number(0));
        update.exec();
        update.reset();
      }
      SQLite::Statement row(raw, "SELECT sealed FROM transfers");
      BOOST_REQUIRE(row.executeStep());
      const Place place("transfers", transfer.group, transfer.file, transfer.peer);
      const auto old = shortened(seal, place, blob_of(row.getColumn(0)), 8 + 4 + FileId::size + 8);
      SQLite::Statement change(raw, "UPDATE transfers SET sealed = ?");
      change.bind(1, old.data(), static_cast<int>(old.size()));
      change.exec();
    }
    raw.exec("DROP TABLE reactions; DROP TABLE held_changes; DROP TABLE read_upto; PRAGMA user_version = 1");
  }
  reopen();
  const auto back = look([&] { return store->find_message(group, bob, message.message); }).value();
  BOOST_TEST(back.text == "from long ago");
  BOOST_TEST(!back.edited);
  BOOST_TEST(!back.deleted);
  BOOST_TEST(!back.quote.has_value());
  const auto kept = look([&] { return store->find_transfer(group, transfer.file); }).value();
  BOOST_TEST(kept.path == transfer.path);
  BOOST_TEST(!kept.paused);
  BOOST_TEST((kept.batch == transfer.file));
  BOOST_TEST(!kept.to_group);
  // What was there before anybody counted is not new.
  BOOST_TEST(unread() == 0U);
  BOOST_TEST(unread(bob) == 0U);
  add("news", bob);
  BOOST_TEST(unread() == 1U);
  commit([&] { BOOST_TEST(store->set_reactions(message.id, {.member = carol, .seq = 1, .emoji = {"a"}})); });
  BOOST_TEST(reactions(message.id) == "carol1 a;");
}

BOOST_AUTO_TEST_SUITE_END()
