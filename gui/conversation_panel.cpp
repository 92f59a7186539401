// SPDX-License-Identifier: MIT
#include "gui/conversation_panel.h"

#include "gui/file_drop.h"
#include "gui/form_parts.h"
#include "gui/model/mentions.h"
#include "gui/text.h"
#include "gui/text_margins.h"

#include <wx/clipbrd.h>
#include <wx/dataobj.h>
#include <wx/sizer.h>
#include <wx/statline.h>

namespace coterie::gui {
namespace {

constexpr int most_lines = 7;           // the composer grows to
constexpr std::size_t most_names = 6;   // offered at once

wxString writing(const std::vector<std::string>& typing) {
  if (typing.size() == 1) return wxString::Format(_("%s is writing…"), isolated(typing.front()));
  return figures(wxString::Format(wxPLURAL("%zu member is writing…", "%zu members are writing…", plural(typing.size())),
                                  typing.size()));
}

// Setting a text that is there already would have the whole panel laid out again.
void set_text(wxStaticText& label, const wxString& text) {
  if (label.GetLabelText() != text) label.SetLabelText(text);
}

}   // namespace

ConversationPanel::ConversationPanel(wxWindow* parent, Actions actions)
    : wxPanel(parent), actions_(std::move(actions)) {
  auto* column = new wxBoxSizer(wxVERTICAL);

  title_ = new wxStaticText(this, wxID_ANY, wxString(), wxDefaultPosition, wxDefaultSize, wxST_ELLIPSIZE_END);
  title_->SetFont(scaled_font(*this, 1.2, true));
  subtitle_ = new wxStaticText(this, wxID_ANY, wxString(), wxDefaultPosition, wxDefaultSize, wxST_ELLIPSIZE_END);
  subtitle_->SetFont(scaled_font(*this, 0.9));
  auto* head = new wxBoxSizer(wxVERTICAL);
  head->Add(title_, wxSizerFlags().Expand());
  head->Add(subtitle_, wxSizerFlags().Expand());
  column->Add(head, wxSizerFlags().Expand().Border(wxALL, FromDIP(8)));
  column->Add(new wxStaticLine(this), wxSizerFlags().Expand());

  FindBar::Actions find;
  find.search = [this](command::Search search) {
    if (chat_ != nullptr && actions_.search) actions_.search(std::move(search));
  };
  find.mark = [this](const std::string& words) { view_->SearchFor(words); };
  find.reveal = [this](std::int64_t row) { view_->RevealHit(row); };
  find.closed = [this] { composer_->SetFocus(); };
  find_bar_ = new FindBar(this, std::move(find));
  column->Add(find_bar_, wxSizerFlags().Expand());
  // Wherever in the conversation the keyboard is; what else Escape would end there comes first.
  Bind(wxEVT_CHAR_HOOK, [this](wxKeyEvent& event) {
    const bool is_for_us = find_bar_->HasFocusInField() || (!names_->IsShown() && !reply_to_ && !edited_);
    if (event.GetKeyCode() == WXK_ESCAPE && find_bar_->IsShown() && is_for_us) return find_bar_->Close();
    event.Skip();
  });

  auto view_actions = actions_.view;
  view_ = new MessageView(this, std::move(view_actions));
  column->Add(view_, wxSizerFlags(1).Expand());

  to_end_ =
      new wxButton(this, wxID_ANY, _("Jump to the newest message"), wxDefaultPosition, wxDefaultSize, wxBU_EXACTFIT);
  to_end_->SetMinSize(to_end_->GetBestSize() + wxSize(FromDIP(18), 0));
  to_end_->Bind(wxEVT_BUTTON, [this](wxCommandEvent&) { view_->ScrollToEnd(); });
  to_end_->Hide();
  column->Add(to_end_, wxSizerFlags().CentreHorizontal().Border(wxALL, FromDIP(3)));

  gap_text_ = new wxStaticText(this, wxID_ANY, wxString());
  gap_text_->SetFont(scaled_font(*this, 0.9));
  set_ink(*gap_text_, &Theme::warning);
  gap_text_->Hide();
  column->Add(gap_text_, wxSizerFlags().Expand().Border(wxLEFT | wxRIGHT | wxTOP, FromDIP(8)));

  reply_bar_ = new wxPanel(this);
  auto* reply_row = new wxBoxSizer(wxHORIZONTAL);
  reply_text_ =
      new wxStaticText(reply_bar_, wxID_ANY, wxString(), wxDefaultPosition, wxDefaultSize, wxST_ELLIPSIZE_END);
  reply_row->Add(reply_text_, wxSizerFlags(1).CentreVertical().Border(wxLEFT, FromDIP(8)));
  auto* end_reply = small_button(reply_bar_, wxString::FromUTF8("✕"), _("Cancel"));
  end_reply->Bind(wxEVT_BUTTON, [this](wxCommandEvent&) { EndReply(); });
  reply_row->Add(end_reply, wxSizerFlags().CentreVertical().Border(wxALL, FromDIP(3)));
  reply_bar_->SetSizer(reply_row);
  reply_bar_->Hide();
  column->Add(reply_bar_, wxSizerFlags().Expand());

  names_ = new wxListBox(this, wxID_ANY);
  name_for_screen_readers(*names_, _("Members to mention"));
  names_->Hide();
  names_->Bind(wxEVT_LISTBOX_DCLICK, [this](wxCommandEvent&) { TakeName(); });
  names_->Bind(wxEVT_CHAR_HOOK, [this](wxKeyEvent& event) {
    if (!OnNamesKey(event.GetKeyCode())) event.Skip();
  });
  column->Add(names_, wxSizerFlags().Expand().Border(wxLEFT | wxRIGHT, FromDIP(54)));

  auto* row = new wxBoxSizer(wxHORIZONTAL);
  auto* attach = small_button(this, wxString::FromUTF8("📎"), _("Send files"));
  attach->Bind(wxEVT_BUTTON, [this](wxCommandEvent&) {
    if (actions_.attach) actions_.attach();
  });
  row->Add(attach, wxSizerFlags().Bottom().Border(wxRIGHT, FromDIP(6)));
  // A label before the field names it for a screen reader; the field says the same with its hint.
  auto* label = new wxStaticText(this, wxID_ANY, _("Message:"));
  label->Hide();
  composer_ = new wxTextCtrl(this, wxID_ANY, wxString(), wxDefaultPosition, wxDefaultSize, wxTE_MULTILINE);
  name_for_screen_readers(*composer_, _("Message"));
  row->Add(composer_, wxSizerFlags(1).Expand());
  send_button_ = new wxButton(this, wxID_ANY, _("&Send"));
  attach->SetMinSize(wxSize(FromDIP(40), send_button_->GetBestSize().y));
  row->Add(send_button_, wxSizerFlags().Bottom().Border(wxLEFT, FromDIP(6)));
  column->Add(row, wxSizerFlags().Expand().Border(wxALL, FromDIP(8)));
  SetSizer(column);

  send_button_->Bind(wxEVT_BUTTON, [this](wxCommandEvent&) {
    Send();
    composer_->SetFocus();
  });
  for (auto* field : {composer_, &find_bar_->Field()})
    field->SetDropTarget(new FieldDrop(
        *field,
        [this](std::vector<std::filesystem::path> paths) {
          if (actions_.send_files) actions_.send_files(std::move(paths));
        },
        [this](bool is_held) { ShowDrop(is_held); }));
  composer_->Bind(wxEVT_KEY_DOWN, &ConversationPanel::OnComposerKey, this);
  composer_->Bind(wxEVT_TEXT, &ConversationPanel::OnText, this);
  // Lines are broken anew where it has another width.
  composer_->Bind(wxEVT_SIZE, [this](wxSizeEvent& event) {
    event.Skip();
    if (std::exchange(composer_width_, event.GetSize().x) != event.GetSize().x)
      CallAfter(&ConversationPanel::FitComposer);
  });
  composer_->Bind(wxEVT_TEXT_PASTE, [this](wxClipboardTextEvent& event) {
    const wxClipboardLocker locker;
    if (wxTheClipboard->IsSupported(wxDF_FILENAME) ||
        (wxTheClipboard->IsSupported(wxDF_BITMAP) && !wxTheClipboard->IsSupported(wxDF_UNICODETEXT)))
      CallAfter([this] { Paste(); });
    else
      event.Skip();
  });
}

void ConversationPanel::ShowConversation(GroupModel* group, ChatModel* chat, std::size_t unread) {
  // What was begun elsewhere waits there.
  if (group_ != nullptr && chat_ != nullptr && !edited_)
    drafts_[{group_, chat_->conversation()}] = composer_->GetValue();
  reply_to_.reset();
  edited_.reset();
  reply_bar_->Hide();
  CloseNames();
  group_ = group;
  chat_ = chat;
  view_->Show(group, chat, unread);
  composer_->ChangeValue(group != nullptr && chat != nullptr ? drafts_[{group, chat->conversation()}] : wxString());
  FitComposer();
  Update({});
  find_bar_->LookIn(chat == nullptr ? std::string() : chat->conversation());
}

void ConversationPanel::Update(const std::vector<std::string>& typing) {
  Enable(chat_ != nullptr);
  if (chat_ == nullptr) {
    title_->SetLabel(wxString());
    subtitle_->SetLabel(wxString());
    return;
  }
  const auto& peer = chat_->conversation();
  wxString subtitle;
  if (peer.empty()) {
    set_text(*title_, to_wx(group_->connection().title()));
    const auto& known = group_->members().members();
    const auto others = static_cast<std::size_t>(std::count_if(
        known.begin(), known.end(), [](const Member& one) { return one.state != event::MemberState::left; }));
    subtitle =
        others == 0
            ? _("Everyone: only you so far · end-to-end encrypted")
            : figures(wxString::Format(wxPLURAL("Everyone: you and %zu other · end-to-end encrypted",
                                                "Everyone: you and %zu others · end-to-end encrypted", plural(others)),
                                       others));
  } else {
    set_text(*title_, names_group_ ? to_wx(peer) + wxString::FromUTF8(" · ") + to_wx(group_->connection().title())
                                   : to_wx(peer));
    const auto* member = group_->members().find(peer);
    if (member == nullptr)
      subtitle = _("Only the two of you");
    else if (member->state == event::MemberState::held)
      subtitle = _("Came with another key: nothing is sent until you have accepted it");
    else {
      // Who is here is not known from where nobody is seen.
      if (group_->link() == event::LinkState::online)
        subtitle = (MembersModel::is_here(*member) ? _("Here") : _("Away: messages wait until they are back")) +
                   wxString::FromUTF8(" · ");
      subtitle += member->verified ? _("verified") : _("not verified yet");
    }
  }
  const bool classic = group_->connection().classic;
  if (classic)
    subtitle = classic_badge_wx() + ". " + _("The server, and whoever listens on the way, can read everything.");
  // The status bar says it too, but no screen reader reads that.
  if (group_->link() != event::LinkState::online) subtitle = _("Not connected") + wxString::FromUTF8(" · ") + subtitle;
  // Who writes takes no room of its own: what comes and goes would have the messages jump.
  else if (!classic && !typing.empty())
    subtitle = writing(typing);
  set_text(*subtitle_, subtitle);
  set_ink(*subtitle_, classic ? &Theme::bad : &Theme::faint);

  wxString gaps;
  for (const auto& gap : chat_->gaps())
    gaps += (gaps.empty() ? "" : "  ") +
            figures(wxString::Format(
                wxPLURAL("%llu message of %s is missing.", "%llu messages of %s are missing.", plural(gap.missing)),
                static_cast<unsigned long long>(gap.missing), isolated(gap.user_id)));
  bool moved = gap_text_->IsShown() == gaps.empty();
  set_text(*gap_text_, gaps);
  gap_text_->Show(!gaps.empty());

  const bool is_away = !view_->IsAtEnd() && !chat_->empty();
  moved = moved || to_end_->IsShown() != is_away;
  to_end_->Show(is_away);
  if (moved) Layout();
}

void ConversationPanel::ShowDrop(bool is_held) {
  if (!is_held || chat_ == nullptr) return view_->ShowBanner(wxString());
  const auto& peer = chat_->conversation();
  view_->ShowBanner(peer.empty()
                        ? wxString::Format(_("Drop to send to everyone in %s"), isolated(group_->connection().title()))
                        : wxString::Format(_("Drop to send to %s"), isolated(peer)));
}

void ConversationPanel::SetZoom(int percent) {
  const auto font = scaled_font(*this, percent / 100.0);
  view_->SetFont(font);
  view_->ThemeChanged();   // everything is measured anew
  composer_->SetFont(font);
  FitComposer();
}

void ConversationPanel::ThemeChanged() {
  view_->ThemeChanged();
  Refresh();
}

// ── writing ────────────────────────────────────────────────────────────────────────────────────────────────────────

void ConversationPanel::OnComposerKey(wxKeyEvent& event) {
  const int key = event.GetKeyCode();
  if (OnNamesKey(key)) return;
  if (key == WXK_RETURN || key == WXK_NUMPAD_ENTER) {
    const bool modified = event.ShiftDown() || event.ControlDown();
    if (modified == enter_sends_ && !(event.ControlDown() && !enter_sends_)) {
      // Shift+Enter is a line; with the habits swapped, plain Enter is.
      composer_->WriteText("\n");
      return;
    }
    Send();
    return;
  }
  if (key == WXK_TAB && !event.ControlDown()) {
    composer_->Navigate(event.ShiftDown() ? wxNavigationKeyEvent::IsBackward : wxNavigationKeyEvent::IsForward);
    return;
  }
  if (key == WXK_ESCAPE && (reply_to_ || edited_)) return EndReply();
  if (key == WXK_UP && composer_->IsEmpty() && actions_.edit_last) {
    actions_.edit_last();
    return;
  }
  if (key == WXK_PAGEUP || key == WXK_PAGEDOWN) {
    view_->HandleWindowEvent(event);
    return;
  }
  event.Skip();
}

void ConversationPanel::OnText(wxCommandEvent& event) {
  FitComposer();
  UpdateNames();
  if (actions_.typing && !composer_->IsEmpty() && !edited_) actions_.typing(true);
  event.Skip();
}

void ConversationPanel::UpdateNames() {
  if (chat_ == nullptr || !chat_->conversation().empty()) return CloseNames();
  const auto before = to_utf8(composer_->GetValue().Left(static_cast<std::size_t>(composer_->GetInsertionPoint())));
  const auto at = begun_mention(before);
  if (!at) return CloseNames();
  auto others = group_->names();
  others.erase(others.begin());
  const auto typed = std::string_view(before).substr(*at + 1);
  auto fitting = completions(typed, others);
  if (fitting.empty() || (fitting.size() == 1 && fitting.front() == typed)) return CloseNames();
  if (fitting.size() > most_names) fitting.resize(most_names);
  wxArrayString shown;
  for (const auto& name : fitting) shown.push_back(to_wx(name));
  if (names_->GetStrings() != shown) {
    names_->Set(shown);
    const int line = names_->GetCharHeight() + FromDIP(10);
    names_->SetMinSize(wxSize(-1, line * static_cast<int>(shown.size()) + FromDIP(4)));
  }
  names_->SetSelection(0);
  names_->Show();
  Layout();
}

void ConversationPanel::CloseNames() {
  if (!names_->IsShown()) return;
  const bool had_focus = names_->HasFocus();
  names_->Hide();
  Layout();
  if (had_focus) composer_->SetFocus();
}

void ConversationPanel::TakeName() {
  const auto name = names_->GetStringSelection();
  const auto cursor = composer_->GetInsertionPoint();
  const auto before = composer_->GetValue().Left(static_cast<std::size_t>(cursor));
  const auto at = before.rfind('@');
  CloseNames();
  if (name.empty() || at == wxString::npos) return;
  composer_->Replace(static_cast<long>(at), cursor, "@" + name + " ");
  composer_->SetFocus();
}

// Tab leaves the composer as ever, so that nobody is caught in the list.
bool ConversationPanel::OnNamesKey(int key) {
  if (!names_->IsShown()) return false;
  const int count = static_cast<int>(names_->GetCount());
  switch (key) {
    case WXK_UP: names_->SetSelection((names_->GetSelection() + count - 1) % count); return true;
    case WXK_DOWN: names_->SetSelection((names_->GetSelection() + 1) % count); return true;
    case WXK_RETURN:
    case WXK_NUMPAD_ENTER: TakeName(); return true;
    case WXK_ESCAPE: CloseNames(); return true;
    default: return false;
  }
}

// As high as the button beside it, with its one line in the middle; higher as the text grows.
void ConversationPanel::FitComposer() {
  const int line = composer_->GetTextExtent("Äg").y;
  const int frame = 2 * FromDIP(1);
  const int above = std::max(FromDIP(4), (send_button_->GetBestSize().y - frame - line) / 2);
  set_text_margins(*composer_, FromDIP(8), above);
  // Broken lines count as well.
  const int text =
      composer_->PositionToCoords(composer_->GetLastPosition()).y - composer_->PositionToCoords(0).y + line;
  const wxSize fitting(-1, std::clamp(text, line, most_lines * line) + 2 * above + frame);
  if (composer_->GetMinSize() == fitting) return;
  composer_->SetMinSize(fitting);
  Layout();
}

void ConversationPanel::Send() {
  auto text = composer_->GetValue();
  text.Trim(true);
  if (text.empty() || chat_ == nullptr) return;
  const auto words = to_utf8(text);
  if (edited_) {
    if (actions_.edit) actions_.edit(edited_->id, words);
  } else if (actions_.send) {
    actions_.send(words, reply_to_ ? std::optional(reply_to_->id) : std::nullopt);
  }
  composer_->ChangeValue(wxString());
  CloseNames();
  FitComposer();
  reply_to_.reset();
  edited_.reset();
  reply_bar_->Hide();
  Layout();
  view_->ScrollToEnd();
}

void ConversationPanel::ReplyTo(const event::Message& message) {
  EndReply();
  reply_to_ = message;
  reply_text_->SetLabelText(
      wxString::Format(_("Reply to %s: %s"), isolated(message.from), to_wx(message.text).BeforeFirst('\n')));
  reply_bar_->Show();
  Layout();
  composer_->SetFocus();
}

void ConversationPanel::Edit(const event::Message& message) {
  EndReply();
  edited_ = message;
  reply_text_->SetLabelText(_("Edit your message"));
  reply_bar_->Show();
  composer_->ChangeValue(to_wx(message.text));
  composer_->SetInsertionPointEnd();
  FitComposer();
  Layout();
  composer_->SetFocus();
}

void ConversationPanel::GiveBack(const std::string& text) {
  if (!composer_->IsEmpty()) return;
  composer_->ChangeValue(to_wx(text));
  composer_->SetInsertionPointEnd();
  FitComposer();
}

void ConversationPanel::EndReply() {
  if (edited_) composer_->ChangeValue(wxString());
  reply_to_.reset();
  edited_.reset();
  reply_bar_->Hide();
  FitComposer();
  Layout();
}

void ConversationPanel::Paste() {
  const wxClipboardLocker locker;
  if (wxTheClipboard->IsSupported(wxDF_FILENAME)) {
    wxFileDataObject files;
    if (wxTheClipboard->GetData(files) && !files.GetFilenames().empty()) {
      std::vector<std::filesystem::path> paths;
      for (const auto& name : files.GetFilenames()) paths.push_back(to_path(name));
      if (actions_.send_files) actions_.send_files(std::move(paths));
      return;
    }
  }
  if (wxTheClipboard->IsSupported(wxDF_BITMAP) && !wxTheClipboard->IsSupported(wxDF_UNICODETEXT)) {
    wxBitmapDataObject picture;
    if (wxTheClipboard->GetData(picture) && picture.GetBitmap().IsOk()) {
      if (actions_.send_picture) actions_.send_picture(picture.GetBitmap().ConvertToImage());
      return;
    }
  }
  composer_->Paste();
}

}   // namespace coterie::gui
