// SPDX-License-Identifier: MIT
#include "gui/invite_dialog.h"

#include "gui/qr.h"
#include "gui/text.h"
#include "gui/theme.h"

#include <wx/button.h>
#include <wx/sizer.h>
#include <wx/statbmp.h>
#include <wx/stattext.h>
#include <wx/textctrl.h>

namespace coterie::gui {

InviteDialog::InviteDialog(wxWindow* parent, const Invite& invite, const wxString& note,
                           std::function<void(const wxString&)> copy)
    : wxDialog(parent, wxID_ANY, _("Invite")) {
  const int width = FromDIP(420);
  const auto link = to_wx(format_invite(invite));
  auto* column = new wxBoxSizer(wxVERTICAL);
  auto* text = new wxStaticText(
      this, wxID_ANY,
      _("Whoever has this link finds the group; only the password opens it. Tell that by another way that you trust."));
  text->Wrap(width);
  column->Add(text, wxSizerFlags().Expand().DoubleBorder(wxLEFT | wxRIGHT | wxTOP));
  if (!note.empty()) {
    auto* more = new wxStaticText(this, wxID_ANY, note);
    more->SetForegroundColour(Theme::current().faint);
    more->Wrap(width);
    column->Add(more, wxSizerFlags().Expand().DoubleBorder(wxLEFT | wxRIGHT | wxTOP));
  }
  if (const auto qr = make_qr(to_utf8(link), FromDIP(240)); qr.IsOk())
    column->Add(new wxStaticBitmap(this, wxID_ANY, qr), wxSizerFlags().CentreHorizontal().DoubleBorder());
  column->Add(new wxStaticText(this, wxID_ANY, _("&Link")), wxSizerFlags().DoubleBorder(wxLEFT | wxRIGHT));
  auto* field = new wxTextCtrl(this, wxID_ANY, link, wxDefaultPosition, wxSize(width, -1), wxTE_READONLY);
  field->SetName(_("Link"));
  column->Add(field, wxSizerFlags().Expand().DoubleBorder(wxLEFT | wxRIGHT));
  auto* buttons = new wxBoxSizer(wxHORIZONTAL);
  auto* close = new wxButton(this, wxID_CANCEL, _("&Close"));
  auto* take = new wxButton(this, wxID_ANY, _("C&opy Link"));
  buttons->Add(close);
  buttons->AddStretchSpacer();
  buttons->Add(take);
  column->Add(buttons, wxSizerFlags().Expand().DoubleBorder());
  take->Bind(wxEVT_BUTTON, [link, copy = std::move(copy)](wxCommandEvent&) { copy(link); });
  SetSizerAndFit(column);
  take->SetFocus();
  CentreOnParent();
}

}   // namespace coterie::gui
