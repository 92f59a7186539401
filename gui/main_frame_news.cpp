// SPDX-License-Identifier: MIT
// Files and messages that come in: what of it is told, in the attention bar and on the desktop.
#include "gui/main_frame.h"

#include "gui/file_text.h"
#include "gui/model/format.h"
#include "gui/model/mentions.h"
#include "gui/text.h"
#include "netcore/client.h"

namespace coterie::gui {

// ── files ──────────────────────────────────────────────────────────────────────────────────────────────────────────

void MainFrame::Offered(GroupId id, const event::FileOffered& offered) {
  auto* group = Group(id);
  if (group == nullptr) return;
  const auto& connection = group->connection();
  const bool is_taken =
      !offered.is_executable_type &&
      (connection.accept == AcceptPolicy::always || (connection.accept == AcceptPolicy::verified &&
                                                     offered.from_verified && offered.size <= connection.accept_limit));
  if (is_taken) return AnswerOffer(id, offered.id, true);
  offers_[{id, offered.from}].insert_or_assign(offered.id, offered);
  TellOffers(id, offered.from);
  if (!IsActive()) AnnounceOffers(id, offered.from);
}

// Likewise on the desktop: one notification, that follows how many there are.
void MainFrame::AnnounceOffers(GroupId id, const std::string& from) {
  const Announcer::Subject about{.group = id, .offers = from};
  const auto found = offers_.find({id, from});
  if (found == offers_.end())
    return announcer_->Withdraw([&](const Announcer::Subject& told) { return told == about; });
  const auto& open = found->second;
  const auto count = open.size();
  Announce(about, from,
           count == 1
               ? wxString::Format(_("offers a file: %s"), to_wx(open.begin()->second.name))
               : figures(wxString::Format(wxPLURAL("offers %zu file", "offers %zu files", plural(count)), count)),
           {.count = count});
}

// All that one person offers and that has not been answered yet, as one notice: a folder of photographs is one question.
void MainFrame::TellOffers(GroupId id, const std::string& from) {
  const Cause about(Cause::Kind::offers, id, from);
  const auto found = offers_.find({id, from});
  if (found == offers_.end()) return bar_->Forget(about);
  auto open = found->second;
  std::uint64_t bytes = 0;
  std::size_t programs = 0;
  for (const auto& [file, offer] : open) {
    bytes += offer.size;
    if (offer.is_executable_type) ++programs;
  }
  // What can run is asked about one by one, and after the rest.
  if (programs == open.size()) {
    open.erase(std::next(open.begin()), open.end());
    bytes = open.begin()->second.size;
    programs = 1;
  }
  const auto& first = open.begin()->second;
  auto text =
      open.size() == 1
          ? wxString::Format(_("%s offers you %s (%s)."), isolated(from), isolated(first.name), size_text(first.size))
          : figures(wxString::Format(
                wxPLURAL("%s offers you %zu file (%s).", "%s offers you %zu files (%s).", plural(open.size())),
                isolated(from), open.size(), size_text(bytes)));
  if (programs > 0 && open.size() == 1)
    text += " " + _("Caution: a file of this type can run a program on your computer.");
  else if (programs > 0)
    text += " " + figures(wxString::Format(
                      wxPLURAL("Caution: %zu of them can run a program on your computer.",
                               "Caution: %zu of them can run programs on your computer.", plural(programs)),
                      programs));
  // Of those that are told about here, not of what has come since.
  std::vector<FileId> all;
  std::vector<FileId> harmless;
  for (const auto& [file, offer] : open) {
    all.push_back(file);
    if (!offer.is_executable_type || open.size() == 1) harmless.push_back(file);
  }
  const auto answer = [this, id, from](std::vector<FileId> files, bool accept) {
    return [this, id, from, files = std::move(files), accept] {
      for (const auto& file : files) AnswerOffer(id, file, accept);
      TellOffers(id, from);   // what is left
    };
  };
  const auto accept = open.size() == 1 ? _("Accept") : programs > 0 ? _("Accept All but Programs") : _("Accept All");
  bar_->Tell(
      {about,
       programs > 0 ? AttentionBar::Kind::warning : AttentionBar::Kind::info,
       Badged(id, text),
       {{accept, answer(harmless, true)}, {open.size() == 1 ? _("Decline") : _("Decline All"), answer(all, false)}}});
}

// An offer that could not be accepted is as open as before; its name is returned.
std::optional<std::string> MainFrame::AskAgain(GroupId id, const std::string& about) {
  const auto* group = Group(id);
  if (group == nullptr) return std::nullopt;
  for (const auto& transfer : group->transfers().transfers()) {
    if (!transfer.can_answer() || !transfer.offer || transfer.now.id.hex() != about) continue;
    arriving_.erase(transfer.now.id);
    offers_[{id, transfer.now.peer}].insert_or_assign(transfer.now.id, *transfer.offer);
    TellOffers(id, transfer.now.peer);
    return transfer.now.name;
  }
  return std::nullopt;
}

void MainFrame::ForgetOffer(GroupId id, const FileId& file) {
  for (auto at = offers_.begin(); at != offers_.end(); ++at) {
    if (at->first.first != id || at->second.erase(file) == 0) continue;
    const auto from = at->first.second;
    const bool is_told = bar_->Has({Cause::Kind::offers, id, from});
    if (at->second.empty()) offers_.erase(at);
    if (is_told) TellOffers(id, from);
    if (announcer_->CountOf({.group = id, .offers = from}) > 0) AnnounceOffers(id, from);
    return;
  }
}

void MainFrame::TransferMoved(GroupId id, const event::TransferChanged& transfer) {
  const Cause about(Cause::Kind::transfer, id, transfer.id.hex());
  const auto* group = Group(id);
  if (transfer.phase != event::TransferPhase::offered) ForgetOffer(id, transfer.id);
  if (transfer.phase == event::TransferPhase::failed && transfer.error)
    bar_->Tell(
        {about, AttentionBar::Kind::bad, Badged(id, isolated(transfer.name) + ": " + explain_wx(*transfer.error)), {}});
  if (transfer.phase == event::TransferPhase::waiting && transfer.error)
    bar_->Tell({about,
                AttentionBar::Kind::warning,
                Badged(id, isolated(transfer.name) + ": " + explain_wx(*transfer.error)),
                {}});
  // Also what was accepted before the window was closed, or killed.
  if (!transfer.outgoing && transfer.phase == event::TransferPhase::running) arriving_.insert(transfer.id);
  if (transfer.phase != event::TransferPhase::finished || transfer.outgoing || !arriving_.erase(transfer.id)) return;
  bar_->Tell(
      {.about = about,
       .kind = AttentionBar::Kind::info,
       .text = Badged(id, wxString::Format(group != nullptr && group->connection().classic
                                               ? _("%s from %s has been saved; nothing vouches for what is in it.")
                                               : _("%s from %s has been saved and verified."),
                                           isolated(transfer.name), isolated(transfer.peer))),
       .actions = {{_("Open"), [this, id, file = transfer.id] { Act(id, file, CardAction::open); }},
                   {_("Show in Folder"),
                    [this, id, file = transfer.id] { Act(id, file, CardAction::show_in_folder); }}},
       .passes = true});
  if (IsActive()) return;
  const Announcer::Subject saved{.group = id, .saved = transfer.peer};
  const auto count = announcer_->CountOf(saved) + 1;
  Announce(saved, transfer.peer,
           count == 1 ? wxString::Format(_("The file %s has arrived"), to_wx(transfer.name))
                      : figures(wxString::Format(
                            wxPLURAL("%zu file has arrived", "%zu files have arrived", plural(count)), count)),
           {.file = transfer.path, .count = count});
}

// ── messages ───────────────────────────────────────────────────────────────────────────────────────────────────────

void MainFrame::Notify(GroupId id, const event::MessageAdded& added) {
  const auto peer = added.message.conversation.value_or(std::string());
  const bool is_seen = IsActive() && key_ == Key{id, peer} && ShowsConversation();
  if (is_seen) {
    MarkLookedAt();
    return;
  }
  const auto* group = Group(id);
  // What comes from the history of others right after joining is old.
  if (group == nullptr || added.message.file) return;
  const bool is_for_us = is_meant(added.message, group->connection().user_id);
  if (group->connection().muted && !is_for_us) return;
  // Of many at once one speaks for all; the list says how many are unread.
  auto& last = announced_[{id, peer}];
  const auto now = Rate::Clock::now();
  if (!is_for_us && last != Rate::Clock::time_point() && now - last < announce_pause) return;
  last = now;
  if (!IsActive()) RequestUserAttention(wxUSER_ATTENTION_INFO);
  if (settings_.sounds) wxBell();
  Announce({.group = id, .peer = peer, .message = added.message.id}, added.message.from, to_wx(added.message.text),
           {.also_muted = is_for_us});
}

// Edited or taken back: the desktop shows nothing that its author does not say any more.
void MainFrame::Renotify(GroupId id, const event::Message& message) {
  if (message.deleted)
    announcer_->Withdraw(
        [&](const Announcer::Subject& about) { return about.group == id && about.message == message.id; });
  else
    announcer_->Change(id, message.id, Shown(to_wx(message.text)));
}

wxString MainFrame::Shown(const wxString& text) const { return settings_.hides_content ? _("New message") : text; }

void MainFrame::Announce(Announcer::Subject about, const std::string& from, const wxString& text,
                         const Announced& how) {
  const auto id = about.group;
  const auto* group = Group(id);
  if (!settings_.notifies || group == nullptr || (group->connection().muted && !how.also_muted)) return;
  const auto peer = about.peer.value_or(std::string());
  const auto where = to_wx(group->connection().title());
  Announcer::Note note;
  note.about = std::move(about);
  note.title = Badged(id, peer.empty() ? to_wx(from) + wxString::FromUTF8(" · ") + where
                                       : wxString::Format(_("%s (privately), %s"), to_wx(from), where));
  note.text = Shown(text);
  note.click = [this, id, peer] {
    ComeForward();
    if (Group(id) != nullptr) Show({id, peer});
  };
  note.count = how.count;
  if (const auto& file = how.file; !file.empty()) {
    if (how.count == 1)
      note.actions.emplace_back(_("Open"), [this, file] {
        if (can_run_when_opened(file.filename().string())) ComeForward();
        OpenReceived(file);
      });
    note.actions.emplace_back(_("Show in Folder"), [this, file] { OpenPath(file, true); });
  }
  announcer_->Tell(std::move(note));
}

}   // namespace coterie::gui
