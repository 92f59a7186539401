// SPDX-License-Identifier: MIT
// Where the messages are: what is measured, what is seen, and how far that can be moved.
#include "gui/message_view.h"

#include <algorithm>

namespace coterie::gui {
namespace {

constexpr std::size_t most_layouts = 300;   // kept; more than fit on a large screen
constexpr std::size_t near_the_edge = 40;   // rows from which on more is asked for

}   // namespace

void MessageView::Arrange() {
  LayOut();
  accessible_->Changed();
}

void MessageView::LayOut() {
  visible_.clear();
  const auto area = GetClientSize();
  if (area.x != width_) {
    width_ = area.x;
    layouts_.clear();   // the old heights stay as guesses
  }
  if (chat_ == nullptr || chat_->empty() || area.x <= 0 || area.y <= 0) {
    total_ = 0;
    SetScrollbar(wxVERTICAL, 0, 0, 0);
    return;
  }
  if (layouts_.size() > most_layouts) layouts_.clear();
  const std::size_t count = chat_->size();
  // What comes before a row decides how it looks (its day, its sender), so a row that got another neighbour is measured anew by
  // its revision only when it is the first one loaded; the others keep theirs.
  auto index = chat_->find_row(anchor_);
  if (sticks_to_end_ || !index) {
    index = count - 1;
    anchor_y_ = area.y - LayoutOf(count - 1).height();
  }
  // From the anchor up to the upper edge, then down to the lower one.
  std::size_t first = *index;
  int y = anchor_y_;
  while (y > 0 && first > 0) y -= LayoutOf(--first).height();
  int first_y = y;
  std::size_t at = first;
  while (at < count && y < area.y) {
    const int height = LayoutOf(at).height();
    visible_.push_back({at, y, height});
    y += height;
    ++at;
  }
  // Nothing below the newest message, and nothing above the oldest unless all of it fits.
  const int margin = FromDIP(8);
  const auto shift = [&](int by) {
    for (auto& row : visible_) row.y += by;
    first_y += by;
    y += by;
  };
  if (at == count && y + margin < area.y) {
    shift(area.y - margin - y);
    while (first_y > 0 && first > 0) {
      const int height = LayoutOf(--first).height();
      first_y -= height;
      visible_.insert(visible_.begin(), {first, first_y, height});
    }
    sticks_to_end_ = chat_->is_at_end();
  } else if (at == count && sticks_to_end_) {
    shift(area.y - margin - y);
  }
  if (first == 0 && first_y > 0 && y + margin > area.y) shift(-std::min(first_y, std::max(0, y + margin - area.y)));
  while (!visible_.empty() && visible_.front().y + visible_.front().height <= 0) visible_.erase(visible_.begin());
  if (visible_.empty()) return;
  anchor_ = chat_->at(visible_.front().index).message.row;
  anchor_y_ = visible_.front().y;

  int above = 0;
  for (std::size_t i = 0; i < visible_.front().index; ++i) above += HeightOf(i);
  total_ = above;
  for (std::size_t i = visible_.front().index; i < count; ++i) total_ += HeightOf(i);
  total_ += margin;
  position_ = std::clamp(above - anchor_y_, 0, std::max(0, total_ - area.y));
  if (sticks_to_end_) position_ = std::max(0, total_ - area.y);
  if (GetScrollPos(wxVERTICAL) != position_ || GetScrollRange(wxVERTICAL) != total_ ||
      GetScrollThumb(wxVERTICAL) != area.y)
    SetScrollbar(wxVERTICAL, position_, std::min(area.y, total_), total_);
  AskForMore();
}

void MessageView::AskForMore() {
  if (visible_.empty() || !actions_.load) return;
  if (visible_.front().index < near_the_edge)
    if (auto load = chat_->load_older()) actions_.load(*load);
  if (visible_.back().index + near_the_edge >= chat_->size())
    if (auto load = chat_->load_newer()) actions_.load(*load);
  if (sticks_to_end_ && actions_.reached_end) actions_.reached_end();
}

void MessageView::ScrollBy(int pixels) {
  if (visible_.empty() || pixels == 0) return;
  if (pixels < 0 && total_ <= GetClientSize().y && chat_->is_at_start()) return;
  if (pixels < 0) sticks_to_end_ = false;
  anchor_y_ -= pixels;
  const bool was_below = pixels > 0;
  Arrange();
  if (was_below && chat_->is_at_end() && !visible_.empty() && visible_.back().index + 1 == chat_->size() &&
      visible_.back().y + visible_.back().height <= GetClientSize().y)
    sticks_to_end_ = true;
  Refresh();
}

// To a place known only by heights that are partly guessed.
void MessageView::ScrollTo(int position) {
  if (chat_ == nullptr || chat_->empty()) return;
  sticks_to_end_ = chat_->is_at_end() && position >= total_ - GetClientSize().y;
  int above = 0;
  std::size_t index = 0;
  while (index + 1 < chat_->size() && above + HeightOf(index) <= position) above += HeightOf(index++);
  anchor_ = chat_->at(index).message.row;
  anchor_y_ = above - position;
  Arrange();
  Refresh();
}

void MessageView::ScrollToEnd() {
  if (chat_ == nullptr) return;
  unread_ = 0;
  wants_start_ = false;
  wanted_ = 0;
  if (!chat_->is_at_end()) {
    if (auto load = chat_->load_newest(); load && actions_.load) actions_.load(*load);
  }
  sticks_to_end_ = true;
  Arrange();
  Refresh();
}

void MessageView::ScrollToStart() {
  if (chat_ == nullptr || chat_->empty()) return;
  if (chat_->is_at_start()) return ScrollTo(0);
  wants_start_ = true;
  wanted_ = 0;
  sticks_to_end_ = false;
  // Rows are numbered from 1, whichever conversation has that one.
  if (actions_.load) actions_.load(chat_->load_around(1));
}

void MessageView::Reveal(std::int64_t row) {
  if (chat_ == nullptr) return;
  wants_start_ = false;
  const auto index = chat_->find_row(row);
  if (!index) {
    wanted_ = row;
    sticks_to_end_ = false;
    if (actions_.load) actions_.load(chat_->load_around(row));
    return;
  }
  current_ = row;
  const auto shown =
      std::find_if(visible_.begin(), visible_.end(), [&](const Visible& seen) { return seen.index == *index; });
  const int height = GetClientSize().y;
  if (shown == visible_.end() || shown->y < 0 || shown->y + shown->height > height) {
    sticks_to_end_ = false;
    anchor_ = row;
    anchor_y_ = std::max(0, (height - LayoutOf(*index).height()) / 2);
  }
  Arrange();
  Refresh();
}

}   // namespace coterie::gui
