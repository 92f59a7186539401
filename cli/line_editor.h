// SPDX-License-Identifier: MIT
// The line being typed in a chat: takes the bytes a terminal sends, keeps text and cursor, and says how the line looks. Pure: no
// terminal in here, so events can be printed above the line at any moment and the line drawn again.
#pragma once

#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace coterie::cli {

class LineEditor {
 public:
  struct Entered {
    std::string line;
  };
  struct EndOfInput {};   // Ctrl-D on an empty line
  struct Redraw {};       // Ctrl-L: the screen is to be cleared
  using Action = std::variant<Entered, EndOfInput, Redraw>;

  // Takes bytes in any split (a key may arrive in pieces); what follows from them, in order.
  std::vector<Action> feed(std::string_view bytes);

  [[nodiscard]] std::string text() const;
  // The prompt and the part of the text around the cursor that fits into `columns`, and the cursor's column.
  struct View {
    std::string line;
    std::size_t cursor_column = 0;
  };
  [[nodiscard]] View view(std::string_view prompt, std::size_t columns) const;

 private:
  void take(char32_t c, std::string_view bytes, std::vector<Action>& actions);
  void take_escape(std::string_view sequence);
  void insert(std::string_view bytes);
  void enter(std::vector<Action>& actions);
  void recall(int step);
  void delete_word();

  static constexpr std::size_t max_bytes = 16'384;   // one message
  static constexpr std::size_t max_history = 200;

  std::vector<std::string> glyphs_;   // one code point each
  std::size_t cursor_ = 0;            // 0 … glyphs_.size()
  std::size_t bytes_ = 0;
  std::string pending_;                // an unfinished character or escape sequence
  bool pasting_ = false;               // between the marks of a bracketed paste: a line break is text
  std::vector<std::string> history_;   // oldest first
  std::size_t recalled_ = 0;           // index into history_; its size: the line being written
  std::string draft_;                  // that line, while another one is shown
};

}   // namespace coterie::cli
