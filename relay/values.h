// SPDX-License-Identifier: MIT
// Numbers, sizes and durations as operators write them: "20", "16 MiB", "14 d".
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "netcore/base/result.h"

namespace coterie::relay {

// The error says what was expected, as a clause that follows a name: "takes a number from 1 to 256".
Result<double> parse_number(std::string_view text, double least, double most);
Result<std::uint64_t> parse_whole_number(std::string_view text, std::uint64_t least, std::uint64_t most);
// Bytes, or with KiB, MiB, GiB (or K, M, G) behind: powers of 1,024.
Result<std::uint64_t> parse_size(std::string_view text, std::uint64_t least, std::uint64_t most);
// Seconds, or with s, min, h, d behind.
Result<std::chrono::seconds> parse_duration(std::string_view text, std::chrono::seconds least,
                                            std::chrono::seconds most);
Result<bool> parse_yes_no(std::string_view text);

// The same back, in the largest unit that divides it.
std::string show_number(double value);
std::string show_size(std::uint64_t bytes);
std::string show_duration(std::chrono::seconds time);
std::string show_yes_no(bool value);

}   // namespace coterie::relay
