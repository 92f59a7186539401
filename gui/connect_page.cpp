// SPDX-License-Identifier: MIT
#include "gui/connect_page.h"

#include "gui/form_parts.h"
#include "gui/icons.h"
#include "gui/text.h"
#include "gui/text_margins.h"
#include "gui/theme.h"
#include "netcore/client.h"

#include <wx/clipbrd.h>
#include <wx/sizer.h>
#include <wx/statbmp.h>
#include <wx/utils.h>

#ifndef _WIN32
#include <unistd.h>
#endif

namespace coterie::gui {
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
  set_ink(*text, &Theme::faint);
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
    ShowOwnAddresses();
    Turn(page_form);
    FocusOnly(user_);
  });
  leave_ = new wxButton(start_, wxID_ANY, _("Back"));
  leave_->Bind(wxEVT_BUTTON, [this](wxCommandEvent&) {
    if (actions_.cancel) actions_.cancel();
  });
  column->Add(leave_, wxSizerFlags().CentreHorizontal().Border(wxTOP, FromDIP(14)));
  return start_;
}

namespace {

wxString label_of(const Connection& connection) {
  const auto dot = wxString::FromUTF8("  ·  ");
  const auto where = to_wx(connection.user_id + "@" + connection.relay);
  return connection.classic ? where + dot + classic_badge_wx() : to_wx(connection.group) + dot + where;
}

}   // namespace

