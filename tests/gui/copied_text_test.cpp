// SPDX-License-Identifier: MIT
#include "gui/model/copied_text.h"

#include "tests/gui/messages.h"

#include <boost/test/unit_test.hpp>

using namespace coterie;
using namespace coterie::gui;

namespace {

constexpr std::int64_t day = 24 * 60 * minute;

CopiedText::Words numbered() {
  return {.date = [](std::int64_t ms) { return "day " + std::to_string(ms / day); },
          .time = [](std::int64_t) { return std::string("12:00"); },
          .deleted = "gone"};
}

event::Message said(std::int64_t on, const std::string& text) {
  auto made = message(on, text);
  made.sent_ms = made.arrived_ms = on * day + 12 * 60 * minute;   // at noon: of one day in nearly every zone
  return made;
}

}   // namespace

BOOST_AUTO_TEST_SUITE(copied_text)

BOOST_AUTO_TEST_CASE(every_day_is_named_once_before_what_was_said_on_it) {
  CopiedText copied(numbered());
  copied.add(said(100, "one"));
  copied.add(said(100, "two\nlines"));
  copied.add(said(102, "three"));
  BOOST_TEST(copied.text() == "day 100\n[12:00] bob: one\n[12:00] bob: two\nlines\n\nday 102\n[12:00] bob: three\n");
  BOOST_TEST(copied.count() == 3U);
}

BOOST_AUTO_TEST_CASE(what_was_sent_on_another_day_than_it_came_says_so) {
  CopiedText copied(numbered());
  auto late = said(102, "late");
  late.sent_ms -= 2 * day;
  copied.add(late);
  BOOST_TEST(copied.text() == "day 102\n[day 100, 12:00] bob: late\n");
}

BOOST_AUTO_TEST_CASE(a_deleted_message_is_not_copied_as_it_was) {
  CopiedText copied(numbered());
  auto deleted = said(100, "the old words");
  deleted.deleted = true;
  copied.add(deleted);
  BOOST_TEST(copied.text() == "day 100\n[12:00] bob: gone\n");
}

BOOST_AUTO_TEST_CASE(the_name_of_a_file_hides_nothing) {
  CopiedText copied(numbered());
  auto file = said(100, "photo\u202Egpj.exe");
  file.file = file_id(1);
  copied.add(file);
  BOOST_TEST(copied.text().find("\u202E") == std::string::npos);
  BOOST_TEST(copied.text().find("photo") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(of_a_selection_only_the_part_is_copied) {
  CopiedText copied(numbered());
  copied.add(said(100, "one two"), "two");
  BOOST_TEST(copied.text() == "day 100\n[12:00] bob: two\n");
}

BOOST_AUTO_TEST_SUITE_END()
