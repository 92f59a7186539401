// SPDX-License-Identifier: MIT
// One line at the top of the window that says what a person should know, with at most two things to press. Takes the place of message
// boxes: it waits, and nothing stops for it.
#pragma once

#include "gui/model/cause.h"
#include "gui/model/passing.h"

#include <wx/button.h>
#include <wx/panel.h>
#include <wx/stattext.h>
#include <wx/timer.h>

#include <functional>
#include <string>
#include <vector>

namespace coterie::gui {

class AttentionBar : public wxPanel {
 public:
  enum class Kind { info, warning, bad };
  struct Action {
    wxString label;
    std::function<void()> run;   // the bar goes first
  };
  struct Notice {
    Cause about;   // a later notice about the same takes the place of this one
    Kind kind = Kind::info;
    wxString text;
    std::vector<Action> actions = {};
    bool is_refusal = false;   // of what the user has just done
    bool passes = false;       // plain good news: goes by itself when it has been before somebody's eyes for a while
  };

  // `group_of`: what stands before a notice, so that it is seen which group it concerns.
  AttentionBar(wxWindow* parent, std::function<wxString(const Cause&)> group_of);

  // Several wait for their turn: a refusal is in front, then those with something to press, then the worst, then the latest.
  void Tell(Notice notice);
  void Forget(const Cause& about);
  void ForgetThose(const std::function<bool(const Notice&)>& is_meant);
  [[nodiscard]] bool Has(const Cause& about) const;
  void Rebuild();
  [[nodiscard]] wxString Text() const { return text_->GetLabel(); }

 private:
  void LetPass();
  static bool comes_before(const Notice& one, const Notice& other);
  [[nodiscard]] wxString TextOf(const Notice& notice) const { return group_of_(notice.about) + notice.text; }

  std::function<wxString(const Cause&)> group_of_;
  wxStaticText* text_;
  std::vector<wxButton*> buttons_;
  wxButton* close_;
  std::vector<Notice> notices_;
  Passing passing_;
  wxTimer pass_timer_;   // runs while good news is in front
  int width_ = 0;        // for which the text was wrapped
};

}   // namespace coterie::gui
