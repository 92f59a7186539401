// SPDX-License-Identifier: MIT
#include "gui/connect_page.h"

#include "gui/icons.h"
#include "gui/model/phrase.h"
#include "gui/text.h"
#include "gui/theme.h"
#include "netcore/base/password_strength.h"
#include "netcore/base/unicode.h"
#include "netcore/client.h"

#include <wx/clipbrd.h>
#include <wx/sizer.h>
#include <wx/statbmp.h>
#include <wx/utils.h>

namespace coterie::gui {
namespace {

constexpr int form_width = 440;

// A page that scrolls where the window is small and stands in the middle where it is large.
wxScrolledWindow* make_page(wxWindow* parent, wxBoxSizer*& column) {
  auto* page = new wxScrolledWindow(parent, wxID_ANY, wxDefaultPosition, wxDefaultSize, wxVSCROLL | wxTAB_TRAVERSAL);
  page->SetScrollRate(0, page->FromDIP(10));
  column = new wxBoxSizer(wxVERTICAL);
  column->SetMinSize(page->FromDIP(form_width), -1);
  auto* middle = new wxBoxSizer(wxVERTICAL);
  middle->AddStretchSpacer(1);
  middle->Add(column, wxSizerFlags().CentreHorizontal().Border(wxALL, page->FromDIP(20)));
  middle->AddStretchSpacer(2);
  page->SetSizer(middle);
  return page;
}

void add_label(wxWindow* parent, wxBoxSizer* column, const wxString& text) {
  column->Add(new wxStaticText(parent, wxID_ANY, text), wxSizerFlags().Border(wxTOP, parent->FromDIP(9)));
}

wxStaticText* add_trouble(wxWindow* parent, wxBoxSizer* column) {
  auto* text = new wxStaticText(parent, wxID_ANY, wxString());
  text->SetForegroundColour(Theme::current().bad);
  text->Hide();
  column->Add(text, wxSizerFlags().Expand().Border(wxTOP, parent->FromDIP(2)));
  return text;
}

void overwrite(wxTextCtrl* field) {
  field->ChangeValue(wxString('x', field->GetValue().length()));
  field->ChangeValue(wxString());
}

}   // namespace

ConnectPage::ConnectPage(wxWindow* parent, Actions actions) : wxPanel(parent), actions_(std::move(actions)) {
  book_ = new wxSimplebook(this);
  book_->AddPage(MakeStart(), wxString());
  book_->AddPage(MakeForm(), wxString());
  book_->AddPage(MakeTrust(), wxString());
  auto* column = new wxBoxSizer(wxVERTICAL);
  column->Add(book_, wxSizerFlags(1).Expand());
  SetSizer(column);
  Bind(wxEVT_CHAR_HOOK, [this](wxKeyEvent& event) {
    if (event.GetKeyCode() != WXK_ESCAPE) return event.Skip();
    if (is_busy_ || !leave_->IsShown()) {
      if (is_busy_ && actions_.cancel) actions_.cancel();
      SetBusy(false);
      Turn(page_start);
    } else if (book_->GetSelection() == page_start) {
      if (actions_.cancel) actions_.cancel();
    } else {
      Turn(page_start);
    }
  });
}

// ── start ──────────────────────────────────────────────────────────────────────────────────────────────────────────

wxWindow* ConnectPage::MakeStart() {
  wxBoxSizer* column = nullptr;
  start_ = make_page(book_, column);
  auto* icon = new wxStaticBitmap(start_, wxID_ANY, application_icon(start_->FromDIP(72)));
  column->Add(icon, wxSizerFlags().CentreHorizontal());
  auto* title = new wxStaticText(start_, wxID_ANY, "Coterie");
  title->SetFont(scaled_font(*start_, 1.9, true));
  column->Add(title, wxSizerFlags().CentreHorizontal().Border(wxTOP, FromDIP(8)));
  auto* text = new wxStaticText(start_, wxID_ANY, _("Private chat and files for a small circle."));
  text->SetForegroundColour(Theme::current().faint);
  column->Add(text, wxSizerFlags().CentreHorizontal().Border(wxBOTTOM, FromDIP(14)));

  saved_box_ = new wxPanel(start_);
  saved_list_ = new wxBoxSizer(wxVERTICAL);
  saved_box_->SetSizer(saved_list_);
  column->Add(saved_box_, wxSizerFlags().Expand());

  const auto add = [&](const wxString& label, const wxString& note, std::function<void()> run) {
    auto* button = new wxButton(start_, wxID_ANY, wxString(), wxDefaultPosition, wxSize(-1, FromDIP(58)), wxBU_LEFT);
    button->SetLabelMarkup("<b>" + label + "</b>\n<small>" + note + "</small>");
    button->Bind(wxEVT_BUTTON, [run = std::move(run)](wxCommandEvent&) { run(); });
    column->Add(button, wxSizerFlags().Expand().Border(wxTOP, FromDIP(6)));
    return button;
  };
  add(_("Join with an &invite"), _("Somebody sent you a link that begins with coterie://"), [this] { ShowInvite({}); });
  add(_("Join or &create a group"), _("You know the relay, the group's name and its password"),
      [this] { ShowForm(std::nullopt); });
  add(_("&Host on this computer"), _("Start a relay here and invite others to it"), [this] {
    ShowForm(std::nullopt);
    is_hosting_ = true;
    Turn(page_form);
  });
  leave_ = new wxButton(start_, wxID_ANY, _("Back"));
  leave_->Bind(wxEVT_BUTTON, [this](wxCommandEvent&) {
    if (actions_.cancel) actions_.cancel();
  });
  column->Add(leave_, wxSizerFlags().CentreHorizontal().Border(wxTOP, FromDIP(14)));
  return start_;
}

void ConnectPage::ShowStart(const std::vector<Connection>& saved, bool can_leave) {
  saved_list_->Clear(true);
  if (!saved.empty()) {
    auto* title = new wxStaticText(saved_box_, wxID_ANY, _("Your groups"));
    title->SetFont(scaled_font(*this, 1.0, true));
    saved_list_->Add(title);
    for (const auto& connection : saved) {
      auto* button = new wxButton(saved_box_, wxID_ANY,
                                  wxControl::EscapeMnemonics(to_wx(connection.group)) + wxString::FromUTF8("  ·  ") +
                                      wxControl::EscapeMnemonics(to_wx(connection.user_id + "@" + connection.relay)),
                                  wxDefaultPosition, wxDefaultSize, wxBU_LEFT);
      button->Bind(wxEVT_BUTTON, [this, connection](wxCommandEvent&) {
        if (actions_.open_saved) actions_.open_saved(connection);
      });
      saved_list_->Add(button, wxSizerFlags().Expand().Border(wxTOP, FromDIP(4)));
    }
    saved_list_->AddSpacer(FromDIP(10));
  }
  saved_box_->Show(!saved.empty());
  leave_->Show(can_leave);
  SetBusy(false);
  Turn(page_start);
}

// ── the form ───────────────────────────────────────────────────────────────────────────────────────────────────────

wxWindow* ConnectPage::MakeForm() {
  wxBoxSizer* column = nullptr;
  form_ = make_page(book_, column);
  form_title_ = new wxStaticText(form_, wxID_ANY, wxString());
  form_title_->SetFont(scaled_font(*form_, 1.5, true));
  column->Add(form_title_);
  form_text_ = new wxStaticText(form_, wxID_ANY, wxString());
  form_text_->SetForegroundColour(Theme::current().faint);
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
  relay_box_->SetSizer(relay_column);
  column->Add(relay_box_, wxSizerFlags().Expand());

  add_label(form_, column, _("&User id (what others see)"));
  user_ = new wxTextCtrl(form_, wxID_ANY);
  user_->SetName(_("User id"));
  column->Add(user_, wxSizerFlags().Expand());
  user_line_ = {add_trouble(form_, column), user_};

  add_label(form_, column, _("&Group name"));
  group_ = new wxTextCtrl(form_, wxID_ANY);
  group_->SetName(_("Group name"));
  column->Add(group_, wxSizerFlags().Expand());
  group_line_ = {add_trouble(form_, column), group_};

  add_label(form_, column, _("Group &password"));
  auto* password_row = new wxBoxSizer(wxHORIZONTAL);
  hidden_password_ = new wxTextCtrl(form_, wxID_ANY, wxString(), wxDefaultPosition, wxDefaultSize, wxTE_PASSWORD);
  shown_password_ = new wxTextCtrl(form_, wxID_ANY);
  for (auto* field : {hidden_password_, shown_password_}) {
    field->SetName(_("Group password"));
    password_row->Add(field, wxSizerFlags(1).CentreVertical());
    field->Bind(wxEVT_TEXT, [this](wxCommandEvent&) { OnPassword(); });
  }
  shown_password_->Hide();
  show_ = new wxCheckBox(form_, wxID_ANY, _("Sho&w"));
  password_row->Add(show_, wxSizerFlags().CentreVertical().Border(wxLEFT, FromDIP(8)));
  auto* suggest = new wxButton(form_, wxID_ANY, _("Su&ggest"), wxDefaultPosition, wxDefaultSize, wxBU_EXACTFIT);
  suggest->SetMinSize(suggest->GetBestSize() + wxSize(FromDIP(18), 0));
  suggest->SetToolTip(_("Six words drawn by chance: easy to say, hard to guess"));
  password_row->Add(suggest, wxSizerFlags().CentreVertical().Border(wxLEFT, FromDIP(8)));
  column->Add(password_row, wxSizerFlags().Expand());
  auto* strength_row = new wxBoxSizer(wxHORIZONTAL);
  strength_ = new wxGauge(form_, wxID_ANY, 4, wxDefaultPosition, wxSize(FromDIP(130), FromDIP(8)), wxGA_HORIZONTAL);
  strength_row->Add(strength_, wxSizerFlags().CentreVertical());
  strength_text_ = new wxStaticText(form_, wxID_ANY, wxString());
  strength_row->Add(strength_text_, wxSizerFlags().CentreVertical().Border(wxLEFT, FromDIP(8)));
  column->Add(strength_row, wxSizerFlags().Expand().Border(wxTOP, FromDIP(4)));
  password_line_ = {add_trouble(form_, column), hidden_password_};
  show_->Bind(wxEVT_CHECKBOX, [this](wxCommandEvent&) {
    const auto password = show_->GetValue() ? hidden_password_->GetValue() : shown_password_->GetValue();
    hidden_password_->Show(!show_->GetValue());
    shown_password_->Show(show_->GetValue());
    SetPassword(password);
    form_->Layout();
  });
  suggest->Bind(wxEVT_BUTTON, [this](wxCommandEvent&) { Suggest(); });

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
  progress_->SetForegroundColour(Theme::current().faint);
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
    const bool in_field = wxDynamicCast(wxWindow::FindFocus(), wxTextCtrl) != nullptr;
    if ((key == WXK_RETURN || key == WXK_NUMPAD_ENTER) && in_field) return Connect();
    event.Skip();
  });
  return form_;
}

