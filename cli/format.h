// SPDX-License-Identifier: MIT
// How times and foreign text look on a terminal, besides the figures of every program. Pure: the clock comes in as a value.
#pragma once

#include "netcore/base/figures.h"
#include "netcore/base/ids.h"

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace coterie::cli {

// ISO 8601 in UTC with milliseconds: "2024-05-01T12:34:56.789Z".
std::string iso_time(std::int64_t ms);
// "12:34" on the day of `now_ms`, "2024-05-01 12:34" on others; in the local time zone.
std::string local_time(std::int64_t ms, std::int64_t now_ms);
std::int64_t now_ms();

// The start of an id, long enough to name it in a conversation.
std::string short_id(const FileId& id);
std::string short_id(const MessageId& id);

// A message for the terminal: control and format characters and invalid bytes as \xNN, except the joiners and direction marks that
// scripts and emoji need; tabs become spaces, every line after the first is indented.
std::string printable_text(std::string_view text, std::size_t indent = 4);

// Terminal columns of printable UTF-8 text.
std::size_t display_width(std::string_view text);
// As much of the text as fits into `columns`, ending in "…" where it was cut.
std::string fit(std::string_view text, std::size_t columns);

}   // namespace coterie::cli
