// SPDX-License-Identifier: MIT
// Sizes, rates and times as figures; the words around them belong to the views. Pure: the clock comes in as a value.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace coterie::gui {

// Decimal units with one digit: "0 B", "999 B", "1.0 kB", "12.3 MB".
std::string format_size(std::uint64_t bytes);
// "12.3 MB/s".
std::string format_rate(double bytes_per_second);
// "0:07", "12:03", "1:02:03".
std::string format_duration(std::chrono::seconds time);
// "14:05" in local time.
std::string format_clock(std::int64_t ms);
// Days since 1970-01-01 in local time: messages of one day share the number.
std::int64_t local_day(std::int64_t ms);
std::int64_t now_ms();

// Up to two letters that stand for a name in its round picture: the first one, and the first after a space, '.', '-' or '_'.
std::string initials(std::string_view user_id);
// The same small number for the same name: which of `count` colours it gets.
std::size_t colour_index(std::string_view user_id, std::size_t count);

}   // namespace coterie::gui
