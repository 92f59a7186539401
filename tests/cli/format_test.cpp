// SPDX-License-Identifier: MIT
#include "cli/format.h"

#include <boost/test/unit_test.hpp>

#include <clocale>
#include <cstdlib>
#include <ctime>

namespace coterie::cli {

BOOST_AUTO_TEST_SUITE(format)

BOOST_AUTO_TEST_CASE(times_for_programs_are_utc_with_milliseconds) {
  BOOST_TEST(iso_time(0) == "1970-01-01T00:00:00.000Z");
  BOOST_TEST(iso_time(1'714'567'890'123) == "2024-05-01T12:51:30.123Z");
  BOOST_TEST(iso_time(-1) == "1969-12-31T23:59:59.999Z");
}

BOOST_AUTO_TEST_CASE(times_for_people_leave_out_todays_date) {
  ::setenv("TZ", "UTC", 1);
  ::tzset();
  const std::int64_t noon = 1'714'564'800'000;   // 2024-05-01 12:00 UTC
  BOOST_TEST(local_time(noon, noon + 3'600'000) == "12:00");
  BOOST_TEST(local_time(noon, noon + 24 * 3'600'000) == "2024-05-01 12:00");
}

BOOST_AUTO_TEST_CASE(F09_message_text_cannot_steer_the_terminal) {
  BOOST_TEST(printable_text("a\x1b[2Jb") == "a\\x1b[2Jb");
  BOOST_TEST(printable_text("bell\x07 del\x7f") == "bell\\x07 del\\x7f");
  BOOST_TEST(printable_text("c1\xc2\x9b") == "c1\\xc2\\x9b");
  BOOST_TEST(printable_text("link\x1b]8;;http://x\x07") == "link\\x1b]8;;http://x\\x07");
  BOOST_TEST(printable_text("\xe2\x80\xa8line separator") == "\\xe2\\x80\\xa8line separator");
}

BOOST_AUTO_TEST_CASE(F10_overrides_of_direction_are_shown_not_obeyed) {
  BOOST_TEST(printable_text("photo\xe2\x80\xaegnp.js") == "photo\\xe2\\x80\\xaegnp.js");
  BOOST_TEST(printable_text("\xe2\x81\xa6x\xe2\x81\xa9") == "\\xe2\\x81\\xa6x\\xe2\\x81\\xa9");
}

BOOST_AUTO_TEST_CASE(joiners_and_marks_that_scripts_need_are_kept) {
  BOOST_TEST(printable_text("می\xe2\x80\x8cروم") == "می\xe2\x80\x8cروم");
  BOOST_TEST(printable_text("👩\xe2\x80\x8d🚀") == "👩\xe2\x80\x8d🚀");
}

BOOST_AUTO_TEST_CASE(lines_after_the_first_are_indented) {
  BOOST_TEST(printable_text("one\ntwo\n\tthree") == "one\n    two\n        three");
  BOOST_TEST(printable_text("one\r\ntwo", 2) == "one\\x0d\n  two");
}

BOOST_AUTO_TEST_CASE(invalid_bytes_become_the_replacement_sign) {
  BOOST_TEST(printable_text("a\xff\xc0\xaf") == "a\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD");
}

BOOST_AUTO_TEST_CASE(text_is_cut_to_the_columns_there_are) {
  std::setlocale(LC_CTYPE, "C.UTF-8");
  BOOST_TEST(fit("short", 10) == "short");
  BOOST_TEST(fit("exactly10!", 10) == "exactly10!");
  BOOST_TEST(fit("longer than ten", 10) == "longer th…");
  BOOST_TEST(fit("文字文字", 5) == "文字…");   // wide characters take two columns
  BOOST_TEST(fit("anything", 0).empty());
  for (std::size_t columns = 0; columns < 20; ++columns)
    BOOST_TEST(display_width(fit("文a字b文c字d文e", columns)) <= columns);
}

BOOST_AUTO_TEST_SUITE_END()

}   // namespace coterie::cli
