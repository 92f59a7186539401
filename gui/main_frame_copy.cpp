// SPDX-License-Identifier: MIT
// A whole conversation goes to the clipboard, page by page, while the window goes on.
#include "gui/copied_words.h"
#include "gui/main_frame.h"
#include "gui/text.h"

namespace coterie::gui {
namespace {

constexpr std::chrono::milliseconds moment{300};   // copying that takes no longer is not spoken of before it is done

Cause about_copying(GroupId group) { return {Cause::Kind::other, group, "copying"}; }

}   // namespace

void MainFrame::CopyConversation() {
  if (Current() == nullptr || (copying_ && copying_->key == key_)) return;
  EndCopy();
  copying_.emplace(Copying{key_, ConversationCopy(key_.peer, copied_words()), Rate::Clock::now()});
  bridge_->post(key_.group, copying_->pages.next());
}

void MainFrame::FollowCopy(GroupId id, const Event& event) {
  if (!copying_ || copying_->key.group != id) return;
  auto& pages = copying_->pages;
  if (const auto* deleted = std::get_if<event::HistoryDeleted>(&event)) {
    if (deleted->conversation.value_or(std::string()) == pages.conversation()) EndCopy();
    return;
  }
  // Whatever keeps the history from being read is told; there is nothing to wait for then.
  const auto* notice = std::get_if<event::Notice>(&event);
  const bool is_unreadable = notice != nullptr && notice->about.empty() &&
                             (IsAboutProfile(notice->error) || notice->error.code == Errc::no_such_member);
  if (is_unreadable || std::holds_alternative<event::Failed>(event)) return EndCopy();
  const auto* page = std::get_if<event::HistoryPage>(&event);
  if (page == nullptr || !pages.apply(*page)) return;
  if (!pages.is_complete()) return bridge_->post(id, pages.next());
  const auto count = pages.count();
  if (count > 0) CopyText(to_wx(pages.text()));
  EndCopy();
  bar_->Tell({.about = about_copying(id),
              .text = count == 0 ? _("Nothing has been said here yet: there is nothing to copy.")
                                 : figures(wxString::Format(
                                       wxPLURAL("%zu message was copied.", "%zu messages were copied.", plural(count)),
                                       count)),
              .passes = true});
}

// By the clock. Whoever puts the notice away does not want it any more.
void MainFrame::TellCopying() {
  if (!copying_) return;
  const auto about = about_copying(copying_->key.group);
  if (copying_->is_told) {
    if (!bar_->Has(about)) EndCopy();
    return;
  }
  if (Rate::Clock::now() - copying_->since < moment) return;
  copying_->is_told = true;
  bar_->Tell({.about = about, .text = _("Copying the whole conversation…"), .actions = {{_("Cancel"), [this] {
                                                                                           EndCopy();
                                                                                         }}}});
}

void MainFrame::EndCopy() {
  if (!copying_) return;
  bar_->Forget(about_copying(copying_->key.group));
  copying_.reset();
}

}   // namespace coterie::gui
