// SPDX-License-Identifier: MIT
#include "cli/line_editor.h"

#include "cli/format.h"

#include <boost/test/unit_test.hpp>

#include <clocale>

namespace coterie::cli {
namespace {

struct Utf8 {
  Utf8() { std::setlocale(LC_CTYPE, "C.UTF-8"); }
};

// The lines entered by these bytes, handed over in pieces of `piece` bytes.
std::vector<std::string> entered(LineEditor& editor, std::string_view bytes, std::size_t piece = 1'000'000) {
  std::vector<std::string> lines;
  while (!bytes.empty()) {
    for (auto& action : editor.feed(bytes.substr(0, piece)))
      if (auto* line = std::get_if<LineEditor::Entered>(&action)) lines.push_back(std::move(line->line));
    bytes.remove_prefix(std::min(piece, bytes.size()));
  }
  return lines;
}

}   // namespace

BOOST_FIXTURE_TEST_SUITE(line_editor, Utf8)

BOOST_AUTO_TEST_CASE(keys_make_a_line_whatever_pieces_they_come_in) {
  const std::string_view keys = "h\xc3\xa9llo 文字\x1b[D\x1b[D!\x1b[F?\rnext\x1b[3~\x1b[1~>\r";
  for (std::size_t piece = 1; piece < keys.size(); ++piece) {
    LineEditor editor;
    const auto lines = entered(editor, keys, piece);
    BOOST_REQUIRE_EQUAL(lines.size(), 2U);
    BOOST_TEST(lines[0] == "héllo !文字?");
    BOOST_TEST(lines[1] == ">next");
  }
}

BOOST_AUTO_TEST_CASE(whole_characters_are_deleted) {
  LineEditor editor;
  editor.feed("a文\xc3\xa9");
  editor.feed("\x7f");
  BOOST_TEST(editor.text() == "a文");
  editor.feed("\x7f\x7f\x7f");
  BOOST_TEST(editor.text().empty());
}

BOOST_AUTO_TEST_CASE(words_and_ends_of_lines_can_be_cut) {
  LineEditor editor;
  editor.feed("one two  three");
  editor.feed("\x17");   // Ctrl-W
  BOOST_TEST(editor.text() == "one two  ");
  editor.feed("\x17");
  BOOST_TEST(editor.text() == "one ");
  editor.feed("x\x01\x06\x06\x06\x0b");   // to the start, three right, cut the rest
  BOOST_TEST(editor.text() == "one");
  editor.feed("\x15");   // Ctrl-U
  BOOST_TEST(editor.text().empty());
}

BOOST_AUTO_TEST_CASE(earlier_lines_come_back_and_the_draft_is_not_lost) {
  LineEditor editor;
  entered(editor, "first\rsecond\rdraft");
  editor.feed("\x1b[A");
  BOOST_TEST(editor.text() == "second");
  editor.feed("\x1b[A\x1b[A");
  BOOST_TEST(editor.text() == "first");
  editor.feed("\x1b[B\x1b[B\x1b[B");
  BOOST_TEST(editor.text() == "draft");
}

BOOST_AUTO_TEST_CASE(control_d_ends_only_an_empty_line) {
  LineEditor editor;
  BOOST_TEST(std::holds_alternative<LineEditor::EndOfInput>(editor.feed("\x04").at(0)));
  editor.feed("ab\x01");
  BOOST_TEST(editor.feed("\x04").empty());
  BOOST_TEST(editor.text() == "b");
}

BOOST_AUTO_TEST_CASE(a_pasted_line_break_is_text) {
  LineEditor editor;
  const auto lines = entered(editor, "\x1b[200~one\rtwo\x1b[201~\r", 3);
  BOOST_REQUIRE_EQUAL(lines.size(), 1U);
  BOOST_TEST(lines[0] == "one\ntwo");
}

BOOST_AUTO_TEST_CASE(unknown_keys_and_stray_bytes_write_nothing) {
  LineEditor editor;
  editor.feed("a\x1b[15~\x1bx\x1bOP\xff\xfe\x80\x1b[200;5Hb");
  BOOST_TEST(editor.text() == "ab");
}

BOOST_AUTO_TEST_CASE(a_line_never_grows_beyond_one_message) {
  LineEditor editor;
  for (int i = 0; i < 300; ++i) editor.feed(std::string(100, 'x'));
  BOOST_TEST(editor.text().size() == 16'384U);
}

BOOST_AUTO_TEST_CASE(the_view_fits_and_shows_the_cursor) {
  LineEditor editor;
  editor.feed("文字 some text that is longer than the line 文字");
  for (std::size_t columns = 8; columns < 90; ++columns) {
    for (int left = 0; left < 3; ++left) {
      const auto view = editor.view("me> ", columns);
      BOOST_TEST(display_width(view.line) <= columns);
      BOOST_TEST(view.cursor_column < columns);
      BOOST_TEST(view.line.starts_with("me> "));
      editor.feed("\x1b[D\x1b[D\x1b[D\x1b[D\x1b[D");
    }
    editor.feed("\x1b[F");
  }
}

BOOST_AUTO_TEST_CASE(the_view_shows_no_control_characters) {
  LineEditor editor;
  editor.feed("\x1b[200~a\tb\nc\xc2\x9b\x1b[201~");
  const auto view = editor.view("> ", 80);
  BOOST_TEST(view.line == "> a    b⏎c\\xc2\\x9b");
}

BOOST_AUTO_TEST_SUITE_END()

}   // namespace coterie::cli
