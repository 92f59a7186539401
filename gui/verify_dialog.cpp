// SPDX-License-Identifier: MIT
#include "gui/verify_dialog.h"

#include "gui/qr.h"
#include "gui/text.h"
#include "gui/theme.h"

#include <wx/button.h>
#include <wx/sizer.h>
#include <wx/statbmp.h>
#include <wx/stattext.h>
#include <wx/textctrl.h>

namespace coterie::gui {
namespace {

// Three lines of four groups.
wxString in_lines(const std::string& number) {
  wxString lines;
  int groups = 0;
  for (const char c : number) {
    if (c == ' ' && ++groups % 4 == 0)
      lines += '\n';
    else
      lines += c;
  }
  return lines;
}

}   // namespace

VerifyDialog::VerifyDialog(wxWindow* parent, const Member& member, const std::optional<event::IdentityChanged>& held,
                           Actions actions)
    : wxDialog(parent, wxID_ANY, held ? _("Another Key") : _("Verify")) {
  const int width = FromDIP(400);
  auto* column = new wxBoxSizer(wxVERTICAL);
  const auto add_text = [&](const wxString& text, wxColour Theme::*ink) {
    auto* shown = new wxStaticText(this, wxID_ANY, wxString());
    shown->SetLabelText(text);
    set_ink(*shown, ink);
    shown->Wrap(width);
    column->Add(shown, wxSizerFlags().Expand().DoubleBorder(wxLEFT | wxRIGHT | wxTOP));
  };
  const auto name = isolated(member.user_id);
  if (held)
    add_text(wxString::Format(_("%s has come with another identity key than the one you know. That happens when "
                                "somebody starts anew on another computer or has lost "
                                "the profile; it also happens when somebody else pretends to be %s. Nothing is sent "
                                "there until you have decided."),
                              name, name),
             &Theme::bad);
  if (member.may_be_mistaken()) add_text(look_alike_text(member.user_id, member.looks_like), &Theme::warning);
  add_text(wxString::Format(_("Compare this number with the one that %s sees for you, on the telephone or side by "
                              "side. When all twelve groups are the same, nobody stands "
                              "between you."),
                            name),
           &Theme::text);
  const auto number = held ? held->safety_number : member.safety_number;
  auto* middle = new wxBoxSizer(wxHORIZONTAL);
  auto* numbers = new wxBoxSizer(wxVERTICAL);
  numbers->Add(new wxStaticText(this, wxID_ANY, _("&Safety number")));
  auto* digits = new wxTextCtrl(this, wxID_ANY, in_lines(number), wxDefaultPosition, wxDefaultSize,
                                wxTE_MULTILINE | wxTE_READONLY | wxTE_NO_VSCROLL | wxTE_CENTRE);
  digits->SetFont(wxFont(wxFontInfo(GetFont().GetPointSize() + 2).Family(wxFONTFAMILY_TELETYPE)));
  digits->SetName(_("Safety number"));
  digits->SetMinSize(wxSize(digits->GetTextExtent("00000 00000 00000 00000").x + FromDIP(40),
                            digits->GetCharHeight() * 3 + FromDIP(24)));
  numbers->Add(digits, wxSizerFlags(1).Expand());
  middle->Add(numbers, wxSizerFlags(1).CentreVertical());
  if (const auto qr = make_qr(number, FromDIP(130)); qr.IsOk())
    middle->Add(new wxStaticBitmap(this, wxID_ANY, qr), wxSizerFlags().CentreVertical().DoubleBorder(wxLEFT));
  column->Add(middle, wxSizerFlags().Expand().DoubleBorder(wxALL));
  if (!held)
    add_text(member.verified ? _("You have marked this person as verified.") : _("This person is not verified yet."),
             member.verified ? &Theme::good : &Theme::faint);

  auto* buttons = new wxBoxSizer(wxHORIZONTAL);
  auto* close = new wxButton(this, wxID_CANCEL, held ? _("&Decide Later") : _("&Close"));
  buttons->Add(close);
  buttons->AddStretchSpacer();
  auto* act = new wxButton(this, wxID_ANY,
                           held              ? _("They Match: &Accept the New Key")
                           : member.verified ? _("&Take the Mark Back")
                                             : _("They &Match: Mark as Verified"));
  buttons->Add(act, wxSizerFlags().DoubleBorder(wxLEFT));
  column->Add(buttons, wxSizerFlags().Expand().DoubleBorder(wxALL));
  act->Bind(wxEVT_BUTTON, [this, actions, verified = member.verified, is_held = held.has_value()](wxCommandEvent&) {
    if (is_held)
      actions.accept_identity();
    else
      actions.set_verified(!verified);
    EndModal(wxID_OK);
  });
  SetSizerAndFit(column);
  SetEscapeId(wxID_CANCEL);
  close->SetFocus();
  CentreOnParent();
}

}   // namespace coterie::gui