void ConnectPage::ShowForm(const std::optional<Connection>& filled) {
  ClearTrouble();
  is_hosting_ = false;
  pin_.reset();
  invite_box_->Hide();
  const auto address = split_address(filled ? filled->relay : std::string("127.0.0.1"), default_port);
  host_->ChangeValue(to_wx(address.host));
  port_->SetValue(address.port);
  saved_relay_ = filled ? filled->relay : std::string();
  saved_user_ = filled ? filled->user_id : std::string();
  saved_group_ = filled ? filled->group : std::string();
  if (filled) {
    user_->ChangeValue(to_wx(filled->user_id));
    group_->ChangeValue(to_wx(filled->group));
    remember_->SetValue(filled->remember);
  } else if (user_->IsEmpty()) {
    user_->ChangeValue(wxGetUserId());
  }
  SetPassword({});
  SetBusy(false);
  Turn(page_form);
  (filled ? (show_->GetValue() ? shown_password_ : hidden_password_) : host_)->SetFocus();
}

void ConnectPage::ShowInvite(const std::string& link) {
  ShowForm(std::nullopt);
  invite_box_->Show();
  auto text = to_wx(link);
  if (text.empty()) {
    // A link that was just copied need not be pasted.
    const wxClipboardLocker locker;
    wxTextDataObject copied;
    if (wxTheClipboard->IsSupported(wxDF_UNICODETEXT) && wxTheClipboard->GetData(copied) &&
        looks_like_invite(to_utf8(copied.GetText())))
      text = copied.GetText();
  }
  invite_->ChangeValue(text);
  TakeInvite();
  Turn(page_form);
  (text.empty() ? invite_ : user_)->SetFocus();
}

