// SPDX-License-Identifier: MIT
#include "netcore/transfer/safe_name.h"

#include <boost/test/unit_test.hpp>
#include <set>

#include "netcore/base/unicode.h"
#include "support.h"

using namespace coterie;
using namespace coterie::transfer;

namespace {

const std::set<std::string> device_names = {"con", "prn", "aux", "nul", "conin$", "conout$"};

bool is_device(std::string stem) {
  stem = stem.substr(0, stem.find('.'));
  while (!stem.empty() && stem.back() == ' ') stem.pop_back();
  for (auto& c : stem) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  if (device_names.contains(stem)) return true;
  if (stem.size() < 4 || (stem.substr(0, 3) != "com" && stem.substr(0, 3) != "lpt")) return false;
  const auto digit = stem.substr(3);
  return (digit.size() == 1 && std::isdigit(static_cast<unsigned char>(digit[0])) != 0) || digit == "\xC2\xB9" ||
         digit == "\xC2\xB2" || digit == "\xC2\xB3";
}

// What must hold for every name that comes out, whatever went in. Nothing: it holds.
std::string fault_of(const std::string& name) {
  if (name.empty()) return "empty";
  if (name.size() > max_name) return "too long";
  if (!is_valid_utf8(name)) return "not UTF-8";
  if (name.find_first_of("/\\<>:\"|?*") != std::string::npos) return "forbidden character";
  if (name.front() == '.' || name.front() == '-' || name.front() == '~') return "first character";
  if (name.back() == '.' || name.back() == ' ') return "last character";
  if (is_device(name)) return "device";
  std::string fault;
  for_each_code_point(name, [&](char32_t c, std::string_view) {
    const auto kind = classify(c);
    if (kind != CharClass::ordinary && kind != CharClass::unassigned)
      fault = "character of a class that has no business in a name";
  });
  if (safe_name(name) != name) return "not settled: becomes " + safe_name(name);
  return fault;
}

std::string text_of(const std::vector<std::string>& parts, test::Random& random) {
  std::string text;
  for (auto n = test::below(random, 12); n > 0; --n) {
    auto part = parts[test::below(random, parts.size())];
    for (auto times = test::below(random, 16) == 0 ? test::below(random, 220) : 1; times > 0; --times) text += part;
  }
  return text;
}

}   // namespace

BOOST_AUTO_TEST_SUITE(safe_name)

BOOST_AUTO_TEST_CASE(F01_directories_never_survive) {
  BOOST_TEST(transfer::safe_name("../../.bashrc") == "_bashrc");
  BOOST_TEST(transfer::safe_name("a/../../b") == "b");
  BOOST_TEST(transfer::safe_name("/etc/passwd") == "passwd");
  BOOST_TEST(transfer::safe_name("C:\\x") == "x");
  BOOST_TEST(transfer::safe_name("\\\\host\\share\\x") == "x");
  BOOST_TEST(transfer::safe_name("~/x") == "x");
  BOOST_TEST(transfer::safe_name("~x") == "_x");
  BOOST_TEST(transfer::safe_name("existing/") == "file");
}

BOOST_AUTO_TEST_CASE(F02_separators_in_disguise_become_underscores) {
  BOOST_TEST(transfer::safe_name("..\\") == "file");
  BOOST_TEST(transfer::safe_name("%2e%2e%2fx") == "%2e%2e%2fx");   // nothing here decodes percent signs
  BOOST_TEST(transfer::safe_name("a\xE2\x88\x95"
                                 "b") == "a_b");   // U+2215
  BOOST_TEST(transfer::safe_name("a\xEF\xBC\x8F"
                                 "b") == "a_b");   // U+FF0F
  BOOST_TEST(transfer::safe_name("a\xE2\xA7\xB8"
                                 "b") == "a_b");   // U+29F8
  BOOST_TEST(transfer::safe_name("..\xC0\xAF..\xC0\xAF"
                                 "x") == "_...x");   // an overlong '/' is no character at all
}

BOOST_AUTO_TEST_CASE(F03_a_name_of_nothing_becomes_file) {
  for (const auto* nothing : {"", ".", "..", "...", " ", ". . .", "/", "a/", "\x01\x02", "\xE2\x80\xAE", "\xFF\xFE"})
    BOOST_TEST(transfer::safe_name(nothing) == "file", nothing);
}

BOOST_AUTO_TEST_CASE(F04_hidden_files_show_themselves) {
  BOOST_TEST(transfer::safe_name(".ssh/authorized_keys") == "authorized_keys");
  BOOST_TEST(transfer::safe_name(".bashrc") == "_bashrc");
  BOOST_TEST(transfer::safe_name("-rf") == "_rf");
  BOOST_TEST(transfer::safe_name("autorun.inf") == "autorun.inf");
}

