// SPDX-License-Identifier: MIT
// What of a message is marked because it was searched for.
#pragma once

#include "gui/model/text_range.h"

#include <string_view>
#include <vector>

namespace coterie::gui {

// Where `words` stand in `text`, whatever their case (of ASCII letters): together, or where they nowhere do each for itself. A word that
// is spelt in another way there, as the search finds it too (netcore/base/search_form.h), is marked whole.
std::vector<TextRange> find_text(std::string_view text, std::string_view words);

}   // namespace coterie::gui