void ConnectPage::TakeInvite() {
  invite_trouble_->Hide();
  pin_.reset();
  if (invite_->IsEmpty()) return form_->Layout(), void();
  const auto invite = parse_invite(to_utf8(invite_->GetValue()));
  if (!invite) {
    invite_trouble_->SetLabelText(explain_wx(invite.error()));
    invite_trouble_->Wrap(FromDIP(form_width));
    invite_trouble_->Show();
  } else {
    const auto address = split_address(invite->relay, default_port);
    host_->ChangeValue(to_wx(address.host));
    port_->SetValue(address.port);
    group_->ChangeValue(to_wx(invite->group));
    pin_ = invite->pin;
    pin_relay_ = join_address(address.host, address.port);
  }
  form_->FitInside();
  form_->Layout();
}

void ConnectPage::Turn(Page page) {
  if (page == page_form) {
    form_title_->SetLabel(is_hosting_              ? _("Host on this computer")
                          : invite_box_->IsShown() ? _("Join with an invite")
                                                   : _("Join or create a group"));
    form_text_->SetLabel(is_hosting_
                             ? _("Others connect to this computer; it has to stay on and be reachable for them.")
                             : _("A group is its name and its password, at a relay. Whoever comes first creates it."));
    form_text_->Wrap(FromDIP(form_width));
    relay_box_->Show(!is_hosting_);
    connect_->SetLabel(is_hosting_ ? _("&Host") : _("&Connect"));
  }
  book_->ChangeSelection(static_cast<std::size_t>(page));
  for (auto* scrolled : {start_, form_, trust_}) {
    scrolled->FitInside();
    scrolled->Layout();
  }
}

