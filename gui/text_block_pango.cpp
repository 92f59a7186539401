// SPDX-License-Identifier: MIT
// TextBlock where windows are GTK's: Pango.
#include "gui/text_block.h"

#include <wx/fontutil.h>
#include <wx/graphics.h>
#include <wx/window.h>

#include <gtk/gtk.h>

#include <cmath>

namespace coterie::gui {
namespace {

struct Unref {
  void operator()(PangoLayout* layout) const { g_object_unref(layout); }
};

guint16 wide(unsigned char channel) { return static_cast<guint16>(channel * 257); }

void set_source(cairo_t* cairo, const wxColour& colour) {
  cairo_set_source_rgba(cairo, colour.Red() / 255.0, colour.Green() / 255.0, colour.Blue() / 255.0,
                        colour.Alpha() / 255.0);
}

void add(PangoAttrList* list, PangoAttribute* attribute, const TextRange& range) {
  attribute->start_index = static_cast<guint>(range.begin);
  attribute->end_index = static_cast<guint>(range.end);
  pango_attr_list_insert(list, attribute);
}

}   // namespace

struct TextBlock::State {
  std::string text;
  std::vector<TextMark> marks;
  std::unique_ptr<PangoLayout, Unref> layout;
  wxSize size;
  int shift = 0;   // of the leftmost glyph, in pixels

