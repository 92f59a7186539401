// SPDX-License-Identifier: MIT
// The detail of an error, as the engines word it, in pieces that a language can put together anew: its words and the names in them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace coterie::gui {

struct ErrorDetail {
  const char* words = nullptr;      // in English, for the catalogues; with %s for each of `names`. Null: not known here
  std::vector<std::string> names;   // paths, user ids, figures, reasons of the system; in the order of the words
};

// A detail that is a name or a path, and nothing else, is not known either.
ErrorDetail detail_of(std::string_view detail);

}   // namespace coterie::gui
