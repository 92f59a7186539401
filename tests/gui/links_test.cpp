// SPDX-License-Identifier: MIT
#include "gui/model/links.h"

#include <boost/test/unit_test.hpp>

using namespace coterie::gui;

namespace {

std::vector<std::string> links_in(std::string_view text) {
  std::vector<std::string> found;
  for (const auto& range : find_links(text)) found.emplace_back(text.substr(range.begin, range.end - range.begin));
  return found;
}

}   // namespace

BOOST_AUTO_TEST_SUITE(links)

BOOST_AUTO_TEST_CASE(addresses_are_found_in_a_sentence) {
  const auto found = links_in("See https://example.org/a?b=c#d, or HTTP://x.example.");
  BOOST_REQUIRE(found.size() == 2U);
  BOOST_TEST(found[0] == "https://example.org/a?b=c#d");
  BOOST_TEST(found[1] == "HTTP://x.example");
}

BOOST_AUTO_TEST_CASE(a_bracket_belongs_to_the_address_only_if_it_was_opened_in_it) {
  BOOST_TEST(links_in("(https://e.org/a)").at(0) == "https://e.org/a");
  BOOST_TEST(links_in("https://e.org/a_(b)").at(0) == "https://e.org/a_(b)");
}

BOOST_AUTO_TEST_CASE(nothing_else_is_a_link) {
  for (const auto* text :
       {"javascript://x", "file:///etc/passwd", "xhttps://e.org", "https://", "example.org", "ftp://e.org"})
    BOOST_TEST(links_in(text).empty(), text);
}

BOOST_AUTO_TEST_CASE(direction_marks_end_an_address) {
  BOOST_TEST(links_in("https://e.org/\xe2\x80\xae"
                      "gnp.exe")
                 .at(0) == "https://e.org/");
}

BOOST_AUTO_TEST_CASE(an_address_may_have_letters_of_any_script) {
  BOOST_TEST(links_in("در https://مثال.ایران/صفحه ببین").at(0) == "https://مثال.ایران/صفحه");
}

BOOST_AUTO_TEST_SUITE_END()
