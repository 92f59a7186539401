// SPDX-License-Identifier: MIT
// The first thing one sees: three ways into a group, and the form behind each. Says what is wrong next to the field where it can be
// mended, and never closes because something failed.
#pragma once

#include "gui/model/connections.h"
#include "gui/model/input_trouble.h"
#include "gui/model/invite.h"
#include "netcore/base/secret.h"
#include "netcore/session/event.h"

#include <wx/button.h>
#include <wx/checkbox.h>
#include <wx/choice.h>
#include <wx/gauge.h>
#include <wx/scrolwin.h>
#include <wx/simplebook.h>
#include <wx/spinctrl.h>
#include <wx/stattext.h>
#include <wx/textctrl.h>

#include <functional>
#include <optional>

namespace coterie::gui {

class ConnectPage : public wxPanel {
 public:
  struct Request {
    std::string host;
    std::uint16_t port = 0;
    std::string user_id;
    std::string group;
    SecretBytes password;
    bool remember = false;
    bool classic = false;          // the prototype's wire: then `group` is empty
    std::optional<RelayPin> pin;   // from an invite
    std::string access_key;
  };
  using Field = FormField;

  struct Actions {
    std::function<void(Request)> connect;
    std::function<void()> cancel;   // what is under way, or, where nothing is, the page itself
    std::function<void(RelayPin)> trust;
    std::function<void(Request)> host;   // of its fields those about a relay mean this computer's own, at `port`
    std::function<void(const Connection&)> open_saved;
    std::function<void(const wxString&)> copy;
  };

  ConnectPage(wxWindow* parent, Actions actions);

  // `saved`: offered to be opened again. `can_leave`: there is something to go back to.
  void ShowStart(const std::vector<Connection>& saved, bool can_leave);
  void ShowForm(const std::optional<Connection>& filled);
  void ShowInvite(const std::string& link);
  // While a connection is being made.
  void ShowProgress(const wxString& step);
  void ShowTrouble(Field field, const wxString& sentence);
  // Hosting did not work at the port that was chosen, and might at this one.
  void OfferPort(std::uint16_t port, const wxString& sentence);
  void AskTrust(const event::RelayUnknown& relay);
  // What was typed as the password, which the form forgets: for when it has led into the group.
  SecretBytes TakePassword();
  [[nodiscard]] bool IsBusy() const { return is_busy_; }

 private:
  enum Page { page_start, page_form, page_trust };
  enum Kind { kind_coterie, kind_classic };
  struct Line {
    wxStaticText* trouble = nullptr;   // below the field
    wxWindow* field = nullptr;
  };

  wxWindow* MakeStart();
  wxWindow* MakeForm();
  wxWindow* MakeTrust();
  void Turn(Page page);
  void Connect();
  void OnPassword();
  void Suggest();
  void CopyPassword();
  void SetPassword(const wxString& password);
  [[nodiscard]] bool MayUseRemembered() const;
  [[nodiscard]] wxString Password() const;
  [[nodiscard]] bool IsClassic() const;
  [[nodiscard]] bool HasInvite() const;         // what stands in its field could be read
  [[nodiscard]] bool ChoosesPassword() const;   // and is not given the one that others have chosen
  void FocusOnly(wxTextCtrl* field);
  wxWindow* MakeHosting();
  void ShowOwnAddresses();
  void Tidy(wxTextCtrl* field, Line& line);   // what was typed, when the field is left
  void CheckWhileTyping(wxTextCtrl* field, Line& line);
  void ClearTrouble();
  void SetBusy(bool busy);
  void TakeInvite();
  void ShowGiven();
  Line& LineOf(Field field);

  Actions actions_;
  wxSimplebook* book_;
  // start
  wxScrolledWindow* start_;
  wxPanel* saved_box_;
  wxBoxSizer* saved_list_;
  wxButton* leave_;
  // form
  bool is_hosting_ = false;
  wxScrolledWindow* form_;
  wxStaticText* form_title_;
  wxStaticText* form_text_;
  wxPanel* invite_box_;
  wxTextCtrl* invite_;
  wxStaticText* invite_trouble_;
  wxPanel* relay_box_;
  wxTextCtrl* host_;
  wxSpinCtrl* port_;
  wxPanel* host_box_;   // for hosting: the port of this computer, and what others can use
  wxSpinCtrl* own_port_;
  wxStaticText* own_addresses_;
  wxPanel* kind_box_;
  wxChoice* kind_;
  wxStaticText* classic_warning_;
  wxTextCtrl* user_;
  wxPanel* group_box_;
  wxTextCtrl* group_;
  wxStaticText* password_label_;
  wxTextCtrl* hidden_password_;
  wxTextCtrl* shown_password_;
  wxCheckBox* show_;
  wxButton* suggest_;
  wxButton* copy_;
  wxGauge* strength_;
  wxStaticText* strength_text_;
  wxCheckBox* remember_;
  wxPanel* key_box_;
  wxTextCtrl* access_key_;
  wxStaticText* progress_;
  wxButton* connect_;
  Line relay_line_, host_line_, user_line_, group_line_, password_line_, key_line_, other_line_;
  bool is_busy_ = false;
  std::optional<RelayPin> pin_;
  std::string pin_relay_;             // the relay `pin_` is for
  std::optional<Connection> saved_;   // a profile may hold a password for exactly this
  // trust
  wxScrolledWindow* trust_;
  wxStaticText* trust_text_;
  wxTextCtrl* trust_pin_;
  RelayPin trusted_;
  std::string trust_relay_;   // whose that is
};

}   // namespace coterie::gui
