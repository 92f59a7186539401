// SPDX-License-Identifier: MIT
// Groups: joined, opened again, hosted, closed, left.
#include "gui/main_frame.h"

#include "gui/app.h"
#include "gui/invite_dialog.h"
#include "gui/model/reach.h"
#include "gui/own_network.h"
#include "gui/text.h"
#include "netcore/client.h"

#include <wx/datetime.h>
#include <wx/msgdlg.h>
#include <wx/richmsgdlg.h>

namespace coterie::gui {

void MainFrame::Connect(ConnectPage::Request request) {
  Connection connection;
  connection.relay = join_address(request.host, request.port);
  connection.user_id = request.user_id;
  connection.group = request.group;
  connection.remember = request.remember;
  connection.classic = request.classic;
  for (const auto& known : saved_)
    if (known.is_same_group(connection)) {
      const bool remember = request.remember;
      connection = known;
      connection.remember = remember;
    }
  for (const auto& [id, group] : groups_) {
    if (!group->connection().is_same_group(connection)) continue;
    if (group->link() == event::LinkState::online) {
      connect_->ShowTrouble(ConnectPage::Field::none, _("You are in this group already."));
      return;
    }
    CloseGroup(id);
    break;
  }
  if (connection.profile.empty()) connection.profile = choose_profile(saved_, connection);
  Login login;
  login.relay = connection.relay;
  login.group = connection.group;
  login.user_id = connection.user_id;
  login.password = std::move(request.password);
  login.remember = request.remember;
  login.pin = request.pin;
  if (request.pin) connection.pin = request.pin->hex();
  // A profile that begins, or begins anew, knows no relay; who compared the fingerprint of this one for any group is not asked
  // again. One that has another identity than that is refused like any relay that has changed.
  std::error_code ignored;
  if (!login.pin && !request.classic && !std::filesystem::exists(connection.profile / "coterie.db", ignored)) {
    if (connection.pin.empty()) connection.pin = known_pin(saved_, connection.relay);
    if (const auto known = parse_pin(connection.pin)) login.pin = *known;
  }
  login.access_key = std::move(request.access_key);
  login.classic = request.classic;
  if (login.classic) login.other_profiles = ProfilesBeside(connection.profile);
  Open(std::move(connection), std::move(login));
}

// Every profile of this user, whichever program made it.
std::vector<std::filesystem::path> MainFrame::ProfilesBeside(const std::filesystem::path& own) const {
  std::vector<std::filesystem::path> found;
  std::error_code failed;
  for (auto at = std::filesystem::directory_iterator(App::DataFolder() / "profiles", failed);
       !failed && at != std::filesystem::directory_iterator(); at.increment(failed))
    if (at->is_directory(failed) && at->path() != own) found.push_back(at->path());
  for (const auto& known : saved_)
    if (known.profile != own && std::find(found.begin(), found.end(), known.profile) == found.end())
      found.push_back(known.profile);
  return found;
}

void MainFrame::OpenSaved(const Connection& connection) {
  if (connection.hosted) {
    const auto port = split_address(connection.relay, default_port).port;
    if (const auto started = StartRelay(port); !started)
      bar_->Tell({"relay",
                  AttentionBar::Kind::bad,
                  wxString::Format(_("Your relay could not be started at port %d. %s"), static_cast<int>(port),
                                   explain_wx(started.error())),
                  {}});
    else
      bar_->Forget("relay");
  }
  if (!connection.remember) {
    book_->ChangeSelection(page_connect);
    return connect_->ShowForm(connection);
  }
  Login login;
  login.relay = connection.relay;
  login.group = connection.group;
  login.user_id = connection.user_id;
  login.remember = true;
  const auto id = next_id_;
  Open(connection, std::move(login));
  // What is known can be read before the relay answers.
  if (joining_ == id) joining_.reset();
  Show({id, {}});
}

void MainFrame::Open(Connection connection, Login login) {
  const auto id = next_id_++;
  const auto profile = connection.profile;
  joining_ = id;
  groups_.emplace(id, std::make_unique<GroupModel>(std::move(connection)));
  bar_->Forget("profile" + profile.string());
  bar_->Rebuild();   // of several, each notice names its own
  auto typed = std::make_shared<Login>(std::move(login));
  auto open = [this, id, profile, typed] {
    bridge_->open(id, profile, std::move(*typed));
    bridge_->post(id, command::LoadConversations{});
    bridge_->post(id, command::Connect{});
  };
  // The same profile may still be on its way out.
  if (const auto busy = closing_.find(profile); busy != closing_.end()) {
    const auto old = busy->second;
    auto then = std::move(reopen_[old]);
    reopen_[old] = [then, open] {
      if (then) then();
      open();
    };
  } else {
    open();
  }
  UpdateSides();
}

void MainFrame::CloseGroup(GroupId id) {
  const auto found = groups_.find(id);
  if (found == groups_.end()) return;
  const auto profile = found->second->connection().profile;
  if (key_.group == id) {
    key_ = {};
    conversation_->ShowConversation(nullptr, nullptr);
    ShowMiddle();
  }
  if (joining_ == id) joining_.reset();
  if (copying_ && copying_->key.group == id) EndCopy();
  groups_.erase(found);
  closing_[profile] = id;
  reopen_[id] = [this, profile] { closing_.erase(profile); };
  bridge_->close(id);
  announcer_->Withdraw([&](const Announcer::Subject& about) { return about.group == id; });
  std::erase_if(offers_, [&](const auto& offers) { return offers.first.first == id; });
  TakeBackNotices();
  bar_->Rebuild();   // with one group left none need be named
  FillTransfers();
  UpdateSides();
  UpdateStatus();
}

void MainFrame::CancelConnect() {
  if (joining_) CloseGroup(*joining_);
  if (!connect_->IsBusy() && !groups_.empty()) {
    const auto& [id, group] = *groups_.begin();
    Show(Group(key_.group) != nullptr ? key_ : Key{id, {}});
  }
}

void MainFrame::ShowConnect() {
  std::vector<Connection> offered;
  for (const auto& known : saved_) {
    bool is_open = false;
    for (const auto& [id, group] : groups_) is_open = is_open || group->connection().is_same_group(known);
    if (!is_open) offered.push_back(known);
  }
  connect_->ShowStart(offered, !groups_.empty());
  book_->ChangeSelection(page_connect);
  UpdateTitle();
}

namespace {

// Others cannot use the address we use ourselves where that is one of this computer alone.
InviteDialog::Ways ways_to(const Connection& connection) {
  const auto [host, port] = split_address(connection.relay, default_port);
  InviteDialog::Ways ways;
  if (reach_of(host) == Reach::computer)
    for (const auto& address : own_addresses())
      if (is_listening(address, port)) ways.relays.push_back(join_address(address, port));
  if (!ways.relays.empty())
    ways.note =
        reach_of(split_address(ways.relays.front(), default_port).host) == Reach::everywhere
            ? wxString()
            : wxString::Format(_("The relay runs on this computer, at port %d. From outside your network it can "
                                 "be reached only where your router passes that port on."),
                               static_cast<int>(port));
  else if (reach_of(host) == Reach::computer)
    ways.warning = _(
        "This invite works only on this computer: the relay has no address here that others could reach. Connect this "
        "computer to a network, or let the relay listen there.");
  else if (reach_of(host) == Reach::network)
    ways.note = _("The relay's address belongs to a network: the invite works for those who are in it.");
  if (ways.relays.empty()) ways.relays.push_back(connection.relay);
  return ways;
}

}   // namespace

void MainFrame::ShowInvite(const SecretBytes& password) {
  const auto* group = Current();
  if (group == nullptr) return;
  const auto& connection = group->connection();
  Invite invite{connection.relay, connection.group, std::nullopt};
  if (const auto pin = parse_pin(connection.pin)) invite.pin = *pin;
  InviteDialog dialog(this, invite, ways_to(connection), password, [this](const wxString& text) { CopyText(text); });
  dialog.ShowModal();
}

Status MainFrame::StartRelay(std::uint16_t port) {
  if (relay_) return {};
  auto started = HostedRelay::start(App::DataFolder() / "hosted-relay", port);
  if (!started) return tl::unexpected(started.error());
  relay_ = std::move(*started);
  return {};
}

void MainFrame::Host(ConnectPage::Request request) {
  const auto port = request.port;
  const auto figure = [](std::uint16_t one) { return static_cast<int>(one); };
  if (relay_ && relay_->port() != port)
    return connect_->OfferPort(
        relay_->port(),
        wxString::Format(_("Your relay runs at port %d already, for all your groups: press Host to use it."),
                         figure(relay_->port())));
  if (!relay_ && !is_port_free(port)) {
    const auto other = free_port();
    return connect_->OfferPort(
        other, wxString::Format(_("Port %d cannot be used: another program has it, or the system keeps it. Port %d is "
                                  "free: press Host to use it."),
                                figure(port), figure(other)));
  }
  if (const auto started = StartRelay(port); !started)
    return connect_->ShowTrouble(ConnectPage::Field::none, explain_wx(started.error()));
  bar_->Forget("relay");
  Connection connection;
  connection.relay = join_address("127.0.0.1", relay_->port());
  connection.user_id = request.user_id;
  connection.group = request.group;
  connection.remember = request.remember;
  connection.hosted = true;
  connection.pin = relay_->pin().hex();
  connection.profile = choose_profile(saved_, connection);
  Login login;
  login.relay = connection.relay;
  login.group = connection.group;
  login.user_id = connection.user_id;
  login.password = std::move(request.password);
  login.remember = request.remember;
  login.pin = relay_->pin();
  Open(std::move(connection), std::move(login));
  shows_invite_ = true;
}

void MainFrame::SetMuted(bool muted) {
  ChangeConnection([muted](Connection& connection) { connection.muted = muted; });
}

void MainFrame::ChangeConnection(const std::function<void(Connection&)>& change) {
  auto* group = Current();
  if (group == nullptr) return;
  change(group->connection());
  for (auto& known : saved_)
    if (known.is_same_group(group->connection())) change(known);
  SaveConnections();
}

// For good: the others are told, and it is not offered again. Confirmed once; what was said here is asked about with it.
void MainFrame::LeaveGroup() {
  const auto* group = Current();
  if (group == nullptr) return;
  const auto connection = group->connection();
  const auto id = key_.group;
  wxRichMessageDialog question(this, wxString::Format(_("Leave %s for good?"), isolated(connection.title())),
                               _("Leave Group"), wxOK | wxCANCEL | wxCANCEL_DEFAULT | wxICON_QUESTION);
  wxString more;
  if (connection.classic)
    more = _("It is no longer offered when Coterie starts.");
  else if (group->link() == event::LinkState::online)
    more =
        _("The others are told, and write to you no more. The password is forgotten here; with it you can come back.");
  else
    more =
        _("You are not connected, so the others will not be told. The password is forgotten here; with it you can come "
          "back.");
  question.SetExtendedMessage(more);
  question.SetOKCancelLabels(_("&Leave"), _("&Stay"));
  if (!connection.classic) question.ShowCheckBox(_("&Delete its conversations on this computer as well"));
  if (question.ShowModal() != wxID_OK || Group(id) == nullptr) return;
  if (!connection.classic) bridge_->post(id, command::Leave{});
  if (question.IsCheckBoxChecked()) {
    for (const auto& entry : Group(id)->conversations().entries()) {
      command::DeleteHistory forget;
      if (!entry.peer.empty()) forget.conversation = entry.peer;
      bridge_->post(id, std::move(forget));
    }
    std::error_code ignored;   // what stays is a picture that was pasted, and nothing else knows of it
    std::filesystem::remove_all(connection.profile / "pasted", ignored);
  }
  std::erase_if(saved_, [&](const Connection& known) { return known.is_same_group(connection); });
  SaveConnections();
  CloseGroup(id);
  ShowAnyGroup();
}

void MainFrame::ShowAnyGroup() {
  if (groups_.empty())
    ShowConnect();
  else
    Show({groups_.begin()->first, {}});
}

void MainFrame::CloseCurrent() {
  if (Current() == nullptr) return;
  for (auto& known : saved_)
    if (known.is_same_group(Current()->connection())) known.remember = false;
  SaveConnections();
  CloseGroup(key_.group);
  ShowAnyGroup();
}

// ── profiles that cannot be opened ─────────────────────────────────────────────────────────────────────────────────

bool MainFrame::IsAboutProfile(const Error& error) {
  switch (error.code) {
    case Errc::database_corrupt:
    case Errc::database_newer:
    case Errc::in_use:
    case Errc::permission_denied:
    case Errc::disk_full:
    case Errc::profile_full:
    case Errc::io_failure: return true;
    default: return false;
  }
}

void MainFrame::FailProfile(GroupId id, const Error& error) {
  const auto* group = Group(id);
  if (group == nullptr) return;
  const auto connection = group->connection();
  const bool was_shown = key_.group == id;
  CloseGroup(id);
  if (was_shown) ShowAnyGroup();
  const auto text = isolated(connection.title()) + ": " + explain_wx(error);
  std::vector<AttentionBar::Action> actions;
  if (error.code == Errc::database_corrupt) {
    actions = {{_("Start a New History…"), [this, connection] { BeginAnew(connection); }},
               {_("Show in Folder"), [this, connection] { OpenPath(connection.profile / "coterie.db", true); }}};
  } else {
    actions = {{_("Connect Again"), [this, connection] { OpenSaved(connection); }}};
  }
  bar_->Tell({"profile" + connection.profile.string(), AttentionBar::Kind::bad, Badged(id, text), std::move(actions)});
}

// Nothing of the damaged history is lost: it stays beside the new one, for whoever can mend it.
void MainFrame::BeginAnew(const Connection& connection) {
  wxMessageDialog question(this, wxString::Format(_("Start a new history of %s?"), isolated(connection.title())),
                           _("Damaged History"), wxYES_NO | wxNO_DEFAULT | wxICON_QUESTION);
  question.SetExtendedMessage(
      wxString::Format(_("The damaged one is kept in a folder with today's date inside %s. The new one has another "
                         "identity key: the others are told so, and should compare safety numbers with you again."),
                       isolated(connection.profile.string())));
  question.SetYesNoLabels(_("&Start a New One"), _("&Leave It as It Is"));
  if (question.ShowModal() != wxID_YES) return;
  auto begin = [this, connection] {
    const auto kept = set_profile_aside(connection.profile, to_utf8(wxDateTime::Now().Format("damaged-%Y%m%d-%H%M%S")));
    if (!kept) {
      bar_->Tell({"profile" + connection.profile.string(), AttentionBar::Kind::bad, explain_wx(kept.error()), {}});
      return;
    }
    bar_->Tell({"profile" + connection.profile.string(),
                AttentionBar::Kind::info,
                wxString::Format(_("The damaged history is kept in %s."), isolated(kept->string())),
                {{_("Show in Folder"), [this, folder = *kept] { OpenPath(folder / "coterie.db", true); }}}});
    // A remembered password has gone with it.
    auto fresh = connection;
    fresh.keeps_password = false;
    book_->ChangeSelection(page_connect);
    connect_->ShowForm(fresh);
    UpdateTitle();
  };
  // The engine that found the damage may still be on its way out.
  if (const auto busy = closing_.find(connection.profile); busy != closing_.end()) {
    const auto old = busy->second;
    reopen_[old] = [then = std::move(reopen_[old]), begin] {
      if (then) then();
      begin();
    };
  } else {
    begin();
  }
}

}   // namespace coterie::gui
