// SPDX-License-Identifier: MIT
#include "gui/log_window.h"

#include "gui/text.h"

#include <wx/button.h>
#include <wx/clipbrd.h>
#include <wx/sizer.h>
#include <wx/stattext.h>

namespace coterie::gui {
namespace {

constexpr int look_ms = 500;
constexpr int most_lines = 5000;   // on the screen, over a long time

}   // namespace

LogWindow::LogWindow(wxWindow* parent, const LogBook& book)
    : wxFrame(parent, wxID_ANY, _("Log"), wxDefaultPosition, wxDefaultSize,
              wxDEFAULT_FRAME_STYLE | wxFRAME_FLOAT_ON_PARENT),
      book_(book) {
  auto* panel = new wxPanel(this);
  auto* column = new wxBoxSizer(wxVERTICAL);
  column->Add(new wxStaticText(panel, wxID_ANY, _("What the program has noted since it started, the newest &below")),
              wxSizerFlags().DoubleBorder(wxALL));
  text_ = new wxTextCtrl(panel, wxID_ANY, wxString(), wxDefaultPosition, wxDefaultSize,
                         wxTE_MULTILINE | wxTE_READONLY | wxTE_DONTWRAP);
  text_->SetName(_("Log"));
  // Lines for programs and engineers, in no language.
  text_->SetLayoutDirection(wxLayout_LeftToRight);
  text_->SetFont(wxFont(wxFontInfo(GetFont().GetPointSize()).Family(wxFONTFAMILY_TELETYPE)));
  column->Add(text_, wxSizerFlags(1).Expand().DoubleBorder(wxLEFT | wxRIGHT));
  auto* buttons = new wxBoxSizer(wxHORIZONTAL);
  auto* copy = new wxButton(panel, wxID_ANY, _("&Copy All"));
  auto* close = new wxButton(panel, wxID_CANCEL, _("C&lose"));
  buttons->Add(copy);
  buttons->AddStretchSpacer();
  buttons->Add(close);
  column->Add(buttons, wxSizerFlags().Expand().DoubleBorder(wxALL));
  panel->SetSizer(column);
  SetSize(FromDIP(wxSize(820, 420)));
  CentreOnParent();
  copy->Bind(wxEVT_BUTTON, [this](wxCommandEvent&) {
    const wxClipboardLocker locker;
    if (!!locker) wxTheClipboard->SetData(new wxTextDataObject(text_->GetValue()));
  });
  close->Bind(wxEVT_BUTTON, [this](wxCommandEvent&) { Close(); });
  Bind(wxEVT_CHAR_HOOK, [this](wxKeyEvent& event) {
    if (event.GetKeyCode() == WXK_ESCAPE) return void(Close());
    event.Skip();
  });
  timer_.SetOwner(this);
  Bind(wxEVT_TIMER, [this](wxTimerEvent&) { Update(); });
  timer_.Start(look_ms);
  Update();
  text_->SetFocus();
}

void LogWindow::Update() {
  wxString fresh;
  for (const auto& line : book_.after(seen_)) fresh += to_wx(line) + "\n";
  if (fresh.empty()) return;
  text_->AppendText(fresh);
  const int lines = text_->GetNumberOfLines();
  if (lines > most_lines) text_->Remove(0, text_->XYToPosition(0, lines - most_lines));
}

}   // namespace coterie::gui
