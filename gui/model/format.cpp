// SPDX-License-Identifier: MIT
#include "gui/model/format.h"

#include "netcore/base/unicode.h"

#include <array>
#include <cstdio>
#include <ctime>

namespace coterie::gui {
namespace {

std::tm local_time(std::int64_t ms) {
  const auto seconds = static_cast<std::time_t>(ms / 1000);
  std::tm broken{};
#ifdef _WIN32
  localtime_s(&broken, &seconds);
#else
  localtime_r(&seconds, &broken);
#endif
  return broken;
}

}   // namespace

std::string format_clock(std::int64_t ms) {
  const auto time = local_time(ms);
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%02d:%02d", time.tm_hour, time.tm_min);
  return text.data();
}

std::int64_t local_day(std::int64_t ms) {
  const auto time = local_time(ms);
  const auto day = std::chrono::year_month_day(std::chrono::year(time.tm_year + 1900),
                                               std::chrono::month(static_cast<unsigned>(time.tm_mon + 1)),
                                               std::chrono::day(static_cast<unsigned>(time.tm_mday)));
  return std::chrono::sys_days(day).time_since_epoch().count();
}

std::int64_t now_ms() {
  using namespace std::chrono;
  return duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count();
}

std::string initials(std::string_view user_id) {
  std::string letters;
  bool takes_next = true;
  std::size_t taken = 0;
  for_each_code_point(user_id, [&](char32_t code, std::string_view bytes) {
    if (code == U' ' || code == U'.' || code == U'-' || code == U'_') {
      takes_next = true;
    } else if (takes_next && taken < 2) {
      letters += bytes;
      ++taken;
      takes_next = false;
    }
  });
  // Scripts that join their letters would turn two initials into another word.
  if (taken == 2 && static_cast<unsigned char>(letters.front()) >= 0xd6 &&
      static_cast<unsigned char>(letters.front()) <= 0xdf) {
    std::string first;
    for_each_code_point(letters, [&](char32_t, std::string_view bytes) {
      if (first.empty()) first = bytes;
    });
    return first;
  }
  return letters;
}

std::size_t colour_index(std::string_view user_id, std::size_t count) {
  std::uint32_t mixed = 2166136261U;
  for (const char c : user_id) mixed = (mixed ^ static_cast<std::uint8_t>(c)) * 16777619U;
  return (mixed ^ (mixed >> 15U)) % count;
}

}   // namespace coterie::gui
