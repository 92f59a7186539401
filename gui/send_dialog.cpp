// SPDX-License-Identifier: MIT
#include "gui/send_dialog.h"

#include "gui/model/format.h"
#include "gui/text.h"
#include "gui/theme.h"

#include <wx/button.h>
#include <wx/scrolwin.h>
#include <wx/sizer.h>
#include <wx/stattext.h>

namespace coterie::gui {

SendDialog::SendDialog(wxWindow* parent, const GroupModel& group, const std::string& peer, const Gathered& what)
    : wxDialog(
          parent, wxID_ANY,
          _("Send Files") + (group.connection().classic ? wxString::FromUTF8(" – ") + classic_badge_wx() : wxString()),
          wxDefaultPosition, wxDefaultSize, wxDEFAULT_DIALOG_STYLE | wxRESIZE_BORDER) {
  const int width = FromDIP(400);
  auto* column = new wxBoxSizer(wxVERTICAL);
  const auto count = what.files.size();
  const auto size = size_text(what.bytes);
  const auto words =
      what.is_one_folder()
          ? wxString::Format(wxPLURAL("Folder %s: %zu file, %s", "Folder %s: %zu files, %s", plural(count)),
                             isolated(what.folders.front()), count, size)
      : count == 1
          ? wxString::Format(_("%s (%s)"), isolated(what.files.front().name), size)
          : wxString::Format(wxPLURAL("%zu file, %s in all", "%zu files, %s in all", plural(count)), count, size);
  auto* head = new wxStaticText(this, wxID_ANY, wxString());
  head->SetFont(scaled_font(*this, 1.1, true));
  head->SetLabelText(figures(words));
  head->Wrap(width);
  column->Add(head, wxSizerFlags().Expand().DoubleBorder(wxLEFT | wxRIGHT | wxTOP));
  if (!what.folders.empty()) {
    auto* note = new wxStaticText(this, wxID_ANY,
                                  _("Each file is offered by itself, under a name that begins with its folders: what "
                                    "lies in different folders is not mixed up."));
    note->Wrap(width);
    column->Add(note, wxSizerFlags().Expand().DoubleBorder(wxLEFT | wxRIGHT | wxTOP));
  }
  if (what.left_out > 0) {
    auto* note = new wxStaticText(
        this, wxID_ANY,
        figures(wxString::Format(
            wxPLURAL("%zu more is left out: only ordinary files that can be read are sent.",
                     "%zu more are left out: only ordinary files that can be read are sent.", plural(what.left_out)),
            what.left_out)));
    set_ink(*note, &Theme::warning);
    note->Wrap(width);
    column->Add(note, wxSizerFlags().Expand().DoubleBorder(wxLEFT | wxRIGHT | wxTOP));
  }
  everyone_ =
      new wxRadioButton(this, wxID_ANY, _("To &everyone in this group"), wxDefaultPosition, wxDefaultSize, wxRB_GROUP);
  some_ = new wxRadioButton(this, wxID_ANY, _("&Only to:"));
  column->Add(everyone_, wxSizerFlags().Expand().DoubleBorder(wxLEFT | wxRIGHT | wxTOP));
  column->Add(some_, wxSizerFlags().Expand().DoubleBorder(wxLEFT | wxRIGHT | wxTOP));
  auto* list = new wxScrolledWindow(this, wxID_ANY, wxDefaultPosition, wxSize(width, FromDIP(150)),
                                    wxVSCROLL | wxTAB_TRAVERSAL | wxBORDER_THEME);
  auto* rows = new wxBoxSizer(wxVERTICAL);
  for (const auto& member : group.members().members()) {
    if (member.state == event::MemberState::left || member.state == event::MemberState::held) continue;
    auto name = wxControl::EscapeMnemonics(to_wx(member.user_id));
    if (!MembersModel::is_here(member)) name += " " + _("(away)");
    auto* box = new wxCheckBox(list, wxID_ANY, name);
    box->SetValue(member.user_id == peer);
    box->Bind(wxEVT_CHECKBOX, [this](wxCommandEvent&) {
      some_->SetValue(true);
      UpdateButton();
    });
    members_.emplace_back(member.user_id, box);
    rows->Add(box, wxSizerFlags().Expand().Border(wxALL, FromDIP(5)));
  }
  list->SetSizer(rows);
  list->SetScrollRate(0, FromDIP(10));
  (peer.empty() ? everyone_ : some_)->SetValue(true);
  column->Add(list, wxSizerFlags(1).Expand().DoubleBorder(wxLEFT | wxRIGHT | wxTOP));
  auto* buttons = new wxBoxSizer(wxHORIZONTAL);
  auto* cancel = new wxButton(this, wxID_CANCEL, _("&Do Not Send"));
  auto* send = new wxButton(
      this, wxID_OK, figures(wxString::Format(wxPLURAL("&Send %zu File", "&Send %zu Files", plural(count)), count)));
  buttons->AddStretchSpacer();
  buttons->Add(cancel);
  buttons->Add(send, wxSizerFlags().DoubleBorder(wxLEFT));
  column->Add(buttons, wxSizerFlags().Expand().DoubleBorder());
  send->SetDefault();
  const auto changed = [this](wxCommandEvent&) { UpdateButton(); };
  everyone_->Bind(wxEVT_RADIOBUTTON, changed);
  some_->Bind(wxEVT_RADIOBUTTON, changed);
  SetSizerAndFit(column);
  send->SetFocus();
  CentreOnParent();
  UpdateButton();
}

void SendDialog::UpdateButton() {
  const auto chosen = Chosen();
  FindWindow(wxID_OK)->Enable(chosen.everyone || !chosen.user_ids.empty());
}

Recipients SendDialog::Chosen() const {
  Recipients chosen;
  chosen.everyone = everyone_->GetValue();
  if (chosen.everyone) return chosen;
  for (const auto& [user_id, box] : members_)
    if (box->GetValue()) chosen.user_ids.push_back(user_id);
  return chosen;
}

}   // namespace coterie::gui
