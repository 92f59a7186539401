// SPDX-License-Identifier: MIT
#include "gui/model/mentions.h"

#include "netcore/base/unicode.h"

#include <algorithm>

namespace coterie::gui {
namespace {

constexpr std::size_t longest_name = 64;   // bytes of a user id (protocol.md S4)

// Letters, digits and what belongs to them. Beyond ASCII that is everything but the blocks of punctuation, signs and pictures.
bool is_word_part(char32_t c) {
  if (c < 0x80) return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
  const bool is_punctuation = c < 0xc0 || c == 0x5be || c == 0x60c || c == 0x61b || c == 0x61f || c == 0x6d4 ||
                              (c >= 0x2000 && c < 0x2c00) || (c >= 0x3000 && c < 0x3040) ||
                              (c >= 0xfe10 && c < 0xfe70) || (c >= 0xff00 && c < 0xff10) || c >= 0x1f000;
  return !is_punctuation;
}

char32_t first_of(std::string_view text) {
  char32_t first = 0;
  bool is_known = false;
  for_each_code_point(text.substr(0, 4), [&](char32_t c, std::string_view) {
    if (!std::exchange(is_known, true)) first = c;
  });
  return first;
}

bool follows_word(std::string_view text, std::size_t at) {
  if (at == 0) return false;
  std::size_t begin = at - 1;
  while (begin > 0 && (static_cast<unsigned char>(text[begin]) & 0xc0U) == 0x80U) --begin;
  return is_word_part(first_of(text.substr(begin, at - begin)));
}

std::string folded(std::string_view text) { return casefold(text).value_or(std::string()); }

}   // namespace

std::vector<TextRange> find_mentions(std::string_view text, const std::vector<std::string>& user_ids) {
  std::vector<TextRange> found;
  if (text.find('@') == std::string_view::npos) return found;
  std::vector<std::string> names;
  names.reserve(user_ids.size());
  for (const auto& user_id : user_ids) names.push_back(folded(user_id));
  for (auto at = text.find('@'); at != std::string_view::npos; at = text.find('@', at + 1)) {
    if (follows_word(text, at)) continue;
    std::size_t best = 0;
    for (std::size_t end = at + 2; end <= std::min(text.size(), at + 1 + longest_name); ++end) {
      const bool is_between =
          end == text.size() || (static_cast<unsigned char>(text[end]) & 0xc0U) != 0x80U;   // two characters
      if (!is_between || (end < text.size() && is_word_part(first_of(text.substr(end))))) continue;
      const auto name = folded(text.substr(at + 1, end - at - 1));
      if (!name.empty() && std::find(names.begin(), names.end(), name) != names.end()) best = end;
    }
    if (best == 0) continue;
    found.push_back({at, best});
    at = best - 1;
  }
  return found;
}

bool is_meant(const event::Message& message, const std::string& user_id) {
  if (message.outgoing || message.deleted || message.file) return false;
  return (message.quote && message.quote->from == user_id) || !find_mentions(message.text, {user_id}).empty();
}

std::optional<std::size_t> begun_mention(std::string_view before) {
  const auto at = before.rfind('@');
  if (at == std::string_view::npos || before.size() - at - 1 > longest_name || follows_word(before, at))
    return std::nullopt;
  if (before.find('\n', at) != std::string_view::npos) return std::nullopt;
  return at;
}

std::vector<std::string> completions(std::string_view typed, const std::vector<std::string>& user_ids) {
  const auto begin = folded(typed);
  if (begin.empty() && !typed.empty()) return {};
  std::vector<std::string> fitting;
  for (const auto& user_id : user_ids)
    if (folded(user_id).starts_with(begin)) fitting.push_back(user_id);
  return fitting;
}

}   // namespace coterie::gui
