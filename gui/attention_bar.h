// SPDX-License-Identifier: MIT
// One line at the top of the window that says what a person should know, with at most two things to press. Takes the place of message
// boxes: it waits, and nothing stops for it.
#pragma once

#include <wx/button.h>
#include <wx/panel.h>
#include <wx/stattext.h>

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
    std::string about;   // a later notice about the same takes the place of this one
    Kind kind = Kind::info;
    wxString text;
    std::vector<Action> actions = {};
    bool is_refusal = false;   // of what the user has just done
  };

  explicit AttentionBar(wxWindow* parent);

  // Several wait for their turn: a refusal is in front, then those with something to press, then the worst, then the latest.
  void Tell(Notice notice);
  void Forget(const std::string& about);
  [[nodiscard]] bool Has(const std::string& about) const;
  [[nodiscard]] wxString Text() const { return text_->GetLabel(); }

 private:
  static bool comes_before(const Notice& one, const Notice& other);
  void Rebuild();

  wxStaticText* text_;
  std::vector<wxButton*> buttons_;
  wxButton* close_;
  std::vector<Notice> notices_;
  int width_ = 0;   // for which the text was wrapped
};

}   // namespace coterie::gui
