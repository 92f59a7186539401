// SPDX-License-Identifier: MIT
// What wheel, keys and mouse do to the messages.
#include "gui/message_view.h"

#include "gui/file_text.h"
#include "gui/model/links.h"
#include "gui/text.h"

#include <algorithm>

namespace coterie::gui {

// ── scrolling ──────────────────────────────────────────────────────────────────────────────────────────────────────

void MessageView::OnScroll(wxScrollWinEvent& event) {
  const auto type = event.GetEventType();
  const int page = GetClientSize().y;
  if (type == wxEVT_SCROLLWIN_TOP)
    ScrollToStart();
  else if (type == wxEVT_SCROLLWIN_BOTTOM)
    ScrollToEnd();
  else if (type == wxEVT_SCROLLWIN_LINEUP)
    ScrollBy(-FromDIP(40));
  else if (type == wxEVT_SCROLLWIN_LINEDOWN)
    ScrollBy(FromDIP(40));
  else if (type == wxEVT_SCROLLWIN_PAGEUP)
    ScrollBy(-page * 9 / 10);
  else if (type == wxEVT_SCROLLWIN_PAGEDOWN)
    ScrollBy(page * 9 / 10);
  else if (event.GetPosition() != position_)
    ScrollTo(event.GetPosition());
}

void MessageView::OnWheel(wxMouseEvent& event) {
  if (event.GetWheelAxis() != wxMOUSE_WHEEL_VERTICAL || event.ControlDown()) return event.Skip();
  ScrollBy(-event.GetWheelRotation() * FromDIP(90) / std::max(1, event.GetWheelDelta()));
}

void MessageView::OnKey(wxKeyEvent& event) {
  const int page = GetClientSize().y * 9 / 10;
  switch (event.GetKeyCode()) {
    case WXK_UP:
    case WXK_NUMPAD_UP: return Move(-1);
    case WXK_DOWN:
    case WXK_NUMPAD_DOWN: return Move(1);
    case WXK_PAGEUP:
    case WXK_NUMPAD_PAGEUP: return ScrollBy(-page);
    case WXK_PAGEDOWN:
    case WXK_NUMPAD_PAGEDOWN: return ScrollBy(page);
    case WXK_HOME:
    case WXK_NUMPAD_HOME: return ScrollToStart();
    case WXK_END:
    case WXK_NUMPAD_END: return ScrollToEnd();
    case WXK_RETURN:
    case WXK_NUMPAD_ENTER: return Activate();
    case WXK_TAB:
      Navigate(event.ShiftDown() ? wxNavigationKeyEvent::IsBackward : wxNavigationKeyEvent::IsForward);
      return;
    default: event.Skip();
  }
}

// What a click would most likely have been for: the file, the link, or else the menu with everything.
void MessageView::Activate() {
  const auto* current = Current();
  if (current == nullptr) return;
  const auto message = *current;
  if (message.file && !message.deleted && actions_.act_on_file) {
    const auto file = group_->transfers().summary(*message.file);
    const auto known = file ? card_actions(*file) : std::vector<std::pair<CardAction, wxString>>();
    if (!known.empty() && known.front().first == CardAction::open)
      return actions_.act_on_file(*message.file, CardAction::open);
  } else if (const auto links = find_links(message.text); !links.empty() && actions_.open_link) {
    return actions_.open_link(message.text.substr(links.front().begin, links.front().end - links.front().begin));
  }
  if (actions_.show_menu)
    actions_.show_menu(message, ClientToScreen(PlaceBox(CurrentPlace().value_or(0)).GetPosition()));
}

void MessageView::Move(int rows) {
  if (chat_ == nullptr || chat_->empty() || visible_.empty()) return;
  auto index = current_ ? chat_->find_row(*current_) : std::nullopt;
  if (!index) {
    index = visible_.back().index;
  } else {
    const auto moved = static_cast<std::ptrdiff_t>(*index) + rows;
    if (moved < 0 || moved >= static_cast<std::ptrdiff_t>(chat_->size())) return;
    index = static_cast<std::size_t>(moved);
  }
  const auto row = chat_->at(*index).message.row;
  current_ = row;
  CallAfter([this] { accessible_->Moved(); });
  // Only as far as needed.
  const auto shown =
      std::find_if(visible_.begin(), visible_.end(), [&](const Visible& seen) { return seen.index == *index; });
  const int height = GetClientSize().y;
  if (shown == visible_.end()) {
    Reveal(row);
  } else if (shown->y < 0) {
    ScrollBy(shown->y);
  } else if (shown->y + shown->height > height) {
    ScrollBy(std::min(shown->y + shown->height - height, shown->y));
  }
  Refresh();
}

// ── the mouse ──────────────────────────────────────────────────────────────────────────────────────────────────────

const MessageView::Visible* MessageView::VisibleAt(int y) const {
  for (const auto& row : visible_)
    if (y >= row.y && y < row.y + row.height) return &row;
  return nullptr;
}

std::optional<MessageView::Place> MessageView::PlaceAt(wxPoint point) {
  if (visible_.empty()) return std::nullopt;
  const auto* row = VisibleAt(point.y);
  if (row == nullptr) row = point.y < visible_.front().y ? &visible_.front() : &visible_.back();
  if (row->index >= chat_->size()) return std::nullopt;
  return Place{chat_->at(row->index).message.row, LayoutOf(row->index).place_near({point.x, point.y - row->y})};
}

void MessageView::OnMouse(wxMouseEvent& event) {
  if (chat_ == nullptr) return event.Skip();
  const auto point = event.GetPosition();
  const auto* row = VisibleAt(point.y);
  const auto hit =
      row != nullptr && row->index < chat_->size() ? LayoutOf(row->index).hit({point.x, point.y - row->y}) : Hit{};

  if (event.LeftDown()) {
    SetFocus();
    current_ = row != nullptr ? std::optional(chat_->at(row->index).message.row) : std::nullopt;
    if (const auto place = PlaceAt(point)) {
      if (event.ShiftDown() && selection_)
        selection_->to = *place;
      else
        selection_ = Selection{*place, *place};
      is_selecting_ = true;
      if (!HasCapture()) CaptureMouse();
    }
    Refresh();
    return;
  }
  if (event.LeftDClick() && row != nullptr && hit.kind == Hit::Kind::text) {
    const auto word = LayoutOf(row->index).word_at(hit.place);
    const auto id = chat_->at(row->index).message.row;
    selection_ = Selection{{id, word.begin}, {id, word.end}};
    Refresh();
    return;
  }
  if (event.Dragging() && is_selecting_) {
    if (point.y < 0) ScrollBy(point.y);
    if (point.y > GetClientSize().y) ScrollBy(point.y - GetClientSize().y);
    if (const auto place = PlaceAt(point)) selection_->to = *place;
    Refresh();
    return;
  }
  if (event.LeftUp()) {
    if (HasCapture()) ReleaseMouse();
    const bool was_click = !HasSelection();
    is_selecting_ = false;
    if (was_click) selection_.reset();
    if (!was_click || row == nullptr) return;
    const auto message = chat_->at(row->index).message;
    switch (hit.kind) {
      case Hit::Kind::link:
        if (actions_.open_link) actions_.open_link(hit.word);
        break;
      case Hit::Kind::action:
        if (actions_.act_on_file && message.file) actions_.act_on_file(*message.file, hit.action);
        break;
      case Hit::Kind::picture:
        if (actions_.act_on_file && message.file) actions_.act_on_file(*message.file, CardAction::open);
        break;
      case Hit::Kind::reaction:
        if (actions_.react) actions_.react(message, hit.word);
        break;
      case Hit::Kind::state:
        if (actions_.show_deliveries) actions_.show_deliveries(message);
        break;
      case Hit::Kind::face:
        if (actions_.show_member) actions_.show_member(message.from);
        break;
      case Hit::Kind::quote:
        if (message.quote && message.quote->row != 0) Reveal(message.quote->row);
        break;
      case Hit::Kind::text:
      case Hit::Kind::nothing: break;
    }
    return;
  }
  switch (hit.kind) {
    case Hit::Kind::nothing: SetCursor(wxNullCursor); break;
    case Hit::Kind::text: SetCursor(wxCursor(wxCURSOR_IBEAM)); break;
    default: SetCursor(wxCursor(wxCURSOR_HAND)); break;
  }
  event.Skip();
}

void MessageView::OnCaptureLost(wxMouseCaptureLostEvent&) { is_selecting_ = false; }

void MessageView::OnContextMenu(wxContextMenuEvent& event) {
  if (chat_ == nullptr || !actions_.show_menu) return;
  auto point = event.GetPosition();
  if (point == wxDefaultPosition) {
    const auto* current = Current();
    if (current == nullptr) return;
    return actions_.show_menu(*current, ClientToScreen(PlaceBox(CurrentPlace().value_or(0)).GetPosition()));
  }
  const auto* row = VisibleAt(ScreenToClient(point).y);
  if (row == nullptr) return;
  current_ = chat_->at(row->index).message.row;
  Refresh();
  actions_.show_menu(chat_->at(row->index).message, point);
}

}   // namespace coterie::gui
