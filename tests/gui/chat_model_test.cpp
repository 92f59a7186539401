// SPDX-License-Identifier: MIT
#include "gui/model/chat_model.h"

#include "tests/gui/messages.h"

#include <boost/test/unit_test.hpp>

using namespace coterie;
using namespace coterie::gui;

namespace {

ChatModel loaded(std::int64_t first, std::int64_t last) {
  ChatModel chat{std::string()};
  (void)chat.load_newest();
  auto newest = page(first, last);
  newest.is_first = first == 1;
  chat.apply(newest);
  return chat;
}

// As an engine with rows 1..all would answer.
event::HistoryPage answer(const command::LoadHistory& load, std::int64_t all) {
  const auto limit = static_cast<std::int64_t>(load.limit);
  std::int64_t first = std::max<std::int64_t>(1, all - limit + 1);
  std::int64_t last = all;
  if (load.before != 0) {
    last = load.before - 1;
    first = std::max<std::int64_t>(1, last - limit + 1);
  } else if (load.after != 0) {
    first = load.after + 1;
    last = std::min(all, load.after + limit);
  } else if (load.around != 0) {
    first = std::max<std::int64_t>(1, load.around - limit / 2);
    last = std::min(all, first + limit - 1);
  }
  auto made = page(first, last);
  made.is_first = first == 1;
  made.is_last = last == all;
  made.before = load.before;
  made.after = load.after;
  made.around = load.around;
  return made;
}

}   // namespace

BOOST_AUTO_TEST_SUITE(chat_model)

BOOST_AUTO_TEST_CASE(a_new_message_stands_at_the_end) {
  auto chat = loaded(1, 3);
  BOOST_TEST(chat.apply(event::MessageAdded{message(4, "new")}));
  BOOST_TEST(chat.size() == 4U);
  BOOST_TEST(chat.at(3).message.text == "new");
}

BOOST_AUTO_TEST_CASE(the_name_of_a_file_hides_nothing_and_turns_nothing_round) {
  auto chat = loaded(1, 3);
  auto sent = own(4, {});
  sent.file = file_id(1);
  sent.text = "holiday\u202Egpj.exe";
  chat.apply(event::MessageAdded{sent});
  BOOST_TEST(chat.at(3).message.text == "holiday\\xe2\\x80\\xaegpj.exe");
  sent.text = "نامه\u200cها.pdf";
  sent.row = 5;
  chat.apply(event::MessageAdded{sent});
  BOOST_TEST(chat.at(4).message.text == sent.text, "what its script needs stays");
  // What people write is theirs.
  chat.apply(event::MessageAdded{message(6, "\u200Fسلام")});
  BOOST_TEST(chat.at(5).message.text == "\u200Fسلام");
}

BOOST_AUTO_TEST_CASE(receiving_twice_is_showing_once) {
  auto chat = loaded(1, 3);
  chat.apply(event::MessageAdded{message(3, "again")});
  BOOST_TEST(chat.size() == 3U);
  BOOST_TEST(chat.at(2).message.text == "again");
}

BOOST_AUTO_TEST_CASE(a_message_of_another_conversation_is_left_alone) {
  auto chat = loaded(1, 3);
  auto direct = message(4);
  direct.conversation = "bob";
  BOOST_TEST(!chat.apply(event::MessageAdded{direct}));
  BOOST_TEST(chat.size() == 3U);
}

BOOST_AUTO_TEST_CASE(a_peer_who_copies_the_id_of_our_message_replaces_nothing) {
  ChatModel chat{std::string()};
  (void)chat.load_newest();
  chat.apply(page(1, 0));
  chat.apply(event::MessageAdded{own(1, {{"bob", event::DeliveryState::waiting}})});
  auto copied = message(2, "not mine");
  copied.id = chat.at(0).message.id;
  chat.apply(event::MessageAdded{copied});
  BOOST_TEST(chat.size() == 2U);
  BOOST_TEST(chat.at(0).message.text == "mine");
  chat.apply(event::DeliveryChanged{copied.id, "bob", event::DeliveryState::read});
  BOOST_TEST((ChatModel::state_of(chat.at(0).message) == event::DeliveryState::read));
}

