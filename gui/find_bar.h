// SPDX-License-Identifier: MIT
// The bar above a conversation in which one writes what to find there. Searches begin while one types; the next hit is the next older one.
#pragma once

#include "gui/model/hits.h"

#include <wx/panel.h>
#include <wx/stattext.h>
#include <wx/textctrl.h>
#include <wx/timer.h>

#include <functional>
#include <string>

namespace coterie::gui {

class FindBar : public wxPanel {
 public:
  struct Actions {
    std::function<void(command::Search)> search;
    std::function<void(const std::string& words)> mark;   // whatever matches; empty: nothing any more
    std::function<void(std::int64_t row)> reveal;         // the hit at which one stands
    std::function<void()> closed;
  };

  FindBar(wxWindow* parent, Actions actions);

  void Open();
  void Close();
  // Another conversation is shown: what is looked for is looked for there.
  void LookIn(const std::string& conversation);
  void ShowResults(const event::SearchResults& results);
  void Step(int by);   // 1: to the next older hit, -1: to the next newer one
  [[nodiscard]] wxTextCtrl& Field() { return *text_; }
  [[nodiscard]] bool HasFocusInField() const { return text_->HasFocus(); }

 private:
  void EndSearch();
  void Search();   // for what stands in the field
  void ShowHit();

  Actions actions_;
  Hits hits_;
  std::string conversation_;
  wxTextCtrl* text_;
  wxStaticText* count_;
  wxTimer timer_;   // runs while somebody types there
};

}   // namespace coterie::gui
