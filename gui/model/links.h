// SPDX-License-Identifier: MIT
// Finds web addresses in a message: http and https only, for the eye of a person who confirms the whole address before it opens.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace coterie::gui {

struct TextRange {
  std::size_t begin = 0;   // bytes
  std::size_t end = 0;

  friend bool operator==(const TextRange&, const TextRange&) = default;
};

// In order, not overlapping. Punctuation that ends a sentence, and a bracket that was opened before the address, stay outside.
std::vector<TextRange> find_links(std::string_view text);

// Where `words` stand in `text`, whatever their case (of ASCII letters): together, or where they nowhere do each for itself.
std::vector<TextRange> find_text(std::string_view text, std::string_view words);

}   // namespace coterie::gui