wxString ConnectPage::Password() const {
  return show_->GetValue() ? shown_password_->GetValue() : hidden_password_->GetValue();
}

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
  const bool is_saved = password.empty() && !saved_group_.empty();
  strength_text_->SetLabel(is_saved           ? _("Empty: the remembered one")
                           : password.empty() ? wxString()
                           : score < 2        ? _("Weak: easy to guess")
                           : score == 2       ? _("Fair")
                           : score == 3       ? _("Good")
                                              : _("Strong"));
  form_->Layout();
}

void ConnectPage::Suggest() {
  show_->SetValue(true);
  hidden_password_->Hide();
  shown_password_->Show();
  SetPassword(to_wx(suggest_phrase()));
  form_->Layout();
  shown_password_->SetFocus();
  shown_password_->SelectAll();
}

ConnectPage::Field ConnectPage::FieldOf(const Error& error) {
  switch (error.code) {
    case Errc::unreachable:
    case Errc::tls_failure:
    case Errc::timed_out:
    case Errc::connection_lost:
    case Errc::shutting_down:
    case Errc::relay_identity_changed:
    case Errc::relay_unknown:
    case Errc::unsupported: return Field::relay;
    case Errc::user_id_taken:
    case Errc::in_use: return Field::user;
    case Errc::wrong_password:
    case Errc::guess_budget_empty: return Field::password;
    case Errc::group_full: return Field::group;
    case Errc::refused: return Field::access_key;
    case Errc::invalid_argument:
      if (error.detail.find("password") != std::string::npos) return Field::password;
      if (error.detail.find("user id") != std::string::npos) return Field::user;
      if (error.detail.find("group") != std::string::npos) return Field::group;
      return Field::relay;
    default: return Field::none;
  }
}

void ConnectPage::Connect() {
  if (is_busy_) return;
  ClearTrouble();
  if (invite_box_->IsShown() && !invite_->IsEmpty() && invite_trouble_->IsShown()) return invite_->SetFocus();
  auto host = to_utf8(host_->GetValue().Trim().Trim(false));
  if (!is_hosting_ && host.empty())
    return ShowTrouble(Field::relay, _("Type the address of the relay, for example example.org."));
  const auto user = parse_user_id(to_utf8(user_->GetValue().Trim().Trim(false)));
  if (!user) return ShowTrouble(Field::user, explain_wx(user.error()));
  const auto group = parse_group_name(to_utf8(group_->GetValue().Trim().Trim(false)));
  if (!group) return ShowTrouble(Field::group, explain_wx(group.error()));
  auto typed = to_utf8(Password());
  const auto relay = join_address(host, static_cast<std::uint16_t>(port_->GetValue()));
  const bool may_be_remembered = *user == saved_user_ && *group == saved_group_ && relay == saved_relay_;
  if (!typed.empty() || !may_be_remembered) {
    if (const auto checked = parse_password(typed); !checked)
      return ShowTrouble(Field::password, explain_wx(checked.error()));
    if (is_hosting_ && password_score(typed) < weakest_allowed_score)
      return ShowTrouble(Field::password, _("This password is too easy to guess. Press Suggest for a better one."));
  }
  auto password = SecretBytes::take(typed);
  if (is_hosting_) {
    SetBusy(true);
    return actions_.host(*user, *group, std::move(password));
  }
  Request request;
  request.host = std::move(host);
  request.port = static_cast<std::uint16_t>(port_->GetValue());
  request.user_id = *user;
  request.group = *group;
  request.password = std::move(password);
  request.remember = remember_->GetValue();
  if (pin_ && pin_relay_ == relay) request.pin = pin_;
  request.access_key = to_utf8(access_key_->GetValue());
  SetBusy(true);
  ShowProgress(_("Connecting…"));
  actions_.connect(std::move(request));
}

