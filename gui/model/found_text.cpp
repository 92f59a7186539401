// SPDX-License-Identifier: MIT
#include "gui/model/found_text.h"

#include "netcore/base/search_form.h"

#include <algorithm>

namespace coterie::gui {
namespace {

constexpr auto spaces = " \t\n";

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool find_one(std::string_view text, std::string_view word, std::vector<TextRange>& found) {
  const auto before = found.size();
  for (auto at = text.begin(); at != text.end();) {
    const auto hit = std::search(at, text.end(), word.begin(), word.end(),
                                 [](char left, char right) { return lower(left) == lower(right); });
    if (hit == text.end()) break;
    const auto begin = static_cast<std::size_t>(hit - text.begin());
    found.push_back({begin, begin + word.size()});
    at = hit + static_cast<std::ptrdiff_t>(word.size());
  }
  return found.size() > before;
}

// One of the words of `form` begins with `wanted`, which may be several.
bool has_beginning(std::string_view form, std::string_view wanted) {
  for (auto at = form.find(wanted); at != std::string_view::npos; at = form.find(wanted, at + 1))
    if (at == 0 || form[at - 1] == ' ') return true;
  return false;
}

void find_other_spellings(std::string_view text, std::string_view typed, std::vector<TextRange>& found) {
  const auto words = search_words(typed);
  for (std::size_t at = text.find_first_not_of(spaces); at < text.size();) {
    const auto end = std::min(text.find_first_of(spaces, at), text.size());
    const auto form = searchable(text.substr(at, end - at));
    const auto fits = [&](const SearchWord& word) {
      return has_beginning(form, word.whole) ||
             std::any_of(word.parts.begin(), word.parts.end(),
                         [&](const std::string& part) { return has_beginning(form, part); });
    };
    if (std::any_of(words.begin(), words.end(), fits)) found.push_back({at, end});
    at = text.find_first_not_of(spaces, end);
  }
}

}   // namespace

std::vector<TextRange> find_text(std::string_view text, std::string_view words) {
  words.remove_prefix(std::min(words.find_first_not_of(spaces), words.size()));
  words = words.substr(0, words.find_last_not_of(spaces) + 1);
  std::vector<TextRange> found;
  if (words.empty()) return found;
  if (find_one(text, words, found)) return found;
  // A message is found by its words, in whatever order they stand there.
  while (!words.empty()) {
    const auto end = std::min(words.find_first_of(spaces), words.size());
    const auto word = words.substr(0, end);
    if (end > 0 && !find_one(text, word, found)) find_other_spellings(text, word, found);
    words.remove_prefix(std::min(end + 1, words.size()));
  }
  return found;
}

}   // namespace coterie::gui
