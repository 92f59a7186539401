// SPDX-License-Identifier: MIT
#include "gui/message_layout.h"

#include "gui/file_text.h"
#include "gui/model/format.h"
#include "gui/model/found_text.h"
#include "gui/model/links.h"
#include "gui/model/mentions.h"
#include "gui/text.h"

#include <wx/graphics.h>
#include <wx/window.h>

namespace coterie::gui {
namespace {

using event::DeliveryState;
using event::TransferPhase;

void draw_tick(wxGraphicsContext& to, double x, double y, double size) {
  auto path = to.CreatePath();
  path.MoveToPoint(x, y + size * 0.55);
  path.AddLineToPoint(x + size * 0.35, y + size * 0.9);
  path.AddLineToPoint(x + size, y + size * 0.1);
  to.StrokePath(path);
}

// A clock, one tick, two ticks, two ticks in colour, a cross.
void draw_state(wxGraphicsContext& to, const wxRect& box, DeliveryState state, const Theme& theme) {
  const double size = box.height * 0.62;
  const double y = box.y + (box.height - size) / 2;
  const wxColour colour = state == DeliveryState::read     ? theme.accent
                          : state == DeliveryState::failed ? theme.bad
                                                           : theme.faint;
  to.SetPen(to.CreatePen(wxGraphicsPenInfo(colour).Width(1.5).Cap(wxCAP_ROUND).Join(wxJOIN_ROUND)));
  to.SetBrush(*wxTRANSPARENT_BRUSH);
  switch (state) {
    case DeliveryState::waiting: {
      auto path = to.CreatePath();
      const double centre_x = box.x + size / 2 + 1;
      const double centre_y = y + size / 2;
      path.AddCircle(centre_x, centre_y, size / 2);
      path.MoveToPoint(centre_x, centre_y - size * 0.28);
      path.AddLineToPoint(centre_x, centre_y);
      path.AddLineToPoint(centre_x + size * 0.22, centre_y + size * 0.1);
      to.StrokePath(path);
      break;
    }
    case DeliveryState::at_relay: draw_tick(to, box.x + 1, y, size); break;
    case DeliveryState::delivered:
    case DeliveryState::read:
      draw_tick(to, box.x + 1, y, size);
      draw_tick(to, box.x + 1 + size * 0.55, y, size);
      break;
    case DeliveryState::failed: {
      auto path = to.CreatePath();
      path.MoveToPoint(box.x + 1, y);
      path.AddLineToPoint(box.x + 1 + size, y + size);
      path.MoveToPoint(box.x + 1 + size, y);
      path.AddLineToPoint(box.x + 1, y + size);
      to.StrokePath(path);
      break;
    }
  }
}

std::string extension_of(std::string_view name) {
  const auto dot = name.rfind('.');
  if (dot == std::string_view::npos || dot + 1 >= name.size() || name.size() - dot > 5) return {};
  std::string letters;
  for (const char c : name.substr(dot + 1)) {
    if (static_cast<unsigned char>(c) >= 0x80) return {};
    letters.push_back(c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c);
  }
  return letters;
}

}   // namespace

std::vector<std::pair<CardAction, wxString>> card_actions(const FileSummary& file) {
  std::vector<std::pair<CardAction, wxString>> actions;
  if (!file.outgoing && file.phase == TransferPhase::offered) {
    actions.emplace_back(CardAction::accept, _("Accept"));
    actions.emplace_back(CardAction::decline, _("Decline"));
  } else if (file.phase == TransferPhase::paused) {
    actions.emplace_back(CardAction::resume, _("Resume"));
    actions.emplace_back(CardAction::cancel, _("Cancel"));
  } else if (file.phase == TransferPhase::running || file.phase == TransferPhase::waiting) {
    actions.emplace_back(CardAction::pause, _("Pause"));
    actions.emplace_back(CardAction::cancel, _("Cancel"));
  } else if (file.phase == TransferPhase::offered) {
    actions.emplace_back(CardAction::cancel, _("Cancel"));
  } else if (file.phase == TransferPhase::finished && !file.path.empty()) {
    actions.emplace_back(CardAction::open, _("Open"));
    actions.emplace_back(CardAction::show_in_folder, _("Show in Folder"));
  }
  return actions;
}

MessageLayout::MessageLayout(const LayoutContext& context, std::size_t index)
    : width_(context.width), is_mirrored_(context.is_mirrored) {
  const auto& window = context.window;
  const auto& row = context.chat.at(index);
  const auto& message = row.message;
  revision_ = row.revision;
  is_own_ = message.outgoing;
  is_deleted_ = message.deleted;
  person_ = colour_index(message.from, context.theme.people.size());

  const auto px = [&](int size) { return window.FromDIP(size); };
  const auto normal = window.GetFont();
  const auto bold = scaled_font(window, 1.0, true);
  const auto small = scaled_font(window, 0.85);
  const bool starts_run = context.chat.starts_run(index) || index == context.unread_from;
  const int margin = px(12);
  const int face_size = px(34);
  const int padding_x = px(11);
  const int padding_y = px(7);
  const int column = margin + face_size + px(8);
  const int room = std::max(px(120), std::min(px(640), width_ - column - margin - px(40)));
  const int inner = room - 2 * padding_x;

  int y = starts_run ? px(8) : px(2);
  const bool starts_day = context.chat.starts_day(index);
  is_first_unread_ = index == context.unread_from;
  if (starts_day || is_first_unread_) {
    y += px(6);
    auto words = starts_day ? day_name(message.arrived_ms, context.now_ms) : wxString();
    if (is_first_unread_)
      words = words.empty() ? _("New messages") : words + wxString::FromUTF8(" · ") + _("New messages");
    TextBlock day(window, to_utf8(words), small, 0);
    const int x = (width_ - day.size().x) / 2;
    day_ = wxRect(x, y, day.size().x, day.size().y);
    day_line_ = y + day.size().y / 2;
    y += day.size().y + px(10);
    add_text(std::move(day), day_.GetPosition(), is_first_unread_ ? Placed::Ink::accent : Placed::Ink::faint);
  }

  const auto first_of_bubble = texts_.size();
  const int top = y;
  int x = (is_own_ ? 0 : column) + padding_x;
  int right = x;
  y += padding_y;
  const auto below = [&](TextBlock block, Placed::Ink ink, int indent = 0) {
    const auto size = block.size();
    add_text(std::move(block), {x + indent, y}, ink);
    right = std::max(right, x + indent + size.x);
    y += size.y;
  };

  if (!is_own_ && starts_run) {
    face_ = wxRect(margin, top, face_size, face_size);
    TextBlock letters(window, initials(message.from), scaled_font(window, 0.95, true), 0);
    const auto size = letters.size();
    add_text(std::move(letters), face_.GetPosition() + (face_.GetSize() - size) / 2, Placed::Ink::white);
    below(TextBlock(window, message.from, bold, inner, 1), Placed::Ink::person);
    y += px(1);
  }
  if (message.quote) {
    y += px(2);
    const int begin = y;
    y += px(4);
    const auto& quote = *message.quote;
    below(TextBlock(window, quote.from.empty() ? to_utf8(_("Somebody")) : quote.from, scaled_font(window, 0.85, true),
                    inner - px(20), 1),
          Placed::Ink::accent, px(10));
    const auto words = quote.deleted        ? to_utf8(_("This message was deleted."))
                       : quote.text.empty() ? to_utf8(_("A message that is not on this device"))
                                            : quote.text;
    below(TextBlock(window, words, small, inner - px(20), 2), Placed::Ink::faint, px(10));
    y += px(4);
    quote_ = wxRect(x, begin, right - x + px(10), y - begin);
    right = std::max(right, quote_.GetRight() + 1);
    y += px(5);
  }

  std::optional<FileSummary> file;
  if (message.deleted) {
    auto italic = normal;
    italic.MakeItalic();
    below(TextBlock(window, to_utf8(_("This message was deleted.")), italic, inner), Placed::Ink::faint);
  } else if (message.file) {
    file = context.group.transfers().summary(*message.file, Rate::Clock::now());
    if (file) {
      if (context.picture) picture_ = context.picture(*message.file, *file);
      if (picture_.IsOk()) {
        const auto size = picture_.GetLogicalSize();
        picture_box_ = wxRect(wxPoint(x, y), wxSize(static_cast<int>(size.x), static_cast<int>(size.y)));
        right = std::max(right, x + picture_box_.width);
        y += picture_box_.height + px(6);
      }
      add_card(context, *file, message, x, y, right);
    } else {
      event::Message known = message;
      FileSummary past;
      past.phase = TransferPhase::finished;
      past.outgoing = message.outgoing;
      add_card(context, past, known, x, y, right);
    }
  } else {
    std::vector<TextMark> marks;
    for (const auto& range : find_text(message.text, context.searched)) marks.push_back({range, TextMark::Kind::found});
    for (const auto& range : find_links(message.text)) marks.push_back({range, TextMark::Kind::link});
    for (const auto& range : find_mentions(message.text, context.group.names()))
      marks.push_back({range, TextMark::Kind::mention});
    is_meant_ = is_meant(message, context.group.connection().user_id);
    text_ = texts_.size();
    below(TextBlock(window, message.text, normal, inner, 0, std::move(marks)), Placed::Ink::text);
  }

  // Time and state: after the last line where it fits, below it otherwise.
  delivery_ = message.deleted ? std::nullopt : ChatModel::state_of(message);
  if (file) delivery_ = state_of_file(*file, delivery_);
  auto time = to_utf8(sent_name(message.sent_ms, message.arrived_ms, context.now_ms));
  if (message.edited && !message.deleted) time = to_utf8(_("edited")) + " " + time;
  TextBlock clock(window, time, small, 0);
  const int ticks = delivery_ ? px(22) : 0;
  const int footer = clock.size().x + ticks;
  const bool is_short = text_ && texts_[*text_].block.size().y < 2 * clock.size().y + px(4) &&
                        texts_[*text_].block.is_right_to_left() == is_mirrored_ && right + px(10) + footer <= x + inner;
  int footer_y = y;
  int footer_x = 0;
  if (is_short) {
    footer_x = texts_[*text_].box().GetRight() + px(10);
    footer_y = y - clock.size().y - px(1);
    right = std::max(right, footer_x + footer);
    footer_x = right - footer;
  } else {
    footer_y = y + px(1);
    y = footer_y + clock.size().y;
    right = std::max(right, x + footer);
    footer_x = right - footer;
  }
  const int clock_height = clock.size().y;
  add_text(std::move(clock), {footer_x, footer_y}, Placed::Ink::faint);
  if (delivery_) state_ = wxRect(right - ticks + px(5), footer_y, ticks, clock_height);
  y += padding_y;
  // Text that runs against the window begins at the far edge.
  if (text_ && texts_[*text_].block.is_right_to_left() != is_mirrored_)
    texts_[*text_].at.x = right - texts_[*text_].block.size().x;
  bubble_ = wxRect(x - padding_x, top, right - x + 2 * padding_x, y - top);

  if (!message.reactions.empty()) {
    int chip_x = bubble_.x + px(6);
    y += px(2);
    int chip_height = 0;
    for (const auto& reaction : message.reactions) {
      TextBlock label(window,
                      reaction.emoji + (reaction.user_ids.size() > 1
                                            ? " " + to_utf8(figures(wxString::Format("%zu", reaction.user_ids.size())))
                                            : std::string()),
                      small, 0);
      const auto size = label.size();
      Chip chip;
      chip.emoji = reaction.emoji;
      chip.box = wxRect(chip_x, y, size.x + px(14), size.y + px(4));
      chip.own = std::find(reaction.user_ids.begin(), reaction.user_ids.end(), context.group.connection().user_id) !=
                 reaction.user_ids.end();
      chip_height = chip.box.height;
      add_text(std::move(label), {chip_x + px(7), y + px(2)}, Placed::Ink::text);
      chip_x += chip.box.width + px(4);
      chips_.push_back(std::move(chip));
    }
    y += chip_height;
  }
  if (is_own_) {
    const int by = width_ - margin - (bubble_.x + bubble_.width);
    for (std::size_t i = first_of_bubble; i < texts_.size(); ++i) texts_[i].at.x += by;
    move_right(by);
  }
  if (is_mirrored_) mirror();
  height_ = y + px(2);
}

// Everything changes sides; letters, pictures and signs keep their shape.
void MessageLayout::mirror() {
  const auto turn = [&](wxRect& box) { box.x = width_ - box.x - box.width; };
  for (auto* box : {&bubble_, &face_, &quote_, &state_, &icon_, &bar_, &picture_box_, &day_}) turn(*box);
  for (auto& button : buttons_) turn(button.box);
  for (auto& chip : chips_) turn(chip.box);
  for (auto& text : texts_) text.at.x = width_ - text.at.x - text.block.size().x;
}

int MessageLayout::add_text(TextBlock block, wxPoint at, Placed::Ink ink) {
  texts_.push_back({std::move(block), at, ink});
  return static_cast<int>(texts_.size()) - 1;
}

void MessageLayout::move_right(int by) {
  for (auto* box : {&bubble_, &quote_, &state_, &icon_, &bar_, &picture_box_}) box->x += by;
  for (auto& button : buttons_) button.box.x += by;
  for (auto& chip : chips_) chip.box.x += by;
}

void MessageLayout::add_card(const LayoutContext& context, const FileSummary& file, const event::Message& message,
                             int& x, int& y, int& right) {
  const auto& window = context.window;
  const auto px = [&](int size) { return window.FromDIP(size); };
  const int card = std::min(px(340), context.width - px(140));
  icon_ = wxRect(x, y + px(2), px(34), px(42));
  extension_ = extension_of(message.text);
  const int text_x = icon_.GetRight() + px(11);
  const int text_width = std::max(px(80), card - (text_x - x));
  TextBlock name(window, message.text, scaled_font(window, 1.0, true), text_width, 2);
  TextBlock detail(window, to_utf8(describe_file(file)), scaled_font(window, 0.85), text_width, 3);
  int line = y;
  const int name_height = name.size().y;
  const int detail_height = detail.size().y;
  add_text(std::move(name), {text_x, line}, Placed::Ink::text);
  line += name_height + px(1);
  const bool is_bad = file.phase == TransferPhase::failed ||
                      (file.phase == TransferPhase::offered && file.offer && file.offer->is_executable_type);
  add_text(std::move(detail), {text_x, line}, is_bad ? Placed::Ink::bad : Placed::Ink::faint);
  line += detail_height;
  const bool is_moving = file.phase == TransferPhase::running || file.phase == TransferPhase::waiting ||
                         file.phase == TransferPhase::paused || file.phase == TransferPhase::verifying;
  if (is_moving) {
    bar_ = wxRect(text_x, line + px(6), text_width, px(5));
    share_ = file.size == 0 ? 0 : static_cast<double>(file.done) / static_cast<double>(file.size);
    is_paused_ = file.phase != TransferPhase::running && file.phase != TransferPhase::verifying;
    line += px(13);
  }
  const auto actions = card_actions(file);
  if (!actions.empty()) {
    line += px(5);
    int button_x = text_x;
    int button_height = 0;
    for (const auto& [action, label] : actions) {
      TextBlock text(window, to_utf8(label), scaled_font(window, 0.9, true), 0);
      Button button;
      button.action = action;
      button.box = wxRect(button_x, line, text.size().x + px(20), text.size().y + px(8));
      button_height = button.box.height;
      button_x = button.box.GetRight() + px(7);
      right = std::max(right, button.box.GetRight() + 1);
      button.label = static_cast<std::size_t>(
          add_text(std::move(text), {button.box.x + px(10), button.box.y + px(4)}, Placed::Ink::accent));
      buttons_.push_back(button);
    }
    line += button_height;
  }
  right = std::max(right, text_x + text_width);
  y = std::max(line, icon_.GetBottom() + px(2)) + px(2);
}

void MessageLayout::paint(wxGraphicsContext& to, int y, const Theme& theme, const Look& look) const {
  to.PushState();
  to.Translate(0, y);
  if (day_line_ > 0) {
    to.SetPen(to.CreatePen(wxGraphicsPenInfo(is_first_unread_ ? theme.accent : theme.line).Width(1)));
    to.StrokeLine(width_ * 0.06, day_line_ + 0.5, day_.x - 12, day_line_ + 0.5);
    to.StrokeLine(day_.GetRight() + 12, day_line_ + 0.5, width_ * 0.94, day_line_ + 0.5);
  }
  if (!face_.IsEmpty()) {
    to.SetPen(*wxTRANSPARENT_PEN);
    to.SetBrush(theme.people.at(person_));
    to.DrawEllipse(face_.x, face_.y, face_.width, face_.height);
  }
  if (look.is_found)
    to.SetPen(to.CreatePen(wxGraphicsPenInfo(theme.found_here).Width(2)));
  else if (look.is_focused)
    to.SetPen(to.CreatePen(wxGraphicsPenInfo(theme.accent).Width(2)));
  else
    to.SetPen(*wxTRANSPARENT_PEN);
  to.SetBrush(is_own_ ? theme.own_bubble : is_meant_ ? theme.info_bar : theme.bubble);
  to.DrawRoundedRectangle(bubble_.x, bubble_.y, bubble_.width, bubble_.height, 12);
  to.SetPen(*wxTRANSPARENT_PEN);
  if (is_meant_) {
    to.SetBrush(theme.accent);
    to.DrawRoundedRectangle(is_mirrored_ ? bubble_.GetRight() + 4 : bubble_.x - 6, bubble_.y + 2, 3, bubble_.height - 4,
                            1.5);
  }
  if (!quote_.IsEmpty()) {
    to.SetBrush(theme.is_dark ? wxColour(255, 255, 255, 18) : wxColour(0, 0, 0, 12));
    to.DrawRoundedRectangle(quote_.x, quote_.y, quote_.width, quote_.height, 5);
    to.SetBrush(theme.accent);
    to.DrawRectangle(is_mirrored_ ? quote_.GetRight() - 2 : quote_.x, quote_.y + 2, 3, quote_.height - 4);
  }
  if (picture_.IsOk()) to.DrawBitmap(picture_, picture_box_.x, picture_box_.y, picture_box_.width, picture_box_.height);
  if (!icon_.IsEmpty()) {
    to.SetBrush(theme.accent);
    to.DrawRoundedRectangle(icon_.x, icon_.y, icon_.width, icon_.height, 5);
    auto fold = to.CreatePath();
    const double corner = icon_.width * 0.32;
    fold.MoveToPoint(icon_.x + icon_.width - corner, icon_.y);
    fold.AddLineToPoint(icon_.x + icon_.width, icon_.y + corner);
    fold.AddLineToPoint(icon_.x + icon_.width - corner, icon_.y + corner);
    fold.CloseSubpath();
    to.SetBrush(wxColour(255, 255, 255, 110));
    to.FillPath(fold);
    if (!extension_.empty()) {
      to.SetFont(wxFont(wxFontInfo(extension_.size() > 3 ? 6.5 : 7.5).Bold()),
                 theme.is_dark ? wxColour(0x10, 0x20, 0x1e) : *wxWHITE);
      wxDouble width = 0;
      wxDouble height = 0;
      const auto letters = to_wx(extension_);
      to.GetTextExtent(letters, &width, &height);
      to.DrawText(letters, icon_.x + (icon_.width - width) / 2, icon_.y + icon_.height - height - 5);
    }
  }
  if (!bar_.IsEmpty()) {
    to.SetPen(*wxTRANSPARENT_PEN);
    to.SetBrush(theme.line);
    to.DrawRoundedRectangle(bar_.x, bar_.y, bar_.width, bar_.height, bar_.height / 2.0);
    if (share_ > 0) {
      to.SetBrush(is_paused_ ? theme.faint : theme.accent);
      const double done = std::max<double>(bar_.height, bar_.width * share_);
      to.DrawRoundedRectangle(is_mirrored_ ? bar_.x + bar_.width - done : bar_.x, bar_.y, done, bar_.height,
                              bar_.height / 2.0);
    }
  }
  for (const auto& button : buttons_) {
    to.SetPen(to.CreatePen(wxGraphicsPenInfo(theme.accent).Width(1)));
    to.SetBrush(*wxTRANSPARENT_BRUSH);
    to.DrawRoundedRectangle(button.box.x + 0.5, button.box.y + 0.5, button.box.width - 1, button.box.height - 1,
                            button.box.height / 2.0);
  }
  for (const auto& chip : chips_) {
    to.SetPen(to.CreatePen(wxGraphicsPenInfo(chip.own ? theme.accent : theme.line).Width(1)));
    to.SetBrush(chip.own ? theme.info_bar : theme.ground);
    to.DrawRoundedRectangle(chip.box.x + 0.5, chip.box.y + 0.5, chip.box.width - 1, chip.box.height - 1,
                            chip.box.height / 2.0);
  }
  TextColours colours{theme.text, theme.link, look.is_found ? theme.found_here : theme.found, theme.selection,
                      theme.selected_text};
  for (std::size_t i = 0; i < texts_.size(); ++i) {
    const auto& placed = texts_[i];
    switch (placed.ink) {
      case Placed::Ink::text: colours.text = theme.text; break;
      case Placed::Ink::faint: colours.text = theme.faint; break;
      case Placed::Ink::accent: colours.text = theme.accent; break;
      case Placed::Ink::person:
        colours.text = theme.is_dark ? theme.people.at(person_).ChangeLightness(150) : theme.people.at(person_);
        break;
      case Placed::Ink::bad: colours.text = theme.bad; break;
      case Placed::Ink::good: colours.text = theme.good; break;
      case Placed::Ink::white: colours.text = *wxWHITE; break;
    }
    placed.block.draw(to, placed.at.x, placed.at.y, colours, text_ == i ? look.selected : std::nullopt);
  }
  if (delivery_) draw_state(to, state_, *delivery_, theme);
  to.PopState();
}

Hit MessageLayout::hit(wxPoint point) const {
  for (const auto& button : buttons_)
    if (button.box.Contains(point)) return {Hit::Kind::action, 0, {}, button.action};
  for (const auto& chip : chips_)
    if (chip.box.Contains(point)) return {Hit::Kind::reaction, 0, chip.emoji, {}};
  if (delivery_ && wxRect(state_).Inflate(4, 3).Contains(point)) return {Hit::Kind::state, 0, {}, {}};
  if (quote_.Contains(point)) return {Hit::Kind::quote, 0, {}, {}};
  if (face_.Contains(point)) return {Hit::Kind::face, 0, {}, {}};
  if (picture_box_.Contains(point)) return {Hit::Kind::picture, 0, {}, {}};
  if (text_) {
    const auto& placed = texts_[*text_];
    if (placed.box().Contains(point)) {
      const auto inside = point - placed.at;
      if (const auto link = placed.block.link_at(inside))
        return {Hit::Kind::link,
                placed.block.place_at(inside),
                placed.block.text().substr(link->begin, link->end - link->begin),
                {}};
      return {Hit::Kind::text, placed.block.place_at(inside), {}, {}};
    }
  }
  return {};
}

std::size_t MessageLayout::place_near(wxPoint point) const {
  if (!text_) return 0;
  const auto& placed = texts_[*text_];
  return placed.block.place_at(point - placed.at);
}

TextRange MessageLayout::word_at(std::size_t place) const {
  if (!text_) return {};
  return texts_[*text_].block.word_at(place);
}

}   // namespace coterie::gui
