// SPDX-License-Identifier: MIT
// The form of the connect page: its fields, what is checked before anything is sent, and the request it makes.
#include "gui/connect_page.h"

#include "gui/form_checks.h"
#include "gui/form_parts.h"
#include "gui/model/phrase.h"
#include "gui/model/reach.h"
#include "gui/own_network.h"
#include "gui/text.h"
#include "gui/theme.h"
#include "netcore/base/password_strength.h"
#include "netcore/client.h"

#include <wx/sizer.h>

namespace coterie::gui {

wxWindow* ConnectPage::MakeForm() {
  wxBoxSizer* column = nullptr;
  form_ = make_page(book_, column);
  form_title_ = new wxStaticText(form_, wxID_ANY, wxString());
  form_title_->SetFont(scaled_font(*form_, 1.5, true));
  column->Add(form_title_);
  form_text_ = new wxStaticText(form_, wxID_ANY, wxString());
  set_ink(*form_text_, &Theme::faint);
  column->Add(form_text_, wxSizerFlags().Expand().Border(wxBOTTOM, FromDIP(4)));

  invite_box_ = new wxPanel(form_);
  auto* invite_column = new wxBoxSizer(wxVERTICAL);
  add_label(invite_box_, invite_column, _("&Invite link"));
  invite_ = new wxTextCtrl(invite_box_, wxID_ANY);
  invite_->SetName(_("Invite link"));
  invite_->SetHint("coterie://…");
  invite_column->Add(invite_, wxSizerFlags().Expand());
  invite_trouble_ = add_trouble(invite_box_, invite_column);
  invite_box_->SetSizer(invite_column);
  column->Add(invite_box_, wxSizerFlags().Expand());
  invite_->Bind(wxEVT_TEXT, [this](wxCommandEvent&) { TakeInvite(); });

  relay_box_ = new wxPanel(form_);
  auto* relay_column = new wxBoxSizer(wxVERTICAL);
  auto* relay_row = new wxBoxSizer(wxHORIZONTAL);
  auto* host_column = new wxBoxSizer(wxVERTICAL);
  add_label(relay_box_, host_column, _("&Relay address"));
  host_ = new wxTextCtrl(relay_box_, wxID_ANY);
  host_->SetName(_("Relay address"));
  host_column->Add(host_, wxSizerFlags().Expand());
  auto* port_column = new wxBoxSizer(wxVERTICAL);
  add_label(relay_box_, port_column, _("P&ort"));
  port_ = new wxSpinCtrl(relay_box_, wxID_ANY, wxString(), wxDefaultPosition, wxDefaultSize, wxSP_ARROW_KEYS, 1, 65535,
                         default_port);
  port_->SetName(_("Port"));
  port_column->Add(port_);
  relay_row->Add(host_column, wxSizerFlags(1));
  relay_row->Add(port_column, wxSizerFlags().Border(wxLEFT, FromDIP(8)));
  relay_column->Add(relay_row, wxSizerFlags().Expand());
  relay_line_ = {add_trouble(relay_box_, relay_column), host_};
  kind_box_ = new wxPanel(relay_box_);
  auto* kind_column = new wxBoxSizer(wxVERTICAL);
  add_label(kind_box_, kind_column, _("&Kind of server"));
  kind_ = new wxChoice(kind_box_, wxID_ANY);
  kind_->SetName(_("Kind of server"));
  kind_->Append(_("A Coterie relay"));
  kind_->Append(_("The Python prototype's server, or a classic relay"));
  kind_->SetSelection(kind_coterie);
  kind_column->Add(kind_, wxSizerFlags().Expand());
  classic_warning_ = add_trouble(kind_box_, kind_column);
  kind_box_->SetSizer(kind_column);
  relay_column->Add(kind_box_, wxSizerFlags().Expand());
  kind_->Bind(wxEVT_CHOICE, [this](wxCommandEvent&) {
    ClearTrouble();
    Turn(page_form);
  });
  relay_box_->SetSizer(relay_column);
  column->Add(relay_box_, wxSizerFlags().Expand());

  column->Add(MakeHosting(), wxSizerFlags().Expand());

  add_label(form_, column, _("&User id (what others see)"));
  user_ = new wxTextCtrl(form_, wxID_ANY);
  user_->SetName(_("User id"));
  column->Add(user_, wxSizerFlags().Expand());
  user_line_ = {add_trouble(form_, column), user_};

  group_box_ = new wxPanel(form_);
  auto* group_column = new wxBoxSizer(wxVERTICAL);
  add_label(group_box_, group_column, _("&Group name"));
  group_ = new wxTextCtrl(group_box_, wxID_ANY);
  group_->SetName(_("Group name"));
  group_column->Add(group_, wxSizerFlags().Expand());
  group_line_ = {add_trouble(group_box_, group_column), group_};
  group_box_->SetSizer(group_column);
  column->Add(group_box_, wxSizerFlags().Expand());
  for (auto* line : {&user_line_, &group_line_}) {
    auto* field = wxStaticCast(line->field, wxTextCtrl);
    field->Bind(wxEVT_TEXT, [this, field, line](wxCommandEvent&) { CheckWhileTyping(field, *line); });
    field->Bind(wxEVT_KILL_FOCUS, [this, field, line](wxFocusEvent& event) {
      event.Skip();
      Tidy(field, *line);
    });
  }

  password_label_ = add_label(form_, column, _("Group &password"));
  auto* password_column = new wxBoxSizer(wxVERTICAL);
  hidden_password_ = new wxTextCtrl(form_, wxID_ANY, wxString(), wxDefaultPosition, wxDefaultSize, wxTE_PASSWORD);
  shown_password_ = new wxTextCtrl(form_, wxID_ANY);
  for (auto* field : {hidden_password_, shown_password_}) {
    field->SetName(_("Group password"));
    password_column->Add(field, wxSizerFlags().Expand());
    field->Bind(wxEVT_TEXT, [this](wxCommandEvent&) {
      // What was said was said of what stood there before.
      password_line_.trouble->Hide();
      OnPassword();
    });
  }
  shown_password_->Hide();
  // Below and not beside it: six words are seen whole.
  auto* password_row = new wxBoxSizer(wxHORIZONTAL);
  show_ = new wxCheckBox(form_, wxID_ANY, _("Sho&w"));
  password_row->Add(show_, wxSizerFlags().CentreVertical());
  password_row->AddStretchSpacer();
  suggest_ = new wxButton(form_, wxID_ANY, _("Su&ggest"), wxDefaultPosition, wxDefaultSize, wxBU_EXACTFIT);
  suggest_->SetMinSize(suggest_->GetBestSize() + wxSize(FromDIP(18), 0));
  suggest_->SetToolTip(_("Six words drawn by chance: easy to say, hard to guess"));
  password_row->Add(suggest_, wxSizerFlags().CentreVertical().Border(wxLEFT, FromDIP(8)));
  copy_ = new wxButton(form_, wxID_ANY, _("Cop&y"), wxDefaultPosition, wxDefaultSize, wxBU_EXACTFIT);
  copy_->SetMinSize(copy_->GetBestSize() + wxSize(FromDIP(18), 0));
  copy_->SetToolTip(_("Copies the password, to be told to the others by a way that you trust"));
  password_row->Add(copy_, wxSizerFlags().CentreVertical().Border(wxLEFT, FromDIP(8)));
  password_column->Add(password_row, wxSizerFlags().Expand().Border(wxTOP, FromDIP(4)));
  column->Add(password_column, wxSizerFlags().Expand());
  auto* strength_row = new wxBoxSizer(wxHORIZONTAL);
  strength_ = new wxGauge(form_, wxID_ANY, 4, wxDefaultPosition, wxSize(FromDIP(130), FromDIP(8)), wxGA_HORIZONTAL);
  strength_row->Add(strength_, wxSizerFlags().CentreVertical().Border(wxRIGHT, FromDIP(8)));
  strength_text_ = new wxStaticText(form_, wxID_ANY, wxString());
  strength_row->Add(strength_text_, wxSizerFlags().CentreVertical());
  column->Add(strength_row, wxSizerFlags().Expand().Border(wxTOP, FromDIP(4)));
  password_line_ = {add_trouble(form_, column), hidden_password_};
  show_->Bind(wxEVT_CHECKBOX, [this](wxCommandEvent&) {
    const auto password = show_->GetValue() ? hidden_password_->GetValue() : shown_password_->GetValue();
    hidden_password_->Show(!show_->GetValue());
    shown_password_->Show(show_->GetValue());
    SetPassword(password);
    form_->Layout();
  });
  suggest_->Bind(wxEVT_BUTTON, [this](wxCommandEvent&) { Suggest(); });
  copy_->Bind(wxEVT_BUTTON, [this](wxCommandEvent&) { CopyPassword(); });
  // Whether there is a remembered password depends on them.
  for (auto* field : {user_, group_, host_})
    field->Bind(wxEVT_TEXT, [this](wxCommandEvent& event) {
      event.Skip();
      OnPassword();
    });
  port_->Bind(wxEVT_SPINCTRL, [this](wxSpinEvent&) { OnPassword(); });

  remember_ = new wxCheckBox(form_, wxID_ANY, _("Re&member on this computer"));
  remember_->SetValue(true);
  remember_->SetToolTip(
      _("Keeps a stretched form of the password in the profile, and connects by itself at the next start"));
  column->Add(remember_, wxSizerFlags().Border(wxTOP, FromDIP(10)));

  key_box_ = new wxPanel(form_);
  auto* key_column = new wxBoxSizer(wxVERTICAL);
  add_label(key_box_, key_column, _("&Access key (only where the relay asks for one)"));
  access_key_ = new wxTextCtrl(key_box_, wxID_ANY, wxString(), wxDefaultPosition, wxDefaultSize, wxTE_PASSWORD);
  access_key_->SetName(_("Access key"));
  key_column->Add(access_key_, wxSizerFlags().Expand());
  key_line_ = {add_trouble(key_box_, key_column), access_key_};
  key_box_->SetSizer(key_column);
  key_box_->Hide();
  column->Add(key_box_, wxSizerFlags().Expand());
  other_line_ = {add_trouble(form_, column), nullptr};

  auto* buttons = new wxBoxSizer(wxHORIZONTAL);
  auto* back = new wxButton(form_, wxID_ANY, _("&Back"));
  connect_ = new wxButton(form_, wxID_ANY, _("&Connect"));
  progress_ = new wxStaticText(form_, wxID_ANY, wxString(), wxDefaultPosition, wxDefaultSize, wxST_ELLIPSIZE_END);
  set_ink(*progress_, &Theme::faint);
  buttons->Add(back, wxSizerFlags().CentreVertical());
  buttons->Add(progress_, wxSizerFlags(1).CentreVertical().Border(wxLEFT | wxRIGHT, FromDIP(8)));
  buttons->Add(connect_, wxSizerFlags().CentreVertical());
  column->Add(buttons, wxSizerFlags().Expand().Border(wxTOP, FromDIP(14)));
  back->Bind(wxEVT_BUTTON, [this](wxCommandEvent&) {
    if (is_busy_ && actions_.cancel) actions_.cancel();
    SetBusy(false);
    Turn(page_start);
  });
  connect_->Bind(wxEVT_BUTTON, [this](wxCommandEvent&) { Connect(); });
  form_->Bind(wxEVT_CHAR_HOOK, [this](wxKeyEvent& event) {
    const int key = event.GetKeyCode();
    const bool in_field = dynamic_cast<wxTextCtrl*>(wxWindow::FindFocus()) != nullptr;
    if ((key == WXK_RETURN || key == WXK_NUMPAD_ENTER) && in_field) return Connect();
    event.Skip();
  });
  return form_;
}

wxWindow* ConnectPage::MakeHosting() {
  host_box_ = new wxPanel(form_);
  auto* column = new wxBoxSizer(wxVERTICAL);
  add_label(host_box_, column, _("P&ort of this computer"));
  own_port_ = new wxSpinCtrl(host_box_, wxID_ANY, wxString(), wxDefaultPosition, wxDefaultSize, wxSP_ARROW_KEYS, 1,
                             65535, default_port);
  own_port_->SetName(_("Port of this computer"));
  column->Add(own_port_);
  host_line_ = {add_trouble(host_box_, column), own_port_};
  own_addresses_ = add_trouble(host_box_, column);
  host_box_->SetSizer(column);
  host_box_->Hide();
  own_port_->Bind(wxEVT_SPINCTRL, [this](wxSpinEvent&) { ShowOwnAddresses(); });
  own_port_->Bind(wxEVT_TEXT, [this](wxCommandEvent&) { ShowOwnAddresses(); });
  return host_box_;
}

// What the others will need, before anything is started.
void ConnectPage::ShowOwnAddresses() {
  const auto addresses = own_addresses();
  if (addresses.empty()) {
    show_trouble(*own_addresses_,
                 _("This computer is in no network now: until it is, only programs on it can reach the relay."));
  } else {
    const auto port = static_cast<std::uint16_t>(own_port_->GetValue());
    wxString list;
    for (const auto& address : addresses)
      list += (list.empty() ? wxString() : wxString::FromUTF8("  ·  ")) + to_wx(join_address(address, port));
    const bool is_private = reach_of(addresses.front()) != Reach::everywhere;
    show_note(*own_addresses_,
              wxString::Format(_("Others connect to %s"), list) + "\n" +
                  (is_private ? _("From outside your network that works only where your router passes this port on.")
                              : _("A firewall on this computer has to let that port through.")));
  }
  form_->FitInside();
  form_->Layout();
}

void ConnectPage::CheckWhileTyping(wxTextCtrl* field, Line& line) {
  const auto typed = wxString(field->GetValue()).Trim().Trim(false);
  const auto checked = field == user_ ? check_user_id(typed) : check_group_name(typed);
  // Nobody is told off for a field not filled yet, and a space may be followed by another word.
  const bool shows = !typed.empty() && !checked.is_good();
  if (!shows && !line.trouble->IsShown()) return;
  if (shows)
    show_trouble(*line.trouble, checked.trouble);
  else
    line.trouble->Hide();
  form_->FitInside();
  form_->Layout();
}

void ConnectPage::Tidy(wxTextCtrl* field, Line& line) {
  const auto typed = field->GetValue();
  const auto kept = wxString(typed).Trim().Trim(false);
  if (typed == kept) return;
  field->ChangeValue(kept);
  CheckWhileTyping(field, line);
  if (!line.trouble->IsShown())
    show_note(*line.trouble, _("A space at the beginning or end is not part of a name, and was left out."));
  form_->FitInside();
  form_->Layout();
}

wxString ConnectPage::Password() const {
  return show_->GetValue() ? shown_password_->GetValue() : hidden_password_->GetValue();
}

bool ConnectPage::IsClassic() const {
  return !is_hosting_ && !invite_box_->IsShown() && kind_->GetSelection() == kind_classic;
}

bool ConnectPage::HasInvite() const { return !invite_->IsEmpty() && !invite_trouble_->IsShown(); }

bool ConnectPage::ChoosesPassword() const { return !invite_box_->IsShown() && !IsClassic(); }

void ConnectPage::SetPassword(const wxString& password) {
  const wxString kept = password;
  overwrite(hidden_password_);
  overwrite(shown_password_);
  (show_->GetValue() ? shown_password_ : hidden_password_)->ChangeValue(kept);
  password_line_.field = show_->GetValue() ? shown_password_ : hidden_password_;
  OnPassword();
}

void ConnectPage::OnPassword() {
  const auto password = Password();
  const int score = password.empty() ? 0 : password_score(to_utf8(password));
  strength_->SetValue(score);
  strength_->Show(ChoosesPassword() && !password.empty());   // an empty bar measures nothing
  copy_->Enable(!password.empty());
  show_copied(*copy_, _("Cop&y"), false);
  strength_text_->SetLabel(password.empty()
                               ? MayUseRemembered() ? _("Leave it empty to use the remembered one") : wxString()
                           : password.Len() < 8U ? _("Too short yet: at least 8 characters")
                           : score < 2           ? _("Weak: easy to guess")
                           : score == 2          ? _("Fair")
                           : score == 3          ? _("Good")
                                                 : _("Strong"));
  form_->Layout();
}

void ConnectPage::Suggest() {
  show_->SetValue(true);
  hidden_password_->Hide();
  shown_password_->Show();
  SetPassword(to_wx(suggest_phrase()));
  show_note(*password_line_.trouble,
            _("Copy it or write it down now: once you are in the group it cannot be shown again."));
  form_->FitInside();
  form_->Layout();
  FocusOnly(shown_password_);
}

void ConnectPage::CopyPassword() {
  if (actions_.copy) actions_.copy(Password());
  show_copied(*copy_, _("Cop&y"), true);
  show_note(*password_line_.trouble,
            _("Copied. Tell it to the others by a way that you trust, and not together with the invite."));
  form_->FitInside();
  form_->Layout();
}

SecretBytes ConnectPage::TakePassword() {
  auto typed = to_utf8(Password());
  SetPassword({});
  return SecretBytes::take(typed);
}

// Where a password is remembered it is that of one user in one group at one relay.
bool ConnectPage::MayUseRemembered() const {
  return saved_ && saved_->keeps_password && !is_hosting_ && !IsClassic() &&
         to_utf8(user_->GetValue()) == saved_->user_id && to_utf8(group_->GetValue()) == saved_->group &&
         join_address(to_utf8(host_->GetValue()), static_cast<std::uint16_t>(port_->GetValue())) == saved_->relay;
}

void ConnectPage::Connect() {
  if (is_busy_) return;
  ClearTrouble();
  if (invite_box_->IsShown() && !HasInvite()) {
    if (invite_->IsEmpty()) show_trouble(*invite_trouble_, _("Paste the invite link that somebody has sent you."));
    form_->FitInside();
    form_->Layout();
    return invite_->SetFocus();
  }
  auto host = to_utf8(host_->GetValue().Trim().Trim(false));
  if (!is_hosting_ && host.empty())
    return ShowTrouble(Field::relay, _("Type the address of the relay, for example example.org."));
  for (auto* field : {user_, group_}) field->ChangeValue(wxString(field->GetValue()).Trim().Trim(false));
  const auto user = check_user_id(user_->GetValue());
  if (!user.is_good()) return ShowTrouble(Field::user, user.trouble);
  const bool classic = IsClassic();
  std::string group;
  if (!classic) {
    auto checked = check_group_name(group_->GetValue());
    if (!checked.is_good()) return ShowTrouble(Field::group, checked.trouble);
    group = std::move(checked.value);
  }
  auto typed = to_utf8(Password());
  const auto relay = join_address(host, static_cast<std::uint16_t>(port_->GetValue()));
  if (classic) {
    // Whatever the others have agreed on, weak or not: it protects nothing here.
    if (typed.empty()) return ShowTrouble(Field::password, _("Type the password that the others use on this server."));
  } else if (!typed.empty() || !MayUseRemembered()) {
    if (const auto trouble = password_trouble(typed); !trouble.empty()) return ShowTrouble(Field::password, trouble);
    if (is_hosting_ && password_score(typed) < weakest_allowed_score)
      return ShowTrouble(Field::password, _("This password is too easy to guess. Press Suggest for a better one."));
  }
  auto password = SecretBytes::take(typed);
  Request request;
  request.user_id = user.value;
  request.group = group;
  request.password = std::move(password);
  request.remember = !classic && remember_->GetValue();
  if (is_hosting_) {
    request.port = static_cast<std::uint16_t>(own_port_->GetValue());
    SetBusy(true);
    return actions_.host(std::move(request));
  }
  request.host = std::move(host);
  request.port = static_cast<std::uint16_t>(port_->GetValue());
  request.classic = classic;
  if (!classic) {
    if (pin_ && pin_relay_ == relay) request.pin = pin_;
    request.access_key = to_utf8(access_key_->GetValue());
  }
  SetBusy(true);
  ShowProgress(_("Connecting…"));
  actions_.connect(std::move(request));
}

}   // namespace coterie::gui
