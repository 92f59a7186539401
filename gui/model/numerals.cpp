// SPDX-License-Identifier: MIT
#include "gui/model/numerals.h"

#include "netcore/base/unicode.h"

#include <vector>

namespace coterie::gui {
namespace {

constexpr std::string_view ours = "0123456789.,%";

bool is_digit(char32_t code) { return code >= U'0' && code <= U'9'; }

}   // namespace

std::string in_digits(std::string_view text, std::string_view digits) {
  if (digits == ours) return std::string(text);
  std::vector<std::string_view> theirs;
  for_each_code_point(digits, [&](char32_t, std::string_view bytes) { theirs.push_back(bytes); });
  if (theirs.size() != ours.size()) return std::string(text);
  struct Sign {
    char32_t code;
    std::string_view bytes;
  };
  std::vector<Sign> signs;
  for_each_code_point(text, [&](char32_t code, std::string_view bytes) { signs.push_back({code, bytes}); });

  std::string shown;
  std::size_t isolates = 0;
  for (std::size_t i = 0; i < signs.size(); ++i) {
    const auto [code, bytes] = signs[i];
    const auto digit_at = [&](std::size_t at) { return at < signs.size() && is_digit(signs[at].code); };
    if (code >= 0x2066 && code <= 0x2068) ++isolates;
    if (code == 0x2069 && isolates > 0) --isolates;
    const bool stands_in_a_number =
        is_digit(code) || ((code == U'.' || code == U',') && i > 0 && digit_at(i - 1) && digit_at(i + 1)) ||
        (code == U'%' && ((i > 0 && digit_at(i - 1)) || (i > 1 && signs[i - 1].code == U' ' && digit_at(i - 2))));
    shown += isolates == 0 && stands_in_a_number ? theirs[ours.find(static_cast<char>(code))] : bytes;
  }
  return shown;
}

}   // namespace coterie::gui
