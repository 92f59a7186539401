// SPDX-License-Identifier: MIT
// The lists at the sides of the conversation: conversations of all groups at the left, members of one at the right. Native lists with
// text in their cells, so that a screen reader reads them.
#pragma once

#include "gui/engine_bridge.h"
#include "gui/model/group_model.h"

#include <wx/dataview.h>
#include <wx/panel.h>

#include <functional>
#include <map>
#include <memory>
#include <vector>

namespace coterie::gui {

class ConversationList : public wxPanel {
 public:
  struct Key {
    GroupId group = 0;
    std::string peer;   // empty: the group
    friend auto operator<=>(const Key&, const Key&) = default;
  };

  ConversationList(wxWindow* parent, std::function<void(const Key&)> on_choice,
                   std::function<void(const Key&)> on_menu);

  void Fill(const std::map<GroupId, std::unique_ptr<GroupModel>>& groups, const Key& chosen);
  [[nodiscard]] const std::vector<Key>& Keys() const { return keys_; }

 private:
  std::function<void(const Key&)> on_choice_;
  wxDataViewListCtrl* list_;
  std::vector<Key> keys_;
  bool is_updating_ = false;
};

class MemberList : public wxPanel {
 public:
  MemberList(wxWindow* parent, std::function<void(const std::string&)> on_open,
             std::function<void(const std::string&)> on_menu);

  void Fill(const GroupModel* group);
  [[nodiscard]] std::string Selected() const;

 private:
  void ShowTip(wxPoint point);

  wxStaticText* title_;
  wxDataViewListCtrl* list_;
  std::vector<std::string> users_;
  std::vector<wxString> tips_;   // of each row; most have none
};

// A round face with initials, and a dot for who is here.
wxBitmap make_face(const wxWindow& window, std::string_view name, int size, bool is_group, std::optional<bool> is_here);

}   // namespace coterie::gui
