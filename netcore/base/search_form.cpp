// SPDX-License-Identifier: MIT
#include "netcore/base/search_form.h"

#include <utf8proc.h>

#include <algorithm>

#include "netcore/base/unicode.h"

namespace coterie {
namespace {

constexpr std::string_view half_space = "\u200C";

using CodePoints = std::vector<utf8proc_int32_t>;

// Compatibility decomposition, so that every accent and every sign above a letter stands alone, with case folded.
CodePoints decomposed(std::string_view text) {
  constexpr auto options =
      static_cast<utf8proc_option_t>(UTF8PROC_STABLE | UTF8PROC_COMPAT | UTF8PROC_DECOMPOSE | UTF8PROC_CASEFOLD);
  const auto* from = reinterpret_cast<const utf8proc_uint8_t*>(text.data());
  const auto size = static_cast<utf8proc_ssize_t>(text.size());
  CodePoints points(text.size() + 16);
  for (;;) {
    const auto room = static_cast<utf8proc_ssize_t>(points.size());
    const auto count = utf8proc_decompose(from, size, points.data(), room, options);
    if (count < 0) return {};
    points.resize(static_cast<std::size_t>(count));
    if (count <= room) return points;
  }
}

// Composed again where that is possible.
std::string encoded(CodePoints points) {
  const auto count = static_cast<utf8proc_ssize_t>(points.size());
  points.push_back(0);   // room for the end that is written behind it
  const auto size =
      utf8proc_reencode(points.data(), count, static_cast<utf8proc_option_t>(UTF8PROC_STABLE | UTF8PROC_COMPOSE));
  if (size < 0) return {};
  return std::string(reinterpret_cast<const char*>(points.data()), static_cast<std::size_t>(size));
}

bool is_within(char32_t c, char32_t first, char32_t last) { return first <= c && c <= last; }

// Accents of Latin, Greek and Cyrillic; the points of Hebrew; the vowel signs of Arabic, and the hamza and madda above or below a letter.
bool is_sign_on_a_letter(char32_t c) {
  return is_within(c, 0x0300, 0x036F) || is_within(c, 0x0591, 0x05BD) || c == 0x05BF || is_within(c, 0x05C1, 0x05C2) ||
         is_within(c, 0x05C4, 0x05C5) || c == 0x05C7 || is_within(c, 0x0610, 0x061A) || is_within(c, 0x064B, 0x065F) ||
         c == 0x0670 || is_within(c, 0x06D6, 0x06DC) || is_within(c, 0x06DF, 0x06E4) || is_within(c, 0x06E7, 0x06E8) ||
         is_within(c, 0x06EA, 0x06ED) || is_within(c, 0x08D3, 0x08FF);
}

char32_t letter_of(char32_t c) {
  if (is_within(c, 0x0660, 0x0669)) return c - 0x0660 + U'0';
  if (is_within(c, 0x06F0, 0x06F9)) return c - 0x06F0 + U'0';
  switch (c) {
    case 0x0649:                  // alef maksura
    case 0x064A: return 0x06CC;   // yeh
    case 0x0643: return 0x06A9;   // kaf
    case 0x0629:                  // teh marbuta
    case 0x06C1:                  // heh goal
    case 0x06D5: return 0x0647;   // ae: heh with a hamza above decomposes to it
    case 0x0671: return 0x0627;   // alef wasla
    case 0x0131: return U'i';     // without its dot
    case 0x0111: return U'd';     // letters with a stroke are not decomposed
    case 0x0142: return U'l';
    case 0x00F8: return U'o';
    default: return c;
  }
}

enum class Kind { letter, mark, separator, nothing };

Kind kind_of(char32_t c) {
  constexpr char32_t tatweel = 0x0640;
  if (c == tatweel) return Kind::nothing;
  switch (utf8proc_category(static_cast<utf8proc_int32_t>(c))) {
    case UTF8PROC_CATEGORY_LU:
    case UTF8PROC_CATEGORY_LL:
    case UTF8PROC_CATEGORY_LT:
    case UTF8PROC_CATEGORY_LM:
    case UTF8PROC_CATEGORY_LO:
    case UTF8PROC_CATEGORY_ND:
    case UTF8PROC_CATEGORY_NL:
    case UTF8PROC_CATEGORY_NO:
    case UTF8PROC_CATEGORY_CO: return Kind::letter;
    case UTF8PROC_CATEGORY_MN:
    case UTF8PROC_CATEGORY_MC:
    case UTF8PROC_CATEGORY_ME: return Kind::mark;
    case UTF8PROC_CATEGORY_CF: return Kind::nothing;   // direction marks, joiners
    default: return Kind::separator;
  }
}

// Letters and digits, one space for whatever stands between them, and half-spaces, which are left inside words.
std::string folded(std::string_view text) {
  constexpr char32_t zwnj = 0x200C;
  constexpr char32_t breve = 0x0306;
  constexpr char32_t short_i = 0x0438;   // и: with a breve it is another letter
  auto points = is_valid_utf8(text) ? decomposed(text) : decomposed(replace_invalid_utf8(text));
  std::size_t kept = 0;
  const auto last = [&] { return kept == 0 ? U' ' : static_cast<char32_t>(points[kept - 1]); };
  for (const auto point : points) {
    auto c = static_cast<char32_t>(point);
    if (c == zwnj) {
      if (last() == U' ' || last() == zwnj) continue;
    } else if (is_sign_on_a_letter(c)) {
      if (c != breve || last() != short_i) continue;
    } else {
      const auto kind = kind_of(c);
      if (kind == Kind::nothing || (kind == Kind::mark && last() == U' ')) continue;   // a mark of a sign, as of ❤️
      c = kind == Kind::separator ? U' ' : letter_of(c);
      if (c == U' ' && last() == zwnj) --kept;
      if (c == U' ' && last() == U' ') continue;
    }
    points[kept++] = static_cast<utf8proc_int32_t>(c);
  }
  while (kept > 0 && (last() == zwnj || last() == U' ')) --kept;
  points.resize(kept);
  return encoded(std::move(points));
}

// The same, for the many texts that need no more.
std::string folded_ascii(std::string_view text) {
  std::string form;
  form.reserve(text.size());
  for (const char c : text) {
    const bool is_letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    if (is_letter)
      form.push_back(c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c);
    else if (!form.empty() && form.back() != ' ')
      form.push_back(' ');
  }
  if (form.ends_with(' ')) form.pop_back();
  return form;
}

bool is_ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80U; });
}

