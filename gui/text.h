// SPDX-License-Identifier: MIT
// The seam between the two kinds of text: UTF-8 in std::string on the engine's side, wxString in the windows.
#pragma once

#include "netcore/base/result.h"

#include <wx/intl.h>
#include <wx/string.h>

#include <chrono>
#include <filesystem>
#include <string>
#include <string_view>

namespace coterie::gui {

// Bytes that are no UTF-8 are shown as U+FFFD, never dropped silently.
wxString to_wx(std::string_view text);
std::string to_utf8(const wxString& text);

// A count as the languages' plural forms want it.
template <class Count>
unsigned plural(Count count) {
  return static_cast<unsigned>(count);
}

// A name, given by somebody else, in the middle of a sentence of ours: isolated, so that its direction does not turn the sentence round, and
// with nothing invisible in it that could end that.
wxString isolated(std::string_view name);

wxString path_to_wx(const std::filesystem::path& path);
std::filesystem::path to_path(const wxString& path);

// What happened and what to do next, in the user's language.
wxString explain_wx(const Error& error);

// netcore's classic_badge in the user's language: stands wherever a classic connection shows anything.
wxString classic_badge_wx();

// Why a user id is to be looked at twice. `like`: whose it looks like; empty: it mixes alphabets in itself.
wxString look_alike_text(std::string_view user_id, std::string_view like);

// A text of ours in the digits of the language; whatever comes from others has to stand isolated in it.
wxString figures(const wxString& text);
// model/format.h, in these digits.
wxString size_text(std::uint64_t bytes);
wxString rate_text(double bytes_per_second);
wxString duration_text(std::chrono::seconds time);
wxString clock_text(std::int64_t ms);
wxString percent_text(int percent);

// "Today", "Yesterday", "Monday, 3 June", "3 June 2024".
wxString day_name(std::int64_t ms, std::int64_t now_ms);
// "Monday, 3 June 2024": for what is read another day as well.
wxString date_name(std::int64_t ms);
// When a message was sent: "14:05"; with its day where it arrived on another one, below which it stands.
wxString sent_name(std::int64_t sent_ms, std::int64_t arrived_ms, std::int64_t now_ms);
// "just now", "5 min ago", "14:05", "yesterday", a date; for when somebody was last seen.
wxString moment_name(std::int64_t ms, std::int64_t now_ms);

}   // namespace coterie::gui
