// SPDX-License-Identifier: MIT
#include "gui/main_frame.h"

#include "gui/app.h"
#include "gui/file_drop.h"
#include "gui/icons.h"
#include "gui/open_dialogs.h"
#include "gui/selection_colour.h"
#include "gui/splitter.h"
#include "gui/text.h"
#include "netcore/base/random.h"

#include <wx/display.h>
#include <wx/msgdlg.h>
#include <wx/sizer.h>

namespace coterie::gui {
namespace {

// Where a window that was at `place` is seen whole, or as much of it as its screen holds: that screen may be smaller by now, or gone.
wxPoint on_screen(const wxRect& place) {
  const auto centre = place.GetPosition() + place.GetSize() / 2;
  const int known = wxDisplay::GetFromPoint(centre);
  const auto area = wxDisplay(known == wxNOT_FOUND ? 0U : static_cast<unsigned>(known)).GetClientArea();
  return {std::max(area.x, std::min(place.x, area.GetRight() + 1 - place.width)),
          std::max(area.y, std::min(place.y, area.GetBottom() + 1 - place.height))};
}

constexpr int smallest_pane = 120;   // device-independent pixels

std::filesystem::path connections_file() { return App::DataFolder() / "connections.json"; }

}   // namespace

MainFrame::MainFrame(Settings& settings, wxConfigBase& config, const LogBook& log)
    : wxFrame(nullptr, wxID_ANY, "Coterie", wxDefaultPosition, wxDefaultSize, wxDEFAULT_FRAME_STYLE, "coterie"),
      settings_(settings),
      config_(config),
      log_(log) {
  SetIcons(application_icons());
  colour_selections(Theme::current());
  BuildPages();
  BuildMenu();
  CreateStatusBar(3);
  const int widths[] = {-3, -2, -2};
  SetStatusWidths(3, widths);
  // What is shown there stays: menus put nothing of theirs in its place.
  SetStatusBarPane(-1);
  RestorePlace();
  SetZoom(settings_.zoom);
  pictures_ = std::make_unique<Pictures>([this](const FileId& file) {
    auto* chat = Chat();
    if (chat != nullptr && chat->touch_file(file)) conversation_->View().Refreshed();
  });
  announcer_ = std::make_unique<Announcer>(*this);
  disk_ = std::make_unique<Worker>([this](std::function<void()> job) { CallAfter(std::move(job)); });
  conversation_->View().SetPictures([this](const FileId& id, const FileSummary& file) {
    // What comes from others is looked into only after it was accepted and has arrived whole.
    if (!settings_.shows_pictures || file.path.empty()) return wxBitmap();
    if (!file.outgoing && file.phase != event::TransferPhase::finished) return wxBitmap();
    return pictures_->get(id, file.path);
  });
  UpdateTray();
  bridge_ = std::make_unique<EngineBridge>([this] { CallAfter(&MainFrame::OnWake); });
  Bind(wxEVT_CLOSE_WINDOW, &MainFrame::OnClose, this);
  // When the session ends there is nobody to answer: END_SESSION then closes what is open.
  wxTheApp->Bind(wxEVT_QUERY_END_SESSION, [](wxCloseEvent&) {});
  end_timer_.Bind(wxEVT_TIMER, [this](wxTimerEvent&) { Close(true); });
  Bind(wxEVT_SYS_COLOUR_CHANGED, [this](wxSysColourChangedEvent& event) {
    ThemeChanged();
    event.Skip();
  });
  Bind(wxEVT_ACTIVATE, [this](wxActivateEvent& event) {
    // Also when it goes behind another: what comes from then on is not before anybody's eyes.
    CallAfter(&MainFrame::MarkLookedAt);
    if (!event.GetActive()) last_active_ = Rate::Clock::now();
    event.Skip();
  });
  // Not while everything is being laid out.
  Bind(wxEVT_SIZE, [this](wxSizeEvent& event) {
    CallAfter(&MainFrame::FitPanes);
    event.Skip();
  });
  Bind(wxEVT_ICONIZE, [this](wxIconizeEvent& event) {
    if (!event.IsIconized()) CallAfter([this] { SendSizeEvent(); });
    event.Skip();
  });
  timer_.SetOwner(this);
  Bind(wxEVT_TIMER, [this](wxTimerEvent&) { OnTimer(); });
  timer_.Start(500);
}

MainFrame::~MainFrame() {
  timer_.Stop();
  if (tray_) tray_->RemoveIcon();
  announcer_.reset();
  pictures_.reset();
  disk_.reset();
  bridge_.reset();
  relay_.reset();
}

void MainFrame::BuildPages() {
  auto* column = new wxBoxSizer(wxVERTICAL);
  bar_ = new AttentionBar(this, [this](const Cause& cause) { return GroupBefore(cause); });
  column->Add(bar_, wxSizerFlags().Expand());
  book_ = new wxSimplebook(this);
  column->Add(book_, wxSizerFlags(1).Expand());
  SetSizer(column);

  connect_ = new ConnectPage(book_, {
                                        [this](ConnectPage::Request request) { Connect(std::move(request)); },
                                        [this] { CancelConnect(); },
                                        [this](RelayPin pin) {
                                          auto* group = joining_ ? Group(*joining_) : nullptr;
                                          if (group == nullptr) return;
                                          group->connection().pin = pin.hex();
                                          bridge_->post(*joining_, command::TrustRelay{pin});
                                        },
                                        [this](ConnectPage::Request request) { Host(std::move(request)); },
                                        [this](const Connection& connection) { OpenSaved(connection); },
                                        [this](const wxString& text) { CopyText(text); },
                                    });
  book_->AddPage(connect_, wxString());

  transfer_split_ = new Splitter(book_);
  left_split_ = new Splitter(transfer_split_);
  conversations_ = new ConversationList(
      left_split_, [this](const Key& key) { Show(key); }, [this](const Key& key) { ShowConversationMenu(key); });
  right_split_ = new Splitter(left_split_);

  ConversationPanel::Actions actions;
  actions.view.load = [this](command::LoadHistory load) { bridge_->post(key_.group, std::move(load)); };
  actions.view.open_link = [this](const std::string& address) { OpenLink(address); };
  actions.view.act_on_file = [this](const FileId& file, CardAction action) { Act(key_.group, file, action); };
  actions.view.react = [this](const event::Message& message, const std::string& emoji) {
    const auto* group = Current();
    bool is_ours = false;
    for (const auto& reaction : message.reactions)
      if (reaction.emoji == emoji)
        for (const auto& user : reaction.user_ids) is_ours = is_ours || user == group->connection().user_id;
    bridge_->post(key_.group, command::React{message.id, emoji, !is_ours});
  };
  actions.view.show_menu = [this](const event::Message& message, wxPoint point) { ShowMessageMenu(message, point); };
  actions.view.show_deliveries = [this](const event::Message& message) { ShowDeliveries(message); };
  actions.view.show_member = [this](const std::string& user) { ShowMember(user); };
  actions.view.reached_end = [this] { MarkLookedAt(); };
  actions.send = [this](const std::string& text, std::optional<MessageId> reply_to) {
    command::SendText send{random_id<MessageId>(), {}, text, reply_to};
    if (!key_.peer.empty()) send.to = key_.peer;
    sent_ = {send.id.hex(), text};
    // What was said of an attempt before this one is over.
    ForgetRefusals(key_.group);
    bridge_->post(key_.group, std::move(send));
  };
  actions.edit = [this](const MessageId& id, const std::string& text) {
    bridge_->post(key_.group, command::EditText{id, text});
  };
  // Dialogs later, as in the menu: whoever has pressed a button for a screen reader is not kept waiting.
  actions.attach = [this] { CallAfter(&MainFrame::ChooseFiles, false); };
  actions.send_files = [this](std::vector<std::filesystem::path> paths) { SendFiles(std::move(paths), false); };
  actions.send_picture = [this](const wxImage& picture) { SendPicture(picture); };
  actions.typing = [this](bool active) {
    if (!settings_.sends_typing) return;
    command::SetTyping typing;
    if (!key_.peer.empty()) typing.conversation = key_.peer;
    typing.active = active;
    bridge_->post(key_.group, std::move(typing));
  };
  actions.search = [this](command::Search search) { bridge_->post(key_.group, std::move(search)); };
  actions.edit_last = [this] { EditLast(); };
  middle_ = new wxSimplebook(right_split_);
  conversation_ = new ConversationPanel(middle_, std::move(actions));
  middle_->AddPage(conversation_, wxString());
  changed_ = new RelayChangedPage(middle_, [this] {
    CloseGroup(key_.group);
    ShowConnect();
  });
  middle_->AddPage(changed_, wxString());
  conversation_->SetEnterSends(settings_.enter_sends);
  members_ = new MemberList(
      right_split_,
      [this](const std::string& user) {
        Show({key_.group, user});
      },
      [this](const std::string& user) { ShowMemberMenu(user); });
  transfers_ = new TransferList(
      transfer_split_,
      [this](const TransferList::Key& key, CardAction action) {
        CallAfter([this, key, action] { ActFromList(key.group, key.file, action); });
      },
      [this] {
        for (auto& [id, group] : groups_) group->transfers().clear_finished();
        FillTransfers();
      });

  right_split_->SplitVertically(middle_, members_, -FromDIP(members_width_));
  right_split_->SetSashGravity(1.0);
  right_split_->SetMinimumPaneSize(FromDIP(smallest_pane));
  left_split_->SplitVertically(conversations_, right_split_, FromDIP(list_width_));
  left_split_->SetMinimumPaneSize(FromDIP(smallest_pane));
  // As somebody has drawn them; what a small window makes of them is not theirs.
  left_split_->Bind(wxEVT_SPLITTER_SASH_POS_CHANGING, [this](wxSplitterEvent& event) {
    if (event.GetSashPosition() > 0)
      (fits_members_ ? list_width_ : narrow_list_width_) = ToDIP(event.GetSashPosition());
    event.Skip();
  });
  right_split_->Bind(wxEVT_SPLITTER_SASH_POS_CHANGING, [this](wxSplitterEvent& event) {
    if (event.GetSashPosition() > 0) members_width_ = ToDIP(right_split_->GetClientSize().x - event.GetSashPosition());
    event.Skip();
  });
  transfer_split_->SplitHorizontally(left_split_, transfers_, -FromDIP(170));
  transfer_split_->SetSashGravity(1.0);
  transfer_split_->SetMinimumPaneSize(transfers_->HeadingHeight());
  // When it is let go: not at every place it is drawn past.
  transfer_split_->Bind(wxEVT_LEFT_UP, [this](wxMouseEvent& event) {
    event.Skip();
    CallAfter(&MainFrame::SnapTransfers);
  });
  book_->AddPage(transfer_split_, wxString());
  // Onto whatever they fall, they go to the conversation that is shown.
  SetDropTarget(new FileDrop([this](std::vector<std::filesystem::path> paths) { SendFiles(std::move(paths), false); },
                             [this](bool is_held) { conversation_->ShowDrop(is_held && ShowsConversation()); }));
}

void MainFrame::RestorePlace() {
  const auto read = [&](const char* name, int otherwise) {
    return static_cast<int>(config_.ReadLong(name, otherwise));
  };
  SetSize(FromDIP(
      wxSize(std::clamp(read("window/width", 1080), 420, 8000), std::clamp(read("window/height", 720), 320, 8000))));
  SetMinSize(FromDIP(wxSize(420, 320)));
  if (config_.HasEntry("window/x") && config_.HasEntry("window/y"))
    Move(on_screen(
        {{static_cast<int>(config_.ReadLong("window/x", 0)), static_cast<int>(config_.ReadLong("window/y", 0))},
         GetSize()}));
  else
    Centre();
  if (config_.ReadBool("window/maximised", false)) Maximize();
  list_width_ = std::clamp(read("window/left", list_width_), smallest_pane, 2000);
  narrow_list_width_ = std::clamp(read("window/left_narrow", narrow_list_width_), smallest_pane, 2000);
  members_width_ = std::clamp(read("window/right", members_width_), smallest_pane, 2000);
  left_split_->SetSashPosition(FromDIP(ListWidth()));
  right_split_->SetSashPosition(-FromDIP(members_width_));
  transfers_height_ = std::clamp(read("window/transfers", 190), 90, 2000);
  transfer_split_->SetSashPosition(-transfers_->HeadingHeight());
  if (!settings_.shows_members) right_split_->Unsplit(members_);
  if (!settings_.shows_transfers) transfer_split_->Unsplit(transfers_);
}

void MainFrame::FitPanes() {
  if (IsIconized()) return;
  const auto size = ToDIP(GetClientSize());
  // Only when a bound is crossed: what somebody opens in a small window by hand stays open.
  const auto crossed = [](bool& before, bool now) { return std::exchange(before, now) != now; };
  if (crossed(fits_members_, size.x >= 800)) {
    if (!fits_members_ && right_split_->IsSplit())
      right_split_->Unsplit(members_);
    else if (fits_members_ && settings_.shows_members)
      ShowMembers();
    if (left_split_->IsSplit()) left_split_->SetSashPosition(FromDIP(ListWidth()));
  }
  if (crossed(fits_conversations_, size.x >= 520)) {
    if (!fits_conversations_ && left_split_->IsSplit())
      left_split_->Unsplit(conversations_);
    else if (fits_conversations_ && !left_split_->IsSplit())
      left_split_->SplitVertically(conversations_, right_split_, FromDIP(ListWidth()));
  }
  if (crossed(fits_transfers_, size.y >= 460)) {
    if (!fits_transfers_ && transfer_split_->IsSplit())
      transfer_split_->Unsplit(transfers_);
    else if (fits_transfers_ && settings_.shows_transfers && !transfer_split_->IsSplit())
      ShowTransfers();
  }
}

void MainFrame::ShowMembers() {
  if (!right_split_->IsSplit()) right_split_->SplitVertically(middle_, members_, -FromDIP(members_width_));
}

void MainFrame::ShowMiddle() {
  const auto* group = Current();
  const bool is_changed = group != nullptr && group->changed_relay();
  if (is_changed) changed_->Tell(*group->changed_relay());
  middle_->ChangeSelection(is_changed ? page_changed : page_conversation);
}

void MainFrame::KeepPlace() {
  const auto keep = [&](const char* name, int pixels) { config_.Write(name, static_cast<long>(ToDIP(pixels))); };
  config_.Write("window/maximised", IsMaximized());
  if (!IsMaximized() && !IsIconized()) {
    // Where it is, as the screens count: they need not have one scale.
    config_.Write("window/x", static_cast<long>(GetPosition().x));
    config_.Write("window/y", static_cast<long>(GetPosition().y));
    keep("window/width", GetSize().x);
    keep("window/height", GetSize().y);
  }
  config_.Write("window/left", static_cast<long>(list_width_));
  config_.Write("window/left_narrow", static_cast<long>(narrow_list_width_));
  config_.Write("window/right", static_cast<long>(members_width_));
  config_.Write("window/transfers", static_cast<long>(transfers_height_));
  settings_.save(config_);
}

// Where the next start goes on: the group and the conversation that are shown.
void MainFrame::KeepShown() {
  const auto* group = Current();
  for (auto& known : saved_) {
    known.was_shown = group != nullptr && known.is_same_group(group->connection());
    // Of a group that is not to be remembered nobody's name goes to the disk.
    known.peer = known.was_shown && known.remember ? key_.peer : std::string();
  }
}

void MainFrame::Start(bool minimised) {
  auto loaded = load_connections(connections_file());
  if (loaded)
    saved_ = std::move(*loaded);
  else
    bar_->Tell({"connections", AttentionBar::Kind::bad, explain_wx(loaded.error()), {}});
  bool opens = false;
  std::optional<Key> left_at;
  for (const auto& connection : saved_) {
    if (!connection.remember) continue;
    const auto id = next_id_;
    OpenSaved(connection);
    if (connection.was_shown) left_at = Key{id, connection.peer};
    opens = true;
  }
  if (!opens)
    ShowConnect();
  else if (left_at)
    Show(*left_at);
  UpdateSides();
  if (minimised) return StartMinimised();
  wxFrame::Show();
  Raise();
}

void MainFrame::TellTrouble(const wxString& sentence) {
  bar_->Tell({"trouble", AttentionBar::Kind::bad, sentence, {}});
}

void MainFrame::OnTimer() {
  // How far the files are is not worth more than two looks a second.
  OnWake();
  AwaitTray();
  const auto now = Rate::Clock::now();
  UpdateLink();
  TellCopying();
  bool moves = false;
  for (const auto& [id, group] : groups_) moves = moves || group->transfers().running() > 0;
  if (moves) {
    FillTransfers();
    UpdateStatus();
  }
  if (auto* group = Current()) conversation_->Update(group->typing(key_.peer, now));
}

void MainFrame::ThemeChanged() {
  colour_selections(Theme::current());
  conversation_->ThemeChanged();
  UpdateSides();
  Refresh();
}

void MainFrame::Quit() {
  is_quitting_ = true;
  Close();
  is_quitting_ = false;
}

// Asked once, of all that would stop: the relay others are connected to, and files on their way.
bool MainFrame::MayEnd() {
  std::vector<wxString> stops;
  std::vector<wxString> after;
  std::size_t own = 0;
  std::size_t moving = 0;
  for (const auto& [id, group] : groups_) {
    moving += group->transfers().running();
    if (group->connection().hosted && group->link() == event::LinkState::online) ++own;
  }
  const auto here = relay_ ? relay_->presence() : HostedRelay::Presence();
  if (here.members > own) {
    const auto others = here.members - own;
    stops.push_back(figures(wxString::Format(
                        wxPLURAL("You host %zu group.", "You host %zu groups.", plural(here.groups)), here.groups)) +
                    " " +
                    figures(wxString::Format(
                        wxPLURAL("%zu other is connected.", "%zu others are connected.", plural(others)), others)));
    after.push_back(_("The relay ends with this window: the others are cut off until you host here again."));
  }
  if (moving > 0) {
    stops.push_back(figures(wxString::Format(
        wxPLURAL("%zu file is still on its way.", "%zu files are still on their way.", plural(moving)), moving)));
    after.push_back(_("What is unfinished goes on by itself when Coterie runs again on both sides."));
  }
  if (stops.empty()) return true;
  if (!IsShown()) ComeForward();   // a question stands on its window
  const auto lines = [](const std::vector<wxString>& sentences) {
    wxString text;
    for (const auto& sentence : sentences) text += (text.empty() ? "" : "\n") + sentence;
    return text;
  };
  wxMessageDialog question(this, lines(stops), _("Quit Coterie?"), wxYES_NO | wxNO_DEFAULT | wxICON_QUESTION);
  question.SetExtendedMessage(lines(after));
  question.SetYesNoLabels(_("&Quit"), _("&Keep Running"));
  return question.ShowModal() == wxID_YES;
}

void MainFrame::OnClose(wxCloseEvent& event) {
  if (event.CanVeto() && !is_quitting_ && settings_.closes_to_tray && HasTray()) {
    GoToTray();
    return event.Veto();
  }
  if (event.CanVeto() && !MayEnd()) return event.Veto();
  KeepPlace();
  KeepShown();
  SaveConnections();
  if (cancel_open_dialogs()) {
    // They stand on this window: it goes when their loops have ended.
    if (event.CanVeto()) event.Veto();
    end_timer_.StartOnce(10);
    return;
  }
  event.Skip();
}

void MainFrame::SaveConnections() {
  if (const auto saved = save_connections(connections_file(), saved_); !saved)
    bar_->Tell({"connections", AttentionBar::Kind::bad, explain_wx(saved.error()), {}});
  else
    bar_->Forget("connections");
}

GroupModel* MainFrame::Group(GroupId id) {
  const auto found = groups_.find(id);
  return found == groups_.end() ? nullptr : found->second.get();
}

std::filesystem::path MainFrame::FolderFor(const Connection& connection) const {
  if (!connection.folder.empty()) return connection.folder;
  if (!settings_.folder.empty()) return to_path(settings_.folder);
  return default_receive_folder();
}

}   // namespace coterie::gui
