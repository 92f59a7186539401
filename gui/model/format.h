// SPDX-License-Identifier: MIT
// Times as figures, besides those of every program, and what stands for a name; the words around them belong to the views. Pure: the clock
// comes in as a value.
#pragma once

#include "netcore/base/figures.h"

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace coterie::gui {

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
