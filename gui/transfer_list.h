// SPDX-License-Identifier: MIT
// The transfers pane: a row for every file under way or done, with everything about it in text, and what can be done with it.
#pragma once

#include "gui/engine_bridge.h"
#include "gui/message_layout.h"
#include "gui/model/group_model.h"

#include <wx/button.h>
#include <wx/dataview.h>
#include <wx/panel.h>

#include <functional>
#include <map>
#include <memory>
#include <vector>

namespace coterie::gui {

class TransferList : public wxPanel {
 public:
  struct Key {
    GroupId group = 0;
    FileId file;
    friend bool operator==(const Key&, const Key&) = default;
  };

  TransferList(wxWindow* parent, std::function<void(const Key&, CardAction)> on_action, std::function<void()> on_clear);

  void Fill(const std::map<GroupId, std::unique_ptr<GroupModel>>& groups, Rate::Clock::time_point now);
  [[nodiscard]] std::vector<Key> Selected() const;
  // What the pane needs when there is nothing in it.
  [[nodiscard]] int HeadingHeight() const;
  [[nodiscard]] std::size_t RowCount() const { return keys_.size(); }
  // The height next to `height` at which no row is cut.
  [[nodiscard]] int WholeRows(int height);
  // What all of them need, and no less than a scroll bar takes.
  [[nodiscard]] int AllRows();
  // What the buttons and the menu offer for what is selected.
  [[nodiscard]] static bool Allows(const Transfer& transfer, CardAction action);
  // Whether it would do something to what is selected; with nothing selected, to anything.
  [[nodiscard]] bool Offers(CardAction action) const;

 private:
  void Measure();
  void Select(const std::vector<Key>& files);
  void UpdateButtons();
  void TellPath();   // and whatever else is cut under the mouse
  void OnMenu();

  std::function<void(const Key&, CardAction)> on_action_;
  static constexpr int fewest_rows = 3;

  wxSizer* head_;
  wxDataViewListCtrl* list_;
  int row_height_;       // as measured last, when there was something to measure
  int columns_height_;   // their titles
  std::map<CardAction, wxButton*> buttons_;
  wxButton* clear_;
  std::vector<Key> keys_;
  std::vector<const Transfer*> transfers_;   // valid until the models change; renewed with every update
};

}   // namespace coterie::gui
