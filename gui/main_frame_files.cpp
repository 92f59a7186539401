// SPDX-License-Identifier: MIT
// Files: chosen, dropped, pasted or handed over, and what is done with those under way.
#include "gui/main_frame.h"

#include "gui/send_dialog.h"
#include "gui/text.h"
#include "netcore/base/random.h"
#include "netcore/client.h"

#include <wx/filedlg.h>
#include <wx/filename.h>
#include <wx/image.h>
#include <wx/msgdlg.h>
#include <wx/utils.h>

namespace coterie::gui {

void MainFrame::ChooseFiles(bool asks) {
  if (Current() == nullptr) return;
  wxFileDialog dialog(this, _("Send Files"), wxString(), wxString(), wxFileSelectorDefaultWildcardStr,
                      wxFD_OPEN | wxFD_MULTIPLE | wxFD_FILE_MUST_EXIST);
  if (dialog.ShowModal() != wxID_OK) return;
  wxArrayString names;
  dialog.GetPaths(names);
  std::vector<std::filesystem::path> paths;
  for (const auto& name : names) paths.push_back(to_path(name));
  SendFiles(std::move(paths), asks);
}

void MainFrame::SendFiles(std::vector<std::filesystem::path> paths, bool asks) {
  if (Current() == nullptr || !ShowsConversation()) {
    bar_->Tell(
        {"files", AttentionBar::Kind::warning, _("Open the conversation the files are for, then send them."), {}});
    return;
  }
  bar_->Forget("files");
  // Folders may be large, and disks slow.
  disk_->run([paths = std::move(paths)] { return gather_files(paths); },
             [this, key = key_, asks](const Gathered& what) { SendGathered(key, what, asks); });
}

void MainFrame::SendGathered(const Key& key, const Gathered& what, bool asks) {
  const auto* group = Group(key.group);
  if (group == nullptr) return;
  const auto refuse = [&](const wxString& why) { bar_->Tell({"files", AttentionBar::Kind::warning, why, {}}); };
  if (what.has_too_many)
    return refuse(figures(wxString::Format(
        _("More than %zu files at once are too many; pack the folder into one file, and send that."), most_files)));
  if (what.files.empty())
    return refuse(_("There is nothing in it that can be sent: only ordinary files that can be read are."));
  Recipients to;
  to.everyone = key.peer.empty();
  if (!key.peer.empty()) to.user_ids.push_back(key.peer);
  if (asks || !what.folders.empty() || what.files.size() > 1 || what.left_out > 0) {
    SendDialog dialog(this, *group, key.peer, what);
    if (dialog.ShowModal() != wxID_OK || Group(key.group) == nullptr) return;
    to = dialog.Chosen();
  }
  for (const auto& file : what.files) {
    command::SendFile send;
    send.id = random_id<FileId>();
    if (!to.everyone) send.to = to.user_ids;
    send.path = file.path;
    send.name = file.name;
    bridge_->post(key.group, std::move(send));
  }
}

void MainFrame::SendPicture(const wxImage& picture) {
  auto* group = Current();
  if (group == nullptr || !picture.IsOk()) return;
  // It has to be a file to be sent, and stays one until it has arrived everywhere.
  const auto folder = group->connection().profile / "pasted";
  wxFileName::Mkdir(path_to_wx(folder), 0700, wxPATH_MKDIR_FULL);
  const auto path = folder / to_utf8(wxDateTime::Now().Format("picture_%Y%m%d_%H%M%S.png"));
  if (!picture.SaveFile(path_to_wx(path), wxBITMAP_TYPE_PNG)) {
    bar_->Tell({"files",
                AttentionBar::Kind::bad,
                _("The pasted picture could not be written to disk; free some space and paste it again."),
                {}});
    return;
  }
  SendFiles({path}, false);
}

void MainFrame::AnswerOffer(GroupId id, const FileId& file, bool accept) {
  const auto* group = Group(id);
  if (group == nullptr) return;
  ForgetOffer(id, file);
  ForgetRefusals(id);
  if (accept) arriving_.insert(file);
  bridge_->post(id, command::AnswerOffer{file, accept, FolderFor(group->connection())});
}

void MainFrame::Act(GroupId id, const FileId& file, CardAction action) {
  auto* group = Group(id);
  if (group == nullptr) return;
  switch (action) {
    case CardAction::accept: return AnswerOffer(id, file, true);
    case CardAction::decline: return AnswerOffer(id, file, false);
    case CardAction::pause: return bridge_->post(id, command::PauseTransfer{file});
    case CardAction::resume: return bridge_->post(id, command::ResumeTransfer{file});
    case CardAction::cancel: return bridge_->post(id, command::CancelTransfer{file});
    case CardAction::open:
    case CardAction::show_in_folder: {
      const auto known = group->transfers().summary(file);
      if (!known || known->path.empty()) return;
      if (action == CardAction::open && !known->outgoing) return OpenReceived(known->path);
      return OpenPath(known->path, action == CardAction::show_in_folder);
    }
  }
}

void MainFrame::ActFromList(GroupId id, const FileId& file, CardAction action) {
  const auto* group = Group(id);
  const auto* known = group == nullptr ? nullptr : group->transfers().find(file);
  // A row has no room for the warning that the card and the notice carry.
  if (action == CardAction::accept && known != nullptr && can_run_when_opened(known->now.name)) {
    wxMessageDialog question(
        this, wxString::Format(_("Accept %s from %s?"), isolated(known->now.name), isolated(known->now.peer)),
        _("Accept File"), wxYES_NO | wxNO_DEFAULT | wxICON_WARNING);
    question.SetExtendedMessage(_("Caution: a file of this type can run a program on your computer."));
    question.SetYesNoLabels(_("&Accept"), _("&Do Not Accept"));
    if (question.ShowModal() != wxID_YES) return;
  }
  Act(id, file, action);
}

// A file that was accepted as harmless enough to keep is not by that harmless to run.
void MainFrame::OpenReceived(const std::filesystem::path& path) {
  const auto name = path.filename().string();
  if (can_run_when_opened(name)) {
    wxMessageDialog question(this, wxString::Format(_("Open %s?"), isolated(name)), _("Open File"),
                             wxYES_NO | wxNO_DEFAULT | wxICON_WARNING);
    question.SetExtendedMessage(
        _("A file of this type can run a program on your computer, which may read and change everything that "
          "you can. Open it only if you expected it and know what it does."));
    question.SetYesNoLabels(_("&Open"), _("&Do Not Open"));
    if (question.ShowModal() != wxID_YES) return;
  }
  OpenPath(path, false);
}

void MainFrame::FillTransfers() {
  transfers_->Fill(groups_, Rate::Clock::now());
  FitTransfers();
}

void MainFrame::ShowTransfers() {
  transfer_rows_ = transfers_->RowCount();
  transfer_split_->SplitHorizontally(left_split_, transfers_, -TransfersHeight());
}

int MainFrame::TransfersHeight() const {
  if (transfer_rows_ == 0) return transfers_->HeadingHeight();
  // What few rows do not need is the conversation's, but where somebody has just drawn the line that is how it stays.
  const int whole = transfers_->WholeRows(FromDIP(transfers_height_));
  // A place from below counts the sash with the pane.
  return (is_drawn_ ? whole : std::min(whole, transfers_->AllRows())) + transfer_split_->GetSashSize();
}

void MainFrame::FitTransfers() {
  if (!transfer_split_->IsSplit() || transfer_rows_ == transfers_->RowCount()) return;
  transfer_rows_ = transfers_->RowCount();
  if (transfer_rows_ == 0) is_drawn_ = false;
  transfer_split_->SetSashPosition(-TransfersHeight());
}

void MainFrame::SnapTransfers() {
  if (!transfer_split_->IsSplit() || transfer_rows_ == 0) return;
  // A click is no drawing.
  if (transfers_->GetSize().y + transfer_split_->GetSashSize() == TransfersHeight()) return;
  is_drawn_ = true;
  transfers_height_ = ToDIP(transfers_->GetSize().y);
  transfer_split_->SetSashPosition(-TransfersHeight());
}

void MainFrame::OpenPath(const std::filesystem::path& path, bool folder) {
  bar_->Forget("open");
  std::error_code failed;
  if (!std::filesystem::exists(path, failed)) {
    bar_->Tell({"open",
                AttentionBar::Kind::warning,
                wxString::Format(_("%s is not there any more."), isolated(path.string())),
                {}});
    return;
  }
  if (!wxLaunchDefaultApplication(path_to_wx(folder ? path.parent_path() : path)))
    bar_->Tell({"open",
                AttentionBar::Kind::warning,
                wxString::Format(_("No program on this computer opens %s."), isolated(path.filename().string())),
                {}});
}

}   // namespace coterie::gui
