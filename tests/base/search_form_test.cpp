// SPDX-License-Identifier: MIT
#include "netcore/base/search_form.h"

#include <boost/test/unit_test.hpp>

using namespace coterie;

namespace {

std::string form_of(std::string_view word) {
  const auto words = search_words(word);
  return words.size() == 1 ? words.front().whole : "not one word";
}

}   // namespace

BOOST_AUTO_TEST_SUITE(search_form)

BOOST_AUTO_TEST_CASE(case_and_accents_make_no_difference) {
  BOOST_TEST(form_of("CAFÉ") == "cafe");
  BOOST_TEST(form_of("cafe\u0301") == "cafe");
  BOOST_TEST(form_of("Straße") == form_of("STRASSE"));
  BOOST_TEST(form_of("Łódź") == "lodz");
  BOOST_TEST(form_of("İstanbul") == "istanbul");
  BOOST_TEST(form_of("Σίσυφος") == form_of("ΣΙΣΥΦΟΣ"));
  BOOST_TEST(form_of("ещё") == form_of("ЕЩЕ"));
  BOOST_TEST(form_of("ｗｉｄｅ") == "wide");
}

BOOST_AUTO_TEST_CASE(a_letter_that_only_looks_accented_stays_itself) {
  BOOST_TEST(form_of("чай") != form_of("чаи"));
  BOOST_TEST(form_of("か") != form_of("が"));
}

BOOST_AUTO_TEST_CASE(arabic_and_persian_keyboards_write_the_same_letters) {
  BOOST_TEST(form_of("علي") == form_of("علی"));   // ي, ی
  BOOST_TEST(form_of("مصطفى") == form_of("مصطفی"));
  BOOST_TEST(form_of("كتاب") == form_of("کتاب"));   // ك, ک
  BOOST_TEST(form_of("١٤٠٥") == "1405");
  BOOST_TEST(form_of("۱۴۰۵") == "1405");
  BOOST_TEST(form_of("ﻛﺘﺎﺏ") == form_of("کتاب"));   // presentation forms
}

BOOST_AUTO_TEST_CASE(vowel_signs_hamza_and_tatweel_make_no_difference) {
  BOOST_TEST(form_of("مُحَمَّد") == form_of("محمد"));
  BOOST_TEST(form_of("كِتَابٌ") == form_of("کتاب"));
  BOOST_TEST(form_of("أحمد") == form_of("احمد"));
  BOOST_TEST(form_of("آب") == form_of("اب"));
  BOOST_TEST(form_of("مسؤول") == form_of("مسوول"));
  BOOST_TEST(form_of("مسئله") == form_of("مسیله"));
  BOOST_TEST(form_of("خانۀ") == form_of("خانه"));
  BOOST_TEST(form_of("مدرسة") == form_of("مدرسه"));
  BOOST_TEST(form_of("ســلام") == form_of("سلام"));
}

BOOST_AUTO_TEST_CASE(a_word_with_half_spaces_is_there_in_one_piece_and_in_parts) {
  BOOST_TEST(searchable("کتاب\u200Cها") == "کتابها کتاب ها");
  BOOST_TEST(searchable("من می\u200Cروم") == "من میروم می روم");
  const auto words = search_words("کتاب\u200Cها");
  BOOST_REQUIRE_EQUAL(words.size(), 1U);
  BOOST_TEST(words[0].whole == "کتابها");
  BOOST_TEST(words[0].parts == (std::vector<std::string>{"کتاب", "ها"}), boost::test_tools::per_element());
  BOOST_TEST(search_words("کتاب")[0].parts.empty());
}

BOOST_AUTO_TEST_CASE(half_spaces_at_the_edge_of_a_word_part_nothing) {
  BOOST_TEST(searchable("\u200Cکتاب\u200C") == "کتاب");
  BOOST_TEST(searchable("کتاب\u200C ها") == "کتاب ها");
  BOOST_TEST(searchable("کتاب\u200C\u200Cها") == "کتابها کتاب ها");
  BOOST_TEST(search_words("کتاب\u200C")[0].parts.empty());
}

BOOST_AUTO_TEST_CASE(signs_part_words_and_direction_marks_do_not) {
  BOOST_TEST(searchable("E-mail: Bob@Example.org!") == "e mail bob example org");
  BOOST_TEST(searchable("é-mail") == "e mail");
  BOOST_TEST(form_of("e-mail") == "e mail");
  BOOST_TEST(searchable("\u202Bسلام\u202C") == "سلام");
  BOOST_TEST(searchable("سلام، دنیا؟") == "سلام دنیا");
}

BOOST_AUTO_TEST_CASE(what_has_no_letters_looks_for_nothing) {
  for (const char* typed : {"", "  \t\n", "!!! ???", "😀", "❤️", "\u200C", "\u064B"})
    BOOST_TEST(search_words(typed).empty(), typed);
  BOOST_TEST(search_words("\xff\xfe").empty());
  BOOST_TEST(search_words("❤️ love").size() == 1U);
}

BOOST_AUTO_TEST_CASE(every_form_is_its_own_form) {
  for (const char* text : {"The café opens at nine", "كِتَابٌ جديد", "می\u200Cروم خانه", "한국어 문장", "हिन्दी में"}) {
    const auto once = searchable(text);
    BOOST_TEST(searchable(once) == once, text);
  }
}

BOOST_AUTO_TEST_SUITE_END()
