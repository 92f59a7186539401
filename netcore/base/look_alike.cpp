// SPDX-License-Identifier: MIT
#include "netcore/base/look_alike.h"

#include <algorithm>
#include <array>
#include <utility>

#include "netcore/base/unicode.h"

namespace coterie {
namespace {

using Twin = std::pair<char32_t, char32_t>;   // a letter, and the Latin one of the same shape

// By code point. Capitals and small letters are twins of their own: В looks like B, в like nothing.
constexpr std::array twins = {
    // Greek
    Twin{0x0391, U'A'},
    Twin{0x0392, U'B'},
    Twin{0x0395, U'E'},
    Twin{0x0396, U'Z'},
    Twin{0x0397, U'H'},
    Twin{0x0399, U'I'},
    Twin{0x039A, U'K'},
    Twin{0x039C, U'M'},
    Twin{0x039D, U'N'},
    Twin{0x039F, U'O'},
    Twin{0x03A1, U'P'},
    Twin{0x03A4, U'T'},
    Twin{0x03A5, U'Y'},
    Twin{0x03A7, U'X'},
    Twin{0x03AC, 0x00E1},
    Twin{0x03AF, 0x00ED},
    Twin{0x03B1, U'a'},
    Twin{0x03B3, U'y'},
    Twin{0x03B7, U'n'},
    Twin{0x03B9, U'i'},
    Twin{0x03BA, U'k'},
    Twin{0x03BD, U'v'},
    Twin{0x03BF, U'o'},
    Twin{0x03C1, U'p'},
    Twin{0x03C3, U'o'},
    Twin{0x03C4, U't'},
    Twin{0x03C5, U'u'},
    Twin{0x03C7, U'x'},
    Twin{0x03C9, U'w'},
    Twin{0x03CC, 0x00F3},
    Twin{0x03CD, 0x00FA},
    Twin{0x03F2, U'c'},
    Twin{0x03F3, U'j'},
    Twin{0x03F9, U'C'},
    // Cyrillic
    Twin{0x0401, 0x00CB},
    Twin{0x0405, U'S'},
    Twin{0x0406, U'I'},
    Twin{0x0407, 0x00CF},
    Twin{0x0408, U'J'},
    Twin{0x0410, U'A'},
    Twin{0x0412, U'B'},
    Twin{0x0415, U'E'},
    Twin{0x041A, U'K'},
    Twin{0x041C, U'M'},
    Twin{0x041D, U'H'},
    Twin{0x041E, U'O'},
    Twin{0x0420, U'P'},
    Twin{0x0421, U'C'},
    Twin{0x0422, U'T'},
    Twin{0x0423, U'Y'},
    Twin{0x0425, U'X'},
    Twin{0x042C, U'b'},
    Twin{0x0430, U'a'},
    Twin{0x0433, U'r'},
    Twin{0x0435, U'e'},
    Twin{0x043A, U'k'},
    Twin{0x043E, U'o'},
    Twin{0x043F, U'n'},
    Twin{0x0440, U'p'},
    Twin{0x0441, U'c'},
    Twin{0x0443, U'y'},
    Twin{0x0445, U'x'},
    Twin{0x044C, U'b'},
    Twin{0x0451, 0x00EB},
    Twin{0x0455, U's'},
    Twin{0x0456, U'i'},
    Twin{0x0457, 0x00EF},
    Twin{0x0458, U'j'},
    Twin{0x0474, U'V'},
    Twin{0x0475, U'v'},
    Twin{0x04AE, U'Y'},
    Twin{0x04AF, U'y'},
    Twin{0x04BB, U'h'},
    Twin{0x04C0, U'I'},
    Twin{0x04CF, U'l'},
    Twin{0x0501, U'd'},
    Twin{0x050C, U'G'},
    Twin{0x051A, U'Q'},
    Twin{0x051B, U'q'},
    Twin{0x051C, U'W'},
    Twin{0x051D, U'w'},
};
static_assert(std::is_sorted(twins.begin(), twins.end()));

enum Alphabet : unsigned { none = 0, latin = 1, greek = 2, cyrillic = 4 };

bool is_within(char32_t c, char32_t first, char32_t last) { return first <= c && c <= last; }

Alphabet alphabet_of(char32_t c) {
  if (is_within(c, U'A', U'Z') || is_within(c, U'a', U'z')) return latin;
  if (c == 0xD7 || c == 0xF7) return none;   // signs among the letters: × ÷
  if (is_within(c, 0xC0, 0x24F) || is_within(c, 0x1E00, 0x1EFF) || is_within(c, 0xFF21, 0xFF3A) ||
      is_within(c, 0xFF41, 0xFF5A))
    return latin;
  if (is_within(c, 0x370, 0x3FF) || is_within(c, 0x1F00, 0x1FFF)) return greek;
  if (is_within(c, 0x400, 0x52F) || is_within(c, 0x1C80, 0x1C8F) || is_within(c, 0xA640, 0xA69F)) return cyrillic;
  return none;
}

char32_t twin_of(char32_t c) {
  // The wide forms of East Asian fonts.
  if (is_within(c, 0xFF21, 0xFF3A)) return c - 0xFF21 + U'A';
  if (is_within(c, 0xFF41, 0xFF5A)) return c - 0xFF41 + U'a';
  const auto found = std::lower_bound(twins.begin(), twins.end(), Twin{c, 0});
  return found != twins.end() && found->first == c ? found->second : c;
}

// Where a capital is meant, the small letter of it is another shape: so this comes before case is folded.
char32_t stroke_of(char32_t c) {
  switch (c) {
    case U'I':
    case U'l':
    case U'1': return U'|';
    case U'0': return U'O';
    default: return c;
  }
}

std::string folded(std::string_view name) { return casefold(name).value_or(std::string(name)); }

}   // namespace

std::string shape_of(std::string_view name) {
  if (!is_valid_utf8(name)) return std::string(name);
  std::string shape;
  for_each_code_point(name, [&](char32_t c, std::string_view) { shape.append(encode_utf8(twin_of(c))); });
  return folded(shape);
}

std::string outline_of(std::string_view name) {
  if (!is_valid_utf8(name)) return std::string(name);
  std::string outline;
  char32_t last = 0;
  for_each_code_point(name, [&](char32_t c, std::string_view) {
    const auto stroke = stroke_of(twin_of(c));
    if (stroke == U'n' && last == U'r') {
      outline.back() = 'm';
      last = U'm';
    } else {
      outline.append(encode_utf8(stroke));
      last = stroke;
    }
  });
  return folded(outline);
}

bool are_look_alike(std::string_view a, std::string_view b) {
  return folded(a) != folded(b) && (shape_of(a) == shape_of(b) || outline_of(a) == outline_of(b));
}

bool mixes_alphabets(std::string_view name) {
  if (!is_valid_utf8(name)) return false;
  unsigned seen = none;
  for_each_code_point(name, [&](char32_t c, std::string_view) { seen |= alphabet_of(c); });
  return (seen & (seen - 1)) != 0;
}

}   // namespace coterie
