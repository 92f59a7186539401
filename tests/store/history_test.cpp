// SPDX-License-Identifier: MIT
// Messages: stored once, in order, found again.
#include <limits>

#include "tests/store/store_fixture.h"

using namespace coterie;
using namespace coterie::store;

namespace {

std::vector<std::string> texts(const std::vector<MessageRow>& messages) {
  std::vector<std::string> all;
  for (const auto& message : messages) all.push_back(message.text);
  return all;
}

using Texts = std::vector<std::string>;

struct HistoryFixture : GroupFixture {
  void add(const std::string& text, std::optional<RowId> author = {}, std::optional<RowId> conversation = {}) {
    auto message = a_message(group, author, text);
    message.conversation = conversation;
    commit([&] { BOOST_TEST(store->add_message(message)); });
  }
  Texts found(const std::string& words, std::size_t limit = 100) {
    return texts(look([&] { return store->search(group, words, limit); }));
  }
};

}   // namespace

BOOST_AUTO_TEST_SUITE(history)

BOOST_FIXTURE_TEST_CASE(a_message_comes_back_as_it_was, HistoryFixture) {
  auto message = a_message(group, bob, "żółć, 👍🏽 and שלום");
  message.conversation = bob;
  message.scope = Scope::direct;
  message.seq = std::numeric_limits<std::uint64_t>::max();
  message.sent = std::numeric_limits<Millis>::min();
  message.kind = MessageKind::file;
  message.file = random_id<FileId>();
  commit([&] { store->add_message(message); });
  reopen();
  const auto found = look([&] { return store->find_message(group, bob, message.message); }).value();
  BOOST_TEST(found.id == 1);
  BOOST_TEST(found.group == group);
  BOOST_TEST((found.message == message.message));
  BOOST_TEST((found.conversation == bob));
  BOOST_TEST((found.author == bob));
  BOOST_TEST((found.scope == Scope::direct));
  BOOST_TEST(found.seq == message.seq);
  BOOST_TEST(found.sent == message.sent);
  BOOST_TEST(found.arrived == message.arrived);
  BOOST_TEST((found.kind == MessageKind::file));
  BOOST_TEST(found.text == message.text);
  BOOST_TEST((found.file == message.file));
  BOOST_TEST((look([&] { return store->find_file_message(group, *message.file); }).value().message == message.message));
  BOOST_TEST(!look([&] { return store->find_file_message(group, random_id<FileId>()); }));
  BOOST_TEST(!look([&] { return store->find_message(group, bob, random_id<MessageId>()); }));
  BOOST_TEST(!look([&] { return store->find_message(group, {}, message.message); }));
}

BOOST_FIXTURE_TEST_CASE(C10_the_same_message_of_the_same_author_is_stored_once, HistoryFixture) {
  auto message = a_message(group, bob, "hello");
  commit([&] {
    BOOST_TEST(store->add_message(message));
    BOOST_TEST(!store->add_message(message));
  });
  message.text = "hello again";
  commit([&] { BOOST_TEST(!store->add_message(message)); });
  reopen();
  commit([&] { BOOST_TEST(!store->add_message(message)); });
  BOOST_TEST(texts(look([&] { return store->history(group, {}, 0, 10); })) == Texts{"hello"});
}

BOOST_FIXTURE_TEST_CASE(a_message_id_used_by_another_author_hides_nobody, HistoryFixture) {
  auto ours = a_message(group, std::nullopt, "ours");
  auto theirs = ours;
  theirs.author = carol;
  theirs.text = "theirs";
  commit([&] {
    BOOST_TEST(store->add_message(theirs));
    BOOST_TEST(store->add_message(ours));
    BOOST_TEST(!store->add_message(ours));
  });
  BOOST_TEST(texts(look([&] { return store->history(group, {}, 0, 10); })) == (Texts{"theirs", "ours"}));
  BOOST_TEST(look([&] { return store->find_message(group, {}, ours.message); }).value().text == "ours");
  BOOST_TEST(look([&] { return store->find_message(group, carol, ours.message); }).value().text == "theirs");
}

