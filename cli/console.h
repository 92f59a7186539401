// SPDX-License-Identifier: MIT
// The terminal as commands see it: lines that scroll up, and below them one living line, a progress bar or the line being typed, that
// stays whole whatever is printed above it. Also works, without any of that, when input and output are pipes.
#pragma once

#include "cli/line_editor.h"
#include "cli/watcher.h"

#include <cstdio>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace coterie::cli {

enum class Style { plain, strong, faint, good, warning, bad };

// The sentence about the standard output that has just refused something, from errno.
std::string cannot_write_output();

class Console {
 public:
  using OnLine = std::function<void(std::string line)>;

  // `watcher` outlives the console. `on_broken`: standard output takes nothing any more (a closed pipe, a full disk); called once.
  Console(Watcher& watcher, std::function<void()> on_broken);
  Console(const Console&) = delete;
  Console& operator=(const Console&) = delete;
  // Leaves the terminal as it was found.
  ~Console();

  // Somebody sits there who can answer a question.
  [[nodiscard]] bool is_interactive() const { return in_is_terminal_ && err_is_terminal_; }
  [[nodiscard]] std::size_t columns() const;

  void print(std::string_view line);      // standard output
  void complain(std::string_view line);   // standard error
  // Ornament for standard output or standard error; nothing is added where that is not a terminal that wants colours.
  [[nodiscard]] std::string out(Style style, std::string_view text) const;
  [[nodiscard]] std::string err(Style style, std::string_view text) const;

  // The living line on standard error; empty removes it. Shown on a terminal only.
  [[nodiscard]] bool shows_status() const { return err_is_terminal_; }
  void status(std::string line);

  // Questions wait for each other. The answer is empty when the input has ended.
  void ask(std::string question, OnLine on_answer);
  // Lines as they are typed or piped, until the end of the input. On a terminal with a prompt and editing.
  void read_lines(std::string prompt, OnLine on_line, std::function<void()> on_end);

  // After SIGWINCH, and after SIGCONT (another program may have changed the terminal meanwhile).
  void redraw();
  void resume();

 private:
  struct Question {
    std::string text;
    OnLine on_answer;
  };
  struct SavedTerminal;

  void write_above(std::FILE* to, std::string_view line);
  void hide_bottom();
  void show_bottom();
  [[nodiscard]] std::string_view bottom() const;
  [[nodiscard]] std::string_view prompt() const;
  void want_input();
  void take_input(std::string bytes);
  void take_line(std::string line);
  void end_input();
  [[nodiscard]] std::string ornament(bool wanted, Style style, std::string_view text) const;

  Watcher& watcher_;
  std::function<void()> on_broken_;
  bool in_is_terminal_;
  bool out_is_terminal_;
  bool err_is_terminal_;
  bool colours_;
  bool broken_ = false;
  bool input_wanted_ = false;
  bool input_ended_ = false;
  std::string status_;
  std::string prompt_;
  OnLine on_line_;
  std::function<void()> on_end_;
  std::deque<Question> questions_;
  std::string partial_;                    // a line of which the end has not come, when not editing
  std::unique_ptr<LineEditor> editor_;     // on a terminal, from read_lines on
  std::unique_ptr<SavedTerminal> saved_;   // while the terminal is in our hands
};

}   // namespace coterie::cli
