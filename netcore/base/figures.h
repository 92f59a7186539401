// SPDX-License-Identifier: MIT
// Sizes, rates and times as people read them, the same in every program and sentence: decimal units, one digit.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace coterie {

// "0 B", "999 B", "1.0 kB", "12.3 MB".
std::string format_size(std::uint64_t bytes);
// "12.3 MB/s"; what is below zero is none.
std::string format_rate(double bytes_per_second);
// "0:07", "12:03", "1:02:03".
std::string format_duration(std::chrono::seconds time);

}   // namespace coterie