BOOST_AUTO_TEST_CASE(F08_device_names_and_odd_ends_of_windows) {
  BOOST_TEST(transfer::safe_name("CON") == "_CON");
  BOOST_TEST(transfer::safe_name("nul.txt") == "_nul.txt");
  BOOST_TEST(transfer::safe_name("COM\xC2\xB9") == "_COM\xC2\xB9");
  BOOST_TEST(transfer::safe_name("lpt9.tar.gz") == "_lpt9.tar.gz");
  BOOST_TEST(transfer::safe_name("aux.") == "_aux");
  BOOST_TEST(transfer::safe_name("aux .txt") == "_aux .txt");
  BOOST_TEST(transfer::safe_name("conIN$") == "_conIN$");
  BOOST_TEST(transfer::safe_name("console") == "console");
  BOOST_TEST(transfer::safe_name("COM10") == "COM10");
  BOOST_TEST(transfer::safe_name("a ") == "a");
  BOOST_TEST(transfer::safe_name("a.") == "a");
  BOOST_TEST(transfer::safe_name("a:b") == "a_b");
  BOOST_TEST(transfer::safe_name("a<>:\"|?*b") == "a_______b");
}

BOOST_AUTO_TEST_CASE(F08_long_names_are_cut_in_front_of_the_extension) {
  const auto cut = transfer::safe_name(std::string(300, 'x') + ".jpeg");
  BOOST_TEST(cut.size() == 200U);
  BOOST_TEST(cut.ends_with("x.jpeg"));
  std::string faces;
  for (int i = 0; i < 255; ++i) faces += "\xF0\x9F\x98\x80";
  BOOST_TEST(transfer::safe_name(faces).size() == 200U);
  BOOST_TEST(fault_of(transfer::safe_name(faces)) == "");
  BOOST_TEST(fault_of(transfer::safe_name(faces + ".png")) == "");
  BOOST_TEST(transfer::safe_name(faces + ".png").ends_with("\xF0\x9F\x98\x80.png"));
  BOOST_TEST(transfer::safe_name("a." + std::string(300, 'x')).size() == 200U);   // no extension, just text after a dot
}

BOOST_AUTO_TEST_CASE(a_cut_that_uncovers_a_device_name_is_mended_too) {
  const auto name = transfer::safe_name("CON" + std::string(250, ' ') + "x.txt");
  BOOST_TEST(fault_of(name) == "");
  BOOST_TEST(name.starts_with("_CON"));
}

BOOST_AUTO_TEST_CASE(F08_combining_marks_alone_remain_a_name) {
  std::string marks;
  for (int i = 0; i < 120; ++i) marks += "\xCC\x81";
  BOOST_TEST(fault_of(transfer::safe_name(marks)) == "");
}

BOOST_AUTO_TEST_CASE(F09_control_characters_are_removed) {
  BOOST_TEST(transfer::safe_name("\x1B[2Ja\rb\nc\x07.txt") == "[2Jabc.txt");
  BOOST_TEST(transfer::safe_name("a\xC2\x9B"
                                 "b\x7F"
                                 "c\xE2\x80\xA8"
                                 "d") == "abcd");   // U+009B, DEL, U+2028
  BOOST_TEST(transfer::safe_name(std::string("a\0b", 3)) == "ab");
}

BOOST_AUTO_TEST_CASE(F10_characters_that_turn_a_name_around_are_removed) {
  BOOST_TEST(transfer::safe_name("photo_high_re\xE2\x80\xAEgnp.js") == "photo_high_regnp.js");
  for (const auto c : std::initializer_list<char32_t>{0x2066, 0x2067, 0x2068, 0x2069, 0x200E, 0x200F, 0x061C, 0x200B,
                                                      0x200C, 0x200D, 0xFEFF, 0xE0001, 0xE0041})
    BOOST_TEST(transfer::safe_name("a" + encode_utf8(c) + "b.txt") == "ab.txt");
}

BOOST_AUTO_TEST_CASE(F11_the_type_is_that_of_the_last_extension) {
  BOOST_TEST(is_executable_type("cat.png.exe"));
  BOOST_TEST(!is_executable_type("cat.exe.png"));
  for (const auto* name : {"x.exe", "x.COM",      "x.bat", "x.cmd",     "x.scr",  "x.msi",  "x.ps1", "x.vbs",
                           "x.js",  "x.jar",      "x.sh",  "x.desktop", "x.lnk",  "x.app",  "x.dmg", "x.deb",
                           "x.rpm", "x.AppImage", "x.url", "x.hta",     "x.docm", "x.XLSM", "x.pptm"})
    BOOST_TEST(is_executable_type(name), name);
  for (const auto* name : {"x", "exe", ".exe", "x.txt", "x.jpg", "x.pdf", "x.tar.gz", "x.bin", "x.iso", "x.out",
                           "x.lib", "x.dat", "x.zip", "x.docx", "x.", ""})
    BOOST_TEST(!is_executable_type(name), name);
}

BOOST_AUTO_TEST_CASE(ordinary_names_stay_as_they_are) {
  for (const auto* name : {"photo.jpg", "Résumé – final (3).pdf", "日本語.txt", "a b", "README", "x.tar.gz",
                           "emoji 😀.png", "_file", "שלום.doc"})
    BOOST_TEST(transfer::safe_name(name) == name);
}

