// SPDX-License-Identifier: MIT
#include "gui/model/mentions.h"

#include "tests/gui/messages.h"

#include <boost/test/unit_test.hpp>

using namespace coterie::gui;

namespace {

const std::vector<std::string> people{"alice", "Anna", "Anna Maria", "رضا", "Zoë"};

// The words found, for reading.
std::vector<std::string> words(const std::string& text) {
  std::vector<std::string> all;
  for (const auto& range : find_mentions(text, people))
    all.push_back(text.substr(range.begin, range.end - range.begin));
  return all;
}

using Words = std::vector<std::string>;

}   // namespace

BOOST_AUTO_TEST_SUITE(mentions)

BOOST_AUTO_TEST_CASE(a_name_after_an_at_is_found_in_any_case_and_before_punctuation) {
  BOOST_TEST(words("@alice, are you there? And @ALICE!") == (Words{"@alice", "@ALICE"}),
             boost::test_tools::per_element());
  BOOST_TEST(words("(@zoë)") == (Words{"@zoë"}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(the_longest_name_is_meant_and_never_a_part_of_a_word) {
  BOOST_TEST(words("@Anna Maria comes") == (Words{"@Anna Maria"}), boost::test_tools::per_element());
  BOOST_TEST(words("@Anna comes") == (Words{"@Anna"}), boost::test_tools::per_element());
  BOOST_TEST(words("@alicezz and mail@alice and @ alice").empty());
}

BOOST_AUTO_TEST_CASE(names_in_other_scripts_end_at_their_own_punctuation) {
  BOOST_TEST(words("سلام @رضا، کی می‌آیی؟") == (Words{"@رضا"}), boost::test_tools::per_element());
  BOOST_TEST(words("@رضایی").empty());
  BOOST_TEST(words("hey @alice🙂") == (Words{"@alice"}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_message_is_for_somebody_by_name_or_as_an_answer) {
  BOOST_TEST(is_meant(message(1, "@alice look"), "alice"));
  BOOST_TEST(!is_meant(message(1, "@Anna look"), "alice"));
  auto answer = message(2, "yes");
  answer.quote = coterie::event::Quote{{}, 1, "alice", "shall we?", false};
  BOOST_TEST(is_meant(answer, "alice"));
  answer.deleted = true;
  BOOST_TEST(!is_meant(answer, "alice"));
  auto mine = own(3, {});
  mine.text = "@alice";
  BOOST_TEST(!is_meant(mine, "alice"));
}

BOOST_AUTO_TEST_CASE(what_is_being_typed_after_an_at_is_completed_from_the_names) {
  BOOST_TEST(begun_mention("hello @an").value() == 6U);
  BOOST_TEST(begun_mention("@").value() == 0U);
  BOOST_TEST(!begun_mention("mail@an"));
  BOOST_TEST(!begun_mention("@anna\nnew line"));
  BOOST_TEST(!begun_mention("nobody"));
  BOOST_TEST(completions("AN", people) == (Words{"Anna", "Anna Maria"}), boost::test_tools::per_element());
  BOOST_TEST(completions("anna m", people) == (Words{"Anna Maria"}), boost::test_tools::per_element());
  BOOST_TEST(completions("", people).size() == people.size());
  BOOST_TEST(completions("x", people).empty());
}

BOOST_AUTO_TEST_SUITE_END()
