// SPDX-License-Identifier: MIT
// The middle of the window: who this conversation is with, its messages, a bar to find something, and where one writes.
#pragma once

#include "gui/find_bar.h"
#include "gui/message_view.h"

#include <wx/bmpbuttn.h>
#include <wx/listbox.h>
#include <wx/panel.h>
#include <wx/srchctrl.h>
#include <wx/stattext.h>
#include <wx/textctrl.h>

#include <functional>

namespace coterie::gui {

class ConversationPanel : public wxPanel {
 public:
  struct Actions {
    MessageView::Actions view;
    std::function<void(const std::string& text, std::optional<MessageId> reply_to)> send;
    std::function<void(const MessageId& id, const std::string& text)> edit;
    std::function<void()> attach;
    std::function<void(std::vector<std::filesystem::path>)> send_files;   // pasted or dropped
    std::function<void(const wxImage&)> send_picture;                     // pasted
    std::function<void(bool active)> typing;
    std::function<void(command::Search)> search;
    std::function<void()> edit_last;
  };

  ConversationPanel(wxWindow* parent, Actions actions);

  void ShowConversation(GroupModel* group, ChatModel* chat, std::size_t unread = 0);
  void Update(const std::vector<std::string>& typing);
  using wxPanel::Update;
  [[nodiscard]] MessageView& View() { return *view_; }
  void FocusComposer() { composer_->SetFocus(); }
  [[nodiscard]] bool ComposerHasFocus() const { return composer_->HasFocus(); }
  [[nodiscard]] wxTextCtrl& Composer() { return *composer_; }

  void ReplyTo(const event::Message& message);
  void Edit(const event::Message& message);
  // What could not be sent, unless something else is being written already.
  void GiveBack(const std::string& text);

  // ── finding ──
  void OpenFind() { find_bar_->Open(); }
  [[nodiscard]] bool IsFinding() const { return find_bar_->IsShown(); }
  void ShowResults(const event::SearchResults& results) { find_bar_->ShowResults(results); }
  void FindNext(int step) { find_bar_->Step(step); }   // 1: to the next older hit, -1: to the next newer one

  // Files are held over the window: says to whom they would go.
  void ShowDrop(bool is_held);
  // Of what is said and of what is being written; 100: as large as everything else.
  void SetZoom(int percent);
  void ThemeChanged();
  void SetEnterSends(bool sends) { enter_sends_ = sends; }
  // Somebody of the same name may be in another group: whose conversation it is says the group too.
  void SetNamesGroup(bool names) { names_group_ = names; }
  // Takes what the clipboard holds: files, a picture, or text.
  void Paste();

 private:
  void OnComposerKey(wxKeyEvent& event);
  void OnText(wxCommandEvent& event);
  void Send();
  void EndReply();
  void FitComposer();
  // ── who could be meant by the "@…" before the cursor ──
  void UpdateNames();
  void CloseNames();
  void TakeName();
  bool OnNamesKey(int key);   // true when the key was for the list

  Actions actions_;
  GroupModel* group_ = nullptr;
  ChatModel* chat_ = nullptr;
  wxStaticText* title_;
  wxStaticText* subtitle_;
  FindBar* find_bar_;
  MessageView* view_;
  wxStaticText* gap_text_;
  wxPanel* reply_bar_;
  wxStaticText* reply_text_;
  wxListBox* names_;
  wxTextCtrl* composer_;
  wxButton* to_end_;
  wxButton* send_button_;
  std::optional<event::Message> reply_to_;
  std::optional<event::Message> edited_;
  std::map<std::pair<const GroupModel*, std::string>, wxString> drafts_;
  bool enter_sends_ = true;
  bool names_group_ = false;
  int composer_width_ = 0;
};

}   // namespace coterie::gui