BOOST_AUTO_TEST_CASE(a_hundred_thousand_messages_are_read_through_a_short_stretch_without_a_hole) {
  constexpr std::int64_t all = 100'000;
  ChatModel chat{std::string()};
  chat.apply(answer(*chat.load_newest(), all));
  std::size_t pages = 0;
  while (auto load = chat.load_older()) {
    BOOST_REQUIRE(chat.apply(answer(*load, all)));
    BOOST_REQUIRE(chat.size() <= ChatModel::most_rows);
    ++pages;
  }
  BOOST_TEST(pages == static_cast<std::size_t>(all) / ChatModel::page - 1);
  BOOST_TEST(chat.is_at_start());
  BOOST_TEST(!chat.is_at_end());
  BOOST_TEST(chat.at(0).message.row == 1);
  for (std::size_t i = 1; i < chat.size(); ++i) BOOST_REQUIRE(chat.at(i).message.row == chat.at(i - 1).message.row + 1);
  while (auto load = chat.load_newer()) BOOST_REQUIRE(chat.apply(answer(*load, all)));
  BOOST_TEST(chat.is_at_end());
  BOOST_TEST(chat.at(chat.size() - 1).message.row == all);
  for (std::size_t i = 1; i < chat.size(); ++i) BOOST_REQUIRE(chat.at(i).message.row == chat.at(i - 1).message.row + 1);
}

BOOST_AUTO_TEST_CASE(what_arrives_while_an_old_stretch_is_read_waits_for_its_page) {
  auto chat = loaded(1, 10);
  auto around = answer(chat.load_around(5), 1000);
  chat.apply(around);
  BOOST_TEST(!chat.is_at_end());
  BOOST_TEST(!chat.apply(event::MessageAdded{message(1001)}));
  while (auto load = chat.load_newer()) chat.apply(answer(*load, 1001));
  BOOST_TEST(chat.at(chat.size() - 1).message.row == 1001);
}

BOOST_AUTO_TEST_CASE(only_one_page_is_asked_for_at_a_time) {
  auto chat = loaded(500, 700);
  const auto first = chat.load_older();
  BOOST_REQUIRE(first);
  BOOST_TEST(!chat.load_older());
  chat.apply(answer(*first, 700));
  BOOST_TEST(chat.load_older().has_value());
}

BOOST_AUTO_TEST_CASE(a_page_that_does_not_touch_what_is_shown_is_dropped) {
  auto chat = loaded(500, 700);
  auto stray = page(100, 200);
  stray.before = 300;
  BOOST_TEST(!chat.apply(stray));
  BOOST_TEST(chat.size() == 201U);
}

BOOST_AUTO_TEST_CASE(a_page_that_somebody_else_has_asked_for_moves_nothing) {
  auto chat = loaded(1, 200);
  auto others = page(201, 400);
  others.after = 200;
  BOOST_TEST(!chat.apply(others));
  BOOST_TEST(chat.size() == 200U);
  // Nor does it answer what is asked here.
  const auto around = chat.load_around(50);
  BOOST_TEST(!chat.apply(others));
  BOOST_TEST(chat.apply(answer(around, 400)));
}

BOOST_AUTO_TEST_CASE(the_state_of_a_message_is_that_of_its_slowest_addressee) {
  using event::DeliveryState;
  BOOST_TEST((ChatModel::state_of(own(1, {{"bob", DeliveryState::read}, {"carol", DeliveryState::at_relay}})) ==
              DeliveryState::at_relay));
  BOOST_TEST((ChatModel::state_of(own(1, {{"bob", DeliveryState::read}, {"carol", DeliveryState::read}})) ==
              DeliveryState::read));
  BOOST_TEST((ChatModel::state_of(own(1, {})) == DeliveryState::waiting));
  BOOST_TEST(!ChatModel::state_of(message(1)));
}

