// SPDX-License-Identifier: MIT
// Names of files that come from outside: made harmless by one rule that is the same on every system (protocol.md S10, "Names").
#pragma once

#include <ctime>
#include <string>
#include <string_view>

namespace coterie::transfer {

constexpr std::size_t max_name = 200;   // bytes of UTF-8

// A single path component that can be created on every system and shows what it is: valid UTF-8, 1..200 bytes, without
// separators, control, format or private characters, no device name of Windows, no leading '.', '-' or '~', no trailing space
// or '.'. "file" when nothing is left. Idempotent.
std::string safe_name(std::string_view offered);

// What a received file is saved as: YYYYMMDD_HHMMSS_fromUser_originalName.ext, a safe name itself.
std::string received_name(const std::tm& local_time, std::string_view from_user, std::string_view name);

// Valid UTF-8 of at most `limit` bytes, cut on a character border in front of the extension. For names we send: says nothing about
// safety.
std::string shortened_name(std::string_view name, std::size_t limit = max_name);

// "photo (2).jpg" for ("photo.jpg", 2): a safe name again where `name` is one.
std::string numbered_name(const std::string& name, unsigned number);

// From the last '.' on, or nothing: ".jpg".
std::string_view extension_of(std::string_view name);

// Whether opening a file of this name may run it: programs, scripts, installers, shortcuts.
bool is_executable_type(std::string_view name);

}   // namespace coterie::transfer
