// SPDX-License-Identifier: MIT
#include "gui/message_view.h"

#include "gui/file_text.h"
#include "gui/model/format.h"
#include "gui/model/mentions.h"
#include "gui/text.h"
#include "netcore/base/log.h"

#include <wx/dcbuffer.h>
#include <wx/graphics.h>
#include <wx/settings.h>

#include <algorithm>

namespace coterie::gui {
namespace {

constexpr int guessed_height = 44;          // of a message that was never measured, in device-independent pixels
constexpr std::size_t most_layouts = 300;   // kept; more than fit on a large screen
constexpr std::size_t near_the_edge = 40;   // rows from which on more is asked for

}   // namespace

MessageView::MessageView(wxWindow* parent, Actions actions)
    : wxWindow(parent, wxID_ANY, wxDefaultPosition, wxDefaultSize, wxVSCROLL | wxFULL_REPAINT_ON_RESIZE | wxBORDER_NONE,
               "messages"),
      actions_(std::move(actions)),
      theme_(Theme::current()) {
  SetBackgroundStyle(wxBG_STYLE_PAINT);
  // Each text finds its own direction; a mirrored drawing would mirror the letters with it.
  SetLayoutDirection(wxLayout_LeftToRight);
  accessible_ = std::make_unique<MessageAccessible>(*this);
  Bind(wxEVT_PAINT, &MessageView::OnPaint, this);
  Bind(wxEVT_SIZE, &MessageView::OnSize, this);
  for (const auto& type :
       {wxEVT_SCROLLWIN_TOP, wxEVT_SCROLLWIN_BOTTOM, wxEVT_SCROLLWIN_LINEUP, wxEVT_SCROLLWIN_LINEDOWN,
        wxEVT_SCROLLWIN_PAGEUP, wxEVT_SCROLLWIN_PAGEDOWN, wxEVT_SCROLLWIN_THUMBTRACK, wxEVT_SCROLLWIN_THUMBRELEASE})
    Bind(type, &MessageView::OnScroll, this);
  Bind(wxEVT_MOUSEWHEEL, &MessageView::OnWheel, this);
  for (const auto& type : {wxEVT_LEFT_DOWN, wxEVT_LEFT_UP, wxEVT_LEFT_DCLICK, wxEVT_MOTION})
    Bind(type, &MessageView::OnMouse, this);
  Bind(wxEVT_MOUSE_CAPTURE_LOST, &MessageView::OnCaptureLost, this);
  Bind(wxEVT_KEY_DOWN, &MessageView::OnKey, this);
  Bind(wxEVT_CONTEXT_MENU, &MessageView::OnContextMenu, this);
  Bind(wxEVT_SET_FOCUS, [this](wxFocusEvent& event) {
    Refresh();
    event.Skip();
  });
  Bind(wxEVT_KILL_FOCUS, [this](wxFocusEvent& event) {
    Refresh();
    event.Skip();
  });
}

MessageView::~MessageView() {
  if (HasCapture()) ReleaseMouse();
}

void MessageView::Show(GroupModel* group, ChatModel* chat) {
  group_ = group;
  chat_ = chat;
  Forget();
  selection_.reset();
  current_.reset();
  wanted_ = 0;
  wants_start_ = false;
  unread_row_ = 0;
  sticks_to_end_ = true;
  anchor_ = 0;
  asked_at_ = std::chrono::steady_clock::now();
  is_awaited_ = chat != nullptr;
  Refreshed();
}

void MessageView::Forget() {
  layouts_.clear();
  painted_.clear();
  heights_.clear();
}

void MessageView::ThemeChanged() {
  theme_ = Theme::current();
  Forget();
  Refreshed();
}

void MessageView::SearchFor(const std::string& words) {
  if (searched_ == words) return;
  searched_ = words;
  hit_ = 0;
  layouts_.clear();
  painted_.clear();
  Refreshed();
}

void MessageView::RevealHit(std::int64_t row) {
  hit_ = row;
  Reveal(row);
}

void MessageView::MarkUnreadFrom(std::size_t index) {
  unread_row_ = chat_ != nullptr && index < chat_->size() ? chat_->at(index).message.row : 0;
  Forget();
  Refreshed();
}

LayoutContext MessageView::Context() const {
  return {
      *this,     *group_,  *chat_,       theme_,   width_, GetParent()->GetLayoutDirection() == wxLayout_RightToLeft,
      searched_, now_ms(), unread_from_, pictures_};
}

const MessageLayout& MessageView::LayoutOf(std::size_t index) {
  const auto& row = chat_->at(index);
  auto& layout = layouts_[row.message.row];
  if (!layout || layout->revision() != row.revision) {
    layout = std::make_unique<MessageLayout>(Context(), index);
    heights_[row.message.row] = layout->height();
  }
  return *layout;
}

int MessageView::HeightOf(std::size_t index) const {
  const auto known = heights_.find(chat_->at(index).message.row);
  return known != heights_.end() ? known->second : FromDIP(guessed_height);
}

void MessageView::Refreshed() {
  unread_from_ = static_cast<std::size_t>(-1);
  if (chat_ != nullptr && unread_row_ != 0)
    if (const auto index = chat_->find_row(unread_row_)) unread_from_ = *index;
  if (chat_ != nullptr && !chat_->empty() && chat_->at(0).message.row != first_) {
    layouts_.erase(first_);
    painted_.clear();
    first_ = chat_->at(0).message.row;
  }
  if (wants_start_ && chat_ != nullptr && chat_->is_at_start()) {
    wants_start_ = false;
    return ScrollTo(0);
  }
  if (wanted_ != 0 && chat_ != nullptr && chat_->find_row(wanted_)) {
    const auto row = wanted_;
    wanted_ = 0;
    visible_.clear();   // places in what was loaded before: one of them could be taken for this row
    return Reveal(row);
  }
  Arrange();
  RefreshChanged();
}

// A file on its way changes one row a few times a second: nothing else is painted for it, as long as everything keeps its place.
void MessageView::RefreshChanged() {
  std::vector<Painted> shown;
  for (const auto& row : visible_) {
    const auto& known = chat_->at(row.index);
    shown.push_back({known.message.row, known.revision, row.y, row.height});
  }
  const auto is_in_place = [](const Painted& before, const Painted& now) {
    return before.row == now.row && before.y == now.y && before.height == now.height;
  };
  const bool stays =
      !shown.empty() && std::equal(painted_.begin(), painted_.end(), shown.begin(), shown.end(), is_in_place);
  if (!stays) Refresh();
  for (std::size_t i = 0; stays && i < shown.size(); ++i)
    if (!(painted_[i] == shown[i])) RefreshRect({0, shown[i].y, GetClientSize().x, shown[i].height}, false);
  painted_ = std::move(shown);
}

// ── where everything is ────────────────────────────────────────────────────────────────────────────────────────────

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

// ── painting ───────────────────────────────────────────────────────────────────────────────────────────────────────

void MessageView::OnPaint(wxPaintEvent&) {
  wxAutoBufferedPaintDC dc(this);
  dc.SetBackground(theme_.ground);
  dc.Clear();
  const std::unique_ptr<wxGraphicsContext> to(wxGraphicsContext::Create(dc));
  if (!to || chat_ == nullptr) return;
  if (!chat_->empty())
    PaintRows(*to);
  else if (chat_->was_loaded() && banner_.empty())
    PaintEmpty(*to);
  if (!banner_.empty()) PaintBanner(*to);
  if (!chat_->empty() || chat_->was_loaded()) TellShown();
}

void MessageView::PaintRows(wxGraphicsContext& to) {
  const bool has_focus = HasFocus();
  const auto asked = GetUpdateRegion().GetBox();
  for (const auto& row : visible_) {
    if (row.index >= chat_->size()) break;
    if (row.y > asked.GetBottom() || row.y + row.height <= asked.y) continue;
    const auto& layout = LayoutOf(row.index);
    const auto& known = chat_->at(row.index);
    layout.paint(
        to, row.y, theme_,
        {SelectedIn(known), has_focus && current_ == known.message.row, hit_ != 0 && hit_ == known.message.row});
  }
}

void MessageView::PaintEmpty(wxGraphicsContext& to) {
  const auto words =
      chat_->conversation().empty()
          ? _("Nothing has been said here yet.\nWrite the first message below, or drop a file on this window.")
      : group_->connection().classic
          ? wxString::Format(_("What is written here is for %s, but the server, and whoever listens on the way, can "
                               "read it too."),
                             isolated(chat_->conversation()))
          : wxString::Format(_("Only you and %s can read what is written here."), isolated(chat_->conversation()));
  PaintWords(to, words, scaled_font(*this, 1.05), theme_.faint);
}

// In the middle, as wide as can be read.
void MessageView::PaintWords(wxGraphicsContext& to, const wxString& words, const wxFont& font,
                             const wxColour& ink) const {
  const auto area = GetClientSize();
  const TextBlock block(*this, to_utf8(words), font, std::min(area.x - FromDIP(40), FromDIP(420)));
  block.draw(to, (area.x - block.size().x) / 2, (area.y - block.size().y) / 2,
             {ink, theme_.link, theme_.found, theme_.selection, theme_.selected_text});
}

void MessageView::PaintBanner(wxGraphicsContext& to) const {
  const auto area = GetClientSize();
  const auto veil = theme_.info_bar;
  to.SetPen(*wxTRANSPARENT_PEN);
  to.SetBrush(wxColour(veil.Red(), veil.Green(), veil.Blue(), 225));
  to.DrawRectangle(0, 0, area.x, area.y);
  to.SetBrush(*wxTRANSPARENT_BRUSH);
  to.SetPen(to.CreatePen(wxGraphicsPenInfo(theme_.accent).Width(3).Style(wxPENSTYLE_SHORT_DASH)));
  const double edge = FromDIP(10);
  to.DrawRoundedRectangle(edge, edge, std::max(0.0, area.x - 2 * edge), std::max(0.0, area.y - 2 * edge), edge);
  PaintWords(to, banner_, scaled_font(*this, 1.3, true), theme_.text);
}

void MessageView::ShowBanner(const wxString& words) {
  if (banner_ == words) return;
  banner_ = words;
  Refresh();
}

void MessageView::TellShown() {
  if (!std::exchange(is_awaited_, false)) return;
  const auto waited = std::chrono::steady_clock::now() - asked_at_;
  log::debug("conversation.shown",
             {{"rows", chat_->size()}, {"ms", std::chrono::duration_cast<std::chrono::milliseconds>(waited).count()}});
}

void MessageView::OnSize(wxSizeEvent& event) {
  Arrange();
  Refresh();
  event.Skip();
}

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

// ── selection ──────────────────────────────────────────────────────────────────────────────────────────────────────

std::optional<TextRange> MessageView::SelectedIn(const ChatModel::Row& row) const {
  if (!selection_) return std::nullopt;
  const auto from = std::min(selection_->from, selection_->to);
  const auto to = std::max(selection_->from, selection_->to);
  if (from == to || row.message.row < from.row || row.message.row > to.row) return std::nullopt;
  return TextRange{row.message.row == from.row ? from.offset : 0,
                   row.message.row == to.row ? to.offset : row.message.text.size()};
}

void MessageView::SelectAll() {
  if (chat_ == nullptr || chat_->empty()) return;
  const auto& last = chat_->at(chat_->size() - 1).message;
  selection_ = Selection{{chat_->at(0).message.row, 0}, {last.row, last.text.size()}};
  Refresh();
}

wxString MessageView::SelectedText() const {
  if (chat_ == nullptr) return {};
  if (!HasSelection()) {
    const auto* current = Current();
    return current == nullptr ? wxString() : to_wx(current->text);
  }
  const auto from = std::min(selection_->from, selection_->to);
  const auto to = std::max(selection_->from, selection_->to);
  wxString all;
  for (std::size_t i = 0; i < chat_->size(); ++i) {
    const auto& row = chat_->at(i);
    const auto range = SelectedIn(row);
    if (!range) continue;
    const auto part = to_wx(std::string_view(row.message.text).substr(range->begin, range->end - range->begin));
    if (from.row == to.row) return part;
    all += wxString::Format("[%s] %s: %s\n", sent_name(row.message.sent_ms, row.message.arrived_ms, now_ms()),
                            to_wx(row.message.from), part);
  }
  return all;
}

wxString MessageView::AllText() const {
  wxString all;
  if (chat_ == nullptr) return all;
  for (std::size_t i = 0; i < chat_->size(); ++i) {
    const auto& message = chat_->at(i).message;
    all +=
        wxString::Format("[%s] %s: %s\n", sent_name(message.sent_ms, message.arrived_ms, now_ms()), to_wx(message.from),
                         message.deleted ? _("This message was deleted.") : to_wx(message.text));
  }
  return all;
}

const event::Message* MessageView::Current() const {
  const auto index = CurrentIndex();
  return index ? &chat_->at(*index).message : nullptr;
}

std::optional<std::size_t> MessageView::CurrentIndex() const {
  if (chat_ == nullptr || !current_) return std::nullopt;
  return chat_->find_row(*current_);
}

wxRect MessageView::PlaceBox(std::size_t place) const {
  if (place >= visible_.size()) return {};
  return {0, visible_[place].y, GetClientSize().x, visible_[place].height};
}

std::optional<std::size_t> MessageView::CurrentPlace() const {
  const auto index = CurrentIndex();
  if (!index) return std::nullopt;
  for (std::size_t place = 0; place < visible_.size(); ++place)
    if (visible_[place].index == *index) return place;
  return std::nullopt;
}

wxString MessageView::PlaceDescription(std::size_t place) const {
  if (chat_ == nullptr || place >= visible_.size() || visible_[place].index >= chat_->size()) return {};
  const auto& message = chat_->at(visible_[place].index).message;
  auto text = message.deleted ? _("This message was deleted.") : to_wx(message.text);
  auto state = ChatModel::state_of(message);
  if (message.file && !message.deleted) {
    text = wxString::Format(_("file %s"), text);
    if (const auto file = group_->transfers().summary(*message.file)) {
      text += ", " + describe_file(*file);
      state = state_of_file(*file, state);
    }
  }
  if (is_meant(message, group_->connection().user_id)) text = _("for you") + ": " + text;
  auto whole = wxString::Format("%s, %s: %s", to_wx(message.from),
                                sent_name(message.sent_ms, message.arrived_ms, now_ms()), text);
  for (const auto& reaction : message.reactions) whole += ", " + to_wx(reaction.emoji);
  if (state) whole += ", " + state_name(*state);
  return whole;
}

}   // namespace coterie::gui
