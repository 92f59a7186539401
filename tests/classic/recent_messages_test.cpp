// SPDX-License-Identifier: MIT
#include "netcore/classic/recent_messages.h"

#include <boost/test/unit_test.hpp>

using namespace coterie;

namespace {

struct Recent {
  classic::RecentMessages messages;

  void add(const std::string& text, std::optional<std::string> conversation = {}) {
    event::Message message;
    message.text = text;
    message.conversation = std::move(conversation);
    messages.add(std::move(message));
  }
  [[nodiscard]] std::vector<std::string> found(const std::string& words, std::size_t limit = 100) const {
    std::vector<std::string> texts;
    for (const auto& message : messages.search({words, limit}).messages) texts.push_back(message.text);
    return texts;
  }
  using Texts = std::vector<std::string>;
};

}   // namespace

BOOST_FIXTURE_TEST_SUITE(recent_messages, Recent)

BOOST_AUTO_TEST_CASE(all_words_are_found_however_they_are_spelt) {
  add("The CAFÉ opens at nine");
  add("کتاب\u200Cهای علي");
  BOOST_TEST(found("cafe nine") == Texts{"The CAFÉ opens at nine"}, boost::test_tools::per_element());
  BOOST_TEST(found("cafe ten").empty());
  BOOST_TEST(found("كتابهای").size() == 1U);
  BOOST_TEST(found("کتاب\u200Cهای علی").size() == 1U);
  BOOST_TEST(found("های").size() == 1U);
}

BOOST_AUTO_TEST_CASE(a_search_without_words_finds_nothing) {
  add("one");
  BOOST_TEST(found("").empty());
  BOOST_TEST(found(" \t").empty());
  BOOST_TEST(found("!!").empty());
}

BOOST_AUTO_TEST_CASE(as_many_are_found_as_asked) {
  for (int i = 0; i < 5; ++i) add("one");
  BOOST_TEST(found("one", 3).size() == 3U);
}

BOOST_AUTO_TEST_CASE(in_one_conversation_the_newest_is_found_first_page_by_page) {
  add("rope one");
  add("rope between us", "bob");
  add("rope two");
  add("nuts");
  add("rope three");
  const auto newest = messages.search({"rope", 2, std::string()});
  BOOST_REQUIRE(newest.messages.size() == 2U);
  BOOST_TEST(newest.messages.front().text == "rope three");
  BOOST_TEST(newest.messages.back().text == "rope two");
  BOOST_TEST(!newest.is_last);
  const auto older = messages.search({"rope", 2, std::string(), newest.messages.back().row});
  BOOST_REQUIRE(older.messages.size() == 1U);
  BOOST_TEST(older.messages.front().text == "rope one");
  BOOST_TEST(older.is_last);
}

BOOST_AUTO_TEST_CASE(a_conversation_is_forgotten_alone) {
  add("to all");
  add("to bob", "bob");
  messages.forget("bob");
  BOOST_TEST(found("to") == Texts{"to all"}, boost::test_tools::per_element());
  BOOST_TEST(messages.conversations().conversations.size() == 1U);
}

BOOST_AUTO_TEST_CASE(what_is_oldest_goes) {
  add("the first");
  for (int i = 0; i < 1000; ++i) add("later");
  BOOST_TEST(found("first").empty());
  const auto all = messages.page({.conversation = {}, .limit = 0});
  BOOST_TEST(all.messages.size() == 1000U);
  BOOST_TEST(all.messages.back().row == 1001);
}

BOOST_AUTO_TEST_SUITE_END()
