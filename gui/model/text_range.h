// SPDX-License-Identifier: MIT
// A piece of a text: from one byte to before another, both at the edges of characters.
#pragma once

#include <cstddef>

namespace coterie::gui {

struct TextRange {
  std::size_t begin = 0;   // bytes
  std::size_t end = 0;

  friend bool operator==(const TextRange&, const TextRange&) = default;
};

}   // namespace coterie::gui
