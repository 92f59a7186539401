// SPDX-License-Identifier: MIT
#include "gui/model/natural_order.h"

#include <algorithm>
#include <compare>

namespace coterie::gui {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
char folded(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

// Takes the digits at the front of `text`, and of those returns what counts: without zeros before them.
std::string_view take_number(std::string_view& text) {
  const auto end = std::find_if_not(text.begin(), text.end(), is_digit);
  auto number = text.substr(0, static_cast<std::size_t>(end - text.begin()));
  text.remove_prefix(number.size());
  number.remove_prefix(std::min(number.find_first_not_of('0'), number.size()));
  return number;
}

std::strong_ordering compare(std::string_view one, std::string_view other) {
  const auto whole = one <=> other;
  while (!one.empty() && !other.empty()) {
    if (is_digit(one.front()) && is_digit(other.front())) {
      const auto left = take_number(one);
      const auto right = take_number(other);
      // Of as many digits as the other, so that their text has the order of their values, whatever that is.
      if (left.size() != right.size()) return left.size() <=> right.size();
      if (left != right) return left <=> right;
      continue;
    }
    const auto left = static_cast<unsigned char>(folded(one.front()));
    const auto right = static_cast<unsigned char>(folded(other.front()));
    if (left != right) return left <=> right;
    one.remove_prefix(1);
    other.remove_prefix(1);
  }
  if (one.size() != other.size() && (one.empty() || other.empty())) return one.size() <=> other.size();
  return whole;
}

}   // namespace

bool comes_naturally_before(std::string_view one, std::string_view other) { return compare(one, other) < 0; }

bool comes_naturally_before(const std::filesystem::path& one, const std::filesystem::path& other) {
  return std::lexicographical_compare(one.begin(), one.end(), other.begin(), other.end(),
                                      [](const std::filesystem::path& left, const std::filesystem::path& right) {
                                        return compare(left.string(), right.string()) < 0;
                                      });
}

}   // namespace coterie::gui
