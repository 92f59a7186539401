// SPDX-License-Identifier: MIT
#include "gui/model/mnemonics.h"

#include "netcore/base/unicode.h"

#include <algorithm>
#include <set>

namespace coterie::gui {
namespace {

// What a key of some keyboard writes by itself: no digit, no sign, nothing that is written above another letter.
bool is_letter(char32_t c) {
  const auto within = [c](char32_t first, char32_t last) { return c >= first && c <= last; };
  return within('a', 'z') || within('A', 'Z') || (within(0xC0, 0x24F) && c != 0xD7 && c != 0xF7) ||
         within(0x370, 0x52F) || within(0x5D0, 0x5EA) || (within(0x620, 0x64A) && c != 0x640) ||
         (within(0x66E, 0x6D3) && c != 0x670);
}

struct Letter {
  std::string folded;
  std::size_t at = 0;   // in the text without the mark
  bool begins_word = false;
};

struct Label {
  std::string text;   // without the mark; "&&" as it was
  std::string shortcut;
  std::vector<Letter> letters;
  std::string marked;   // letter that the author has chosen
  std::size_t marked_at = 0;
};

Label parse(const std::string& label) {
  Label parsed;
  const auto tab = label.find('\t');
  if (tab != std::string::npos) parsed.shortcut = label.substr(tab);
  bool is_marked = false;
  bool is_inside = false;   // a word
  for_each_code_point(std::string_view(label).substr(0, tab), [&](char32_t c, std::string_view bytes) {
    if (c == '&') {
      if (is_marked) parsed.text += "&&";
      is_marked = !is_marked;
      is_inside = false;
      return;
    }
    if (is_letter(c)) {
      Letter letter{casefold(bytes).value_or(std::string(bytes)), parsed.text.size(), !is_inside};
      if (is_marked && parsed.marked.empty()) {
        parsed.marked = letter.folded;
        parsed.marked_at = letter.at;
      }
      parsed.letters.push_back(std::move(letter));
    }
    // A half-space of Persian joins: only what separates words ends one.
    is_inside = c > ' ' && (is_inside || is_letter(c));
    is_marked = false;
    parsed.text += bytes;
  });
  return parsed;
}

std::string marked_at(const Label& label, std::size_t at) {
  return label.text.substr(0, at) + "&" + label.text.substr(at) + label.shortcut;
}

}   // namespace

std::vector<std::string> with_mnemonics(const std::vector<std::string>& labels) {
  std::vector<Label> parsed;
  std::transform(labels.begin(), labels.end(), std::back_inserter(parsed), parse);
  std::set<std::string> taken;
  std::vector<std::string> made(labels.size());
  for (std::size_t i = 0; i < parsed.size(); ++i)
    if (!parsed[i].marked.empty() && taken.insert(parsed[i].marked).second)
      made[i] = marked_at(parsed[i], parsed[i].marked_at);
  for (std::size_t i = 0; i < parsed.size(); ++i) {
    if (!made[i].empty()) continue;
    made[i] = parsed[i].text + parsed[i].shortcut;
    auto letters = parsed[i].letters;
    std::stable_partition(letters.begin(), letters.end(), [](const Letter& letter) { return letter.begins_word; });
    const auto free = std::find_if(letters.begin(), letters.end(),
                                   [&](const Letter& letter) { return taken.insert(letter.folded).second; });
    if (free != letters.end()) made[i] = marked_at(parsed[i], free->at);
  }
  return made;
}

}   // namespace coterie::gui
