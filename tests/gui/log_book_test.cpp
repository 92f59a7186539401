// SPDX-License-Identifier: MIT
#include "gui/model/log_book.h"

#include <boost/test/unit_test.hpp>

using coterie::gui::LogBook;

BOOST_AUTO_TEST_SUITE(log_book)

BOOST_AUTO_TEST_CASE(each_line_is_read_once_and_in_order) {
  LogBook book;
  std::uint64_t seen = 0;
  BOOST_TEST(book.after(seen).empty());
  book.add("one");
  book.add("two");
  BOOST_TEST((book.after(seen) == std::vector<std::string>{"one", "two"}));
  book.add("three");
  BOOST_TEST((book.after(seen) == std::vector<std::string>{"three"}));
  BOOST_TEST(book.after(seen).empty());
}

BOOST_AUTO_TEST_CASE(only_the_last_lines_are_kept) {
  LogBook book(2);
  for (const auto* line : {"one", "two", "three"}) book.add(line);
  std::uint64_t seen = 0;
  BOOST_TEST((book.after(seen) == std::vector<std::string>{"two", "three"}));
}

BOOST_AUTO_TEST_SUITE_END()