BOOST_AUTO_TEST_CASE(any_bytes_become_a_settled_safe_name) {
  test::Random random(20260101);
  const std::vector<std::string> parts = {"/",
                                          "\\",
                                          ".",
                                          "..",
                                          " ",
                                          "-",
                                          "~",
                                          "CON",
                                          "nul",
                                          "COM1",
                                          "lpt\xC2\xB2",
                                          "conin$",
                                          ":",
                                          "*",
                                          "?",
                                          "\"",
                                          "<",
                                          "|",
                                          "a",
                                          "B",
                                          "txt",
                                          "exe",
                                          "\xE2\x80\xAE",
                                          "\xE2\x81\xA6",
                                          "\xEF\xBB\xBF",
                                          "\xC0\xAF",
                                          "\xFF",
                                          "\xED\xA0\x80",
                                          "\xF4\x90\x80\x80",
                                          "\xE2",
                                          "\x80",
                                          "\xF0\x9F\x98\x80",
                                          "\xCC\x81",
                                          "\xEE\x80\x80",
                                          "\xEF\xBF\xBF",
                                          "\xF3\xA0\x81\x81",
                                          "\xE2\x88\x95",
                                          std::string(1, '\0'),
                                          "\n",
                                          "\x1B",
                                          "\xC2\x85",
                                          "ß",
                                          "한"};
  for (int i = 0; i < 30'000; ++i) {
    const auto offered = text_of(parts, random);
    const auto name = transfer::safe_name(offered);
    BOOST_TEST_REQUIRE(fault_of(name) == "", to_hex(as_bytes(offered)) << " gave " << to_hex(as_bytes(name)));
  }
  for (int i = 0; i < 10'000; ++i) {
    const auto noise = test::random_bytes(random, test::below(random, 400));
    BOOST_TEST_REQUIRE(fault_of(transfer::safe_name(as_text(noise))) == "", to_hex(noise));
  }
}

BOOST_AUTO_TEST_CASE(received_names_tell_when_and_from_whom) {
  std::tm when{};
  when.tm_year = 126, when.tm_mon = 2, when.tm_mday = 9, when.tm_hour = 8, when.tm_min = 7, when.tm_sec = 6;
  BOOST_TEST(received_name(when, "bob", "photo.jpg") == "20260309_080706_bob_photo.jpg");
  BOOST_TEST(received_name(when, "bob/../eve", "../../.bashrc") == "20260309_080706_bob_.._eve__bashrc");
  BOOST_TEST(received_name(when, "", "") == "20260309_080706_file_file");
}

BOOST_AUTO_TEST_CASE(received_names_are_safe_names_that_keep_the_extension) {
  test::Random random(7);
  const std::vector<std::string> parts = {"/", "\\",           ".",    " ",    "CON", "a",
                                          "😀", "\xE2\x80\xAE", "\xFF", "user", ":",   "日"};
  std::tm when{};
  when.tm_mday = 1;
  for (int i = 0; i < 10'000; ++i) {
    const auto user = text_of(parts, random);
    const auto offered = text_of(parts, random) + ".tiff";
    const auto name = received_name(when, user, offered);
    BOOST_TEST_REQUIRE(fault_of(name) == "", to_hex(as_bytes(user)) << " and " << to_hex(as_bytes(offered)));
    BOOST_TEST_REQUIRE(name.ends_with(transfer::safe_name(offered).ends_with(".tiff") ? ".tiff" : "tiff"));
  }
  when.tm_year = 2'000'000'000;   // a clock gone mad must not overflow anything
  BOOST_TEST(fault_of(received_name(when, std::string(64, 'u'), std::string(250, 'n') + ".txt")) == "");
}

BOOST_AUTO_TEST_CASE(numbers_go_in_front_of_the_extension_and_keep_a_name_safe) {
  BOOST_TEST(numbered_name("photo.jpg", 2) == "photo (2).jpg");
  BOOST_TEST(numbered_name("README", 3) == "README (3)");
  BOOST_TEST(numbered_name("a.tar.gz", 2) == "a.tar (2).gz");
  const auto longest = transfer::safe_name(std::string(300, 'x') + ".jpeg");
  BOOST_TEST(fault_of(numbered_name(longest, 9999)) == "");
  BOOST_TEST(fault_of(numbered_name(std::string(200, 'x'), 10)) == "");
}

BOOST_AUTO_TEST_CASE(names_we_send_are_cut_on_character_borders) {
  BOOST_TEST(shortened_name("short.txt") == "short.txt");
  std::string wide;
  for (int i = 0; i < 100; ++i) wide += "日";
  const auto cut = shortened_name(wide + ".txt");
  BOOST_TEST(cut.size() <= 200U);
  BOOST_TEST(is_valid_utf8(cut));
  BOOST_TEST(cut.ends_with("日.txt"));
  BOOST_TEST(is_valid_utf8(shortened_name("\xFF\xFE.txt")));
}

BOOST_AUTO_TEST_SUITE_END()
