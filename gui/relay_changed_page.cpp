// SPDX-License-Identifier: MIT
#include "gui/relay_changed_page.h"

#include "gui/text.h"
#include "gui/text_margins.h"
#include "gui/theme.h"
#include "netcore/client.h"

#include <wx/button.h>
#include <wx/sizer.h>

namespace coterie::gui {
namespace {

const wxColour red(0x9b, 0x1c, 0x1c);
constexpr int width = 560;

}   // namespace

RelayChangedPage::RelayChangedPage(wxWindow* parent, std::function<void()> on_leave) : wxPanel(parent) {
  SetBackgroundColour(red);
  auto* column = new wxBoxSizer(wxVERTICAL);
  auto* title = new wxStaticText(this, wxID_ANY, _("This is not the relay you know"));
  title->SetFont(scaled_font(*this, 1.8, true));
  title->SetForegroundColour(*wxWHITE);
  text_ = new wxStaticText(this, wxID_ANY, wxString());
  text_->SetForegroundColour(*wxWHITE);
  pins_ = new wxTextCtrl(this, wxID_ANY, wxString(), wxDefaultPosition, wxDefaultSize, wxTE_MULTILINE | wxTE_READONLY);
  pins_->SetName(_("Fingerprints"));
  pins_->SetFont(wxFont(wxFontInfo(GetFont().GetPointSize()).Family(wxFONTFAMILY_TELETYPE)));
  // All of both is seen at once: a heading and two lines each, and a line between them.
  const int air = FromDIP(8);
  set_text_margins(*pins_, air, air);
  pins_->SetMinSize(wxSize(FromDIP(width), 8 * pins_->GetCharHeight() + 3 * air));
  auto* leave = new wxButton(this, wxID_ANY, _("&Close This Connection"));
  leave->Bind(wxEVT_BUTTON, [on_leave = std::move(on_leave)](wxCommandEvent&) { on_leave(); });
  auto* inner = new wxBoxSizer(wxVERTICAL);
  inner->Add(title);
  inner->Add(text_, wxSizerFlags().Border(wxTOP | wxBOTTOM, FromDIP(12)));
  inner->Add(pins_, wxSizerFlags().Expand());
  inner->Add(leave, wxSizerFlags().Border(wxTOP, FromDIP(14)));
  column->AddStretchSpacer(1);
  column->Add(inner, wxSizerFlags().CentreHorizontal().Border(wxALL, FromDIP(20)));
  column->AddStretchSpacer(2);
  SetSizer(column);
}

void RelayChangedPage::Tell(const event::RelayChanged& relay) {
  text_->SetLabelText(wxString::Format(_("%s answered with another identity than before. Either somebody stands "
                                         "between you and the relay, or it was set up anew. Nothing was "
                                         "sent to it. Ask the person who runs it; only when they confirm the new "
                                         "fingerprint, join the group anew with an invite of theirs."),
                                       isolated(relay.relay)));
  text_->Wrap(FromDIP(width));
  pins_->ChangeValue(_("Known:") + "\n" + to_wx(format_pin(relay.expected)) + "\n\n" + _("Seen now:") + "\n" +
                     to_wx(format_pin(relay.seen)));
  Layout();
}

}   // namespace coterie::gui