  void paint_marks(const TextColours* colours, std::optional<TextRange> selected) const {
    auto* list = pango_attr_list_new();
    // A word that is broken has only its own letters: a hyphen in a long name or address would be read as part of it.
    pango_attr_list_insert(list, pango_attr_insert_hyphens_new(FALSE));
    for (const auto& mark : marks) {
      if (mark.kind == TextMark::Kind::link) {
        add(list, pango_attr_underline_new(PANGO_UNDERLINE_SINGLE), mark.range);
        if (colours != nullptr)
          add(list,
              pango_attr_foreground_new(wide(colours->link.Red()), wide(colours->link.Green()),
                                        wide(colours->link.Blue())),
              mark.range);
      } else if (mark.kind == TextMark::Kind::mention) {
        add(list, pango_attr_weight_new(PANGO_WEIGHT_BOLD), mark.range);
      } else if (colours != nullptr) {
        add(list,
            pango_attr_background_new(wide(colours->found.Red()), wide(colours->found.Green()),
                                      wide(colours->found.Blue())),
            mark.range);
      }
    }
    if (selected && colours != nullptr) {
      auto* ink = pango_attr_foreground_new(wide(colours->selected_text.Red()), wide(colours->selected_text.Green()),
                                            wide(colours->selected_text.Blue()));
      ink->start_index = static_cast<guint>(selected->begin);
      ink->end_index = static_cast<guint>(selected->end);
      pango_attr_list_change(list, ink);   // in place of a link's colour, which may begin later
    }
    pango_layout_set_attributes(layout.get(), list);
    pango_attr_list_unref(list);
  }
};

TextBlock::TextBlock(const wxWindow& window, std::string text, const wxFont& font, int width, int most_lines,
                     std::vector<TextMark> marks, bool is_centred)
    : state_(std::make_unique<State>()) {
  state_->text = std::move(text);
  state_->marks = std::move(marks);
  auto* context = gtk_widget_get_pango_context(window.GetHandle());
  state_->layout.reset(pango_layout_new(context));
  auto* layout = state_->layout.get();
  pango_layout_set_auto_dir(layout, TRUE);
  pango_layout_set_wrap(layout, PANGO_WRAP_WORD_CHAR);
  if (is_centred) pango_layout_set_alignment(layout, PANGO_ALIGN_CENTER);
  if (const auto* info = font.GetNativeFontInfo()) pango_layout_set_font_description(layout, info->description);
  pango_layout_set_text(layout, state_->text.data(), static_cast<int>(state_->text.size()));
  state_->paint_marks(nullptr, std::nullopt);
  if (most_lines > 0) {
    pango_layout_set_height(layout, -most_lines);
    pango_layout_set_ellipsize(layout, PANGO_ELLIPSIZE_END);
  }
  PangoRectangle taken;
  if (width > 0) {
    pango_layout_set_width(layout, width * PANGO_SCALE);
    pango_layout_get_pixel_extents(layout, nullptr, &taken);
    // No wider than needed, so that lines from the right begin at the block's edge and not at that of all the room there was.
    if (taken.width < width) {
      pango_layout_set_width(layout, (taken.width + 1) * PANGO_SCALE);
      pango_layout_get_pixel_extents(layout, nullptr, &taken);
    }
  } else {
    pango_layout_get_pixel_extents(layout, nullptr, &taken);
  }
  state_->size = wxSize(taken.width, taken.height);
  state_->shift = taken.x;
}

TextBlock::TextBlock(TextBlock&&) noexcept = default;
TextBlock& TextBlock::operator=(TextBlock&&) noexcept = default;
TextBlock::~TextBlock() = default;

const std::string& TextBlock::text() const { return state_->text; }
wxSize TextBlock::size() const { return state_->size; }

bool TextBlock::is_right_to_left() const {
  return pango_layout_get_direction(state_->layout.get(), 0) == PANGO_DIRECTION_RTL;
}

void TextBlock::draw(wxGraphicsContext& to, int x, int y, const TextColours& colours,
                     std::optional<TextRange> selected) const {
  auto* cairo = static_cast<cairo_t*>(to.GetNativeContext());
  auto* layout = state_->layout.get();
  cairo_save(cairo);
  cairo_translate(cairo, x - state_->shift, y);
  if (selected && selected->begin < selected->end) {
    set_source(cairo, colours.selection);
    auto* iterator = pango_layout_get_iter(layout);
    do {
      auto* line = pango_layout_iter_get_line_readonly(iterator);
      const int begin = std::max(static_cast<int>(selected->begin), line->start_index);
      const int end = std::min(static_cast<int>(selected->end), line->start_index + line->length);
      if (begin >= end) continue;
      int* ranges = nullptr;
      int count = 0;
      pango_layout_line_get_x_ranges(line, begin, end, &ranges, &count);
      PangoRectangle extent;
      pango_layout_iter_get_line_extents(iterator, nullptr, &extent);
      for (int i = 0; i < count; ++i)
        cairo_rectangle(cairo, pango_units_to_double(ranges[2 * i]), pango_units_to_double(extent.y),
                        pango_units_to_double(ranges[2 * i + 1] - ranges[2 * i]), pango_units_to_double(extent.height));
      cairo_fill(cairo);
      g_free(ranges);
    } while (pango_layout_iter_next_line(iterator));
    pango_layout_iter_free(iterator);
  }
  state_->paint_marks(&colours, selected);
  set_source(cairo, colours.text);
  cairo_move_to(cairo, 0, 0);   // whatever was drawn before has left its own point behind
  pango_cairo_show_layout(cairo, layout);
  cairo_restore(cairo);
}

std::size_t TextBlock::place_at(wxPoint point) const {
  // Above is the beginning, below is the end.
  if (point.y < 0) return 0;
  if (point.y >= state_->size.y) return state_->text.size();
  int index = 0;
  int trailing = 0;
  pango_layout_xy_to_index(state_->layout.get(), (point.x + state_->shift) * PANGO_SCALE, point.y * PANGO_SCALE, &index,
                           &trailing);
  // `trailing` counts characters of the cluster that lie before the place.
  const char* at = state_->text.data() + index;
  const char* end = state_->text.data() + state_->text.size();
  while (trailing-- > 0 && at < end) at = g_utf8_next_char(at);
  return static_cast<std::size_t>(std::min(at, end) - state_->text.data());
}

std::optional<TextRange> TextBlock::link_at(wxPoint point) const {
  int index = 0;
  int trailing = 0;
  if (pango_layout_xy_to_index(state_->layout.get(), (point.x + state_->shift) * PANGO_SCALE, point.y * PANGO_SCALE,
                               &index, &trailing) == 0)
    return std::nullopt;
  for (const auto& mark : state_->marks)
    if (mark.kind == TextMark::Kind::link && mark.range.begin <= static_cast<std::size_t>(index) &&
        static_cast<std::size_t>(index) < mark.range.end)
      return mark.range;
  return std::nullopt;
}

TextRange TextBlock::word_at(std::size_t place) const {
  int count = 0;
  const auto* breaks = pango_layout_get_log_attrs_readonly(state_->layout.get(), &count);
  const char* text = state_->text.data();
  const auto character = g_utf8_pointer_to_offset(text, text + std::min(place, state_->text.size()));
  long begin = std::min<long>(character, count - 1);
  while (begin > 0 && !(breaks[begin].is_word_start || (breaks[begin].is_word_end && begin < character))) --begin;
  long end = std::min<long>(character + 1, count - 1);
  while (end < count - 1 && !(breaks[end].is_word_end || breaks[end].is_word_start)) ++end;
  return {static_cast<std::size_t>(g_utf8_offset_to_pointer(text, begin) - text),
          static_cast<std::size_t>(g_utf8_offset_to_pointer(text, end) - text)};
}

}   // namespace coterie::gui
