// SPDX-License-Identifier: MIT
#include <boost/test/unit_test.hpp>

#include <random>

#include "netcore/base/unicode.h"

using namespace coterie;

namespace {

const std::string fffd = "\xEF\xBF\xBD";

std::string repeated(std::string_view text, std::size_t times) {
  std::string all;
  for (std::size_t i = 0; i < times; ++i) all.append(text);
  return all;
}

// Bytes of every kind, often nearly UTF-8.
std::string random_text(std::mt19937& random) {
  static const std::string pieces[] = {"a",
                                       " ",
                                       "\n",
                                       "\r",
                                       "\r\n",
                                       "\t",
                                       "é",
                                       "e\u0301",
                                       "שלום",
                                       "👩‍👩‍👧",
                                       "\u202E",
                                       "\u2066",
                                       "\u200D",
                                       "\u2028",
                                       "\uFEFF",
                                       "\u009B",
                                       "\x1b",
                                       "\x7f",
                                       "\xff",
                                       "\xc0\xaf",
                                       "\xe2\x82",
                                       "\xed\xa0\x80",
                                       "\xf0\x9f",
                                       "\uFFFE",
                                       "\u06DD",
                                       "\xf4\x90\x80\x80",
                                       std::string(1, '\0'),
                                       "\U000E0041",
                                       "\uE000",
                                       "\u0378"};
  std::string text;
  const auto count = random() % 12;
  for (unsigned i = 0; i < count; ++i) text.append(pieces[random() % std::size(pieces)]);
  return text;
}

}   // namespace

BOOST_AUTO_TEST_SUITE(unicode)

BOOST_AUTO_TEST_CASE(M06_only_strict_utf8_is_valid) {
  for (const char* good : {"", "a", "\x7f", "é", "€", "𝄞", "\U0010FFFF", "\uFFFD"})
    BOOST_TEST(is_valid_utf8(good), good);
  BOOST_TEST(is_valid_utf8(std::string("a\0b", 3)));
  for (const char* bad : {"\x80", "\xbf", "\xc3", "\xc3(", "\xe2\x82", "\xe2\x28\xa1", "\xf0\x9f\x98", "\xff", "\xfe",
                          "\xc0\xaf",   // overlong '/'
                          "\xe0\x80\xaf", "\xf0\x80\x80\xaf",
                          "\xed\xa0\x80",       // surrogate
                          "\xf4\x90\x80\x80",   // above U+10FFFF
                          "\xf8\x88\x80\x80\x80"})
    BOOST_TEST(!is_valid_utf8(bad));
}

BOOST_AUTO_TEST_CASE(M06_invalid_bytes_are_replaced_one_by_one) {
  BOOST_TEST(replace_invalid_utf8("a\xff"
                                  "b") == "a" + fffd + "b");
  BOOST_TEST(replace_invalid_utf8("\xe2\x82") == fffd + fffd);
  BOOST_TEST(replace_invalid_utf8("é") == "é");
  BOOST_TEST(replace_invalid_utf8(std::string("\0", 1)) == std::string("\0", 1));
}

BOOST_AUTO_TEST_CASE(code_points_are_counted) {
  BOOST_TEST(count_code_points("") == 0U);
  BOOST_TEST(count_code_points("aé€𝄞") == 4U);
}

BOOST_AUTO_TEST_CASE(composed_and_decomposed_are_the_same_name) {
  BOOST_TEST(to_nfc("Zoe\u0308").value() == "Zoë");
  BOOST_TEST(to_nfc("Zoë").value() == "Zoë");
  BOOST_TEST(to_nfc("\u1100\u1161").value() == "가");
  BOOST_TEST(to_nfc("ﬁ").value() == "ﬁ", "compatibility characters stay");
  BOOST_TEST((to_nfc("\xff").error().code == Errc::invalid_argument));
}

BOOST_AUTO_TEST_CASE(case_is_folded_fully) {
  BOOST_TEST(casefold("Straße").value() == casefold("STRASSE").value());
  BOOST_TEST(casefold("ΣΊΣΥΦΟΣ").value() == casefold("Σίσυφος").value());
  BOOST_TEST(casefold("ZOE\u0308").value() == casefold("zoë").value());
  BOOST_TEST(casefold("alice").value() != casefold("a1ice").value());
  BOOST_TEST((casefold("\xc0\xaf").error().code == Errc::invalid_argument));
  for (const char* text : {"Straße", "İstanbul", "ǅ", "ΐ", "Ὰ"}) {
    const auto once = casefold(text).value();
    BOOST_TEST(casefold(once).value() == once, text);
  }
}

