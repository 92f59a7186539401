// SPDX-License-Identifier: MIT
// The window: shows groups, passes on what the user does as commands, and what the engines say to the views.
//
//   ┌ attention bar ─────────────────────────────────┐
//   │ conversations │ messages and composer │ members │      or the page for connecting
//   │               │ or the red page       │         │
//   │ transfers                                       │
//   └ status bar ────────────────────────────────────┘
#pragma once

#include "gui/announcer.h"
#include "gui/attention_bar.h"
#include "gui/connect_page.h"
#include "gui/conversation_panel.h"
#include "gui/engine_bridge.h"
#include "gui/help_window.h"
#include "gui/hosted_relay.h"
#include "gui/lists.h"
#include "gui/log_window.h"
#include "gui/model/conversation_copy.h"
#include "gui/model/group_model.h"
#include "gui/model/sending.h"
#include "gui/pictures.h"
#include "gui/relay_changed_page.h"
#include "gui/settings.h"
#include "gui/transfer_list.h"
#include "gui/tray.h"

#include <wx/frame.h>
#include <wx/preferences.h>
#include <wx/simplebook.h>
#include <wx/splitter.h>
#include <wx/timer.h>
#include <wx/weakref.h>

#include <map>
#include <memory>
#include <set>

namespace coterie::gui {

class MainFrame : public wxFrame {
 public:
  MainFrame(Settings& settings, wxConfigBase& config, const LogBook& log);
  ~MainFrame() override;

  // Opens what is remembered, or the page for connecting.
  void Start(bool minimised);
  // An invite link, or paths of files to send, one a line.
  void TakeOver(const wxString& words);
  void ComeForward();
  void TellTrouble(const wxString& sentence);
  bool Layout() override;

 private:
  using Key = ConversationList::Key;
  static constexpr std::size_t page_connect = 0;   // of the book
  static constexpr std::size_t page_group = 1;
  static constexpr std::size_t page_conversation = 0;   // of the middle
  static constexpr std::size_t page_changed = 1;

  // ── main_frame.cpp: what it is made of ──
  void BuildPages();
  void RestorePlace();
  void FitPanes();   // a narrow window has room for the conversation only
  void ShowMembers();
  void ShowMiddle();   // what belongs to the group that is shown
  [[nodiscard]] bool ShowsGroup() const { return book_->GetSelection() == page_group; }
  [[nodiscard]] bool ShowsConversation() const { return ShowsGroup() && middle_->GetSelection() == page_conversation; }
  [[nodiscard]] int ListWidth() const { return fits_members_ ? list_width_ : narrow_list_width_; }
  void KeepPlace();
  void KeepShown();
  void OnClose(wxCloseEvent& event);
  [[nodiscard]] bool MayEnd();
  void OnTimer();
  void ThemeChanged();

  // ── main_frame_tray.cpp: on the screen, minimised, in the tray ──
  void UpdateTray();
  void AwaitTray();                     // one that comes soon after the start is taken up
  [[nodiscard]] bool HasTray() const;   // now: trays come and go
  [[nodiscard]] bool IsInFront();
  void ToggleFromTray();
  void GoToTray();
  void StartMinimised();

  // ── main_frame_events.cpp: what engines say ──
  void OnWake();
  void Tell(GroupId id, const Attention& attention);
  void TakeBackNotices();
  void ForgetRefusals(GroupId id);
  [[nodiscard]] wxString GroupBefore(const Cause& cause) const;
  void UpdateViews(const std::map<GroupId, Changes>& changes);
  void UpdateLink();
  void UpdateTitle();
  void UpdateStatus();
  void UpdateSides();
  [[nodiscard]] wxString Badged(GroupId id, const wxString& text) const;
  static void Note(const GroupModel& group, const Event& event);
  void FollowJoin(GroupId id, const Event& event);
  void FailJoin(GroupId id, const Error& error);

