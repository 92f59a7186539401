// SPDX-License-Identifier: MIT
// The menu bar: every action of the window, with the usual keys.
#include "gui/main_frame.h"

#include "gui/app.h"
#include "gui/help_window.h"
#include "gui/icons.h"
#include "gui/menu_letters.h"
#include "gui/preferences.h"
#include "gui/relay_knows_dialog.h"
#include "gui/text.h"
#include "gui/verify_dialog.h"

#include <wx/aboutdlg.h>
#include <wx/menu.h>
#include <wx/numdlg.h>
#include <wx/dirdlg.h>

#include <array>

namespace coterie::gui {
namespace {

enum Id : int {
  id_new_group = wxID_HIGHEST + 1,
  id_send_files,
  id_send_files_to,
  id_send_folder,
  id_open_received,
  id_receive_folder,
  id_copy_all,
  id_clear,
  id_find_next,
  id_find_previous,
  id_members,
  id_transfers,
  id_full_screen,
  id_invite,
  id_verify,
  id_mute,
  id_mark_read,
  id_previous,
  id_next,
  id_close_group,
  id_leave_group,
  id_reconnect,
  id_disconnect,
  id_accept_ask,
  id_accept_verified,
  id_accept_always,
  id_accept_limit,
  id_reply,
  id_edit_last,
  id_accept,
  id_decline,
  id_pause,
  id_resume,
  id_cancel,
  id_open,
  id_show_in_folder,
  id_clear_finished,
  id_relay_knows,
  id_log,
};

constexpr std::array<std::pair<int, CardAction>, 7> transfer_actions{{{id_accept, CardAction::accept},
                                                                      {id_decline, CardAction::decline},
                                                                      {id_pause, CardAction::pause},
                                                                      {id_resume, CardAction::resume},
                                                                      {id_cancel, CardAction::cancel},
                                                                      {id_open, CardAction::open},
                                                                      {id_show_in_folder, CardAction::show_in_folder}}};
constexpr int zoom_step = 10;
constexpr int smallest_zoom = 60;
constexpr int largest_zoom = 250;
constexpr std::uint64_t megabyte = 1'000'000;

wxString verified_label(std::uint64_t limit) {
  return figures(wxString::Format(_("Take files of &verified members, up to %llu MB"),
                                  static_cast<unsigned long long>(limit / megabyte)));
}

}   // namespace

void MainFrame::BuildMenu() {
  // Later, and not from inside the event: a dialog that is opened while a screen reader's request is being answered would keep that
  // waiting until it is closed, and the screen reader deaf.
  const auto on = [this](int id, std::function<void()> run) {
    Bind(
        wxEVT_MENU, [this, run = std::move(run)](wxCommandEvent&) { CallAfter(run); }, id);
  };
  auto* file = new wxMenu;
  file->Append(id_new_group, _("&Join or Create a Group…") + "\tCtrl+N");
  file->AppendSeparator();
  file->Append(id_send_files, _("&Send Files…") + "\tCtrl+O");
  file->Append(id_send_files_to, _("Send Files to &Chosen Members…") + "\tCtrl+Alt+O");
  file->Append(id_send_folder, _("Send F&older…") + "\tCtrl+Shift+O");
  file->Append(id_open_received, _("Open &Received Files") + "\tCtrl+Shift+R");
  file->Append(id_receive_folder, _("&Folder for Received Files…"));
  file->AppendSeparator();
  file->Append(wxID_EXIT, _("&Quit") + "\tCtrl+Q");
  on(id_new_group, [this] { ShowConnect(); });
  on(id_send_files, [this] { ChooseFiles(false); });
  on(id_send_files_to, [this] { ChooseFiles(true); });
  on(id_send_folder, [this] {
    wxDirDialog dialog(this, _("Send Folder"), wxString(), wxDD_DEFAULT_STYLE | wxDD_DIR_MUST_EXIST);
    if (dialog.ShowModal() == wxID_OK) SendFiles({to_path(dialog.GetPath())}, true);
  });
  on(id_open_received, [this] {
    const auto folder = Current() != nullptr ? FolderFor(Current()->connection()) : FolderFor(Connection());
    std::error_code ignored;
    std::filesystem::create_directories(folder, ignored);
    OpenPath(folder, false);
  });
  on(id_receive_folder, [this] {
    wxDirDialog dialog(this, _("Folder for Received Files"), path_to_wx(FolderFor(Connection())));
    if (dialog.ShowModal() == wxID_OK) settings_.folder = dialog.GetPath();
    settings_.save(config_);
  });
  on(wxID_EXIT, [this] { Quit(); });

  auto* edit = new wxMenu;
  edit->Append(wxID_UNDO, _("&Undo") + "\tCtrl+Z");
  edit->Append(wxID_REDO, _("&Redo") + "\tCtrl+Shift+Z");
  edit->AppendSeparator();
  edit->Append(wxID_CUT, _("Cu&t") + "\tCtrl+X");
  edit->Append(wxID_COPY, _("&Copy") + "\tCtrl+C");
  edit->Append(wxID_PASTE, _("&Paste") + "\tCtrl+V");
  edit->Append(wxID_SELECTALL, _("Select A&ll") + "\tCtrl+A");
  edit->Append(id_copy_all, _("Copy Whole Con&versation") + "\tCtrl+Shift+C");
  edit->Append(id_clear, _("Clear C&onversation…"));
  edit->AppendSeparator();
  edit->Append(wxID_FIND, _("&Find in Conversation") + "\tCtrl+F");
  edit->Append(id_find_next, _("Find &Next") + "\tF3");
  edit->Append(id_find_previous, _("Find Pre&vious") + "\tShift+F3");
  edit->AppendSeparator();
  edit->Append(wxID_PREFERENCES, _("Pr&eferences…") + "\tCtrl+,");
  on(wxID_PREFERENCES, [this] { ShowPreferences(); });
  const auto field = [] { return dynamic_cast<wxTextCtrl*>(wxWindow::FindFocus()); };
  on(wxID_UNDO, [field] {
    if (auto* text = field()) text->Undo();
  });
  on(wxID_REDO, [field] {
    if (auto* text = field()) text->Redo();
  });
  on(wxID_CUT, [field] {
    if (auto* text = field()) text->Cut();
  });
  on(wxID_COPY, [this, field] {
    auto* text = field();
    if (text != nullptr && text->CanCopy()) return text->Copy();
    CopyText(conversation_->View().SelectedText());
  });
  on(wxID_PASTE, [this, field] {
    auto* text = field();
    if (text == nullptr || text == &conversation_->Composer()) return conversation_->Paste();
    text->Paste();
  });
  on(wxID_SELECTALL, [this, field] {
    if (auto* text = field()) return text->SelectAll();
    conversation_->View().SelectAll();
  });
  on(id_copy_all, [this] { CopyConversation(); });
  on(id_clear, [this] { ClearConversation(); });
  on(wxID_FIND, [this] { conversation_->OpenFind(); });
  // Down is towards newer messages; hits are numbered from the newest.
  on(id_find_next, [this] { conversation_->FindNext(1); });
  on(id_find_previous, [this] { conversation_->FindNext(-1); });

  auto* view = new wxMenu;
  view->AppendCheckItem(id_members, _("&Members") + "\tF9");
  view->AppendCheckItem(id_transfers, _("&Transfers") + "\tCtrl+T");
  view->AppendSeparator();
  view->Append(wxID_ZOOM_IN, _("Zoom &In") + "\tCtrl++");
  view->Append(wxID_ZOOM_OUT, _("Zoom &Out") + "\tCtrl+-");
  view->Append(wxID_ZOOM_100, _("&Normal Size") + "\tCtrl+0");
  view->AppendSeparator();
  view->AppendCheckItem(id_full_screen, _("&Full Screen") + "\tF11");
  on(id_members, [this] {
    settings_.shows_members = !right_split_->IsSplit();
    if (settings_.shows_members)
      ShowMembers();
    else
      right_split_->Unsplit(members_);
  });
  on(id_transfers, [this] {
    settings_.shows_transfers = !transfer_split_->IsSplit();
    if (settings_.shows_transfers)
      ShowTransfers();
    else
      transfer_split_->Unsplit(transfers_);
  });
  on(wxID_ZOOM_IN, [this] { SetZoom(settings_.zoom + zoom_step); });
  on(wxID_ZOOM_OUT, [this] { SetZoom(settings_.zoom - zoom_step); });
  on(wxID_ZOOM_100, [this] { SetZoom(100); });
  on(id_full_screen, [this] { ShowFullScreen(!IsFullScreen(), wxFULLSCREEN_NOBORDER | wxFULLSCREEN_NOCAPTION); });

  auto* group = new wxMenu;
  group->Append(id_invite, _("&Invite…") + "\tCtrl+I");
  group->Append(id_verify, _("&Verify This Person…") + "\tCtrl+Shift+V");
  group->Append(id_mark_read, _("Mark as &Read") + "\tCtrl+M");
  group->AppendCheckItem(id_mute, _("M&ute"));
  auto* accept = new wxMenu;
  accept->AppendRadioItem(id_accept_ask, _("&Ask about each file"));
  accept->AppendRadioItem(id_accept_verified, verified_label(Connection().accept_limit));
  accept->AppendRadioItem(id_accept_always, _("Take &every file"));
  accept->AppendSeparator();
  accept->Append(id_accept_limit, _("&Largest File Taken Without Asking…"));
  group->AppendSubMenu(accept, _("Receiving &Files"));
  group->AppendSeparator();
  group->Append(id_previous, _("&Previous Conversation") + "\tCtrl+PgUp");
  group->Append(id_next, _("&Next Conversation") + "\tCtrl+PgDn");
  group->AppendSeparator();
  group->Append(id_reconnect, _("&Connect"));
  group->Append(id_disconnect, _("&Disconnect"));
  group->Append(id_close_group, _("C&lose Group") + "\tCtrl+W");
  group->Append(id_leave_group, _("Leave Gro&up…"));
  on(id_invite, [this] { ShowInvite({}); });
  on(id_verify, [this] { ShowMember(key_.peer.empty() ? members_->Selected() : key_.peer); });
  on(id_mark_read, [this] { MarkLookedAt(); });
  on(id_mute, [this] {
    if (Current() != nullptr) SetMuted(!Current()->connection().muted);
  });
  const auto policy = [this](AcceptPolicy chosen) {
    ChangeConnection([chosen](Connection& connection) { connection.accept = chosen; });
  };
  on(id_accept_ask, [policy] { policy(AcceptPolicy::ask); });
  on(id_accept_verified, [policy] { policy(AcceptPolicy::verified); });
  on(id_accept_always, [policy] { policy(AcceptPolicy::always); });
  on(id_accept_limit, [this] { AskAcceptLimit(); });
  on(id_previous, [this] { StepConversation(-1); });
  on(id_next, [this] { StepConversation(1); });
  on(id_reconnect, [this] { bridge_->post(key_.group, command::Connect{}); });
  on(id_disconnect, [this] { bridge_->post(key_.group, command::Disconnect{}); });
  on(id_close_group, [this] { CloseCurrent(); });
  on(id_leave_group, [this] { LeaveGroup(); });

  auto* message = new wxMenu;
  message->Append(id_reply, _("&Reply") + "\tCtrl+R");
  message->Append(id_edit_last, _("&Edit Last") + "\tCtrl+E");
  on(id_reply, [this] {
    const auto* chat = conversation_->View().Chat();
    const auto* current = conversation_->View().Current();
    if (current == nullptr && chat != nullptr && !chat->empty()) current = &chat->at(chat->size() - 1).message;
    if (current != nullptr && !current->deleted && !current->file) conversation_->ReplyTo(event::Message(*current));
  });
  on(id_edit_last, [this] { EditLast(); });

  auto* transfer = new wxMenu;
  transfer->Append(id_accept, _("&Accept") + "\tCtrl+Shift+A");
  transfer->Append(id_decline, _("&Decline") + "\tCtrl+Shift+D");
  transfer->Append(id_pause, _("&Pause"));
  transfer->Append(id_resume, _("&Resume"));
  transfer->Append(id_cancel, _("&Cancel"));
  transfer->Append(id_open, _("&Open"));
  transfer->Append(id_show_in_folder, _("Show in &Folder"));
  transfer->AppendSeparator();
  transfer->Append(id_clear_finished, _("Clear F&inished"));
  for (const auto& [id, action] : transfer_actions)
    on(id, [this, action = action] {
      for (const auto& key : MeantFiles(action)) Act(key.group, key.file, action);
    });
  on(id_clear_finished, [this] {
    for (auto& [id, known] : groups_) known->transfers().clear_finished();
    transfers_->Fill(groups_, Rate::Clock::now());
  });

  auto* help = new wxMenu;
  help->Append(wxID_HELP, _("Coterie &Help") + "\tF1");
  on(wxID_HELP, [this] { ShowHelp(); });
  help->AppendSeparator();
  help->Append(id_relay_knows, _("What the &Relay Knows…"));
  help->Append(id_log, _("&Log"));
  on(id_log, [this] { ShowLog(); });
  help->AppendSeparator();
  on(id_relay_knows, [this] { ShowWhatRelayKnows(); });
  help->Append(wxID_ABOUT, _("&About Coterie"));
  on(wxID_ABOUT, [this] {
    wxAboutDialogInfo info;
    info.SetName("Coterie");
    info.SetVersion(COTERIE_VERSION);
    info.SetDescription(_("Private chat and file transfer for a small circle."));
    info.SetLicence("MIT");
    info.SetIcon(application_icons().GetIcon(wxSize(64, 64)));
    wxAboutBox(info, this);
  });

  auto* bar = new wxMenuBar;
  bar->Append(file, _("&File"));
  bar->Append(edit, _("&Edit"));
  bar->Append(view, _("&View"));
  bar->Append(group, _("&Group"));
  bar->Append(message, _("&Message"));
  bar->Append(transfer, _("&Transfer"));
  bar->Append(help, _("&Help"));
  give_letters(*bar);
  SetMenuBar(bar);
  Bind(wxEVT_UPDATE_UI, &MainFrame::UpdateMenu, this);
  Bind(wxEVT_CHAR_HOOK, &MainFrame::OnKeyBefore, this);
}

// Keys of the menu that whatever has the keyboard would take for itself: texts and lists scroll with Ctrl and Page Up, and give up
// what is selected with Ctrl+Shift+A; a list opens a search of its own with Ctrl+F.
void MainFrame::OnKeyBefore(wxKeyEvent& event) {
  event.Skip();
  const auto* origin = dynamic_cast<const wxWindow*>(event.GetEventObject());
  if (origin == nullptr || wxGetTopLevelParent(const_cast<wxWindow*>(origin)) != this) return;
  if (event.GetKeyCode() == WXK_ESCAPE && copying_ && copying_->is_told) {
    event.Skip(false);
    return EndCopy();
  }
  for (const int id : {int{id_previous}, int{id_next}, int{id_accept}, int{id_decline}, int{wxID_FIND}}) {
    const auto* item = GetMenuBar()->FindItem(id);
    const std::unique_ptr<wxAcceleratorEntry> keys(item == nullptr ? nullptr : item->GetAccel());
    if (!keys || keys->GetKeyCode() != event.GetKeyCode()) continue;
    const bool is_meant = event.ControlDown() == ((keys->GetFlags() & wxACCEL_CTRL) != 0) &&
                          event.ShiftDown() == ((keys->GetFlags() & wxACCEL_SHIFT) != 0) &&
                          event.AltDown() == ((keys->GetFlags() & wxACCEL_ALT) != 0);
    if (!is_meant) continue;
    // What it shows may be as old as the last look at the menu.
    wxUpdateUIEvent now(id);
    UpdateMenu(now);
    if (now.GetSetEnabled() && !now.GetEnabled()) return;
    event.Skip(false);
    wxCommandEvent chosen(wxEVT_MENU, id);
    ProcessWindowEvent(chosen);
    return;
  }
}

std::vector<TransferList::Key> MainFrame::MeantFiles(CardAction action) const {
  const auto selected = transfers_->Selected();
  std::vector<TransferList::Key> meant;
  for (const auto& [id, known] : groups_)
    for (const auto& one : known->transfers().transfers()) {
      const TransferList::Key key{id, one.now.id};
      const bool is_meant = selected.empty() || std::find(selected.begin(), selected.end(), key) != selected.end();
      if (is_meant && TransferList::Allows(one, action)) meant.push_back(key);
    }
  const bool opens = action == CardAction::open || action == CardAction::show_in_folder;
  if (selected.empty() && opens && meant.size() > 1) meant = {meant.back()};
  return meant;
}

void MainFrame::SetZoom(int percent) {
  settings_.zoom = std::clamp(percent, smallest_zoom, largest_zoom);
  conversation_->SetZoom(settings_.zoom);
  settings_.save(config_);
}

// Group → Receiving Files: how large a file of a verified member may be to be taken without asking.
void MainFrame::AskAcceptLimit() {
  const auto* group = Current();
  if (group == nullptr) return;
  constexpr long most = 1'000'000;   // a terabyte
  const auto now = std::min(static_cast<long>(group->connection().accept_limit / megabyte), most);
  const auto chosen =
      wxGetNumberFromUser(_("Files of verified members up to this size are taken without asking.") + "\n" +
                              _("A file that can run a program is always asked about."),
                          _("&Megabytes:"), _("Largest File Taken Without Asking"), std::max(1L, now), 1, most, this);
  if (chosen < 1) return;
  ChangeConnection([chosen](Connection& connection) {
    connection.accept_limit = static_cast<std::uint64_t>(chosen) * megabyte;
    connection.accept = AcceptPolicy::verified;
  });
}

void MainFrame::ShowPreferences() {
  preferences_ = make_preferences(settings_, [this] {
    settings_.save(config_);
    UpdateTray();
    conversation_->SetEnterSends(settings_.enter_sends);
    conversation_->View().ThemeChanged();
  });
  preferences_->Show(this);
}

void MainFrame::ShowHelp() {
  if (!help_window_)
    help_window_ = new HelpWindow(this, *GetMenuBar(), settings_.enter_sends,
                                  {FolderFor(Connection()), App::DataFolder() / "profiles"});
  help_window_->Show();
  help_window_->Raise();
}

void MainFrame::ShowLog() {
  if (!log_window_) log_window_ = new LogWindow(this, log_);
  log_window_->Show();
  log_window_->Raise();
}

void MainFrame::ShowWhatRelayKnows() {
  const auto* group = Current();
  if (group == nullptr) return;
  RelayKnowsDialog dialog(this, *group);
  dialog.ShowModal();
}

void MainFrame::UpdateMenu(wxUpdateUIEvent& event) {
  const auto* group = Current();
  const bool is_open = group != nullptr && ShowsGroup();
  const bool chats = is_open && ShowsConversation();
  for (const auto& [id, action] : transfer_actions)
    if (id == event.GetId()) return event.Enable(transfers_->Offers(action));
  switch (event.GetId()) {
    case id_send_files:
    case id_send_files_to:
    case id_send_folder:
    case id_copy_all:
    case id_clear:
    case wxID_FIND:
    case id_find_next:
    case id_find_previous:
    case id_mark_read:
    case id_relay_knows: return event.Enable(chats);
    case id_previous:
    case id_next:
    case id_close_group:
    case id_leave_group: return event.Enable(is_open);
    // Classic mode has no words for these.
    case id_invite:
    case id_reply:
    case id_edit_last: return event.Enable(chats && !group->connection().classic);
    case id_verify:
      return event.Enable(chats && !group->connection().classic &&
                          (!key_.peer.empty() || !members_->Selected().empty()));
    case id_reconnect: return event.Enable(is_open && group->link() == event::LinkState::offline);
    case id_disconnect:
      return event.Enable(is_open && (group->link() != event::LinkState::offline || group->retry_at()));
    case id_mute: event.Enable(chats); return event.Check(group != nullptr && group->connection().muted);
    case id_accept_limit: return event.Enable(chats);
    case id_accept_ask:
      event.Enable(chats);
      if (chats && group->connection().accept == AcceptPolicy::ask) event.Check(true);
      return;
    case id_accept_verified:
      event.Enable(chats && !group->connection().classic);   // nobody is verified there
      if (chats) event.SetText(verified_label(group->connection().accept_limit));
      if (chats && group->connection().accept == AcceptPolicy::verified) event.Check(true);
      return;
    case id_accept_always:
      event.Enable(chats);
      if (chats && group->connection().accept == AcceptPolicy::always) event.Check(true);
      return;
    case wxID_ZOOM_IN: return event.Enable(chats && settings_.zoom < largest_zoom);
    case wxID_ZOOM_OUT: return event.Enable(chats && settings_.zoom > smallest_zoom);
    case wxID_ZOOM_100: return event.Enable(chats && settings_.zoom != 100);
    case id_members: return event.Check(right_split_->IsSplit());
    case id_transfers: return event.Check(transfer_split_->IsSplit());
    case id_full_screen: return event.Check(IsFullScreen());
    default: return;
  }
}

void MainFrame::ShowVerifyDialog(const GroupModel& group, const Member& member) {
  const auto id = key_.group;
  const auto held = group.held().find(member.user_id);
  const auto changed = held == group.held().end() ? std::nullopt : std::optional(held->second);
  const auto key = changed ? changed->seen : member.key;
  VerifyDialog dialog(this, member, changed,
                      {[this, id, key](bool verified) {
                         bridge_->post(id, command::SetVerified{key, verified});
                       },
                       [this, id, key] { bridge_->post(id, command::AcceptIdentity{key}); }});
  dialog.ShowModal();
}

}   // namespace coterie::gui
