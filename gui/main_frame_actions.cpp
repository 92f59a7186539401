// SPDX-License-Identifier: MIT
// What the user does, as commands.
#include "gui/main_frame.h"

#include "gui/file_text.h"
#include "gui/menu_letters.h"
#include "gui/model/format.h"
#include "gui/text.h"
#include "netcore/base/random.h"

#include <wx/clipbrd.h>
#include <wx/dirdlg.h>
#include <wx/filename.h>
#include <wx/msgdlg.h>
#include <wx/utils.h>

namespace coterie::gui {

// ── conversations ──────────────────────────────────────────────────────────────────────────────────────────────────

void MainFrame::Show(const Key& key) {
  auto* group = Group(key.group);
  if (group == nullptr) return;
  if (auto* before = Current()) before->look_at(std::nullopt);
  const bool is_other = key_ != key || conversation_->View().Chat() == nullptr;
  key_ = key;
  if (!key.peer.empty()) group->conversations().open(key.peer);
  auto& chat = group->chat(key.peer);
  const auto* entry = group->conversations().find(key.peer);
  const auto unread = entry == nullptr ? 0 : entry->unread;
  if (is_other) {
    // What could not be done elsewhere is not what is tried here.
    bar_->Forget("files");
    bar_->ForgetThose([](const AttentionBar::Notice& notice) { return notice.is_refusal; });
    conversation_->SetNamesGroup(groups_.size() > 1);
    conversation_->ShowConversation(group, &chat, unread);
    if (!chat.was_loaded() || !chat.is_at_end()) {
      if (auto load = chat.load_newest()) bridge_->post(key.group, std::move(*load));
    }
  }
  book_->ChangeSelection(page_group);
  ShowMiddle();
  MarkLookedAt();
  UpdateSides();
  UpdateStatus();
  if (ShowsConversation())
    conversation_->FocusComposer();
  else
    changed_->SetFocus();
}

// The conversation in front of the user's eyes has been read.
void MainFrame::MarkLookedAt() {
  auto* group = Current();
  if (group == nullptr) return;
  const bool is_seen = IsActive() && ShowsConversation() && conversation_->View().IsAtEnd();
  group->look_at(is_seen ? std::optional(key_.peer) : std::nullopt);
  // Before somebody's eyes the desktop need not say it, nor which files have come: the window says that too.
  if (is_seen)
    announcer_->Withdraw([&](const Announcer::Subject& about) {
      return about.group == key_.group && (about.peer == key_.peer || about.offers || about.saved);
    });
  const auto* entry = group->conversations().find(key_.peer);
  if (!is_seen || entry == nullptr || entry->unread == 0) {
    if (is_seen) SendRead();
    return;
  }
  group->conversations().mark_read(key_.peer);
  SendRead();
  // Not while rows are being arranged.
  CallAfter(&MainFrame::UpdateSides);
}

void MainFrame::SendRead() {
  const auto* group = Current();
  const auto* chat = conversation_->View().Chat();
  if (group == nullptr || chat == nullptr || chat->empty()) return;
  const auto row = chat->at(chat->size() - 1).message.row;
  auto& last = read_[key_];
  if (last >= row) return;
  last = row;
  command::MarkRead read;
  if (!key_.peer.empty()) read.conversation = key_.peer;
  bridge_->post(key_.group, std::move(read));
}

void MainFrame::StepConversation(int step) {
  const auto& keys = conversations_->Keys();
  if (keys.empty()) return;
  const auto at = std::find(keys.begin(), keys.end(), key_) - keys.begin();
  const auto count = static_cast<std::ptrdiff_t>(keys.size());
  Show(keys[static_cast<std::size_t>((at + step + count) % count)]);
}

// ── messages ───────────────────────────────────────────────────────────────────────────────────────────────────────

void MainFrame::OpenLink(const std::string& address) {
  wxMessageDialog question(this, _("Open this address in the browser?"), _("Open Link"),
                           wxYES_NO | wxNO_DEFAULT | wxICON_QUESTION);
  question.SetExtendedMessage(to_wx(address));
  question.SetYesNoLabels(_("&Open"), _("&Do Not Open"));
  if (question.ShowModal() == wxID_YES) wxLaunchDefaultBrowser(to_wx(address));
}

void MainFrame::CopyText(const wxString& text) {
  const wxClipboardLocker locker;
  if (!!locker) wxTheClipboard->SetData(new wxTextDataObject(text));
}

void MainFrame::ShowMessageMenu(const event::Message& message, wxPoint) {
  wxMenu menu;
  enum {
    reply = 1,
    copy,
    copy_all,
    select_all,
    edit,
    remove,
    deliveries,
    verify,
    clear,
    first_action,
    first_emoji = 100
  };
  const std::vector<wxString> emoji{wxString::FromUTF8("👍"), wxString::FromUTF8("❤️"), wxString::FromUTF8("😂"),
                                    wxString::FromUTF8("🎉"), wxString::FromUTF8("😮"),      wxString::FromUTF8("🙏")};
  const bool classic = Current() != nullptr && Current()->connection().classic;
  if (!message.deleted && !classic) {
    if (!message.file) menu.Append(reply, _("&Reply"));
    auto* reactions = new wxMenu;
    for (std::size_t i = 0; i < emoji.size(); ++i) reactions->Append(first_emoji + static_cast<int>(i), emoji[i]);
    menu.AppendSubMenu(reactions, _("Reac&t"));
    menu.AppendSeparator();
  }
  // What the buttons of a card offer, for those who use no mouse.
  std::vector<std::pair<CardAction, wxString>> actions;
  if (message.file && !message.deleted && Current() != nullptr)
    if (const auto file = Current()->transfers().summary(*message.file)) actions = card_actions(*file);
  for (std::size_t i = 0; i < actions.size(); ++i) menu.Append(first_action + static_cast<int>(i), actions[i].second);
  if (!actions.empty()) menu.AppendSeparator();
  menu.Append(copy, _("&Copy"));
  menu.Append(copy_all, _("Copy &All"));
  menu.Append(select_all, _("Select A&ll"));
  if (message.outgoing) {
    menu.AppendSeparator();
    if (!classic && !message.deleted && !message.file) menu.Append(edit, _("&Edit…"));
    if (!classic && !message.deleted && !message.file) menu.Append(remove, _("&Delete for Everyone…"));
    menu.Append(deliveries, _("&Who Has It…"));
  } else if (!classic) {
    menu.AppendSeparator();
    menu.Append(verify, wxString::Format(_("&Verify %s…"), wxControl::EscapeMnemonics(to_wx(message.from))));
  }
  menu.AppendSeparator();
  menu.Append(clear, _("Clear Conversation…"));
  give_letters(menu);
  const auto kept = message;   // the model may move on while the menu is open
  const int chosen = conversation_->View().GetPopupMenuSelectionFromUser(menu);
  switch (chosen) {
    case reply: conversation_->ReplyTo(kept); break;
    case copy: CopyText(conversation_->View().SelectedText()); break;
    case copy_all: CopyConversation(); break;
    case select_all: conversation_->View().SelectAll(); break;
    case edit: conversation_->Edit(kept); break;
    case remove: {
      wxMessageDialog question(this, _("Delete this message for everyone?"), _("Delete Message"),
                               wxYES_NO | wxNO_DEFAULT | wxICON_QUESTION);
      question.SetExtendedMessage(_("What others have read they have read; their programs take it off the screen."));
      question.SetYesNoLabels(_("&Delete"), _("&Keep"));
      if (question.ShowModal() == wxID_YES) bridge_->post(key_.group, command::DeleteMessage{kept.id});
      break;
    }
    case deliveries: ShowDeliveries(kept); break;
    case verify: ShowMember(kept.from); break;
    case clear: ClearConversation(); break;
    default:
      if (chosen >= first_action && chosen < first_action + static_cast<int>(actions.size()))
        return Act(key_.group, *kept.file, actions[static_cast<std::size_t>(chosen - first_action)].first);
      if (chosen >= first_emoji && chosen < first_emoji + static_cast<int>(emoji.size()))
        bridge_->post(key_.group,
                      command::React{kept.id, to_utf8(emoji[static_cast<std::size_t>(chosen - first_emoji)]), true});
  }
}

void MainFrame::ShowDeliveries(const event::Message& message) {
  wxString names;
  // Of a file what counts is how far the file is, not that it was offered.
  if (message.file && Current() != nullptr)
    for (const auto& transfer : Current()->transfers().transfers())
      if (transfer.now.id == *message.file || transfer.now.batch == *message.file)
        names += isolated(transfer.now.peer) + ": " + phase_name(transfer.now.phase, true, transfer.is_classic) + "\n";
  if (names.empty())
    for (const auto& delivery : message.deliveries)
      names += isolated(delivery.user_id) + ": " + state_name(delivery.state) + "\n";
  if (names.empty()) names = _("Nobody was in the group when it was written.");
  wxMessageDialog dialog(this, names, _("Who Has It"), wxOK);
  dialog.SetOKLabel(_("&OK"));
  dialog.ShowModal();
}

void MainFrame::EditLast() {
  const auto* chat = Chat();
  if (chat == nullptr) return;
  for (std::size_t i = chat->size(); i-- > 0;) {
    const auto& message = chat->at(i).message;
    if (!message.outgoing || message.deleted || message.file) continue;
    return conversation_->Edit(message);
  }
}

void MainFrame::ClearConversation() {
  if (Current() == nullptr) return;
  wxMessageDialog question(this, _("Clear this conversation on this computer?"), _("Clear Conversation"),
                           wxYES_NO | wxNO_DEFAULT | wxICON_QUESTION);
  question.SetExtendedMessage(
      _("Its messages are deleted here for good; the others keep theirs. Files you have saved stay."));
  question.SetYesNoLabels(_("&Clear"), _("&Keep"));
  if (question.ShowModal() != wxID_YES) return;
  command::DeleteHistory forget;
  if (!key_.peer.empty()) forget.conversation = key_.peer;
  bridge_->post(key_.group, std::move(forget));
}

// ── members ────────────────────────────────────────────────────────────────────────────────────────────────────────

void MainFrame::ShowMember(const std::string& user) {
  auto* group = Current();
  // Nobody has an identity in classic mode.
  const auto* member = group == nullptr || group->connection().classic ? nullptr : group->members().find(user);
  if (member == nullptr) return;
  ShowVerifyDialog(*group, *member);
}

void MainFrame::ShowMemberMenu(const std::string& user) {
  wxMenu menu;
  enum { message = 1, verify, send };
  menu.Append(message, _("&Message"));
  menu.Append(send, _("Send &Files…"));
  if (Current() != nullptr && !Current()->connection().classic) {
    menu.AppendSeparator();
    menu.Append(verify, _("&Verify…"));
  }
  give_letters(menu);
  switch (members_->GetPopupMenuSelectionFromUser(menu)) {
    case message: return Show({key_.group, user});
    case send: Show({key_.group, user}); return ChooseFiles(false);
    case verify: return ShowMember(user);
    default: return;
  }
}

void MainFrame::ShowConversationMenu(const Key& key) {
  auto* group = Group(key.group);
  if (group == nullptr) return;
  wxMenu menu;
  enum { read = 1, mute, invite, clear, close, leave };
  menu.Append(read, _("Mark as &Read"));
  menu.AppendCheckItem(mute, _("M&ute"))->Check(group->connection().muted);
  if (!group->connection().classic) menu.Append(invite, _("&Invite…"));
  menu.AppendSeparator();
  menu.Append(clear, _("&Clear Conversation…"));
  menu.Append(close, _("C&lose Group"));
  menu.Append(leave, _("Leave Gro&up…"));
  give_letters(menu);
  const int chosen = conversations_->GetPopupMenuSelectionFromUser(menu);
  if (chosen == wxID_NONE) return;
  Show(key);
  switch (chosen) {
    case read: return MarkLookedAt();
    case mute: return SetMuted(!group->connection().muted);
    case invite: return ShowInvite({});
    case clear: return ClearConversation();
    case close: return CloseCurrent();
    case leave: return LeaveGroup();
    default: return;
  }
}

void MainFrame::TakeOver(const wxString& words) {
  std::vector<std::filesystem::path> files;
  wxString rest = words;
  while (!rest.empty()) {
    wxString after;
    const auto line = rest.BeforeFirst('\n', &after);
    rest = after;
    if (line.empty()) continue;
    if (line.StartsWith("coterie://")) {
      book_->ChangeSelection(page_connect);
      connect_->ShowInvite(to_utf8(line));
    } else {
      files.push_back(to_path(line));
    }
  }
  // From outside nobody has seen which conversation is in front.
  if (!files.empty()) SendFiles(std::move(files), true);
}

}   // namespace coterie::gui
