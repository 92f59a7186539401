// SPDX-License-Identifier: MIT
// One message as it stands in the conversation: measured once for a width, painted as often as needed, and asked what lies
// under a point. Knows no window events.
//
//            ── day ──
//   (face)  name
//           ╭ quote ╮  text · file card · picture       time ✓✓
//           reactions
#pragma once

#include "gui/model/group_model.h"
#include "gui/text_block.h"
#include "gui/theme.h"

#include <wx/bitmap.h>
#include <wx/gdicmn.h>

#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

class wxGraphicsContext;
class wxWindow;

namespace coterie::gui {

enum class CardAction { accept, decline, pause, resume, cancel, open, show_in_folder };

// What can be done with a file as it is now, the likeliest first, and what that is called.
std::vector<std::pair<CardAction, wxString>> card_actions(const FileSummary& file);

struct Hit {
  enum class Kind { nothing, text, link, face, quote, state, reaction, action, picture };
  Kind kind = Kind::nothing;
  std::size_t place = 0;   // text: where
  std::string word;        // link: its address; reaction: its emoji
  CardAction action{};
};

// What a layout is made from besides the message.
struct LayoutContext {
  const wxWindow& window;
  const GroupModel& group;
  const ChatModel& chat;
  const Theme& theme;
  int width = 0;
  bool is_mirrored = false;   // begins at the right edge, as windows in Persian do
  std::string searched;       // what is marked in the text
  std::int64_t now_ms = 0;
  std::size_t unread_from = 0;   // index of the first new message, or past the end
  // The picture of a finished image file, as large as it may be shown; not ok where there is none (yet).
  std::function<wxBitmap(const FileId&, const FileSummary&)> picture;
};

class MessageLayout {
 public:
  MessageLayout(const LayoutContext& context, std::size_t index);

  [[nodiscard]] int height() const { return height_; }
  [[nodiscard]] std::uint64_t revision() const { return revision_; }
  // What of it is seen now and not a moment later.
  struct Look {
    std::optional<TextRange> selected;   // part of the text
    bool is_focused = false;
    bool is_found = false;   // the hit that a search stands at
  };
  // With its upper edge at `y`.
  void paint(wxGraphicsContext& to, int y, const Theme& theme, const Look& look) const;
  // `point` relative to the upper left corner.
  [[nodiscard]] Hit hit(wxPoint point) const;
  // The nearest place of the text to a point anywhere in the row.
  [[nodiscard]] std::size_t place_near(wxPoint point) const;
  [[nodiscard]] TextRange word_at(std::size_t place) const;

 private:
  struct Placed {
    TextBlock block;
    wxPoint at;
    enum class Ink { text, faint, accent, person, bad, good, white } ink{};
    [[nodiscard]] wxRect box() const { return {at, block.size()}; }
  };
  struct Button {
    CardAction action{};
    wxRect box;
    std::size_t label = 0;   // in texts_
  };
  struct Chip {
    std::string emoji;
    wxRect box;
    bool own = false;
  };

  int add_text(TextBlock block, wxPoint at, Placed::Ink ink);
  void add_card(const LayoutContext& context, const FileSummary& file, const event::Message& message, int& x, int& y,
                int& right);
  void move_right(int by);
  void mirror();

  std::uint64_t revision_ = 0;
  int height_ = 0;
  int width_ = 0;
  bool is_mirrored_ = false;
  bool is_own_ = false;
  bool is_deleted_ = false;
  bool is_meant_ = false;   // for us before others
  std::vector<Placed> texts_;
  std::optional<std::size_t> text_;   // the message itself, in texts_
  std::size_t person_ = 0;            // colour of its sender
  wxRect bubble_;
  wxRect face_;
  wxRect quote_;
  wxRect state_;
  std::optional<event::DeliveryState> delivery_;
  int day_line_ = 0;   // y of the line through the day's name; 0: none
  wxRect day_;
  bool is_first_unread_ = false;
  wxRect icon_;
  std::string extension_;
  wxRect bar_;
  double share_ = 0;
  bool is_paused_ = false;
  std::vector<Button> buttons_;
  std::vector<Chip> chips_;
  wxBitmap picture_;
  wxRect picture_box_;
};

}   // namespace coterie::gui