std::string without_half_spaces(std::string_view word) {
  std::string whole;
  for (std::size_t at = 0; at < word.size();) {
    const auto end = std::min(word.find(half_space, at), word.size());
    whole.append(word.substr(at, end - at));
    at = end + half_space.size();
  }
  return whole;
}

std::vector<std::string> split(std::string_view text, std::string_view at_each) {
  std::vector<std::string> pieces;
  for (std::size_t at = 0; at < text.size();) {
    const auto end = std::min(text.find(at_each, at), text.size());
    if (end > at) pieces.emplace_back(text.substr(at, end - at));
    at = end + at_each.size();
  }
  return pieces;
}

}   // namespace

std::string searchable(std::string_view text) {
  if (is_ascii(text)) return folded_ascii(text);
  const auto form = folded(text);
  if (form.find(half_space) == std::string::npos) return form;
  auto both = without_half_spaces(form);
  for (const auto& word : split(form, " "))
    if (word.find(half_space) != std::string::npos)
      for (const auto& part : split(word, half_space)) both.append(" ").append(part);
  return both;
}

std::vector<SearchWord> search_words(std::string_view typed) {
  std::vector<SearchWord> words;
  const auto is_space = [](char c) { return static_cast<unsigned char>(c) <= ' ' || c == '\x7f'; };
  while (!typed.empty()) {
    const auto begin = std::find_if_not(typed.begin(), typed.end(), is_space);
    const auto end = std::find_if(begin, typed.end(), is_space);
    const auto form =
        folded(typed.substr(static_cast<std::size_t>(begin - typed.begin()), static_cast<std::size_t>(end - begin)));
    typed.remove_prefix(static_cast<std::size_t>(end - typed.begin()));
    if (form.empty()) continue;
    auto& word = words.emplace_back(SearchWord{.whole = without_half_spaces(form), .parts = {}});
    if (form.find(half_space) != std::string::npos) word.parts = split(form, half_space);
  }
  return words;
}

}   // namespace coterie