ConnectPage::Line& ConnectPage::LineOf(Field field) {
  switch (field) {
    case Field::relay: return is_hosting_ ? other_line_ : relay_line_;
    case Field::user: return user_line_;
    case Field::group: return group_line_;
    case Field::password: return password_line_;
    case Field::access_key: return key_line_;
    case Field::none: return other_line_;
  }
  return other_line_;
}

void ConnectPage::ShowTrouble(Field field, const wxString& sentence) {
  SetBusy(false);
  ClearTrouble();
  auto& line = LineOf(field);
  if (field == Field::access_key) key_box_->Show();
  line.trouble->SetLabelText(sentence);
  line.trouble->Wrap(FromDIP(form_width));
  line.trouble->Show();
  Turn(page_form);
  auto* focus = line.field != nullptr ? line.field : static_cast<wxWindow*>(connect_);
  focus->SetFocus();
  if (auto* text = wxDynamicCast(focus, wxTextCtrl)) text->SelectAll();
}

void ConnectPage::ClearTrouble() {
  for (auto* line : {&relay_line_, &user_line_, &group_line_, &password_line_, &key_line_, &other_line_})
    line->trouble->Hide();
  progress_->SetLabel(wxString());
}

void ConnectPage::ShowProgress(const wxString& step) {
  progress_->SetLabel(step);
  form_->Layout();
}

void ConnectPage::SetBusy(bool busy) {
  is_busy_ = busy;
  connect_->Enable(!busy);
  if (!busy) progress_->SetLabel(wxString());
}

// ── an unknown relay ───────────────────────────────────────────────────────────────────────────────────────────────

wxWindow* ConnectPage::MakeTrust() {
  wxBoxSizer* column = nullptr;
  trust_ = make_page(book_, column);
  auto* title = new wxStaticText(trust_, wxID_ANY, _("Is this the right relay?"));
  title->SetFont(scaled_font(*trust_, 1.5, true));
  column->Add(title);
  trust_text_ = new wxStaticText(trust_, wxID_ANY, wxString());
  column->Add(trust_text_, wxSizerFlags().Expand().Border(wxTOP | wxBOTTOM, FromDIP(8)));
  column->Add(new wxStaticText(trust_, wxID_ANY, _("&Fingerprint")));
  trust_pin_ = new wxTextCtrl(trust_, wxID_ANY, wxString(), wxDefaultPosition, wxSize(-1, FromDIP(64)),
                              wxTE_MULTILINE | wxTE_READONLY | wxTE_NO_VSCROLL);
  trust_pin_->SetName(_("Fingerprint"));
  trust_pin_->SetFont(wxFont(wxFontInfo(trust_->GetFont().GetPointSize() + 1).Family(wxFONTFAMILY_TELETYPE)));
  column->Add(trust_pin_, wxSizerFlags().Expand());
  auto* note = new wxStaticText(trust_, wxID_ANY,
                                _("Nothing but a greeting was sent so far. The person who runs the relay sees the "
                                  "right fingerprint with: coterie-relay --fingerprint"));
  note->SetForegroundColour(Theme::current().faint);
  note->Wrap(FromDIP(form_width));
  column->Add(note, wxSizerFlags().Expand().Border(wxTOP, FromDIP(8)));
  auto* buttons = new wxBoxSizer(wxHORIZONTAL);
  auto* no = new wxButton(trust_, wxID_ANY, _("&Do Not Connect"));
  auto* yes = new wxButton(trust_, wxID_ANY, _("They &Match: Connect"));
  buttons->Add(no);
  buttons->AddStretchSpacer();
  buttons->Add(yes);
  column->Add(buttons, wxSizerFlags().Expand().Border(wxTOP, FromDIP(14)));
  no->Bind(wxEVT_BUTTON, [this](wxCommandEvent&) {
    if (actions_.cancel) actions_.cancel();
    SetBusy(false);
    Turn(page_form);
  });
  yes->Bind(wxEVT_BUTTON, [this](wxCommandEvent&) {
    Turn(page_form);
    ShowProgress(_("Connecting…"));
    actions_.trust(trusted_);
  });
  return trust_;
}

void ConnectPage::AskTrust(const event::RelayUnknown& relay) {
  trusted_ = relay.pin;
  trust_text_->SetLabelText(
      wxString::Format(_("You have not connected to %s before. Compare its fingerprint with the one you were given."),
                       isolated(relay.relay)));
  trust_text_->Wrap(FromDIP(form_width));
  auto digits = format_pin(relay.pin);
  // Two lines of eight groups are easier to compare than one long one.
  if (digits.size() > 40) digits[39] = '\n';
  trust_pin_->ChangeValue(to_wx(digits));
  Turn(page_trust);
}

}   // namespace coterie::gui
