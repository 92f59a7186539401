// SPDX-License-Identifier: MIT
// What is told through the desktop's notifications, each only as long as it is true: one whose message was taken back, or that has been
// read in the window, is withdrawn, and one whose message was edited says what the message says now.
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
    std::optional<FileId> file = {};
  };
  struct Note {
    Subject about;
    wxString title;
    wxString text;   // plain
    std::function<void()> click;
    std::vector<std::pair<wxString, std::function<void()>>> actions = {};
  };

  explicit Announcer(wxWindow& parent);
  ~Announcer();

  void Tell(Note note);
  // The message says something else now; nothing happens when it is not told about, or was put away.
  void Change(GroupId group, const MessageId& message, const wxString& text);
  void Withdraw(const std::function<bool(const Subject&)>& is_meant);

 private:
  struct Shown;
  static void Put(Shown& shown);

  wxWindow& parent_;
  std::list<Shown> shown_;                 // the oldest first
  std::shared_ptr<Announcer*> is_alive_;   // what comes late finds nobody
};

}   // namespace coterie::gui