BOOST_AUTO_TEST_CASE(characters_are_told_apart) {
  BOOST_TEST((classify('a') == CharClass::ordinary));
  BOOST_TEST((classify(' ') == CharClass::ordinary));
  BOOST_TEST((classify(0x1F600) == CharClass::ordinary));
  BOOST_TEST((classify(0x0301) == CharClass::ordinary));
  for (char32_t c : {U'\0', U'\n', U'\x1b', U'\x7f', char32_t{0x80}, char32_t{0x9B}})
    BOOST_TEST((classify(c) == CharClass::control));
  for (char32_t c :
       {U'\u200B', U'\u200E', U'\u202E', U'\u2066', U'\u2069', U'\u061C', U'\uFEFF', U'\U000E0041', U'\u00AD'})
    BOOST_TEST((classify(c) == CharClass::format));
  BOOST_TEST((classify(0x2028) == CharClass::separator));
  BOOST_TEST((classify(0x2029) == CharClass::separator));
  BOOST_TEST((classify(0xD800) == CharClass::surrogate));
  BOOST_TEST((classify(0xE000) == CharClass::private_use));
  BOOST_TEST((classify(0x0378) == CharClass::unassigned));
}

BOOST_AUTO_TEST_CASE(code_points_are_visited_with_their_bytes) {
  std::string joined;
  std::vector<char32_t> points;
  for_each_code_point("aé𝄞", [&](char32_t c, std::string_view bytes) {
    points.push_back(c);
    joined.append(bytes);
    BOOST_TEST(encode_utf8(c) == bytes);
  });
  BOOST_TEST(joined == "aé𝄞");
  BOOST_TEST((points == std::vector<char32_t>{U'a', U'é', U'𝄞'}));
}

BOOST_AUTO_TEST_CASE(F09_F10_a_plain_name_holds_nothing_invisible) {
  for (const char* good : {"alice", "Zoë", "李", "שרה", "a b", "🙂", "'); DROP TABLE--", "%n%s"})
    BOOST_TEST(is_plain_name(good), good);
  for (const char* bad : {"a\nb", "\x1b[2J", "a\x07", "\u009b2J", "a\u202Eb", "a\u2066b", "a\u200Bb", "a\u200Db",
                          "a\uFEFF", "a\u2028b", "a\u061Cb", "a\U000E0041", "a\xff", "\r", "\x7f", "a\uE000"})
    BOOST_TEST(!is_plain_name(bad), escape_unprintable(bad));
  BOOST_TEST(!is_plain_name(std::string("a\0b", 3)));
}

BOOST_AUTO_TEST_CASE(F10_a_non_joiner_is_part_of_a_name_only_where_it_parts_letters) {
  const std::string persian = "کتاب\u200Cها";   // after a letter that joins on: "books"
  BOOST_TEST(is_plain_name(persian));
  BOOST_TEST(parse_group_name(persian).value() == persian);
  BOOST_TEST(parse_user_id("می\u200Cنا").has_value());
  BOOST_TEST(escape_unprintable(persian) == persian);
  // Where nothing would join, it would only hide; so at the ends, between Latin letters, doubled, and before marks and digits.
  for (const std::string hidden : {"دار\u200Cها", "\u200Cکتاب", "کتاب\u200C", "ali\u200Cce", "ب\u200C\u200Cب",
                                   "ب\u200C1", "ب\u200C\u064Eب", "ب\u200C ب", "ب\u200Dب", "ء\u200Cب"}) {
    BOOST_TEST(!is_plain_name(hidden), escape_unprintable(hidden));
    BOOST_TEST(!parse_user_id(hidden), escape_unprintable(hidden));
    BOOST_TEST(escape_unprintable(hidden) != hidden);
  }
}

BOOST_AUTO_TEST_CASE(F09_a_message_keeps_its_lines_and_loses_what_steers_a_terminal) {
  BOOST_TEST(clean_message_text("a\nb\tc") == "a\nb\tc");
  BOOST_TEST(clean_message_text("a\r\nb\rc\r\r\nd") == "a\nb\nc\n\nd");
  BOOST_TEST(clean_message_text("\x1b[2J") == fffd + "[2J");
  BOOST_TEST(clean_message_text("\x1b]8;;http://evil\x07") == fffd + "]8;;http://evil" + fffd);
  BOOST_TEST(clean_message_text("\u009b2J") == fffd + "2J");
  BOOST_TEST(clean_message_text("a\u202Ebc") == "a" + fffd + "bc");
  BOOST_TEST(clean_message_text("a\u2028b") == "a" + fffd + "b");
  BOOST_TEST(clean_message_text("\xff\uFFFE\U0001FFFF") == fffd + fffd + fffd);
  BOOST_TEST(clean_message_text(std::string("\0", 1)) == fffd);
}

BOOST_AUTO_TEST_CASE(a_message_keeps_what_scripts_and_emoji_need) {
  for (const char* text : {"👩‍👩‍👧", "می‌خواهم", "שלום\u200E!", "\u200Fabc", "قال\u06DD",
                           "\u0600\u0661", "🏳️‍🌈", "e\u0301"})
    BOOST_TEST(clean_message_text(text) == text, text);
}