  // ── main_frame_news.cpp: files and messages that come in ──
  void Offered(GroupId id, const event::FileOffered& offered);
  void TellOffers(GroupId id, const std::string& from);
  void ForgetOffer(GroupId id, const FileId& file);
  std::optional<std::string> AskAgain(GroupId id, const std::string& about);
  void TransferMoved(GroupId id, const event::TransferChanged& transfer);
  void Notify(GroupId id, const event::MessageAdded& added);
  void Renotify(GroupId id, const event::Message& message);
  void AnnounceOffers(GroupId id, const std::string& from);
  struct Announced {
    bool also_muted = false;
    std::filesystem::path file = {};   // that came; of several the last
    std::size_t count = 1;             // of files
  };
  void Announce(Announcer::Subject about, const std::string& from, const wxString& text, const Announced& how);
  [[nodiscard]] wxString Shown(const wxString& text) const;   // on the desktop, for everybody who passes

  // ── main_frame_groups.cpp: joined, opened again, hosted, closed, left ──
  void Connect(ConnectPage::Request request);
  void Open(Connection connection, Login login);
  void OpenSaved(const Connection& connection);
  [[nodiscard]] std::vector<std::filesystem::path> ProfilesBeside(const std::filesystem::path& own) const;
  void CloseGroup(GroupId id);
  void Host(ConnectPage::Request request);
  Status StartRelay(std::uint16_t port);
  void ShowConnect();
  void CancelConnect();
  // `password`: where it is still known, to be copied.
  void ShowInvite(const SecretBytes& password);
  void SaveConnections();
  void SetMuted(bool muted);
  void ChangeConnection(const std::function<void(Connection&)>& change);   // of the group that is shown, kept
  void CloseCurrent();                                                     // disconnects; opened again on request
  void LeaveGroup();
  void ShowAnyGroup();
  // The profile cannot be used: there is no engine, and nothing to show. Says so, and offers the way on.
  void FailProfile(GroupId id, const Error& error);
  static bool IsAboutProfile(const Error& error);
  void BeginAnew(const Connection& connection);

  // ── main_frame_actions.cpp: what the user does ──
  void Show(const Key& key);
  using wxFrame::Show;
  void MarkLookedAt();
  void SendRead();
  void ShowVerifyDialog(const GroupModel& group, const Member& member);
  void Act(GroupId id, const FileId& file, CardAction action);
  void ActFromList(GroupId id, const FileId& file, CardAction action);
  void AnswerOffer(GroupId id, const FileId& file, bool accept);
  // `asks`: about the recipients, also where it is clear who they would be.
  void SendFiles(std::vector<std::filesystem::path> paths, bool asks);
  void SendGathered(const Key& key, const Gathered& what, bool asks);
  void SendPicture(const wxImage& picture);
  void ChooseFiles(bool asks);
  void OpenLink(const std::string& address);
  void OpenPath(const std::filesystem::path& path, bool folder);
  void OpenReceived(const std::filesystem::path& path);   // asks first where that may run something
  void FillTransfers();
  void ShowTransfers();
  [[nodiscard]] int TransfersHeight() const;
  void SnapTransfers();   // to whole rows, and kept
  void FitTransfers();    // an empty list takes no room beyond its heading
  void ShowMessageMenu(const event::Message& message, wxPoint point);
  void ShowDeliveries(const event::Message& message);
  void ShowMember(const std::string& user);
  void ShowMemberMenu(const std::string& user);
  void ShowConversationMenu(const Key& key);
  void ClearConversation();
  void CopyText(const wxString& text);
  void EditLast();
  void ShowPreferences();
  void ShowWhatRelayKnows();
  void ShowHelp();
  void ShowLog();
  void Quit();
  void StepConversation(int step);

  // ── main_frame_copy.cpp: a whole conversation onto the clipboard ──
  void CopyConversation();
  void FollowCopy(GroupId id, const Event& event);
  void TellCopying();
  void EndCopy();

