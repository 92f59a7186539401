// SPDX-License-Identifier: MIT
#include "cli/console.h"

#include "cli/format.h"
#include "netcore/base/overloaded.h"

#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <utility>

namespace coterie::cli {
namespace {

constexpr std::size_t longest_piped_line = 65'536;   // four times the longest message
constexpr std::string_view erase_line = "\r\x1b[K";
constexpr std::string_view paste_marks_on = "\x1b[?2004h";
constexpr std::string_view paste_marks_off = "\x1b[?2004l";

bool wants_colours() {
  const char* term = std::getenv("TERM");
  const char* refused = std::getenv("NO_COLOR");
  return (refused == nullptr || *refused == '\0') && term != nullptr && std::strcmp(term, "dumb") != 0;
}

void put(std::FILE* to, std::string_view text) { std::fwrite(text.data(), 1, text.size(), to); }

}   // namespace

std::string cannot_write_output() {
  return "Standard output cannot be written (" + std::string(std::strerror(errno)) +
         "); make room there, or send the output somewhere else.";
}

// Keys come one by one and unechoed; signals (Ctrl-C, Ctrl-Z) stay the terminal's business.
struct Console::SavedTerminal {
  termios before{};

  bool take() {
    if (::tcgetattr(STDIN_FILENO, &before) != 0) return false;
    apply();
    return true;
  }
  void apply() const {
    termios keys = before;
    keys.c_lflag &= ~static_cast<tcflag_t>(ECHO | ICANON);
    keys.c_iflag &= ~static_cast<tcflag_t>(ICRNL);
    keys.c_cc[VMIN] = 1;
    keys.c_cc[VTIME] = 0;
    ::tcsetattr(STDIN_FILENO, TCSADRAIN, &keys);
    put(stdout, paste_marks_on);
    std::fflush(stdout);
  }
  void give_back() const {
    put(stdout, paste_marks_off);
    std::fflush(stdout);
    ::tcsetattr(STDIN_FILENO, TCSADRAIN, &before);
  }
};

Console::Console(Watcher& watcher, std::function<void()> on_broken)
    : watcher_(watcher),
      on_broken_(std::move(on_broken)),
      in_is_terminal_(::isatty(STDIN_FILENO) == 1),
      out_is_terminal_(::isatty(STDOUT_FILENO) == 1),
      err_is_terminal_(::isatty(STDERR_FILENO) == 1),
      colours_(wants_colours()) {}

Console::~Console() {
  hide_bottom();
  if (saved_) saved_->give_back();
}

std::size_t Console::columns() const {
  winsize size{};
  const int fd = out_is_terminal_ ? STDOUT_FILENO : STDERR_FILENO;
  if (::ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) return size.ws_col;
  return 80;
}

void Console::print(std::string_view line) { write_above(stdout, line); }
void Console::complain(std::string_view line) { write_above(stderr, line); }

std::string Console::out(Style style, std::string_view text) const { return ornament(out_is_terminal_, style, text); }
std::string Console::err(Style style, std::string_view text) const { return ornament(err_is_terminal_, style, text); }

std::string Console::ornament(bool wanted, Style style, std::string_view text) const {
  if (!wanted || !colours_ || style == Style::plain) return std::string(text);
  const char* code = "";
  switch (style) {
    case Style::plain: break;
    case Style::strong: code = "1"; break;
    case Style::faint: code = "2"; break;
    case Style::good: code = "32"; break;
    case Style::warning: code = "33"; break;
    case Style::bad: code = "31"; break;
  }
  return "\x1b[" + std::string(code) + "m" + std::string(text) + "\x1b[0m";
}

void Console::status(std::string line) {
  if (!err_is_terminal_ || line == status_) return;
  hide_bottom();
  status_ = std::move(line);
  show_bottom();
}

void Console::write_above(std::FILE* to, std::string_view line) {
  hide_bottom();
  const bool is_output = to == stdout;
  const bool written = std::fwrite(line.data(), 1, line.size(), to) == line.size() && std::fputc('\n', to) != EOF;
  const bool flushed = std::fflush(to) == 0;
  if (is_output && !broken_ && !(written && flushed)) {
    broken_ = true;
    if (errno != EPIPE) complain("coterie-cli: " + cannot_write_output());
    on_broken_();
  }
  show_bottom();
}

void Console::hide_bottom() {
  if (editor_) {
    put(stdout, erase_line);
    std::fflush(stdout);
  } else if (!bottom().empty()) {
    put(stderr, erase_line);
    std::fflush(stderr);
  }
}

void Console::show_bottom() {
  if (editor_) {
    const auto view = editor_->view(prompt(), columns());
    put(stdout, erase_line);
    put(stdout, view.line);
    put(stdout, "\r");
    if (view.cursor_column > 0) put(stdout, "\x1b[" + std::to_string(view.cursor_column) + "C");
    std::fflush(stdout);
  } else if (!bottom().empty()) {
    put(stderr, erase_line);
    put(stderr, bottom());
    std::fflush(stderr);
  }
}

// A progress bar waits until the question is answered.
std::string_view Console::bottom() const {
  if (!is_interactive()) return status_;
  return questions_.empty() ? std::string_view(status_) : std::string_view(questions_.front().text);
}

std::string_view Console::prompt() const { return questions_.empty() ? prompt_ : questions_.front().text; }

void Console::redraw() { show_bottom(); }

void Console::resume() {
  if (saved_) saved_->apply();
  show_bottom();
}

void Console::ask(std::string question, OnLine on_answer) {
  if (input_ended_) {
    on_answer({});
    return;
  }
  hide_bottom();
  questions_.push_back({std::move(question), std::move(on_answer)});
  show_bottom();
  want_input();
}

void Console::read_lines(std::string prompt, OnLine on_line, std::function<void()> on_end) {
  prompt_ = std::move(prompt);
  on_line_ = std::move(on_line);
  on_end_ = std::move(on_end);
  if (in_is_terminal_ && out_is_terminal_) {
    saved_ = std::make_unique<SavedTerminal>();
    if (saved_->take()) {
      editor_ = std::make_unique<LineEditor>();
      show_bottom();
    } else {
      saved_.reset();
    }
  }
  want_input();
}

void Console::want_input() {
  if (input_wanted_) return;
  input_wanted_ = true;
  watcher_.watch_input([this](std::string bytes) {
    if (bytes.empty())
      end_input();
    else
      take_input(std::move(bytes));
  });
}

void Console::take_input(std::string bytes) {
  if (editor_) {
    for (auto& action : editor_->feed(bytes))
      std::visit(overloaded{
                     [&](LineEditor::Entered& entered) { take_line(std::move(entered.line)); },
                     [&](const LineEditor::EndOfInput&) { end_input(); },
                     [&](const LineEditor::Redraw&) { put(stdout, "\x1b[H\x1b[2J"); },
                 },
                 action);
    show_bottom();
    return;
  }
  partial_.append(bytes);
  std::size_t begin = 0;
  for (auto end = partial_.find('\n'); end != std::string::npos; end = partial_.find('\n', begin)) {
    auto line = partial_.substr(begin, end - begin);
    if (!line.empty() && line.back() == '\r') line.pop_back();
    begin = end + 1;
    take_line(std::move(line));
  }
  partial_.erase(0, begin);
  if (partial_.size() > longest_piped_line) take_line(std::exchange(partial_, {}));
}

void Console::take_line(std::string line) {
  if (!questions_.empty()) {
    auto question = std::move(questions_.front());
    questions_.pop_front();
    question.on_answer(std::move(line));
    show_bottom();
    return;
  }
  if (on_line_) on_line_(std::move(line));
}

void Console::end_input() {
  if (std::exchange(input_ended_, true)) return;
  if (!partial_.empty()) take_line(std::exchange(partial_, {}));
  while (!questions_.empty()) take_line({});
  if (on_end_) on_end_();
}

}   // namespace coterie::cli
