// SPDX-License-Identifier: MIT
#include "cli/format.h"

#include "netcore/base/unicode.h"

#include <array>
#include <cstdio>
#include <ctime>
#include <cwchar>

namespace coterie::cli {
namespace {

// Unlike std::to_string, with a fixed number of digits.
std::string padded(std::int64_t value, int digits) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%0*lld", digits, static_cast<long long>(value));
  return text.data();
}

std::tm broken_down(std::int64_t ms, bool local) {
  // Rounds towards the past, so that milliseconds are never negative.
  const auto seconds = static_cast<std::time_t>(ms / 1000 - (ms % 1000 < 0 ? 1 : 0));
  std::tm parts{};
  if (local)
    localtime_r(&seconds, &parts);
  else
    gmtime_r(&seconds, &parts);
  return parts;
}

std::string date_of(const std::tm& parts) {
  return padded(parts.tm_year + 1900, 4) + "-" + padded(parts.tm_mon + 1, 2) + "-" + padded(parts.tm_mday, 2);
}

// U+200C … U+200F: two joiners and two direction marks. Without them Persian and emoji fall apart; alone they move nothing.
bool is_harmless_format(char32_t c) { return c >= 0x200C && c <= 0x200F; }

std::size_t width_of(char32_t c) {
  const int width = ::wcwidth(static_cast<wchar_t>(c));
  return width < 0 ? 0 : static_cast<std::size_t>(width);
}

}   // namespace

std::string iso_time(std::int64_t ms) {
  const auto parts = broken_down(ms, false);
  const auto fraction = ((ms % 1000) + 1000) % 1000;
  return date_of(parts) + "T" + padded(parts.tm_hour, 2) + ":" + padded(parts.tm_min, 2) + ":" +
         padded(parts.tm_sec, 2) + "." + padded(fraction, 3) + "Z";
}

std::string local_time(std::int64_t ms, std::int64_t now) {
  const auto parts = broken_down(ms, true);
  const auto today = broken_down(now, true);
  const auto clock = padded(parts.tm_hour, 2) + ":" + padded(parts.tm_min, 2);
  if (parts.tm_year == today.tm_year && parts.tm_yday == today.tm_yday) return clock;
  return date_of(parts) + " " + clock;
}

std::int64_t now_ms() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::system_clock::now().time_since_epoch())
      .count();
}

std::string short_id(const FileId& id) { return id.hex().substr(0, 8); }
std::string short_id(const MessageId& id) { return id.hex().substr(0, 6); }

std::string printable_text(std::string_view text, std::size_t indent) {
  std::string shown;
  std::string plain;   // what goes through escape_unprintable in one piece
  const auto flush = [&] {
    shown.append(escape_unprintable(plain));
    plain.clear();
  };
  for_each_code_point(replace_invalid_utf8(text), [&](char32_t c, std::string_view bytes) {
    if (c == '\n') {
      flush();
      shown.append("\n").append(indent, ' ');
    } else if (c == '\t') {
      plain.append("    ");
    } else if (is_harmless_format(c)) {
      flush();
      shown.append(bytes);
    } else {
      plain.append(bytes);
    }
  });
  flush();
  return shown;
}

std::size_t display_width(std::string_view text) {
  std::size_t width = 0;
  for_each_code_point(text, [&](char32_t c, std::string_view) { width += width_of(c); });
  return width;
}

std::string fit(std::string_view text, std::size_t columns) {
  if (display_width(text) <= columns) return std::string(text);
  std::string cut;
  std::size_t width = 0;
  bool full = columns == 0;
  for_each_code_point(text, [&](char32_t c, std::string_view bytes) {
    full = full || width + width_of(c) + 1 > columns;
    if (full) return;
    cut.append(bytes);
    width += width_of(c);
  });
  if (columns > 0) cut.append("…");
  return cut;
}

}   // namespace coterie::cli
