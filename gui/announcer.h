// SPDX-License-Identifier: MIT
// What is told through the desktop's notifications, each only as long as it is true: one whose message was taken back, or that has been
// read in the window, is withdrawn, and one whose message was edited says what the message says now. Of many files one notification
// speaks for all.
#pragma once

#include "gui/model/group_id.h"
#include "netcore/base/ids.h"

#include <wx/string.h>

#include <functional>
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

class wxNotificationMessage;
class wxWindow;

namespace coterie::gui {

class Announcer {
 public:
  // What a notification is about.
  struct Subject {
    GroupId group = 0;
    std::optional<std::string> peer = {};   // of a message: its conversation, as in ChatModel
    std::optional<MessageId> message = {};
    std::optional<std::string> offers = {};   // files that this one holds out
    std::optional<std::string> saved = {};    // files that have come from this one
    friend bool operator==(const Subject&, const Subject&) = default;
  };
  struct Note {
    Subject about;
    wxString title;
    wxString text;   // plain
    std::function<void()> click;
    std::vector<std::pair<wxString, std::function<void()>>> actions = {};
    std::size_t count = 1;   // of what it speaks for
  };

  explicit Announcer(wxWindow& parent);
  ~Announcer();

  // One about the same takes the place of what was told before.
  void Tell(Note note);
  // For how many the notification about that speaks; 0: there is none, or it was put away.
  [[nodiscard]] std::size_t CountOf(const Subject& about) const;
  // The message says something else now; nothing happens when it is not told about, or was put away.
  void Change(GroupId group, const MessageId& message, const wxString& text);
  void Withdraw(const std::function<bool(const Subject&)>& is_meant);

 private:
  struct Shown;
  static void Write(Shown& shown);   // the words of it
  static void Put(Shown& shown);

  wxWindow& parent_;
  std::list<Shown> shown_;   // the oldest first
  std::uint64_t next_ = 1;
  std::shared_ptr<Announcer*> is_alive_;   // what comes late finds nobody
};

}   // namespace coterie::gui
