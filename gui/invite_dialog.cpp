// SPDX-License-Identifier: MIT
#include "gui/invite_dialog.h"

#include "gui/form_parts.h"
#include "gui/qr.h"
#include "gui/text.h"
#include "gui/theme.h"

#include <wx/button.h>
#include <wx/choice.h>
#include <wx/sizer.h>
#include <wx/statbmp.h>
#include <wx/stattext.h>
#include <wx/textctrl.h>

namespace coterie::gui {

InviteDialog::InviteDialog(wxWindow* parent, Invite invite, const Ways& ways, const SecretBytes& password,
                           std::function<void(const wxString&)> copy)
    : wxDialog(parent, wxID_ANY, _("Invite")), invite_(std::move(invite)) {
  const int width = FromDIP(420);
  auto* column = new wxBoxSizer(wxVERTICAL);
  const auto add_text = [&](const wxString& text, wxColour Theme::*ink) {
    if (text.empty()) return;
    auto* shown = new wxStaticText(this, wxID_ANY, text);
    set_ink(*shown, ink);
    shown->Wrap(width);
    column->Add(shown, wxSizerFlags().Expand().DoubleBorder(wxLEFT | wxRIGHT | wxTOP));
  };
  add_text(_("Whoever is to join needs two things, and gets them by two different ways."), &Theme::text);
  add_text("1. " + (invite_.pin ? _("This link, or its picture: it holds the relay's address and fingerprint, and the "
                                    "group's name.")
                                : _("This link, or its picture: it holds the relay's address and the group's name.")),
           &Theme::text);
  add_text(
      "2. " + _("The group's password: it is not in the link. Tell it in person, or by another way that you trust."),
      &Theme::text);
  add_text(ways.warning, &Theme::warning);
  add_text(ways.note, &Theme::faint);
  qr_ = new wxStaticBitmap(this, wxID_ANY, make_qr(format_invite(invite_), FromDIP(240)));
  column->Add(qr_, wxSizerFlags().CentreHorizontal().DoubleBorder());
  if (ways.relays.size() > 1) {
    column->Add(new wxStaticText(this, wxID_ANY, _("&Address that others use")),
                wxSizerFlags().DoubleBorder(wxLEFT | wxRIGHT));
    auto* choice = new wxChoice(this, wxID_ANY);
    for (const auto& relay : ways.relays) choice->Append(to_wx(relay));
    choice->SetSelection(0);
    choice->SetName(_("Address that others use"));
    choice->Bind(wxEVT_CHOICE, [this, relays = ways.relays](wxCommandEvent& event) {
      Use(relays.at(static_cast<std::size_t>(event.GetSelection())));
    });
    column->Add(choice, wxSizerFlags().Expand().DoubleBorder(wxLEFT | wxRIGHT));
    column->AddSpacer(FromDIP(8));
  }
  column->Add(new wxStaticText(this, wxID_ANY, _("&Link")), wxSizerFlags().DoubleBorder(wxLEFT | wxRIGHT));
  link_ = new wxTextCtrl(this, wxID_ANY, wxString(), wxDefaultPosition, wxSize(width, -1), wxTE_READONLY);
  link_->SetName(_("Link"));
  column->Add(link_, wxSizerFlags().Expand().DoubleBorder(wxLEFT | wxRIGHT));
  auto* buttons = new wxBoxSizer(wxHORIZONTAL);
  auto* close = new wxButton(this, wxID_CANCEL, _("&Close"));
  copy_link_ = new wxButton(this, wxID_ANY, _("C&opy Link"));
  buttons->Add(close);
  buttons->AddStretchSpacer();
  if (!password.empty()) {
    copy_password_ = new wxButton(this, wxID_ANY, _("Copy &Password"));
    copy_password_->SetToolTip(_("Once this is closed, the password cannot be shown or copied any more"));
    buttons->Add(copy_password_, wxSizerFlags().Border(wxRIGHT));
    copy_password_->Bind(wxEVT_BUTTON, [this, &password, copy](wxCommandEvent&) {
      copy(to_wx(as_text(password.view())));
      ShowCopied(copy_password_);
    });
  }
  buttons->Add(copy_link_);
  column->Add(buttons, wxSizerFlags().Expand().DoubleBorder());
  copy_link_->Bind(wxEVT_BUTTON, [this, copy = std::move(copy)](wxCommandEvent&) {
    copy(link_->GetValue());
    ShowCopied(copy_link_);
  });
  Use(ways.relays.front());
  SetSizerAndFit(column);
  copy_link_->SetFocus();
  CentreOnParent();
}

// One thing can be on the clipboard.
void InviteDialog::ShowCopied(const wxButton* which) {
  show_copied(*copy_link_, _("C&opy Link"), which == copy_link_);
  if (copy_password_ != nullptr) show_copied(*copy_password_, _("Copy &Password"), which == copy_password_);
}

void InviteDialog::Use(const std::string& relay) {
  invite_.relay = relay;
  show_copied(*copy_link_, _("C&opy Link"), false);   // that was another one
  const auto link = format_invite(invite_);
  link_->ChangeValue(to_wx(link));
  qr_->SetBitmap(make_qr(link, FromDIP(240)));
  qr_->Show(qr_->GetBitmap().IsOk());
}

}   // namespace coterie::gui
