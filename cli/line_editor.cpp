// SPDX-License-Identifier: MIT
#include "cli/line_editor.h"

#include "cli/format.h"
#include "netcore/base/unicode.h"

namespace coterie::cli {
namespace {

constexpr char escape = '\x1b';

// Length of the escape sequence at the start of `bytes`; 0 when it is not complete yet.
std::size_t escape_length(std::string_view bytes) {
  if (bytes.size() < 2) return 0;
  if (bytes[1] == 'O') return bytes.size() < 3 ? 0 : 3;
  if (bytes[1] != '[') return 2;   // Alt and a key
  for (std::size_t at = 2; at < bytes.size(); ++at)
    if (bytes[at] >= '@' && bytes[at] <= '~') return at + 1;
  return bytes.size() > 32 ? bytes.size() : 0;   // no key is that long
}

// Bytes of the UTF-8 character that begins with `first`; 1 for a byte that cannot begin one.
std::size_t utf8_length(char first) {
  const auto byte = static_cast<unsigned char>(first);
  if (byte >= 0xF0) return 4;
  if (byte >= 0xE0) return 3;
  return byte >= 0xC0 ? 2 : 1;
}

std::vector<std::string> split(std::string_view text) {
  std::vector<std::string> glyphs;
  for_each_code_point(text, [&](char32_t, std::string_view bytes) { glyphs.emplace_back(bytes); });
  return glyphs;
}

// A line break inside a pasted text is shown as a sign of its own, everything else as printable text.
std::string shown(const std::string& glyph) { return glyph == "\n" ? "⏎" : printable_text(glyph); }

}   // namespace

std::vector<LineEditor::Action> LineEditor::feed(std::string_view bytes) {
  std::vector<Action> actions;
  pending_.append(bytes);
  std::size_t at = 0;
  while (at < pending_.size()) {
    const auto rest = std::string_view(pending_).substr(at);
    if (rest.front() == escape) {
      const auto length = escape_length(rest);
      if (length == 0) break;
      take_escape(rest.substr(0, length));
      at += length;
      continue;
    }
    const auto length = utf8_length(rest.front());
    if (rest.size() < length) break;
    const auto character = rest.substr(0, length);
    if (is_valid_utf8(character)) {
      for_each_code_point(character, [&](char32_t c, std::string_view piece) { take(c, piece, actions); });
      at += length;
    } else {
      ++at;   // a stray byte: no key sends one
    }
  }
  pending_.erase(0, at);
  return actions;
}

void LineEditor::take(char32_t c, std::string_view bytes, std::vector<Action>& actions) {
  switch (c) {
    case '\r':
    case '\n':
      if (pasting_)
        insert("\n");
      else
        enter(actions);
      return;
    case 0x01: cursor_ = 0; return;                                   // Ctrl-A
    case 0x05: cursor_ = glyphs_.size(); return;                      // Ctrl-E
    case 0x02: cursor_ -= cursor_ > 0 ? 1 : 0; return;                // Ctrl-B
    case 0x06: cursor_ += cursor_ < glyphs_.size() ? 1 : 0; return;   // Ctrl-F
    case 0x04:                                                        // Ctrl-D
      if (glyphs_.empty())
        actions.emplace_back(EndOfInput{});
      else
        take_escape("\x1b[3~");
      return;
    case 0x08:
    case 0x7f:   // Backspace
      if (cursor_ == 0) return;
      --cursor_;
      bytes_ -= glyphs_[cursor_].size();
      glyphs_.erase(glyphs_.begin() + static_cast<std::ptrdiff_t>(cursor_));
      return;
    case 0x0b:   // Ctrl-K
      while (glyphs_.size() > cursor_) {
        bytes_ -= glyphs_.back().size();
        glyphs_.pop_back();
      }
      return;
    case 0x0c: actions.emplace_back(Redraw{}); return;   // Ctrl-L
    case 0x0e: recall(1); return;                        // Ctrl-N
    case 0x10: recall(-1); return;                       // Ctrl-P
    case 0x15:                                           // Ctrl-U
      for (std::size_t i = 0; i < cursor_; ++i) bytes_ -= glyphs_[i].size();
      glyphs_.erase(glyphs_.begin(), glyphs_.begin() + static_cast<std::ptrdiff_t>(cursor_));
      cursor_ = 0;
      return;
    case 0x17: delete_word(); return;   // Ctrl-W
    default: break;
  }
  if (c == '\t')
    insert(pasting_ ? "\t" : " ");
  else if (c >= 0x20)
    insert(bytes);
}

void LineEditor::take_escape(std::string_view sequence) {
  if (sequence == "\x1b[D" || sequence == "\x1bOD") {
    cursor_ -= cursor_ > 0 ? 1 : 0;
  } else if (sequence == "\x1b[C" || sequence == "\x1bOC") {
    cursor_ += cursor_ < glyphs_.size() ? 1 : 0;
  } else if (sequence == "\x1b[A" || sequence == "\x1bOA") {
    recall(-1);
  } else if (sequence == "\x1b[B" || sequence == "\x1bOB") {
    recall(1);
  } else if (sequence == "\x1b[H" || sequence == "\x1bOH" || sequence == "\x1b[1~") {
    cursor_ = 0;
  } else if (sequence == "\x1b[F" || sequence == "\x1bOF" || sequence == "\x1b[4~") {
    cursor_ = glyphs_.size();
  } else if (sequence == "\x1b[3~") {   // Delete
    if (cursor_ == glyphs_.size()) return;
    bytes_ -= glyphs_[cursor_].size();
    glyphs_.erase(glyphs_.begin() + static_cast<std::ptrdiff_t>(cursor_));
  } else if (sequence == "\x1b[200~") {
    pasting_ = true;
  } else if (sequence == "\x1b[201~") {
    pasting_ = false;
  }
}

void LineEditor::insert(std::string_view bytes) {
  if (bytes_ + bytes.size() > max_bytes) return;
  glyphs_.emplace(glyphs_.begin() + static_cast<std::ptrdiff_t>(cursor_), bytes);
  ++cursor_;
  bytes_ += bytes.size();
}

void LineEditor::enter(std::vector<Action>& actions) {
  auto line = text();
  if (!line.empty() && (history_.empty() || history_.back() != line)) {
    history_.push_back(line);
    if (history_.size() > max_history) history_.erase(history_.begin());
  }
  recalled_ = history_.size();
  glyphs_.clear();
  cursor_ = 0;
  bytes_ = 0;
  actions.emplace_back(Entered{std::move(line)});
}

void LineEditor::recall(int step) {
  if ((step < 0 && recalled_ == 0) || (step > 0 && recalled_ == history_.size())) return;
  if (recalled_ == history_.size()) draft_ = text();
  recalled_ = step < 0 ? recalled_ - 1 : recalled_ + 1;
  const auto& line = recalled_ == history_.size() ? draft_ : history_[recalled_];
  glyphs_ = split(line);
  bytes_ = line.size();
  cursor_ = glyphs_.size();
}

void LineEditor::delete_word() {
  const auto drop = [this] {
    --cursor_;
    bytes_ -= glyphs_[cursor_].size();
    glyphs_.erase(glyphs_.begin() + static_cast<std::ptrdiff_t>(cursor_));
  };
  while (cursor_ > 0 && glyphs_[cursor_ - 1] == " ") drop();
  while (cursor_ > 0 && glyphs_[cursor_ - 1] != " ") drop();
}

std::string LineEditor::text() const {
  std::string joined;
  joined.reserve(bytes_);
  for (const auto& glyph : glyphs_) joined.append(glyph);
  return joined;
}

LineEditor::View LineEditor::view(std::string_view prompt, std::size_t columns) const {
  const auto prompt_width = display_width(prompt);
  // One column stays free for the cursor behind the last character.
  const auto room = columns > prompt_width + 1 ? columns - prompt_width - 1 : 1;
  // Goes left from the cursor as far as there is room, then right with what remains.
  std::size_t first = cursor_;
  std::size_t before = 0;
  while (first > 0) {
    const auto width = display_width(shown(glyphs_[first - 1]));
    if (before + width > room) break;
    before += width;
    --first;
  }
  View view{std::string(prompt), prompt_width + before};
  std::size_t used = 0;
  for (std::size_t i = first; i < glyphs_.size(); ++i) {
    const auto piece = shown(glyphs_[i]);
    used += display_width(piece);
    if (used > room) break;
    view.line.append(piece);
  }
  return view;
}

}   // namespace coterie::cli
