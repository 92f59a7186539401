// SPDX-License-Identifier: MIT
// What engines say, and what of it is seen.
#include "gui/main_frame.h"

#include "gui/file_text.h"
#include "gui/model/format.h"
#include "gui/text.h"
#include "netcore/base/log.h"
#include "netcore/base/overloaded.h"
#include "netcore/client.h"

namespace coterie::gui {

using event::LinkState;

void MainFrame::OnWake() {
  const auto wall = now_ms();
  std::map<GroupId, Changes> changes;
  std::vector<std::pair<GroupId, Attention>> all;
  for (const auto& arrival : bridge_->drain()) {
    auto* group = Group(arrival.group);
    if (group == nullptr) {
      if (std::holds_alternative<event::Stopped>(arrival.event)) Tell(arrival.group, event::Stopped{});
      continue;
    }
    std::vector<Attention> attention;
    changes[arrival.group].add(group->apply(arrival.event, arrival.at, wall, attention));
    for (auto& one : attention) all.emplace_back(arrival.group, std::move(one));
    Note(*group, arrival.event);
    if (joining_ == arrival.group) FollowJoin(arrival.group, arrival.event);
    FollowCopy(arrival.group, arrival.event);
  }
  UpdateViews(changes);
  for (const auto& [id, attention] : all) Tell(id, attention);
  TakeBackNotices();
}

// Whatever ended their causes: they need no longer be read.
void MainFrame::TakeBackNotices() {
  bar_->ForgetThose([this](const AttentionBar::Notice& notice) {
    return is_over(notice.about, notice.about.group == 0 ? nullptr : Group(notice.about.group));
  });
}

// What was said of an attempt before this one is over.
void MainFrame::ForgetRefusals(GroupId id) {
  bar_->Forget({Cause::Kind::refusal, id});
  bar_->Forget({Cause::Kind::nobody_yet, id});
}

wxString MainFrame::GroupBefore(const Cause& cause) const {
  const auto found = groups_.find(cause.group);
  // Of the link the notice says it by itself.
  if (groups_.size() < 2 || found == groups_.end() || cause.kind == Cause::Kind::link) return {};
  return isolated(found->second->connection().title()) + ": ";
}

// For the log: what happens to a connection. Nothing of what is said there, and no names.
void MainFrame::Note(const GroupModel& group, const Event& event) {
  const auto& relay = group.connection().relay;
  if (const auto* link = std::get_if<event::LinkChanged>(&event)) {
    constexpr std::array names{"offline", "connecting", "joining", "online"};
    log::info("link", {{"relay", relay},
                       {"state", names.at(static_cast<std::size_t>(link->state))},
                       {"why", link->reason ? std::string(name_of(link->reason->code)) : std::string("-")}});
  } else if (const auto* settled = std::get_if<event::Settled>(&event)) {
    log::info("settled", {{"relay", relay},
                          {"ready", settled->ready},
                          {"rejected", settled->rejected},
                          {"unanswered", settled->unanswered}});
  } else if (const auto* notice = std::get_if<event::Notice>(&event)) {
    log::info("notice", {{"relay", relay}, {"why", name_of(notice->error.code)}});
  } else if (const auto* failed = std::get_if<event::Failed>(&event)) {
    log::warning("failed", {{"relay", relay}, {"why", name_of(failed->error.code)}});
  }
}

// How far a connection has come that the form is waiting for.
void MainFrame::FollowJoin(GroupId id, const Event& event) {
  auto* group = Group(id);
  if (const auto* link = std::get_if<event::LinkChanged>(&event)) {
    switch (link->state) {
      case LinkState::connecting: return connect_->ShowProgress(_("Reaching the relay…"));
      case LinkState::joining: return connect_->ShowProgress(_("Stretching the password, joining…"));
      case LinkState::online: return connect_->ShowProgress(_("Greeting the members…"));
      case LinkState::offline:
        // With a reason the first attempt has failed; an unknown relay is asked about by an event of its own.
        if (!link->reason || link->reason->code == Errc::relay_unknown ||
            link->reason->code == Errc::relay_identity_changed)
          return;
        return FailJoin(id, *link->reason);
    }
  }
  if (const auto* settled = std::get_if<event::Settled>(&event)) {
    if (settled->rejected > 0 && settled->ready == 0) return FailJoin(id, Error{Errc::wrong_password, {}});
    joining_.reset();
    auto& joined = group->connection();
    joined.keeps_password = joined.keeps_password || joined.remember;
    auto password = std::make_shared<SecretBytes>(connect_->TakePassword());
    saved_.erase(std::remove_if(saved_.begin(), saved_.end(),
                                [&](const Connection& known) { return known.is_same_group(group->connection()); }),
                 saved_.end());
    saved_.push_back(group->connection());
    SaveConnections();
    Show({id, {}});
    if (std::exchange(shows_invite_, false)) CallAfter([this, password] { ShowInvite(*password); });
  }
}

void MainFrame::FailJoin(GroupId id, const Error& error) {
  joining_.reset();
  connect_->ShowTrouble(field_of(error), explain_wx(error));
  book_->ChangeSelection(page_connect);
  if (error.code == Errc::database_corrupt)
    FailProfile(id, error);
  else
    CloseGroup(id);
}

void MainFrame::Tell(GroupId id, const Attention& attention) {
  auto* group = Group(id);
  const auto cause = [id](Cause::Kind kind, const std::string& about = {}) { return Cause(kind, id, about); };
  std::visit(
      overloaded{
          [&](const event::RelayUnknown& relay) {
            joining_ = id;
            book_->ChangeSelection(page_connect);
            connect_->AskTrust(relay);
          },
          [&](const event::RelayChanged& relay) {
            if (group == nullptr) return;
            // Whoever looks at another group stays there.
            if (joining_ == id || key_.group == id || !ShowsGroup()) {
              if (joining_ == id) joining_.reset();
              return Show({id, {}});
            }
            bar_->Tell({cause(Cause::Kind::relay_changed),
                        AttentionBar::Kind::bad,
                        wxString::Format(_("%s answered with another identity than before: nothing is sent to it."),
                                         isolated(relay.relay)),
                        {{_("Look at It…"), [this, id] {
                            Show({id, {}});
                          }}}});
          },
          [&](const event::PasswordRejected& rejected) {
            if (joining_ == id || group == nullptr) return;
            bar_->Tell(
                {cause(Cause::Kind::password), AttentionBar::Kind::warning,
                 figures(wxString::Format(
                     wxPLURAL("%zu of %zu member here has another password for this group.",
                              "%zu of %zu members here have another password for this group.", plural(rejected.of)),
                     rejected.rejected, rejected.of))});
          },
          [&](const event::OtherPassword& other) {
            if (joining_ == id || group == nullptr) return;
            const auto who = other.user_id.empty() ? _("Somebody") : isolated(other.user_id);
            auto text = wxString::Format(other.ours_is_right
                                             ? _("%s came without this group's password, and gets nothing.")
                                             : _("%s came with another password than yours: a stranger, or one of you "
                                                 "has mistyped it. Nothing goes there."),
                                         who);
            if (other.ours_is_right)
              text += " " +
                      figures(wxString::Format(wxPLURAL("%u more attempt is answered for now.",
                                                        "%u more attempts are answered for now.", other.attempts_left),
                                               other.attempts_left));
            bar_->Tell({cause(Cause::Kind::other_password, other.user_id), AttentionBar::Kind::info, Badged(id, text)});
          },
          [&](const event::LookAlike& member) {
            bar_->Tell({cause(Cause::Kind::look_alike, member.user_id), AttentionBar::Kind::warning,
                        look_alike_text(member.user_id, member.like)});
          },
          [&](const event::IdentityChanged& changed) {
            bar_->Tell(
                {cause(Cause::Kind::identity, changed.user_id),
                 AttentionBar::Kind::bad,
                 wxString::Format(
                     _("%s has come with another identity key. Nothing is sent there until you have accepted it."),
                     isolated(changed.user_id)),
                 {{_("Look at It…"), [this, id, user = changed.user_id] {
                     Show({id, user});
                     ShowMember(user);
                   }}}});
          },
          [&](const event::MessageAdded& added) { Notify(id, added); },
          [&](const event::MessageChanged& changed) { Renotify(id, changed.message); },
          [&](const event::FileOffered& offered) { Offered(id, offered); },
          [&](const event::TransferChanged& transfer) { TransferMoved(id, transfer); },
          [&](const event::SearchResults& results) {
            if (id == key_.group) conversation_->ShowResults(results);
          },
          [&](const event::Notice& notice) {
            if (notice.about == sent_.first && id == key_.group) conversation_->GiveBack(sent_.second);
            auto text = explain_wx(notice.error);
            if (const auto name = AskAgain(id, notice.about); name && notice.error.code == Errc::disk_full)
              text = wxString::Format(_("The folder for received files has no room for %s. Free some space, or choose "
                                        "another folder in the preferences, and accept it again."),
                                      isolated(*name));
            ForgetRefusals(id);
            bar_->Tell({.about = cause(notice.error.code == Errc::nobody_yet           ? Cause::Kind::nobody_yet
                                       : notice.error.code == Errc::guess_budget_empty ? Cause::Kind::no_tries
                                                                                       : Cause::Kind::refusal),
                        .kind = AttentionBar::Kind::warning,
                        .text = Badged(id, text),
                        .is_refusal = !notice.about.empty()});
          },
          [&](const event::Failed& failed) {
            if (group == nullptr) return;
            const bool is_password =
                failed.error.code == Errc::invalid_argument || failed.error.code == Errc::wrong_password;
            if (joining_ == id) return FailJoin(id, failed.error);
            if (is_password) {
              // Nothing is remembered: the form asks.
              auto connection = group->connection();
              connection.keeps_password = false;
              CloseGroup(id);
              book_->ChangeSelection(page_connect);
              connect_->ShowForm(connection);
              return;
            }
            if (IsAboutProfile(failed.error)) return FailProfile(id, failed.error);
            const auto again = [this, id] {
              const auto* known = Group(id);
              if (known == nullptr) return;
              const auto connection = known->connection();
              CloseGroup(id);
              OpenSaved(connection);
            };
            bar_->Tell({cause(Cause::Kind::failed),
                        AttentionBar::Kind::bad,
                        Badged(id, explain_wx(failed.error)),
                        {{_("Connect Again"), again}}});
          },
          [&](const event::Stopped&) {
            const auto waiting = reopen_.find(id);
            if (waiting == reopen_.end()) return;
            const auto run = waiting->second;
            reopen_.erase(waiting);
            run();
          },
      },
      attention);
}

void MainFrame::UpdateViews(const std::map<GroupId, Changes>& changes) {
  bool sides = false;
  bool link = false;
  bool transfers = false;
  for (const auto& [id, changed] : changes) {
    sides = sides || changed.members || changed.conversations;
    link = link || changed.link;
    transfers = transfers || changed.transfers;
    if (id == key_.group && changed.chats.contains(key_.peer)) conversation_->View().Refreshed();
    if (id == key_.group && (changed.typing || changed.members || changed.link || changed.chats.contains(key_.peer)) &&
        Current() != nullptr)
      conversation_->Update(Current()->typing(key_.peer, Rate::Clock::now()));
  }
  if (sides) UpdateSides();
  if (transfers) FillTransfers();
  if (link) UpdateLink();
  if (link && ShowsGroup()) ShowMiddle();
  if (link || transfers || sides) UpdateStatus();
}

void MainFrame::UpdateSides() {
  conversations_->Fill(groups_, key_);
  members_->Fill(Current());
  UpdateTitle();
}

// Whoever is not connected, and when it is tried again.
void MainFrame::UpdateLink() {
  const auto now = Rate::Clock::now();
  for (const auto& [id, group] : groups_) {
    const Cause about(Cause::Kind::link, id);
    if (is_over(about, group.get())) bar_->Forget(about);
    if (joining_ == id || group->link() == LinkState::online || !group->was_online()) continue;
    const auto name = isolated(group->connection().title());
    if (!group->retry_at()) {
      // It is being tried, and the figure that stands there is not true any more. A break of a moment is nobody's business.
      if (bar_->Has(about))
        bar_->Tell({about, AttentionBar::Kind::info,
                    Badged(id, wxString::Format(_("%s is not connected; trying again now…"), name))});
      continue;
    }
    const auto left = std::chrono::ceil<std::chrono::seconds>(*group->retry_at() - now);
    if (left.count() <= 0) continue;
    // Nothing is kept in classic mode for those who are not seen to be there.
    const auto words = group->connection().classic
                           ? _("%s is not connected; trying again in %d s. Until then nothing can be sent.")
                           : _("%s is not connected; trying again in %d s. What you write waits.");
    bar_->Tell({about,
                AttentionBar::Kind::info,
                Badged(id, figures(wxString::Format(words, name, static_cast<int>(left.count())))),
                {{_("Try Now"), [this, id = id] { bridge_->post(id, command::Connect{}); }}}});
  }
}

void MainFrame::UpdateTitle() {
  std::size_t unread = 0;
  for (const auto& [id, group] : groups_) unread += group->conversations().unread();
  if (tray_) tray_->Update(unread);
  const bool names_group = groups_.size() > 1;
  conversation_->SetNamesGroup(names_group);
  wxString title;
  if (unread > 0) title = figures(wxString::Format("(%zu) ", unread));
  if (const auto* group = Current(); group != nullptr && ShowsGroup())
    title += (group->connection().classic ? classic_badge_wx() + wxString::FromUTF8(" – ") : wxString()) +
             to_wx(key_.peer.empty() ? group->connection().title() : key_.peer) +
             (names_group && !key_.peer.empty() ? wxString::FromUTF8(" · ") + to_wx(group->connection().title())
                                                : wxString()) +
             wxString::FromUTF8(" – ");
  title += "Coterie";
  if (GetTitle() != title) SetTitle(title);
}

void MainFrame::UpdateStatus() {
  wxString link;
  if (const auto* group = Current()) {
    switch (group->link()) {
      case LinkState::offline: link = _("Offline"); break;
      case LinkState::connecting: link = _("Connecting…"); break;
      case LinkState::joining: link = _("Joining…"); break;
      case LinkState::online: link = group->has_settled() ? _("Connected") : _("Greeting members…"); break;
    }
    if (group->connection().classic) link = classic_badge_wx() + wxString::FromUTF8(" · ") + link;
    link += wxString::FromUTF8(" · ") + to_wx(group->connection().user_id) + "@" + to_wx(group->connection().relay);
  }
  const auto now = Rate::Clock::now();
  double up = 0;
  double down = 0;
  std::size_t open = 0;
  for (const auto& [id, group] : groups_) {
    up += group->transfers().rate(now, true);
    down += group->transfers().rate(now, false);
    open += group->transfers().running();
  }
  const auto set = [&](const wxString& text, int field) {
    if (GetStatusBar()->GetStatusText(field) != text) SetStatusText(text, field);
  };
  set(link, 0);
  set(open == 0 ? wxString()
                : figures(wxString::Format(wxPLURAL("%zu file under way", "%zu files under way", plural(open)), open)),
      1);
  set(up + down < 1 ? wxString()
                    : wxString::FromUTF8("↑ ") + rate_text(up) + wxString::FromUTF8("   ↓ ") + rate_text(down),
      2);
}

// With the badge before it that nothing of a classic connection is shown without.
wxString MainFrame::Badged(GroupId id, const wxString& text) const {
  const auto found = groups_.find(id);
  if (found == groups_.end() || !found->second->connection().classic) return text;
  return "[" + classic_badge_wx() + "] " + text;
}

}   // namespace coterie::gui
