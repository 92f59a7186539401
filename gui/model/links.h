// SPDX-License-Identifier: MIT
// Finds web addresses in a message: http and https only, for the eye of a person who confirms the whole address before it opens.
#pragma once

#include "gui/model/text_range.h"

#include <string_view>
#include <vector>

namespace coterie::gui {

// In order, not overlapping. Punctuation that ends a sentence, and a bracket that was opened before the address, stay outside.
std::vector<TextRange> find_links(std::string_view text);

}   // namespace coterie::gui
