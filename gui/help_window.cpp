// SPDX-License-Identifier: MIT
#include "gui/help_window.h"

#include "gui/text.h"
#include "gui/theme.h"

#include <wx/accel.h>
#include <wx/button.h>
#include <wx/dataview.h>
#include <wx/notebook.h>
#include <wx/sizer.h>
#include <wx/textctrl.h>

namespace coterie::gui {
namespace {

wxString heading(const wxString& text) { return "# " + text; }

void list_keys(wxDataViewListCtrl& list, const wxMenu& menu, const wxString& path) {
  for (const auto* item : menu.GetMenuItems()) {
    if (const auto* below = item->GetSubMenu(); below != nullptr) {
      list_keys(list, *below, path + item->GetItemLabelText() + _(" → "));
      continue;
    }
    const std::unique_ptr<wxAcceleratorEntry> key(item->GetAccel());
    if (!key) continue;
    wxVector<wxVariant> row;
    row.push_back(key->ToString());
    auto label = item->GetItemLabelText();
    label.Replace(wxString::FromUTF8("…"), "");
    row.push_back(path + label);
    list.AppendItem(row);
  }
}

}   // namespace

HelpWindow::HelpWindow(wxWindow* parent, const wxMenuBar& menus, bool enter_sends, const Places& places)
    : wxFrame(parent, wxID_ANY, _("Coterie Help"), wxDefaultPosition, wxDefaultSize,
              wxDEFAULT_FRAME_STYLE | wxFRAME_FLOAT_ON_PARENT) {
  auto* panel = new wxPanel(this);
  auto* column = new wxBoxSizer(wxVERTICAL);
  auto* book = new wxNotebook(panel, wxID_ANY);
  AddText(
      book, _("How to Begin"),
      {
          heading(_("Find your circle")),
          _("A group is a name and a password, at a relay. There are no accounts: whoever knows both, and reaches the "
            "relay, is a member."),
          _("Somebody sent you a link that begins with coterie:// – choose Join with an invite. The password is told "
            "to you by another way; it is never in the link."),
          _("You know the relay, the group's name and its password – choose Join or create a group. Whoever comes "
            "first "
            "creates it."),
          _("Your circle has no relay yet – choose Host on this computer. The relay runs inside this program, and you "
            "get an invite to send."),
          heading(_("The first time at a relay")),
          _("You are shown its fingerprint: compare it with the one that the person who runs it gives you. From then "
            "on "
            "a relay that is suddenly another one is refused."),
          heading(_("Talk")),
          _("Write at the bottom of the window. Everybody in the group gets it; double-click a member to write to that "
            "one alone. @ and the beginning of a name calls somebody."),
          _("Right-click a message, or press the menu key, to answer it, react to it, edit or delete it. Who is not "
            "here gets it all later; you need not wait for them."),
      });
  AddText(
      book, _("What Is Private"),
      {
          heading(_("Only members read")),
          _("Texts, files and their names are sealed on your computer and opened on those of the members. The relay "
            "moves sealed bytes: it learns neither what is in them, nor who you are, nor the password, and it cannot "
            "test guesses of it."),
          heading(_("What the relay sees")),
          _("Network addresses, times, sizes, and who exchanges something with whom. Help → What the Relay Knows says "
            "what that is for you now."),
          heading(_("Be sure who it is")),
          _("Group → Verify This Person shows a safety number: when the other one sees the same, nobody stands between "
            "you. When somebody comes with another key than you know, nothing is sent there until you have decided."),
          heading(_("What nobody can promise")),
          _("Whoever knows the password is a member, and members cannot be removed: choose a good one, and a new group "
            "when somebody has to go. What others have received they can keep. Conversations are kept on this "
            "computer, "
            "for whoever can use it as you."),
      });
  AddText(
      book, _("Files"),
      {
          heading(_("Send")),
          _("Drop files or a folder on the window, paste them, or choose File → Send Files. They go to the "
            "conversation that is shown; several at once are asked about first."),
          heading(_("Receive")),
          _("You are asked about every file that is offered, unless Group → Receiving Files says otherwise. A file "
            "that can run a program is always asked about."),
          wxString::Format(_("Received files go to %s, with date, time and sender before their names; nothing is "
                             "ever overwritten. File → Folder for Received Files chooses another place."),
                           isolated(places.received.string())),
          heading(_("When something comes between")),
          _("A file travels while both of you are online. What is interrupted goes on where it stopped, also after "
            "Coterie was closed, and is checked whole before it is put in its place."),
          heading(_("Where the rest is kept")),
          wxString::Format(_("Conversations and keys are in %s. Make a copy of it while Coterie is closed, and keep "
                             "that as safe as a key."),
                           isolated(places.profiles.string())),
      });
  AddKeys(book, menus, enter_sends);
  column->Add(book, wxSizerFlags(1).Expand().Border(wxALL, FromDIP(8)));
  auto* close = new wxButton(panel, wxID_CANCEL, _("&Close"));
  column->Add(close, wxSizerFlags().Right().Border(wxLEFT | wxRIGHT | wxBOTTOM, FromDIP(8)));
  panel->SetSizer(column);
  SetSize(FromDIP(wxSize(620, 560)));
  CentreOnParent();
  close->Bind(wxEVT_BUTTON, [this](wxCommandEvent&) { Close(); });
  Bind(wxEVT_CHAR_HOOK, [this](wxKeyEvent& event) {
    if (event.GetKeyCode() == WXK_ESCAPE) return void(Close());
    event.Skip();
  });
  book->SetFocus();
}

void HelpWindow::AddText(wxBookCtrlBase* book, const wxString& title, const std::vector<wxString>& lines) {
  // About as large as they will be: GTK complains of a scrollbar that has no room even for a moment.
  const auto size = FromDIP(wxSize(560, 440));
  auto* page = new wxPanel(book, wxID_ANY, wxDefaultPosition, size);
  auto* text = new wxTextCtrl(page, wxID_ANY, wxString(), wxDefaultPosition, size,
                              wxTE_MULTILINE | wxTE_READONLY | wxTE_RICH2 | wxTE_BESTWRAP | wxBORDER_NONE);
  text->SetName(title);
  set_ground(*page, &Theme::ground);
  auto* column = new wxBoxSizer(wxVERTICAL);
  column->Add(text, wxSizerFlags(1).Expand().Border(wxLEFT | wxTOP, FromDIP(14)));
  page->SetSizer(column);
  wxTextAttr plain;
  plain.SetFont(text->GetFont());
  wxTextAttr bold;
  bold.SetFont(scaled_font(*text, 1.15, true));
  for (const auto& line : lines) {
    wxString words;
    const bool is_heading = line.StartsWith("# ", &words);
    text->SetDefaultStyle(is_heading ? bold : plain);
    text->AppendText((is_heading ? words : line) + "\n");
    text->SetDefaultStyle(plain);
    if (!is_heading) text->AppendText("\n");
  }
  text->SetInsertionPoint(0);
  book->AddPage(page, title);
}

void HelpWindow::AddKeys(wxBookCtrlBase* book, const wxMenuBar& menus, bool enter_sends) {
  auto* list = new wxDataViewListCtrl(book, wxID_ANY, wxDefaultPosition, wxDefaultSize, wxDV_ROW_LINES | wxBORDER_NONE);
  list->SetName(_("Shortcuts"));
  list->AppendTextColumn(_("Keys"), wxDATAVIEW_CELL_INERT, FromDIP(210));
  list->AppendTextColumn(_("What they do"), wxDATAVIEW_CELL_INERT, FromDIP(400));
  const auto add = [&](const wxString& keys, const wxString& what) {
    wxVector<wxVariant> row;
    row.push_back(keys);
    row.push_back(what);
    list->AppendItem(row);
  };
  add(enter_sends ? _("Enter") : _("Ctrl+Enter"), _("Send what was written"));
  add(enter_sends ? _("Shift+Enter") : _("Enter"), _("Begin a new line"));
  add("@", _("Call a member by name"));
  add(_("Up, where nothing is written"), _("Edit your last message"));
  add(_("Page Up, Page Down"), _("Look through the conversation while writing"));
  add(_("Tab"), _("From part to part of the window"));
  add(_("Up, Down"), _("From message to message"));
  add(_("Home, End"), _("To the first and to the newest message"));
  add(_("Enter, on a message"), _("Open its file or its link"));
  add(_("Menu key"), _("What can be done with a message, a member, a transfer"));
  add(_("Esc"), _("Back: leave an answer, a search, a dialog"));
  for (std::size_t i = 0; i < menus.GetMenuCount(); ++i)
    list_keys(*list, *menus.GetMenu(i), menus.GetMenuLabelText(i) + _(" → "));
  book->AddPage(list, _("Shortcuts"));
}

}   // namespace coterie::gui