void ConnectPage::ShowStart(const std::vector<Connection>& saved, bool can_leave) {
  saved_list_->Clear(true);
  if (!saved.empty()) {
    auto* title = new wxStaticText(saved_box_, wxID_ANY, _("Your groups"));
    title->SetFont(scaled_font(*this, 1.0, true));
    saved_list_->Add(title);
    for (const auto& connection : saved) {
      auto* button = new wxButton(saved_box_, wxID_ANY, wxControl::EscapeMnemonics(label_of(connection)),
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

namespace {

wxString own_user_id() {
  const auto login = to_utf8(wxGetUserId());
#ifdef _WIN32
  constexpr unsigned long number = 1000;   // accounts have no numbers there that tell people from services
#else
  const unsigned long number = ::getuid();
#endif
  return to_wx(proposed_user_id(login, number));
}

}   // namespace

void ConnectPage::ShowForm(const std::optional<Connection>& filled) {
  ClearTrouble();
  is_hosting_ = false;
  pin_.reset();
  invite_box_->Hide();
  kind_->SetSelection(filled && filled->classic ? kind_classic : kind_coterie);
  const auto address = split_address(filled ? filled->relay : std::string("127.0.0.1"), default_port);
  host_->ChangeValue(to_wx(address.host));
  port_->SetValue(address.port);
  // Nothing of the group this form was for before: not its name, nor what only its relay asks for.
  if (filled || saved_ || user_->IsEmpty()) user_->ChangeValue(filled ? to_wx(filled->user_id) : own_user_id());
  saved_ = filled;
  group_->ChangeValue(filled ? to_wx(filled->group) : wxString());
  remember_->SetValue(!filled || filled->remember);
  own_port_->SetValue(default_port);
  overwrite(access_key_);
  key_box_->Hide();
  // What the next one types is not shown because the last one wanted to see it.
  show_->SetValue(false);
  hidden_password_->Show();
  shown_password_->Hide();
  SetPassword({});
  SetBusy(false);
  Turn(page_form);
  FocusOnly(filled ? hidden_password_ : host_);
}

// A field keeps its selection when the keyboard leaves it: only what would be typed over next is to look like that.
void ConnectPage::FocusOnly(wxTextCtrl* field) {
  for (auto* other : {invite_, host_, user_, group_, hidden_password_, shown_password_, access_key_})
    other->SetSelection(0, 0);
  field->SetFocus();
  field->SelectAll();
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
  FocusOnly(text.empty() ? invite_ : user_);
}

void ConnectPage::TakeInvite() {
  invite_trouble_->Hide();
  pin_.reset();
  const auto invite = parse_invite(to_utf8(invite_->GetValue()));
  if (invite_->IsEmpty()) {
    // Nothing is wrong yet.
  } else if (!invite) {
    show_trouble(*invite_trouble_, explain_wx(invite.error()));
  } else {
    const auto address = split_address(invite->relay, default_port);
    host_->ChangeValue(to_wx(address.host));
    port_->SetValue(address.port);
    group_->ChangeValue(to_wx(invite->group));
    pin_ = invite->pin;
    pin_relay_ = join_address(address.host, address.port);
  }
  ShowGiven();
  form_->FitInside();
  form_->Layout();
}

void ConnectPage::Turn(Page page) {
  if (page == page_form) {
    const bool classic = IsClassic();
    form_title_->SetLabel(is_hosting_              ? _("Host on this computer")
                          : invite_box_->IsShown() ? _("Join with an invite")
                          : classic                ? _("Talk in classic mode")
                                                   : _("Join or create a group"));
    form_text_->SetLabel(
        is_hosting_              ? _("Others connect to this computer: it has to stay on and be reachable for "
                                                  "them, and this window has to stay open.")
        : invite_box_->IsShown() ? _("The link says where the group is. Its password is told to you by another way.")
        : classic                ? _("Here there is no group: whoever uses the same password reads along.")
                  : _("A group is its name and its password, at a relay. Whoever comes first creates it."));
    form_text_->Wrap(FromDIP(form_width));
    ShowGiven();
    host_box_->Show(is_hosting_);
    kind_box_->Show(!invite_box_->IsShown() && has_classic());
    if (classic)
      show_trouble(*classic_warning_,
                   classic_badge_wx() + ". " + _("The server, and whoever listens on the way, can read everything."));
    classic_warning_->Show(classic);
    password_label_->SetLabel(classic ? _("&Password") : _("Group &password"));
    remember_->Show(!classic);
    for (wxWindow* part :
         {static_cast<wxWindow*>(suggest_), static_cast<wxWindow*>(copy_), static_cast<wxWindow*>(strength_text_)})
      part->Show(ChoosesPassword());
    strength_->Show(ChoosesPassword() && !Password().empty());
    if (classic) key_box_->Hide();
    connect_->SetLabel(is_hosting_ ? _("&Host") : _("&Connect"));
  }
  // A page that was never shown is still as small as it was made, too small for its scrollbar.
  for (auto* scrolled : {start_, form_, trust_}) scrolled->SetSize(book_->GetClientRect());
  book_->ChangeSelection(static_cast<std::size_t>(page));
  for (auto* scrolled : {start_, form_, trust_}) {
    scrolled->FitInside();
    scrolled->Layout();
  }
}

// With an invite the relay and the group are what it says, and before it was read there are none.
void ConnectPage::ShowGiven() {
  const bool is_known = !invite_box_->IsShown() || HasInvite();
  relay_box_->Show(!is_hosting_ && is_known);
  group_box_->Show(!IsClassic() && is_known);
}

ConnectPage::Line& ConnectPage::LineOf(Field field) {
  switch (field) {
    case Field::relay: return is_hosting_ ? host_line_ : relay_line_;
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
  show_trouble(*line.trouble, sentence);
  // One sentence for one mistake: what was said of it while it was typed goes.
  if (field == Field::password) strength_text_->SetLabel(wxString());
  Turn(page_form);
  auto* focus = line.field != nullptr ? line.field : static_cast<wxWindow*>(connect_);
  if (auto* text = dynamic_cast<wxTextCtrl*>(focus)) return FocusOnly(text);
  focus->SetFocus();
}

void ConnectPage::OfferPort(std::uint16_t port, const wxString& sentence) {
  own_port_->SetValue(port);
  ShowOwnAddresses();
  ShowTrouble(Field::relay, sentence);
}

void ConnectPage::ClearTrouble() {
  for (auto* line : {&relay_line_, &host_line_, &user_line_, &group_line_, &password_line_, &key_line_, &other_line_})
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
  trust_pin_ = new wxTextCtrl(trust_, wxID_ANY, wxString(), wxDefaultPosition, wxDefaultSize,
                              wxTE_MULTILINE | wxTE_READONLY | wxTE_NO_VSCROLL);
  trust_pin_->SetName(_("Fingerprint"));
  trust_pin_->SetFont(wxFont(wxFontInfo(trust_->GetFont().GetPointSize() + 1).Family(wxFONTFAMILY_TELETYPE)));
  const int air = FromDIP(6);
  set_text_margins(*trust_pin_, air, air);
  trust_pin_->SetMinSize(wxSize(-1, 2 * trust_pin_->GetCharHeight() + 3 * air));   // it has two lines
  column->Add(trust_pin_, wxSizerFlags().Expand());
  auto* note = new wxStaticText(trust_, wxID_ANY,
                                _("Nothing but a greeting was sent so far. The person who runs the relay sees the "
                                  "right fingerprint with: coterie-relay --fingerprint"));
  set_ink(*note, &Theme::faint);
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
    // Answered once for this relay, also when something else has to be mended in the form.
    pin_ = trusted_;
    pin_relay_ = trust_relay_;
    actions_.trust(trusted_);
  });
  return trust_;
}

void ConnectPage::AskTrust(const event::RelayUnknown& relay) {
  trusted_ = relay.pin;
  trust_relay_ = relay.relay;
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
