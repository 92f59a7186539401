// SPDX-License-Identifier: MIT
// "@name" in a message: who is meant, and who could be meant by what is being typed. A mention is a word of the text like any other;
// only the window makes more of it.
#pragma once

#include "gui/model/text_range.h"
#include "netcore/session/event.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace coterie::gui {

// Where one of these user ids stands after an '@', with it; in whatever case, as a whole word, the longest that fits.
std::vector<TextRange> find_mentions(std::string_view text, const std::vector<std::string>& user_ids);

// Somebody else's message that is for this user before others: by name, or as an answer to what that user wrote.
bool is_meant(const event::Message& message, const std::string& user_id);

// What is being typed at the end of `before`: the place of an '@' that begins a word, if a name may still be following it.
std::optional<std::size_t> begun_mention(std::string_view before);
// Those whose name begins with `typed`, in whatever case; in the order given.
std::vector<std::string> completions(std::string_view typed, const std::vector<std::string>& user_ids);

}   // namespace coterie::gui
