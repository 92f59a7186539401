// SPDX-License-Identifier: MIT
#include "gui/find_bar.h"

#include "gui/form_parts.h"
#include "gui/text.h"

#include <wx/button.h>
#include <wx/sizer.h>

namespace coterie::gui {
namespace {

constexpr int pause = 250;                   // ms after a letter, until its search begins
constexpr std::size_t shortest_search = 2;   // letters; for fewer one has to press Enter

}   // namespace

FindBar::FindBar(wxWindow* parent, Actions actions) : wxPanel(parent), actions_(std::move(actions)) {
  auto* row = new wxBoxSizer(wxHORIZONTAL);
  row->Add(new wxStaticText(this, wxID_ANY, _("F&ind:")),
           wxSizerFlags().CentreVertical().Border(wxLEFT | wxRIGHT, FromDIP(8)));
  text_ = new wxTextCtrl(this, wxID_ANY, wxString(), wxDefaultPosition, wxDefaultSize, wxTE_PROCESS_ENTER);
  text_->SetName(_("Find"));
  row->Add(text_, wxSizerFlags(1).CentreVertical());
  count_ = new wxStaticText(this, wxID_ANY, wxString());
  row->Add(count_, wxSizerFlags().CentreVertical().Border(wxLEFT | wxRIGHT, FromDIP(8)));
  // The newest hit is the first, and above it are the older ones: on goes up, and the number with it.
  auto* next = small_button(this, wxString::FromUTF8("▲"), _("Find next (older)"));
  auto* previous = small_button(this, wxString::FromUTF8("▼"), _("Find previous (newer)"));
  auto* close = small_button(this, wxString::FromUTF8("✕"), _("Close"));
  for (auto* button : {next, previous, close})
    row->Add(button, wxSizerFlags().CentreVertical().Border(wxALL, FromDIP(3)));
  SetSizer(row);
  Hide();
  next->Bind(wxEVT_BUTTON, [this](wxCommandEvent&) { Step(1); });
  previous->Bind(wxEVT_BUTTON, [this](wxCommandEvent&) { Step(-1); });
  close->Bind(wxEVT_BUTTON, [this](wxCommandEvent&) { Close(); });
  text_->Bind(wxEVT_TEXT, [this](wxCommandEvent&) {
    if (text_->GetValue().length() >= shortest_search) {
      timer_.StartOnce(pause);
      return;
    }
    // What was found before is not what stands there now.
    timer_.Stop();
    EndSearch();
    if (!text_->IsEmpty()) count_->SetLabel(_("Enter searches for one letter"));
    Layout();
  });
  timer_.Bind(wxEVT_TIMER, [this](wxTimerEvent&) { Search(); });
  text_->Bind(wxEVT_TEXT_ENTER, [this](wxCommandEvent&) {
    if (to_utf8(text_->GetValue()) == hits_.words()) return Step(wxGetKeyState(WXK_SHIFT) ? -1 : 1);
    Search();
  });
}

void FindBar::Open() {
  Show();
  GetParent()->Layout();
  text_->SetFocus();
  text_->SelectAll();
  if (hits_.words().empty()) Search();   // what was looked for last is still there
}

void FindBar::Close() {
  timer_.Stop();
  Hide();
  EndSearch();
  GetParent()->Layout();
  actions_.closed();
}

void FindBar::LookIn(const std::string& conversation) {
  conversation_ = conversation;
  EndSearch();
  if (IsShown()) Search();
}

void FindBar::EndSearch() {
  hits_.forget();
  count_->SetLabel(wxString());
  actions_.mark({});
}

void FindBar::Search() {
  timer_.Stop();
  const auto words = to_utf8(text_->GetValue());
  if (words == hits_.words()) return;
  EndSearch();
  if (words.empty()) return;
  actions_.mark(words);
  actions_.search(hits_.look_for(words, conversation_));
}

void FindBar::ShowResults(const event::SearchResults& results) {
  if (hits_.apply(results)) ShowHit();
}

void FindBar::Step(int by) {
  if (timer_.IsRunning()) return Search();   // what is written there is looked for first
  if (auto older = hits_.step(by)) return actions_.search(std::move(*older));
  if (hits_.row()) ShowHit();
}

void FindBar::ShowHit() {
  count_->SetLabel(hits_.count() == 0 ? _("Nothing found")
                   : hits_.has_more() ? figures(wxString::Format(_("%zu of %zu+"), hits_.place() + 1, hits_.count()))
                                      : figures(wxString::Format(_("%zu of %zu"), hits_.place() + 1, hits_.count())));
  Layout();
  if (const auto row = hits_.row()) actions_.reveal(*row);
}

}   // namespace coterie::gui
