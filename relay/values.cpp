// SPDX-License-Identifier: MIT
#include "relay/values.h"

#include <array>
#include <charconv>
#include <cmath>
#include <optional>
#include <span>

namespace coterie::relay {
namespace {

struct Unit {
  std::string_view name;
  std::uint64_t factor;
};
// The first name of each factor is the one that is shown; largest first.
constexpr std::array sizes = {Unit{"GiB", 1ULL << 30U},
                              Unit{"G", 1ULL << 30U},
                              Unit{"MiB", 1ULL << 20U},
                              Unit{"M", 1ULL << 20U},
                              Unit{"KiB", 1ULL << 10U},
                              Unit{"K", 1ULL << 10U},
                              Unit{"B", 1}};
constexpr std::array times = {Unit{"d", 86'400}, Unit{"h", 3600}, Unit{"min", 60}, Unit{"s", 1}};

auto takes(const std::string& expected) { return fail(Errc::invalid_argument, "takes " + expected); }

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

// A whole number and, if there is one, a unit behind it.
std::optional<std::uint64_t> scaled(std::string_view text, std::span<const Unit> units) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc()) return std::nullopt;
  const auto unit = trimmed(text.substr(static_cast<std::size_t>(end - text.data())));
  if (unit.empty()) return number;
  for (const auto& known : units)
    if (known.name == unit) {
      std::uint64_t value = 0;
      if (__builtin_mul_overflow(number, known.factor, &value)) return std::nullopt;
      return value;
    }
  return std::nullopt;
}

std::string shown(std::uint64_t value, std::span<const Unit> units) {
  for (const auto& unit : units)
    if (value > 0 && value % unit.factor == 0 && unit.factor > 1)
      return std::to_string(value / unit.factor) + " " + std::string(unit.name);
  return std::to_string(value);
}

}   // namespace

Result<double> parse_number(std::string_view text, double least, double most) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || !std::isfinite(value) || value < least ||
      value > most)
    return takes("a number from " + show_number(least) + " to " + show_number(most));
  return value;
}

Result<std::uint64_t> parse_whole_number(std::string_view text, std::uint64_t least, std::uint64_t most) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || value < least || value > most)
    return takes("a number from " + std::to_string(least) + " to " + std::to_string(most));
  return value;
}

Result<std::uint64_t> parse_size(std::string_view text, std::uint64_t least, std::uint64_t most) {
  const auto value = scaled(text, sizes);
  if (!value || *value < least || *value > most)
    return takes("a size such as 16 MiB, from " + show_size(least) + " to " + show_size(most));
  return *value;
}

Result<std::chrono::seconds> parse_duration(std::string_view text, std::chrono::seconds least,
                                            std::chrono::seconds most) {
  const auto value = scaled(text, times);
  if (!value || *value < static_cast<std::uint64_t>(least.count()) || *value > static_cast<std::uint64_t>(most.count()))
    return takes("a time such as 14 d, from " + show_duration(least) + " to " + show_duration(most));
  return std::chrono::seconds(*value);
}

Result<bool> parse_yes_no(std::string_view text) {
  if (text == "yes") return true;
  if (text == "no") return false;
  return takes("yes or no");
}

std::string show_number(double value) {
  std::array<char, 32> text{};
  const auto [end, error] = std::to_chars(text.data(), text.data() + text.size(), value, std::chars_format::fixed);
  return error == std::errc() ? std::string(text.data(), end) : std::to_string(value);
}

std::string show_size(std::uint64_t bytes) { return shown(bytes, sizes); }
std::string show_duration(std::chrono::seconds time) {
  const auto text = shown(static_cast<std::uint64_t>(time.count()), times);
  return text.find(' ') == std::string::npos ? text + " s" : text;
}
std::string show_yes_no(bool value) { return value ? "yes" : "no"; }

}   // namespace coterie::relay
