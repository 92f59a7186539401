// SPDX-License-Identifier: MIT
// A paragraph or more of anybody's text, wrapped to a width, drawn as plain text whatever it contains, each paragraph in the
// direction of its first strong letter. What knows about lines, glyphs and directions is the system's text engine.
#pragma once

#include "gui/model/text_range.h"

#include <wx/colour.h>
#include <wx/font.h>
#include <wx/gdicmn.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

class wxGraphicsContext;
class wxWindow;

namespace coterie::gui {

struct TextMark {
  enum class Kind { link, found, mention };
  TextRange range;
  Kind kind{};
};

struct TextColours {
  wxColour text;
  wxColour link;
  wxColour found;       // behind
  wxColour selection;   // behind
  wxColour selected_text;
};

class TextBlock {
 public:
  // `width`: where lines break, in the window's pixels; 0: nowhere. `most_lines`: what does not fit ends in "…"; 0: all is shown.
  // `is_centred`: each line for itself, in the block.
  TextBlock(const wxWindow& window, std::string text, const wxFont& font, int width, int most_lines = 0,
            std::vector<TextMark> marks = {}, bool is_centred = false);
  TextBlock(TextBlock&&) noexcept;
  TextBlock& operator=(TextBlock&&) noexcept;
  ~TextBlock();

  [[nodiscard]] const std::string& text() const;
  [[nodiscard]] wxSize size() const;             // what the lines really take, not the width they might take
  [[nodiscard]] bool is_right_to_left() const;   // of the first paragraph
  void draw(wxGraphicsContext& to, int x, int y, const TextColours& colours,
            std::optional<TextRange> selected = std::nullopt) const;

  // The place in the text nearest to a point relative to the block: where a selection begins or ends.
  [[nodiscard]] std::size_t place_at(wxPoint point) const;
  // The link under that point.
  [[nodiscard]] std::optional<TextRange> link_at(wxPoint point) const;
  [[nodiscard]] TextRange word_at(std::size_t place) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}   // namespace coterie::gui
