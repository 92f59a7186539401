// SPDX-License-Identifier: MIT
#include "gui/attention_bar.h"

#include "gui/message_accessible.h"
#include "gui/theme.h"

#include <wx/intl.h>
#include <wx/sizer.h>
#include <wx/toplevel.h>
#include <wx/utils.h>

#include <algorithm>

namespace coterie::gui {
namespace {

constexpr int look_every = 1000;   // ms, whether good news has been read

}   // namespace

AttentionBar::AttentionBar(wxWindow* parent, std::function<wxString(const Cause&)> group_of)
    : wxPanel(parent, wxID_ANY), group_of_(std::move(group_of)) {
  auto* row = new wxBoxSizer(wxHORIZONTAL);
  // A word that is longer than the line is cut with a sign of it, and not drawn over the buttons.
  text_ = new wxStaticText(this, wxID_ANY, wxString(), wxDefaultPosition, wxDefaultSize, wxST_ELLIPSIZE_END);
  set_ink(*text_, &Theme::text);
  // The buttons take what they need and the text what is left, however long it is.
  text_->SetMinSize(wxSize(FromDIP(120), -1));
  row->Add(text_, wxSizerFlags(1).CentreVertical().DoubleBorder(wxLEFT | wxTOP | wxBOTTOM));
  for (std::size_t i = 0; i < 2; ++i) {
    auto* button = new wxButton(this, wxID_ANY, wxString());
    button->Bind(wxEVT_BUTTON, [this, i](wxCommandEvent&) {
      if (notices_.empty() || i >= notices_.front().actions.size()) return;
      // The bar may be told something new by what runs.
      const auto run = notices_.front().actions[i].run;
      notices_.erase(notices_.begin());
      Rebuild();
      // Later: what opens a dialog must not keep whoever pressed for a screen reader waiting.
      if (run) CallAfter(run);
    });
    buttons_.push_back(button);
    row->Add(button, wxSizerFlags().CentreVertical().Border(wxLEFT));
  }
  close_ = new wxButton(this, wxID_ANY, wxString::FromUTF8("✕"), wxDefaultPosition, wxDefaultSize,
                        wxBU_EXACTFIT | wxBORDER_NONE);
  close_->SetToolTip(_("Dismiss"));
  name_for_screen_readers(*close_, _("Dismiss"));
  close_->Bind(wxEVT_BUTTON, [this](wxCommandEvent&) {
    if (!notices_.empty()) notices_.erase(notices_.begin());
    Rebuild();
  });
  row->Add(close_, wxSizerFlags().CentreVertical().Border(wxLEFT | wxRIGHT));
  SetSizer(row);
  Hide();
  pass_timer_.Bind(wxEVT_TIMER, [this](wxTimerEvent&) { LetPass(); });
  Bind(wxEVT_SIZE, [this](wxSizeEvent& event) {
    event.Skip();
    // Lines are broken for one width; with another one they are broken anew.
    if (GetSize().x == width_) return;
    width_ = GetSize().x;
    if (!notices_.empty()) CallAfter(&AttentionBar::Rebuild);
  });
}

// Whoever has just pressed something looks for an answer. Then questions, so that a notice nobody has put away hides none; then what is
// worse.
bool AttentionBar::comes_before(const Notice& one, const Notice& other) {
  if (one.is_refusal != other.is_refusal) return one.is_refusal;
  if (one.actions.empty() != other.actions.empty()) return other.actions.empty();
  return one.kind >= other.kind;
}

void AttentionBar::Tell(Notice notice) {
  if (!notices_.empty() && notices_.front().about == notice.about && notices_.front().kind == notice.kind &&
      notices_.front().actions.size() == notice.actions.size()) {
    // The same bar with another figure: the buttons stay, so that one can be pressed while a count-down runs.
    const bool is_other = notices_.front().text != notice.text ||
                          !std::equal(notice.actions.begin(), notice.actions.end(), notices_.front().actions.begin(),
                                      [](const Action& one, const Action& known) { return one.label == known.label; });
    notices_.front() = std::move(notice);
    if (is_other) Rebuild();
    return;
  }
  std::erase_if(notices_, [&](const Notice& known) { return known.about == notice.about; });
  const auto place =
      std::find_if(notices_.begin(), notices_.end(), [&](const Notice& known) { return comes_before(notice, known); });
  notices_.insert(place, std::move(notice));
  Rebuild();
}

void AttentionBar::Forget(const Cause& about) {
  ForgetThose([&](const Notice& known) { return known.about == about; });
}

void AttentionBar::ForgetThose(const std::function<bool(const Notice&)>& is_meant) {
  if (std::erase_if(notices_, is_meant) > 0) Rebuild();
}

bool AttentionBar::Has(const Cause& about) const {
  return std::any_of(notices_.begin(), notices_.end(), [&](const Notice& known) { return known.about == about; });
}

// Not while nobody is there, nor under the hand of who is about to press something; what waits behind is as old news.
void AttentionBar::LetPass() {
  auto* window = dynamic_cast<wxTopLevelWindow*>(wxGetTopLevelParent(this));
  const auto* focus = FindFocus();
  const bool is_used =
      GetScreenRect().Contains(wxGetMousePosition()) || (focus != nullptr && focus->GetParent() == this);
  if (passing_.is_over(Passing::Clock::now(), window != nullptr && window->IsActive() && !is_used))
    ForgetThose([](const Notice& notice) { return notice.passes; });
}

void AttentionBar::Rebuild() {
  const bool shows = !notices_.empty();
  if (!shows || !notices_.front().passes) {
    pass_timer_.Stop();
    passing_.stop();
  } else if (!pass_timer_.IsRunning()) {
    pass_timer_.Start(look_every);
    LetPass();
  }
  if (shows) {
    const auto& notice = notices_.front();
    set_ground(*this, notice.kind == Kind::bad       ? &Theme::bad_bar
                      : notice.kind == Kind::warning ? &Theme::warning_bar
                                                     : &Theme::info_bar);
    text_->SetLabelText(TextOf(notice));
    text_->SetToolTip(TextOf(notice));
    name_for_screen_readers(*text_, TextOf(notice));   // without the breaks of its lines
    for (std::size_t i = 0; i < buttons_.size(); ++i) {
      buttons_[i]->Show(i < notice.actions.size());
      if (i >= notice.actions.size() || buttons_[i]->GetLabel() == notice.actions[i].label) continue;
      buttons_[i]->SetLabel(notice.actions[i].label);
      buttons_[i]->InvalidateBestSize();
    }
  }
  Show(shows);
  // First how wide the bar is, then what of that is left for the text, then how high that makes it.
  if (GetParent() != nullptr) GetParent()->Layout();
  Layout();
  if (shows) text_->Wrap(std::max(FromDIP(120), text_->GetSize().x));
  InvalidateBestSize();
  if (GetParent() != nullptr) GetParent()->Layout();
  Layout();
  Refresh();
}

}   // namespace coterie::gui
