// SPDX-License-Identifier: MIT
#include "gui/model/conversation_copy.h"

#include "tests/gui/messages.h"

#include <boost/test/unit_test.hpp>

#include <algorithm>

using namespace coterie;
using namespace coterie::gui;

namespace {

ConversationCopy copy_of(const std::string& conversation = {}) {
  return {conversation,
          {.date = [](std::int64_t) { return std::string("day"); },
           .time = [](std::int64_t) { return std::string("12:00"); },
           .deleted = "gone"}};
}

// As an engine with rows 1..all would answer what is asked here.
event::HistoryPage answer(const command::LoadHistory& load, std::int64_t all) {
  const auto limit = static_cast<std::int64_t>(load.around != 0 ? load.limit / 2 : load.limit);
  const auto first = load.around != 0 ? load.around : load.after + 1;
  const auto last = std::min(all, first + limit - 1);
  auto made = page(first, last);
  made.is_last = last - first + 1 < limit;
  made.around = load.around;
  made.after = load.after;
  return made;
}

std::size_t lines(const std::string& text) {
  return static_cast<std::size_t>(std::count(text.begin(), text.end(), '['));
}

}   // namespace

BOOST_AUTO_TEST_SUITE(conversation_copy)

BOOST_AUTO_TEST_CASE(everything_comes_once_and_in_order_however_much_it_is) {
  for (const std::int64_t all : {1, 125, 250, 251, 5000}) {
    auto copy = copy_of();
    while (!copy.is_complete()) BOOST_REQUIRE(copy.apply(answer(copy.next(), all)));
    BOOST_TEST(copy.count() == static_cast<std::size_t>(all));
    BOOST_TEST(lines(copy.text()) == static_cast<std::size_t>(all));
  }
}

BOOST_AUTO_TEST_CASE(an_empty_conversation_is_complete_at_once) {
  auto copy = copy_of();
  BOOST_TEST(copy.apply(answer(copy.next(), 0)));
  BOOST_TEST(copy.is_complete());
  BOOST_TEST(copy.count() == 0U);
}

BOOST_AUTO_TEST_CASE(what_is_said_while_it_is_copied_comes_with_the_last_page) {
  auto copy = copy_of();
  BOOST_TEST(copy.apply(answer(copy.next(), 300)));
  while (!copy.is_complete()) BOOST_REQUIRE(copy.apply(answer(copy.next(), 301)));
  BOOST_TEST(copy.count() == 301U);
}

BOOST_AUTO_TEST_CASE(pages_of_others_are_let_pass) {
  auto copy = copy_of();
  auto newest = page(900, 1000);
  BOOST_TEST(!copy.apply(newest));
  auto of_another = answer(copy.next(), 1000);
  of_another.conversation = "bob";
  BOOST_TEST(!copy.apply(of_another));
  const auto first = answer(copy.next(), 1000);
  BOOST_TEST(copy.apply(first));
  BOOST_TEST(!copy.apply(first));
  BOOST_TEST(copy.count() == first.messages.size());
}

BOOST_AUTO_TEST_CASE(a_direct_conversation_asks_for_its_own_pages) {
  const auto copy = copy_of("bob");
  BOOST_TEST(copy.next().conversation.value_or("") == "bob");
  BOOST_TEST(copy.next().around == 1);
}

BOOST_AUTO_TEST_SUITE_END()