BOOST_AUTO_TEST_CASE(a_receipt_changes_the_message_it_is_about) {
  auto chat = loaded(1, 0);
  chat.apply(event::MessageAdded{own(1, {{"bob", event::DeliveryState::waiting}})});
  const auto before = chat.at(0).revision;
  BOOST_TEST(chat.apply(event::DeliveryChanged{chat.at(0).message.id, "bob", event::DeliveryState::delivered}));
  BOOST_TEST(chat.at(0).revision > before);
  BOOST_TEST(!chat.apply(event::DeliveryChanged{chat.at(0).message.id, "bob", event::DeliveryState::delivered}));
}

BOOST_AUTO_TEST_CASE(a_run_ends_with_another_sender_and_with_a_pause) {
  auto chat = loaded(1, 0);
  auto later = message(4);
  later.arrived_ms += 10 * minute;
  for (const auto& added : {message(1), message(2), message(3, "text", "carol"), later})
    chat.apply(event::MessageAdded{added});
  BOOST_TEST(chat.starts_run(0));
  BOOST_TEST(!chat.starts_run(1));
  BOOST_TEST(chat.starts_run(2));
  BOOST_TEST(chat.starts_run(3));
}

BOOST_AUTO_TEST_CASE(a_day_begins_with_its_first_message) {
  auto chat = loaded(1, 0);
  auto next_day = message(2);
  next_day.arrived_ms += 24 * 60 * minute;
  chat.apply(event::MessageAdded{message(1)});
  chat.apply(event::MessageAdded{next_day});
  BOOST_TEST(chat.starts_day(0));
  BOOST_TEST(chat.starts_day(1));
}

BOOST_AUTO_TEST_CASE(an_edit_reaches_the_message_and_what_quotes_it) {
  auto chat = loaded(1, 0);
  auto reply = message(2, "answer");
  reply.quote = event::Quote{message(1).id, 1, "bob", "text", false};
  chat.apply(event::MessageAdded{message(1)});
  chat.apply(event::MessageAdded{reply});
  auto edited = message(1, std::string(199, 'a') + "\xd8\xa7");
  edited.edited = true;
  BOOST_TEST(chat.apply(event::MessageChanged{edited}));
  BOOST_TEST(chat.at(0).message.edited);
  BOOST_TEST(chat.at(1).message.quote->text == std::string(199, 'a'));
}

BOOST_AUTO_TEST_CASE(a_gap_is_shown_until_it_is_closed) {
  auto chat = loaded(1, 3);
  BOOST_TEST(chat.apply(event::GapChanged{"bob", std::nullopt, 2}));
  BOOST_REQUIRE(chat.gaps().size() == 1U);
  BOOST_TEST(chat.gaps()[0].missing == 2U);
  BOOST_TEST(chat.apply(event::GapChanged{"bob", std::nullopt, 0}));
  BOOST_TEST(chat.gaps().empty());
}

BOOST_AUTO_TEST_CASE(progress_of_a_file_touches_its_message_only) {
  auto chat = loaded(1, 0);
  auto with_file = message(2, "route.gpx");
  with_file.file = file_id(7);
  chat.apply(event::MessageAdded{message(1)});
  chat.apply(event::MessageAdded{with_file});
  const auto first = chat.at(0).revision;
  const auto second = chat.at(1).revision;
  BOOST_TEST(chat.touch_file(file_id(7)));
  BOOST_TEST(chat.at(0).revision == first);
  BOOST_TEST(chat.at(1).revision > second);
  BOOST_TEST(!chat.touch_file(file_id(8)));
}

BOOST_AUTO_TEST_SUITE_END()
