// SPDX-License-Identifier: MIT
// Text as it is compared when somebody searches. One word is spelt in many ways: in capitals, with or without accents and vowel signs,
// with an Arabic or a Persian ی and ک, with the digits of either, and with a half-space (ZWNJ), a space, or nothing between its parts.
// What is searched and what is looked for take the same form.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace coterie {

// Words separated by spaces or by what is no letter or digit. Those with half-spaces stand there in one piece, and again in parts.
std::string searchable(std::string_view text);

struct SearchWord {
  std::string whole;   // pieces between signs, as of "e-mail", stand one behind the other with a space between
  std::vector<std::string> parts;   // where half-spaces part it: it is found by either

  friend bool operator==(const SearchWord&, const SearchWord&) = default;
};

// What was typed, word by word. A word without letters and digits looks for nothing.
std::vector<SearchWord> search_words(std::string_view typed);

}   // namespace coterie