BOOST_AUTO_TEST_CASE(M06_cleaning_is_the_same_however_often_it_is_done) {
  std::mt19937 random(7);
  for (int i = 0; i < 20'000; ++i) {
    const auto text = random_text(random);
    const auto clean = clean_message_text(text);
    BOOST_TEST(is_valid_utf8(clean));
    BOOST_TEST(clean_message_text(clean) == clean, escape_unprintable(text));
    bool steers = false;
    for_each_code_point(clean, [&](char32_t c, std::string_view) {
      steers = steers || (classify(c) == CharClass::control && c != '\n' && c != '\t');
    });
    BOOST_TEST(!steers, escape_unprintable(text));
  }
}

BOOST_AUTO_TEST_CASE(F09_what_cannot_be_printed_is_escaped) {
  BOOST_TEST(escape_unprintable("plain é 李 🙂") == "plain é 李 🙂");
  BOOST_TEST(escape_unprintable("a\nb\x1b\x7f") == "a\\x0ab\\x1b\\x7f");
  BOOST_TEST(escape_unprintable("\u202E") == "\\xe2\\x80\\xae");
  BOOST_TEST(escape_unprintable("\u009b") == "\\xc2\\x9b");
  BOOST_TEST(escape_unprintable("\xff\xc3") == "\\xff\\xc3");
  BOOST_TEST(escape_unprintable("\u2028") == "\\xe2\\x80\\xa8");
  BOOST_TEST(escape_unprintable(std::string("\0", 1)) == "\\x00");
}

BOOST_AUTO_TEST_CASE(what_does_not_fit_is_left_out_at_a_whole_character) {
  BOOST_TEST(escape_unprintable("abcdef", 6) == "abcdef");
  BOOST_TEST(escape_unprintable("abcdefg", 6) == "abc...");
  BOOST_TEST(escape_unprintable("ééé", 6) == "ééé");
  BOOST_TEST(escape_unprintable("éééé", 6) == "é...");
  BOOST_TEST(escape_unprintable("ab\x1b"
                                "cdef",
                                8) == "ab...");
  BOOST_TEST(escape_unprintable("a\x1b"
                                "cdef",
                                8) == "a\\x1b...");
  std::mt19937 random(11);
  for (int i = 0; i < 5'000; ++i) {
    const auto text = random_text(random);
    const auto whole = escape_unprintable(text);
    for (std::size_t limit = 3; limit < 60; limit += 7) {
      const auto cut = escape_unprintable(text, limit);
      BOOST_TEST(cut.size() <= limit);
      BOOST_TEST(is_valid_utf8(cut));
      if (whole.size() <= limit)
        BOOST_TEST(cut == whole);
      else
        BOOST_TEST((cut.ends_with("...") && whole.starts_with(cut.substr(0, cut.size() - 3))), cut);
    }
  }
}

BOOST_AUTO_TEST_CASE(group_names_are_normalised_and_bounded) {
  BOOST_TEST(parse_group_name("Cafe\u0301").value() == "Café");
  BOOST_TEST(parse_group_name(std::string(64, 'x')).has_value());
  BOOST_TEST(!parse_group_name(std::string(65, 'x')));
  BOOST_TEST(parse_group_name(repeated("é", 32)).has_value());
  BOOST_TEST(!parse_group_name(repeated("é", 33)));
  for (const char* bad :
       {"", " ", " a", "a ", "a  b", "a\u00A0b", "a\u3000b", "a\nb", "a\u200Bb", "a\u202Eb", "\xff", "a\tb"}) {
    const auto name = parse_group_name(bad);
    BOOST_TEST(!name, escape_unprintable(bad));
    BOOST_TEST((name.error().code == Errc::invalid_argument));
    BOOST_TEST(name.error().detail.starts_with("the group name"));
  }
}

BOOST_AUTO_TEST_CASE(user_ids_have_at_most_32_characters_and_64_bytes) {
  BOOST_TEST(parse_user_id("alice").value() == "alice");
  BOOST_TEST(parse_user_id(std::string(32, 'x')).has_value());
  BOOST_TEST(!parse_user_id(std::string(33, 'x')));
  BOOST_TEST(parse_user_id(repeated("é", 32)).has_value());
  BOOST_TEST(!parse_user_id(repeated("€", 22)), "66 bytes");
  BOOST_TEST(!parse_user_id(""));
}

BOOST_AUTO_TEST_CASE(passwords_have_8_to_128_bytes_and_any_character) {
  BOOST_TEST(parse_password("12345678").has_value());
  BOOST_TEST(!parse_password("1234567"));
  BOOST_TEST(parse_password(std::string(128, 'x')).has_value());
  BOOST_TEST(!parse_password(std::string(129, 'x')));
  BOOST_TEST(parse_password("  spaces and\ttabs  ").value() == "  spaces and\ttabs  ");
  BOOST_TEST(parse_password("passwo\u0308rd").value() == "passwörd");
  BOOST_TEST(!parse_password("password\xff"));
  BOOST_TEST(parse_password("1234567").error().detail.find("1234567") == std::string::npos,
             "an error never shows the password");
}

BOOST_AUTO_TEST_SUITE_END()
