// SPDX-License-Identifier: MIT
#include "gui/relay_knows_dialog.h"

#include "gui/model/format.h"
#include "gui/text.h"
#include "gui/theme.h"
#include "netcore/client.h"

#include <wx/button.h>
#include <wx/sizer.h>
#include <wx/stattext.h>
#include <wx/textctrl.h>

namespace coterie::gui {

RelayKnowsDialog::RelayKnowsDialog(wxWindow* parent, const GroupModel& group)
    : wxDialog(parent, wxID_ANY, _("What the Relay Knows")) {
  const auto& connection = group.connection();
  const int width = FromDIP(520);
  auto* column = new wxBoxSizer(wxVERTICAL);
  const auto add = [&](const wxString& text, bool is_heading = false) {
    auto* shown = new wxStaticText(this, wxID_ANY, wxString());
    if (is_heading) shown->SetFont(scaled_font(*this, 1.1, true));
    shown->SetLabelText(text);
    shown->Wrap(width);
    column->Add(shown, wxSizerFlags().Expand().DoubleBorder(is_heading ? wxLEFT | wxRIGHT | wxTOP : wxLEFT | wxRIGHT));
  };

  add(wxString::Format(_("About you in %s, at this moment"), isolated(connection.title())), true);
  // One text that a screen reader walks through and that can be copied.
  wxString facts;
  const auto fact = [&](const wxString& text) { facts += (facts.empty() ? "" : "\n") + figures(text); };
  fact(wxString::Format(_("Relay: %s"), isolated(connection.relay)) +
       (connection.hosted ? " (" + _("it runs in this program") + ")" : wxString()));
  if (const auto pin = parse_pin(connection.pin); pin && !connection.classic)
    fact(wxString::Format(_("Its fingerprint: %s"), isolated(format_pin(*pin))));
  if (group.link() == event::LinkState::online && group.online_since_ms() > 0)
    fact(wxString::Format(_("You are connected to it, from an address it sees, since %s."),
                          clock_text(group.online_since_ms())));
  else
    fact(_("You are not connected: it sees nothing of you now."));
  const auto online = group.members().online();
  fact(wxString::Format(wxPLURAL("It sees %zu other member online, and when that one comes and goes.",
                                 "It sees %zu other members online, and when each comes and goes.", plural(online)),
                        online));
  std::size_t away = 0;
  for (const auto& member : group.members().members())
    if (!MembersModel::is_here(member) && member.state != event::MemberState::left) ++away;
  if (!connection.classic && away > 0)
    fact(wxString::Format(wxPLURAL("It keeps sealed what you write for %zu member who is away.",
                                   "It keeps sealed what you write for %zu members who are away.", plural(away)),
                          away));
  std::uint64_t sent = 0;
  std::uint64_t received = 0;
  for (const auto& transfer : group.transfers().transfers())
    (transfer.now.outgoing ? sent : received) += transfer.now.done;
  fact(wxString::Format(_("Files of this list of transfers have gone through it: %s from you, %s to you."),
                        size_text(sent), size_text(received)));
  auto* shown = new wxTextCtrl(this, wxID_ANY, facts, wxDefaultPosition, FromDIP(wxSize(520, 150)),
                               wxTE_MULTILINE | wxTE_READONLY);
  shown->SetName(_("What it sees"));
  column->Add(shown, wxSizerFlags(1).Expand().DoubleBorder(wxLEFT | wxRIGHT | wxTOP));

  if (connection.classic) {
    add(classic_badge_wx(), true);
    add(_(
        "It is told the key. It, and whoever listens on the way, sees everything: user ids, who writes to whom, every "
        "text, every file and its name."));
  } else {
    add(_("It sees"), true);
    add(
        _("Your network address, when you are connected, a number for you and one for the group that tell it no names, "
          "who exchanges something with whom, how much and when. It keeps sealed messages for members who are away, "
          "until they come or the time is over."));
    add(_("It cannot see"), true);
    add(
        _("The group's name and password, user ids, what is written, files and their names. Nor can it test guesses of "
          "the password."));
  }
  auto* close = new wxButton(this, wxID_CANCEL, _("&Close"));
  column->Add(close, wxSizerFlags().Right().DoubleBorder(wxALL));
  SetSizerAndFit(column);
  SetEscapeId(wxID_CANCEL);
  close->SetFocus();
  CentreOnParent();
}

}   // namespace coterie::gui
