// SPDX-License-Identifier: MIT
#include "gui/announcer.h"

#include <wx/app.h>
#include <wx/notifmsg.h>

#include <algorithm>

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
  std::uint64_t number = 0;   // an address can be that of another one by the time it is asked for
};

Announcer::Announcer(wxWindow& parent) : parent_(parent), is_alive_(std::make_shared<Announcer*>(this)) {}

// Without the window nobody would answer a click, nor take back what is not true any more.
Announcer::~Announcer() {
  *is_alive_ = nullptr;
  Withdraw([](const Subject&) { return true; });
}

void Announcer::Tell(Note note) {
  const auto known =
      std::find_if(shown_.begin(), shown_.end(), [&](const Shown& one) { return one.note.about == note.about; });
  if (known != shown_.end()) {
    const bool has_same_buttons =
        std::equal(known->note.actions.begin(), known->note.actions.end(), note.actions.begin(), note.actions.end(),
                   [](const auto& one, const auto& other) { return one.first == other.first; });
    if (has_same_buttons) {
      known->note = std::move(note);
      return Put(*known);
    }
    // Buttons cannot be taken off again.
    known->message->Close();
    shown_.erase(known);
  }
  auto& shown = shown_.emplace_back(Shown{std::move(note), std::make_unique<wxNotificationMessage>(), next_++});
  auto& message = *shown.message;
  message.SetParent(&parent_);
  // Before the buttons: with the first of them the desktop is asked for a notification, which must not be without a title.
  Write(shown);
  for (std::size_t i = 0; i < shown.note.actions.size(); ++i)
    message.AddAction(static_cast<wxWindowID>(i + 1), shown.note.actions[i].first);
  // What is run may withdraw the notification it stands in, so it is copied first.
  message.Bind(wxEVT_NOTIFICATION_MESSAGE_ACTION, [&shown](wxCommandEvent& event) {
    const auto chosen = static_cast<std::size_t>(event.GetId() - 1);
    if (chosen >= shown.note.actions.size()) return;
    const auto run = shown.note.actions[chosen].second;
    run();
  });
  message.Bind(wxEVT_NOTIFICATION_MESSAGE_CLICK, [&shown](wxCommandEvent&) {
    const auto click = shown.note.click;
    if (click) click();
  });
  // Put away by somebody, or gone by itself: it must not come back because its message changes.
  message.Bind(wxEVT_NOTIFICATION_MESSAGE_DISMISSED, [alive = is_alive_, which = shown.number](wxCommandEvent&) {
    wxTheApp->CallAfter([alive, which] {
      if (*alive != nullptr) (*alive)->shown_.remove_if([&](const Shown& one) { return one.number == which; });
    });
  });
  Put(shown);
  if (shown_.size() > most_shown) {
    shown_.front().message->Close();
    shown_.pop_front();
  }
}

std::size_t Announcer::CountOf(const Subject& about) const {
  const auto known =
      std::find_if(shown_.begin(), shown_.end(), [&](const Shown& one) { return one.note.about == about; });
  return known == shown_.end() ? 0 : known->note.count;
}

void Announcer::Write(Shown& shown) {
  // The desktop takes none without a title.
  shown.message->SetTitle(shown.note.title.empty() ? wxString("Coterie") : shown.note.title);
  shown.message->SetMessage(without_markup(shown.note.text));
}

void Announcer::Put(Shown& shown) {
  Write(shown);
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
