// SPDX-License-Identifier: MIT
#include "gui/message_view.h"

#include "gui/model/format.h"
#include "gui/text.h"
#include "netcore/base/log.h"

#include <wx/dcbuffer.h>
#include <wx/graphics.h>
#include <wx/settings.h>

#include <algorithm>

namespace coterie::gui {
namespace {

constexpr int guessed_height = 44;   // of a message that was never measured, in device-independent pixels

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

void MessageView::Show(GroupModel* group, ChatModel* chat, std::size_t unread) {
  group_ = group;
  chat_ = chat;
  Forget();
  selection_.reset();
  current_.reset();
  wanted_ = 0;
  wants_start_ = false;
  unread_row_ = 0;
  unread_ = unread;
  sticks_to_end_ = unread == 0;
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

// What is new begins at the upper edge; where all of it fits, the newest message is at the lower one as always.
void MessageView::FindUnread() {
  if (unread_ == 0 || chat_ == nullptr || !chat_->was_loaded() || !chat_->is_at_end() || chat_->empty()) return;
  std::size_t index = chat_->size();
  while (unread_ > 0 && index > 0)
    if (!chat_->at(--index).message.outgoing) --unread_;
  unread_ = 0;
  unread_row_ = anchor_ = chat_->at(index).message.row;
  anchor_y_ = 0;
  sticks_to_end_ = false;
  Forget();
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
  FindUnread();
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

// Each line in the middle, as wide as can be read.
void MessageView::PaintWords(wxGraphicsContext& to, const wxString& words, const wxFont& font,
                             const wxColour& ink) const {
  const auto area = GetClientSize();
  const TextBlock block(*this, to_utf8(words), font, std::min(area.x - FromDIP(40), FromDIP(420)), 0, {}, true);
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

}   // namespace coterie::gui
