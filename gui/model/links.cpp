// SPDX-License-Identifier: MIT
#include "gui/model/links.h"

#include <algorithm>

namespace coterie::gui {
namespace {

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool starts_with_folded(std::string_view text, std::string_view prefix) {
  return text.size() >= prefix.size() && std::equal(prefix.begin(), prefix.end(), text.begin(),
                                                    [](char left, char right) { return left == lower(right); });
}

bool is_letter_or_digit(char c) {
  return (c >= '0' && c <= '9') || (lower(c) >= 'a' && lower(c) <= 'z') || static_cast<unsigned char>(c) >= 0x80;
}

// Bytes that end an address wherever they stand. Direction marks are among them: they could make an address look like another.
bool ends_address(std::string_view rest) {
  const auto first = static_cast<unsigned char>(rest.front());
  if (first <= 0x20 || rest.front() == '<' || rest.front() == '>' || rest.front() == '"' || rest.front() == '`')
    return true;
  // U+2000–U+206F (spaces, direction marks), U+061C, U+FEFF.
  return rest.starts_with("\xe2\x80") || rest.starts_with("\xe2\x81") || rest.starts_with("\xd8\x9c") ||
         rest.starts_with("\xef\xbb\xbf");
}

}   // namespace

std::vector<TextRange> find_links(std::string_view text) {
  std::vector<TextRange> links;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const auto rest = text.substr(at);
    const std::size_t prefix = starts_with_folded(rest, "https://") ? 8 : starts_with_folded(rest, "http://") ? 7 : 0;
    if (prefix == 0 || (at > 0 && is_letter_or_digit(text[at - 1]))) continue;
    std::size_t end = at + prefix;
    while (end < text.size() && !ends_address(text.substr(end))) ++end;
    const auto opens = [&](char bracket) {
      return std::count(text.begin() + static_cast<std::ptrdiff_t>(at), text.begin() + static_cast<std::ptrdiff_t>(end),
                        bracket);
    };
    while (end > at + prefix) {
      const char last = text[end - 1];
      const bool is_stop = std::string_view(".,;:!?'").find(last) != std::string_view::npos;
      const bool is_bracket = (last == ')' && opens('(') < opens(')')) || (last == ']' && opens('[') < opens(']')) ||
                              (last == '}' && opens('{') < opens('}'));
      if (!is_stop && !is_bracket) break;
      --end;
    }
    if (end > at + prefix) {
      links.push_back({at, end});
      at = end - 1;
    }
  }
  return links;
}

}   // namespace coterie::gui
