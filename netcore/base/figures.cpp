// SPDX-License-Identifier: MIT
#include "netcore/base/figures.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>

namespace coterie {

std::string format_size(std::uint64_t bytes) {
  if (bytes < 1000) return std::to_string(bytes) + " B";
  constexpr std::array units{"kB", "MB", "GB", "TB", "PB"};
  double value = static_cast<double>(bytes) / 1000;
  std::size_t unit = 0;
  // 999,950 would be printed as 1000.0 kB.
  while (value >= 999.95 && unit + 1 < units.size()) {
    value /= 1000;
    ++unit;
  }
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%.1f %s", value, units.at(unit));
  return text.data();
}

std::string format_rate(double bytes_per_second) {
  return format_size(static_cast<std::uint64_t>(std::llround(std::max(0.0, bytes_per_second)))) + "/s";
}

std::string format_duration(std::chrono::seconds time) {
  const long long all = std::max<long long>(0, time.count());
  std::array<char, 48> text{};
  if (all >= 3600)
    std::snprintf(text.data(), text.size(), "%lld:%02lld:%02lld", all / 3600, all / 60 % 60, all % 60);
  else
    std::snprintf(text.data(), text.size(), "%lld:%02lld", all / 60, all % 60);
  return text.data();
}

}   // namespace coterie
