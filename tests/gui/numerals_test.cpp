// SPDX-License-Identifier: MIT
#include "gui/model/numerals.h"

#include "netcore/base/figures.h"

#include <boost/test/unit_test.hpp>

using namespace coterie;
using namespace coterie::gui;

namespace {

constexpr std::string_view english = "0123456789.,%";
constexpr std::string_view persian = "۰۱۲۳۴۵۶۷۸۹٫٬٪";

std::string fa(std::string_view text) { return in_digits(text, persian); }

}   // namespace

BOOST_AUTO_TEST_SUITE(numerals)

BOOST_AUTO_TEST_CASE(numbers_sizes_times_and_percent_have_persian_signs) {
  BOOST_TEST(fa("1234567890") == "۱۲۳۴۵۶۷۸۹۰");
  BOOST_TEST(fa(format_size(12'345'678)) == "۱۲٫۳ MB");
  BOOST_TEST(fa(format_rate(999)) == "۹۹۹ B/s");
  BOOST_TEST(fa(format_duration(std::chrono::seconds(3723))) == "۱:۰۲:۰۳");
  BOOST_TEST(fa("1,000,000") == "۱٬۰۰۰٬۰۰۰");
  BOOST_TEST(fa("45 %") == "۴۵ ٪");
  BOOST_TEST(fa("45%") == "۴۵٪");
}

BOOST_AUTO_TEST_CASE(signs_that_belong_to_a_sentence_stay) {
  BOOST_TEST(fa("3. 2, a.b %") == "۳. ۲, a.b %");
  BOOST_TEST(fa(".5,") == ".۵,");
  BOOST_TEST(fa("").empty());
  BOOST_TEST(fa("سلام ☕") == "سلام ☕");
}

BOOST_AUTO_TEST_CASE(what_comes_from_others_keeps_its_digits) {
  BOOST_TEST(fa("\u2068bob 7\u2069: 2 (\u2068IMG_2024.jpg\u2069, 1.5 MB)") ==
             "\u2068bob 7\u2069: ۲ (\u2068IMG_2024.jpg\u2069, ۱٫۵ MB)");
  BOOST_TEST(fa("\u2068a\u20671\u20692\u20693") == "\u2068a\u20671\u20692\u2069۳");
  BOOST_TEST(fa("\u20691") == "\u2069۱");
}

BOOST_AUTO_TEST_CASE(without_digits_of_its_own_a_language_has_these) {
  BOOST_TEST(in_digits("12.3 MB", english) == "12.3 MB");
  BOOST_TEST(in_digits("12.3 MB", "") == "12.3 MB");
  BOOST_TEST(in_digits("12.3 MB", "۰۱۲") == "12.3 MB");
}

BOOST_AUTO_TEST_SUITE_END()
