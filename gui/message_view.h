// SPDX-License-Identifier: MIT
// The messages of one conversation, drawn. Only what is seen is measured; everything else has a remembered or guessed height, and
// what is on the screen stays where it is when rows come in above or below (`anchor_`). Reads a ChatModel, sends nothing: what the
// user does comes out through Actions.
#pragma once

#include "gui/message_accessible.h"
#include "gui/message_layout.h"

#include <wx/timer.h>
#include <wx/window.h>

#include <chrono>
#include <functional>
#include <memory>
#include <unordered_map>

namespace coterie::gui {

class MessageView : public wxWindow {
 public:
  struct Actions {
    std::function<void(command::LoadHistory)> load;
    std::function<void(const std::string& address)> open_link;
    std::function<void(const FileId&, CardAction)> act_on_file;
    std::function<void(const event::Message&, const std::string& emoji)> react;
    std::function<void(const event::Message&, wxPoint)> show_menu;   // of one message; the point on the screen
    std::function<void(const event::Message&)> show_deliveries;
    std::function<void(const std::string& user_id)> show_member;
    std::function<void()> reached_end;   // the newest message is in view
  };

  MessageView(wxWindow* parent, Actions actions);
  ~MessageView() override;

  // Both outlive the time they are shown; nothing to show with nullptr.
  // `unread`: so many messages of others at its end are new; it opens at the first of them.
  void Show(GroupModel* group, ChatModel* chat, std::size_t unread);
  using wxWindow::Show;
  // The model has changed.
  void Refreshed();
  void SearchFor(const std::string& words);
  // Brings a hit of that search into view, distinct from the others.
  void RevealHit(std::int64_t row);
  // Brings a message into view and marks it as the current one.
  void Reveal(std::int64_t row);
  // To the first message there ever was.
  void ScrollToStart();
  void ScrollToEnd();
  [[nodiscard]] bool IsAtEnd() const { return sticks_to_end_; }
  void SetPictures(std::function<wxBitmap(const FileId&, const FileSummary&)> pictures) {
    pictures_ = std::move(pictures);
  }
  // What was selected, or the current message.
  [[nodiscard]] wxString SelectedText() const;
  [[nodiscard]] bool HasSelection() const { return selection_.has_value() && !(selection_->from == selection_->to); }
  [[nodiscard]] const event::Message* Current() const;
  void SelectAll();
  void ThemeChanged();
  // Over everything, until it is empty: what letting go of the mouse would do.
  void ShowBanner(const wxString& words);
  [[nodiscard]] const ChatModel* Chat() const { return chat_; }

  // ── for what tells a screen reader: the messages on the screen, from above ──
  [[nodiscard]] std::size_t PlaceCount() const { return visible_.size(); }
  [[nodiscard]] wxString PlaceDescription(std::size_t place) const;
  [[nodiscard]] wxRect PlaceBox(std::size_t place) const;
  [[nodiscard]] std::optional<std::size_t> CurrentPlace() const;

  bool AcceptsFocus() const override { return true; }
  bool AcceptsFocusFromKeyboard() const override { return true; }

 private:
  // A place in the text: of which message, and where in it.
  struct Place {
    std::int64_t row = 0;
    std::size_t offset = 0;
    friend auto operator<=>(const Place&, const Place&) = default;
  };
  struct Selection {
    Place from;   // where the mouse went down
    Place to;
  };
  struct Visible {
    std::size_t index = 0;
    int y = 0;
    int height = 0;
  };
  // As it was painted last: what is still like that needs no painting.
  struct Painted {
    std::int64_t row = 0;
    std::uint64_t revision = 0;
    int y = 0;
    int height = 0;
    friend bool operator==(const Painted&, const Painted&) = default;
  };

  void OnPaint(wxPaintEvent& event);
  void OnSize(wxSizeEvent& event);
  void OnScroll(wxScrollWinEvent& event);
  void OnWheel(wxMouseEvent& event);
  void OnMouse(wxMouseEvent& event);
  void OnKey(wxKeyEvent& event);
  void OnContextMenu(wxContextMenuEvent& event);
  void OnCaptureLost(wxMouseCaptureLostEvent& event);

  void PaintRows(wxGraphicsContext& to);
  void PaintEmpty(wxGraphicsContext& to);
  void PaintWords(wxGraphicsContext& to, const wxString& words, const wxFont& font, const wxColour& ink) const;
  void PaintBanner(wxGraphicsContext& to) const;
  void TellShown();   // in the log, how long it took
  void Arrange();
  void LayOut();
  void ScrollBy(int pixels);
  void ScrollTo(int position);
  void AskForMore();
  void Forget();
  void FindUnread();
  void RefreshChanged();
  [[nodiscard]] LayoutContext Context() const;
  const MessageLayout& LayoutOf(std::size_t index);
  [[nodiscard]] int HeightOf(std::size_t index) const;   // measured, or guessed
  [[nodiscard]] const Visible* VisibleAt(int y) const;
  [[nodiscard]] std::optional<Place> PlaceAt(wxPoint point);
  [[nodiscard]] std::optional<TextRange> SelectedIn(const ChatModel::Row& row) const;
  void Move(int rows);
  void Activate();

  [[nodiscard]] std::optional<std::size_t> CurrentIndex() const;

  Actions actions_;
  std::function<wxBitmap(const FileId&, const FileSummary&)> pictures_;
  GroupModel* group_ = nullptr;
  ChatModel* chat_ = nullptr;
  Theme theme_;
  std::string searched_;
  wxString banner_;
  std::int64_t hit_ = 0;   // row of the hit the search stands at
  std::size_t unread_from_ = static_cast<std::size_t>(-1);
  std::int64_t unread_row_ = 0;
  std::size_t unread_ = 0;   // where they begin is not known yet: their page has not come

  std::unordered_map<std::int64_t, std::unique_ptr<MessageLayout>>
      layouts_;                                     // by history row, of what was seen lately
  std::unordered_map<std::int64_t, int> heights_;   // likewise, of all that was ever measured
  int width_ = 0;
  std::vector<Visible> visible_;
  std::vector<Painted> painted_;   // empty: everything has to be painted
  std::int64_t anchor_ = 0;        // row at the upper edge
  int anchor_y_ = 0;               // where its upper edge is
  bool sticks_to_end_ = true;
  int position_ = 0;   // of the scrollbar
  int total_ = 0;

  std::optional<Selection> selection_;
  bool is_selecting_ = false;
  std::optional<std::int64_t> current_;   // row of the message the keyboard is at
  std::int64_t wanted_ = 0;               // row to be revealed when it has been loaded
  bool wants_start_ = false;              // the first one is to be, likewise
  std::int64_t first_ = 0;                // row of the oldest one loaded: what comes before it decides how it looks
  std::chrono::steady_clock::time_point asked_at_;   // when this conversation was to be shown …
  bool is_awaited_ = false;                          // … and nothing of it has been painted yet
  std::unique_ptr<MessageAccessible> accessible_;
};

}   // namespace coterie::gui