BOOST_FIXTURE_TEST_CASE(a_content_without_a_message_is_seen_once_for_each_peer, HistoryFixture) {
  const auto id = random_id<MessageId>();
  commit([&] {
    BOOST_TEST(store->mark_seen(bob, id, 1));
    BOOST_TEST(!store->mark_seen(bob, id, 2));
    BOOST_TEST(store->mark_seen(carol, id, 3));
  });
  reopen();
  commit([&] { BOOST_TEST(!store->mark_seen(bob, id, 4)); });
}

BOOST_FIXTURE_TEST_CASE(the_newest_seen_contents_are_remembered_and_the_oldest_go, HistoryFixture) {
  const auto id_of = [](std::uint32_t number) {
    MessageId id;
    store_be(id.bytes.data(), number);
    return id;
  };
  constexpr std::uint32_t many = 65'536 + 2 * 1024;
  commit([&] {
    for (std::uint32_t i = 0; i < many; ++i) store->mark_seen(bob, id_of(i), 0);
  });
  commit([&] {
    BOOST_TEST(!store->mark_seen(bob, id_of(many - 1), 0));
    BOOST_TEST(!store->mark_seen(bob, id_of(many - 65'536), 0));
    BOOST_TEST(store->mark_seen(bob, id_of(0), 0));
  });
}

BOOST_FIXTURE_TEST_CASE(history_comes_page_by_page_oldest_first, HistoryFixture) {
  for (int i = 1; i <= 7; ++i) add(std::to_string(i), i % 2 == 0 ? std::optional(bob) : std::nullopt);
  auto page = look([&] { return store->history(group, {}, 0, 3); });
  BOOST_TEST(texts(page) == (Texts{"5", "6", "7"}));
  page = look([&] { return store->history(group, {}, page.front().id, 3); });
  BOOST_TEST(texts(page) == (Texts{"2", "3", "4"}));
  page = look([&] { return store->history(group, {}, page.front().id, 3); });
  BOOST_TEST(texts(page) == Texts{"1"});
  BOOST_TEST(look([&] { return store->history(group, {}, page.front().id, 3); }).empty());
}

BOOST_FIXTURE_TEST_CASE(conversations_are_kept_apart, HistoryFixture) {
  add("to all", {});
  add("to bob", {}, bob);
  add("from bob", bob, bob);
  add("to carol", {}, carol);
  RowId other = 0;
  commit([&] {
    other = store->add_group(a_group("other"));
    store->add_message(a_message(other, std::nullopt, "elsewhere"));
  });
  BOOST_TEST(texts(look([&] { return store->history(group, {}, 0, 10); })) == Texts{"to all"});
  BOOST_TEST(texts(look([&] { return store->history(group, bob, 0, 10); })) == (Texts{"to bob", "from bob"}));
  BOOST_TEST(texts(look([&] { return store->history(group, carol, 0, 10); })) == Texts{"to carol"});
  BOOST_TEST(texts(look([&] { return store->history_of_all(group, 0, 3); })) ==
             (Texts{"to bob", "from bob", "to carol"}));
  BOOST_TEST(texts(look([&] { return store->history_of_all(other, 0, 3); })) == Texts{"elsewhere"});
}

BOOST_FIXTURE_TEST_CASE(search_finds_beginnings_of_words_in_any_spelling, HistoryFixture) {
  add("The café opens at nine");
  add("Meet me at the CAFÉ, then");
  add("decaf only");
  BOOST_TEST(found("cafe").size() == 2U);
  BOOST_TEST(found("CAF").size() == 2U);
  BOOST_TEST(found("opens caf") == Texts{"The café opens at nine"});
  BOOST_TEST(found("caf opens nine zebra").empty());
  BOOST_TEST(found("").empty());
  BOOST_TEST(found("  \t\n").empty());
}

BOOST_FIXTURE_TEST_CASE(search_finds_persian_and_arabic_however_they_are_spelt, HistoryFixture) {
  add("این کتاب‌ها را می‌خواهم");
  add("كتابهای علي");
  add("کتاب ها و مُحَمَّد");
  BOOST_TEST(found("کتاب").size() == 3U);
  BOOST_TEST(found("كتاب").size() == 3U);              // Arabic kaf
  BOOST_TEST(found("کتاب‌ها").size() == 3U);   // with a half-space
  BOOST_TEST(found("کتابها").size() == 2U);
  BOOST_TEST(found("کتاب ها").size() == 2U);
  BOOST_TEST(found("علی") == Texts{"كتابهای علي"});
  BOOST_TEST(found("محمد") == Texts{"کتاب ها و مُحَمَّد"});
  BOOST_TEST(found("میخواهم") == Texts{"این کتاب‌ها را می‌خواهم"});
  BOOST_TEST(found("می‌خواهم کتاب‌ها") == Texts{"این کتاب‌ها را می‌خواهم"});
  BOOST_TEST(found("کتاب‌خانه").empty());
}

BOOST_FIXTURE_TEST_CASE(search_takes_signs_for_what_parts_words, HistoryFixture) {
  add("my e-mail ❤️");
  BOOST_TEST(found("e-mail").size() == 1U);
  BOOST_TEST(found("mail").size() == 1U);
  BOOST_TEST(found("mail-e").empty());
  BOOST_TEST(found("❤️ mail").size() == 1U);
  BOOST_TEST(found("!!! mail").size() == 1U);
  BOOST_TEST(found("❤️").empty());
}

BOOST_FIXTURE_TEST_CASE(search_keeps_up_with_what_is_added_after_it_was_first_used, HistoryFixture) {
  add("first apple");
  BOOST_TEST(found("apple") == Texts{"first apple"});
  add("second apple");
  BOOST_TEST(found("apple").size() == 2U);
  commit([&] {
    const auto message = a_message(group, bob, "third apple");
    store->add_message(message);
    store->add_message(message);
    BOOST_TEST(store->search(group, "third", 10).size() == 1U);
  });
  BOOST_TEST(found("apple").size() == 3U);
}

BOOST_FIXTURE_TEST_CASE(search_never_finds_what_was_rolled_back, HistoryFixture) {
  add("apple one");
  const auto rolled_back = [&](bool search_inside) {
    const auto done = store->transact([&]() -> Status {
      store->add_message(a_message(group, bob, "apple two"));
      if (search_inside) BOOST_TEST(store->search(group, "apple", 10).size() == 2U);
      return fail(Errc::timed_out);
    });
    BOOST_TEST(!done);
  };
  rolled_back(true);   // the index was built in there, and goes with it
  BOOST_TEST(found("apple") == Texts{"apple one"});
  rolled_back(false);
  BOOST_TEST(found("apple") == Texts{"apple one"});
  rolled_back(true);
  BOOST_TEST(found("apple") == Texts{"apple one"});
  add("apple three");   // takes the row id that was rolled back
  BOOST_TEST(found("apple").size() == 2U);
  BOOST_TEST(found("two").empty());
}

BOOST_FIXTURE_TEST_CASE(search_gives_the_better_match_first_and_as_many_as_asked, HistoryFixture) {
  add("lunch is somewhere in this long message about many other things that nobody reads");
  add("lunch lunch lunch");
  for (int i = 0; i < 5; ++i) add("lunch at noon");
  const auto all = found("lunch");
  BOOST_REQUIRE(all.size() == 7U);
  BOOST_TEST(all.front() == "lunch lunch lunch");
  BOOST_TEST(all.back().starts_with("lunch is somewhere"));
  BOOST_TEST(found("lunch", 3).size() == 3U);
  const auto equal = look([&] { return store->search(group, "noon", 5); });
  BOOST_REQUIRE(equal.size() == 5U);
  BOOST_TEST(equal.front().id > equal.back().id, "of equals the newest first");
}

BOOST_FIXTURE_TEST_CASE(search_in_one_conversation_gives_the_newest_first_and_goes_on_where_it_ended, HistoryFixture) {
  add("lunch lunch lunch");
  add("lunch for two", {}, bob);
  for (int i = 0; i < 5; ++i) add("lunch at " + std::to_string(i));
  const auto page = [&](std::optional<RowId> conversation, RowId before) {
    return look([&] { return store->search_newest(group, conversation, "lunch", before, 3); });
  };
  const auto newest = page(std::nullopt, 0);
  BOOST_TEST(texts(newest) == (Texts{"lunch at 4", "lunch at 3", "lunch at 2"}));
  const auto older = page(std::nullopt, newest.back().id);
  BOOST_TEST(texts(older) == (Texts{"lunch at 1", "lunch at 0", "lunch lunch lunch"}));
  BOOST_TEST(page(std::nullopt, older.back().id).empty());
  BOOST_TEST(texts(page(bob, 0)) == Texts{"lunch for two"});
}

BOOST_FIXTURE_TEST_CASE(search_stays_in_its_group, HistoryFixture) {
  add("shared word");
  RowId other = 0;
  commit([&] {
    other = store->add_group(a_group("other"));
    store->add_message(a_message(other, std::nullopt, "shared word over there"));
  });
  BOOST_TEST(found("shared") == Texts{"shared word"});
  BOOST_TEST(texts(look([&] { return store->search(other, "shared", 10); })) == Texts{"shared word over there"});
}

BOOST_FIXTURE_TEST_CASE(any_text_is_a_valid_query, HistoryFixture) {
  add("a NEAR miss AND text: (x) - y*");
  std::string all_bytes;
  for (int byte = 0; byte < 256; ++byte) all_bytes.push_back(static_cast<char>(byte));
  std::string many_words;
  for (int i = 0; i < 40'000; ++i) many_words += "w" + std::to_string(i) + " ";
  for (const std::string& query : {std::string("\""),
                                   std::string("\"\""),
                                   std::string("AND"),
                                   std::string("NEAR(a b, 2)"),
                                   std::string("text:x"),
                                   std::string("-a"),
                                   std::string("a OR b"),
                                   std::string("(((("),
                                   std::string("*"),
                                   std::string("^a"),
                                   std::string("a*b*"),
                                   std::string("+"),
                                   std::string("{text}:a"),
                                   std::string("!!! ???"),
                                   std::string("😀"),
                                   std::string("\0a", 2),
                                   std::string("\xff\xfe"),
                                   std::string("'; DROP TABLE messages; --"),
                                   all_bytes,
                                   many_words,
                                   std::string(100'000, 'a'),
                                   std::string(100'000, '"'),
                                   std::string(2'000, '\xc3') + "é"}) {
    const auto done = store->read([&] { (void)store->search(group, query, 10); });
    BOOST_TEST(done.has_value(), query.substr(0, 40) << ": " << (done ? "" : explain(done.error())));
  }
  BOOST_TEST(found("near AND \"miss\" text:").size() == 1U, "syntax is read as words");
  BOOST_TEST(found("miss OR zebra").empty());
  BOOST_TEST(found("y*").size() == 1U);
}

BOOST_FIXTURE_TEST_CASE(a_damaged_text_fails_the_reading_with_its_file, HistoryFixture) {
  add("intact");
  // Sealed by another key: as good as damaged.
  struct OtherSeal final : AtRest {
    HashSeal seal_;
    [[nodiscard]] Bytes seal(std::string_view place, ByteView plain) const override { return seal_.seal(place, plain); }
    [[nodiscard]] Result<SecretBytes> open(std::string_view, ByteView) const override {
      return fail(Errc::database_corrupt, "a sealed value does not open");
    }
  } other;
  store.reset();
  auto opened = ProfileStore::open(file(), other);
  BOOST_REQUIRE(opened);
  const auto done = (*opened)->read([&] { (void)(*opened)->history(group, {}, 0, 10); });
  BOOST_REQUIRE(!done);
  BOOST_TEST((done.error().code == Errc::database_corrupt));
  BOOST_TEST(done.error().detail.find(file().string()) != std::string::npos, done.error().detail);
  const auto written = (*opened)->transact([&]() -> Status {
    (*opened)->add_message(a_message(group, bob, "new"));
    (void)(*opened)->search(group, "new", 1);
    return {};
  });
  BOOST_REQUIRE(!written);
  BOOST_TEST((written.error().code == Errc::database_corrupt));
}

BOOST_AUTO_TEST_SUITE_END()
