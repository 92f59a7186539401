// SPDX-License-Identifier: MIT
// How hard a password is to guess, by zxcvbn: words, names, dates, keyboard rows and repetitions count for what they are worth.
#pragma once

#include <string_view>

namespace coterie {

// 0 (fewer than a thousand guesses), 1 (a million), 2 (a hundred million), 3 (ten thousand million), 4.
int password_score(std::string_view password);

// What a group may be created with (protocol.md §4): the relay cannot test guesses offline, but members give strangers ten.
constexpr int weakest_allowed_score = 2;

}   // namespace coterie