  // ── main_frame_menu.cpp: the menu bar ──
  void BuildMenu();
  void UpdateMenu(wxUpdateUIEvent& event);
  void OnKeyBefore(wxKeyEvent& event);
  // Of what is selected in the transfers pane that which the action fits; with nothing selected, of everything.
  [[nodiscard]] std::vector<TransferList::Key> MeantFiles(CardAction action) const;
  void SetZoom(int percent);
  void AskAcceptLimit();

  [[nodiscard]] GroupModel* Group(GroupId id);
  [[nodiscard]] GroupModel* Current() { return Group(key_.group); }
  [[nodiscard]] ChatModel* Chat() { return Current() == nullptr ? nullptr : &Current()->chat(key_.peer); }
  [[nodiscard]] std::filesystem::path FolderFor(const Connection& connection) const;

  Settings& settings_;
  wxConfigBase& config_;
  const LogBook& log_;
  std::vector<Connection> saved_;
  std::map<GroupId, std::unique_ptr<GroupModel>> groups_;
  GroupId next_id_ = 1;
  std::optional<GroupId> joining_;   // whose trouble the form shows
  // Profiles that are being closed; what waits for one of them is run when it is free.
  std::map<std::filesystem::path, GroupId> closing_;
  std::map<GroupId, std::function<void()>> reopen_;
  bool shows_invite_ = false;   // as soon as the hosted group is joined
  Key key_;

  AttentionBar* bar_ = nullptr;
  wxSimplebook* book_ = nullptr;
  ConnectPage* connect_ = nullptr;
  wxSimplebook* middle_ = nullptr;   // the conversation, or the red page in its place
  RelayChangedPage* changed_ = nullptr;
  wxSplitterWindow* transfer_split_ = nullptr;
  wxSplitterWindow* left_split_ = nullptr;
  wxSplitterWindow* right_split_ = nullptr;
  ConversationList* conversations_ = nullptr;
  ConversationPanel* conversation_ = nullptr;
  MemberList* members_ = nullptr;
  TransferList* transfers_ = nullptr;
  bool fits_members_ = true;
  bool fits_conversations_ = true;
  bool fits_transfers_ = true;
  // Of the panes as they were drawn last; device-independent.
  int list_width_ = 230;
  int narrow_list_width_ = 150;   // where there is no room for the members
  int members_width_ = 210;
  int transfers_height_ = 190;      // of the pane when there is something in it; device-independent
  std::size_t transfer_rows_ = 0;   // as the pane was fitted last
  bool is_drawn_ = false;           // its height, since there were rows in it
  wxTimer timer_;
  wxTimer end_timer_;   // runs while dialogs that were open when the window was closed end
  struct Copying {
    Key key;
    ConversationCopy pages;
    Rate::Clock::time_point since;
    bool is_told = false;
  };
  std::optional<Copying> copying_;
  std::map<Key, std::int64_t> read_;                   // up to which row we have said that we have read
  std::pair<std::string, std::string> sent_;           // the last text sent: its id in hexadecimal, and the text
  std::map<Key, Rate::Clock::time_point> announced_;   // when a message of that conversation last was
  static constexpr std::chrono::seconds announce_pause{3};
  std::map<std::pair<GroupId, std::string>, std::map<FileId, event::FileOffered>>
      offers_;                  // by whom; not yet answered
  std::set<FileId> arriving_;   // accepted here, to be told about when they have come
  std::unique_ptr<Announcer> announcer_;
  std::unique_ptr<Pictures> pictures_;
  std::unique_ptr<Worker> disk_;   // looks through what is to be sent
  std::unique_ptr<wxPreferencesEditor> preferences_;
  wxWeakRef<LogWindow> log_window_;
  wxWeakRef<HelpWindow> help_window_;
  std::unique_ptr<Tray> tray_;
  Rate::Clock::time_point started_ = Rate::Clock::now();
  Rate::Clock::time_point last_active_;
  wxPoint place_;   // where it was when it left the screen
  bool is_quitting_ = false;
  std::unique_ptr<HostedRelay> relay_;     // outlives the engines, so that they can take their leave
  std::unique_ptr<EngineBridge> bridge_;   // last: it wakes the window
};

}   // namespace coterie::gui
