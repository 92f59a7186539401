// SPDX-License-Identifier: MIT
#include "gui/announcer.h"

#include <wx/app.h>
#include <wx/notifmsg.h>

namespace coterie::gui {
namespace {

constexpr std::size_t most_shown = 20;      // the oldest is withdrawn for one more
constexpr std::size_t longest_text = 200;   // letters

// The desktop's notification service reads markup where it can; nothing of it comes from us.
wxString without_markup(wxString text) {
  text = text.Left(longest_text);
  text.Replace("&", "&amp;");
  text.Replace("<", "&lt;");
  return text;
}

}   // namespace

struct Announcer::Shown {
  Note note;
  std::unique_ptr<wxNotificationMessage> message;
};

Announcer::Announcer(wxWindow& parent) : parent_(parent), is_alive_(std::make_shared<Announcer*>(this)) {}

// Without the window nobody would answer a click, nor take back what is not true any more.
Announcer::~Announcer() {
  *is_alive_ = nullptr;
  Withdraw([](const Subject&) { return true; });
}

void Announcer::Tell(Note note) {
  auto& shown = shown_.emplace_back(Shown{std::move(note), std::make_unique<wxNotificationMessage>()});
  auto& message = *shown.message;
  message.SetParent(&parent_);
  for (std::size_t i = 0; i < shown.note.actions.size(); ++i)
    message.AddAction(static_cast<wxWindowID>(i + 1), shown.note.actions[i].first);
  message.Bind(wxEVT_NOTIFICATION_MESSAGE_ACTION, [actions = shown.note.actions](wxCommandEvent& event) {
    const auto chosen = static_cast<std::size_t>(event.GetId() - 1);
    if (chosen < actions.size()) actions[chosen].second();
  });
  message.Bind(wxEVT_NOTIFICATION_MESSAGE_CLICK, [click = shown.note.click](wxCommandEvent&) {
    if (click) click();
  });
  // Put away by somebody, or gone by itself: it must not come back because its message changes.
  message.Bind(wxEVT_NOTIFICATION_MESSAGE_DISMISSED, [alive = is_alive_, which = &message](wxCommandEvent&) {
    wxTheApp->CallAfter([alive, which] {
      if (*alive != nullptr) (*alive)->shown_.remove_if([&](const Shown& one) { return one.message.get() == which; });
    });
  });
  Put(shown);
  if (shown_.size() > most_shown) {
    shown_.front().message->Close();
    shown_.pop_front();
  }
}

void Announcer::Put(Shown& shown) {
  shown.message->SetTitle(shown.note.title);
  shown.message->SetMessage(without_markup(shown.note.text));
  shown.message->Show();
}

void Announcer::Change(GroupId group, const MessageId& message, const wxString& text) {
  for (auto& shown : shown_) {
    if (shown.note.about.group != group || shown.note.about.message != message || shown.note.text == text) continue;
    shown.note.text = text;
    Put(shown);
  }
}

void Announcer::Withdraw(const std::function<bool(const Subject&)>& is_meant) {
  for (auto at = shown_.begin(); at != shown_.end();) {
    if (!is_meant(at->note.about)) {
      ++at;
      continue;
    }
    at->message->Close();
    at = shown_.erase(at);
  }
}

}   // namespace coterie::gui
