// SPDX-License-Identifier: MIT
#include "gui/lists.h"

#include "gui/message_accessible.h"
#include "gui/model/format.h"
#include "gui/text.h"
#include "gui/theme.h"

#include <wx/graphics.h>
#include <wx/image.h>
#include <wx/sizer.h>
#include <wx/stattext.h>

#ifdef __WXGTK__
#include <gtk/gtk.h>
#endif

namespace coterie::gui {
namespace {

constexpr int face_size = 30;
constexpr int pill_height = 18;
constexpr int pill_room = 44;   // of its column

// The words of other people between our own tags: shown letter by letter, whatever they contain.
wxString escaped(const wxString& text) {
  wxString safe = text;
  safe.Replace("&", "&amp;");
  safe.Replace("<", "&lt;");
  safe.Replace(">", "&gt;");
  safe.Replace("\"", "&quot;");
  safe.Replace("'", "&apos;");
  return safe;
}

// One line, not longer than a list can show.
wxString one_line(std::string_view text) {
  auto line = to_wx(text.substr(0, 400));
  line.Replace("\n", " ");
  line.Replace("\t", " ");
  return line.length() > 80 ? line.Left(79) + wxString::FromUTF8("…") : line;
}

wxDataViewListCtrl* make_list(wxWindow* parent, const wxString& name) {
  auto* list = new wxDataViewListCtrl(parent, wxID_ANY, wxDefaultPosition, wxDefaultSize,
                                      wxDV_SINGLE | wxDV_NO_HEADER | wxBORDER_NONE);
  name_for_screen_readers(*list, name);
  list->AppendBitmapColumn(wxString(), 0, wxDATAVIEW_CELL_INERT, parent->FromDIP(face_size + 12), wxALIGN_CENTRE);
  auto* text = new wxDataViewTextRenderer("string", wxDATAVIEW_CELL_INERT);
  text->EnableMarkup();
  text->EnableEllipsize(wxELLIPSIZE_END);
  // The last column takes what is left; more than a narrow pane has would have it scrolled sideways.
  list->AppendColumn(new wxDataViewColumn(name, text, 1, parent->FromDIP(60), wxALIGN_NOT));
  list->SetRowHeight(parent->FromDIP(46));
  return list;
}

// At the end of the row, whatever the width of the pane.
void add_pill_column(wxDataViewListCtrl& list) {
  auto* text = list.GetColumn(1);
  const int room = list.FromDIP(pill_room);
  auto* pill = list.AppendBitmapColumn(wxString(), 2, wxDATAVIEW_CELL_INERT, room, wxALIGN_CENTRE, 0);
#ifdef __WXGTK__
  // The last column would be given what is left.
  gtk_tree_view_column_set_expand(GTK_TREE_VIEW_COLUMN(text->GetGtkHandle()), TRUE);
  gtk_tree_view_column_set_expand(GTK_TREE_VIEW_COLUMN(pill->GetGtkHandle()), FALSE);
#else
  list.Bind(wxEVT_SIZE, [&list, text, pill, room](wxSizeEvent& event) {
    text->SetWidth(std::max(room, list.GetClientSize().x - list.GetColumn(0)->GetWidth() - pill->GetWidth()));
    event.Skip();
  });
#endif
}

// How many are unread, on a ground of its own so that it is read on the row that is chosen as well as on the others; nothing for none.
wxBitmap make_pill(const wxWindow& window, std::size_t unread) {
  constexpr std::size_t most = 999;
  const auto theme = Theme::current();
  static auto& drawn = *new std::map<std::pair<std::size_t, bool>, wxBitmap>;   // never destroyed, as the faces
  auto& kept = drawn[{std::min(unread, most + 1), theme.is_dark}];
  if (kept.IsOk()) return kept;
  const double content = window.GetContentScaleFactor();
  const double scale = window.GetDPIScaleFactor() * content;
  const auto height = static_cast<int>(pill_height * scale);
  const auto letters =
      unread > most ? figures(wxString::Format("%zu", most)) + "+" : figures(wxString::Format("%zu", unread));
  auto font = scaled_font(window, 0.85, true);
  font.SetFractionalPointSize(font.GetFractionalPointSize() * scale);
  wxDouble text_width = 0;
  wxDouble text_height = 0;
  {
    wxImage nothing(1, 1);
    const std::unique_ptr<wxGraphicsContext> measure(wxGraphicsContext::Create(nothing));
    measure->SetFont(font, *wxWHITE);
    measure->GetTextExtent(letters, &text_width, &text_height);
  }
  const auto width = std::max(height, static_cast<int>(text_width + 12 * scale));
  wxImage image(width, height);
  image.InitAlpha();
  std::fill_n(image.GetAlpha(), static_cast<std::size_t>(width) * static_cast<std::size_t>(height),
              static_cast<unsigned char>(0));
  if (unread > 0) {
    const std::unique_ptr<wxGraphicsContext> to(wxGraphicsContext::Create(image));
    to->SetPen(*wxTRANSPARENT_PEN);
    to->SetBrush(theme.accent);
    to->DrawRoundedRectangle(0, 0, width, height, height / 2.0);
    to->SetFont(font, theme.is_dark ? wxColour(0x10, 0x20, 0x1e) : *wxWHITE);
    to->DrawText(letters, (width - text_width) / 2, (height - text_height) / 2);
  }
  kept = wxBitmap(image, wxBITMAP_SCREEN_DEPTH, content);
  return kept;
}

// Replaces what is in the list, touching only what is different so that nothing flickers and the place is kept.
void fill(wxDataViewListCtrl* list, const std::vector<wxVector<wxVariant>>& rows) {
  auto* store = list->GetStore();
  while (store->GetItemCount() > rows.size()) store->DeleteItem(store->GetItemCount() - 1);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const auto row = static_cast<unsigned>(i);
    if (row >= store->GetItemCount()) {
      list->AppendItem(rows[i]);
      continue;
    }
    bool is_other = false;
    for (unsigned column = 0; column < rows[i].size(); ++column) {
      wxVariant old;
      store->GetValueByRow(old, row, column);
      if (old == rows[i][column]) continue;
      store->SetValueByRow(rows[i][column], row, column);
      is_other = true;
    }
    // The row and not its values: that a value is another is painted, but not told to screen readers.
    if (is_other) store->RowChanged(row);
  }
}

}   // namespace

wxBitmap make_face(const wxWindow& window, std::string_view name, int size, bool is_group,
                   std::optional<bool> is_here) {
  const auto theme = Theme::current();
  // Drawn once for each look: lists are filled again with every message.
  using Look = std::tuple<std::string, int, bool, int, bool>;
  // Never destroyed: bitmaps must not outlive the screen, and this would.
  static auto& drawn = *new std::map<Look, wxBitmap>;
  if (drawn.size() > 2000) drawn.clear();
  auto& kept = drawn[Look(name, size, is_group, is_here ? *is_here + 1 : 0, theme.is_dark)];
  if (kept.IsOk()) return kept;
  const double scale = window.GetDPIScaleFactor() * window.GetContentScaleFactor();
  const int pixels = static_cast<int>(size * scale);
  wxImage image(pixels, pixels);
  image.InitAlpha();
  std::fill_n(image.GetAlpha(), static_cast<std::size_t>(pixels) * static_cast<std::size_t>(pixels),
              static_cast<unsigned char>(0));
  {
    const std::unique_ptr<wxGraphicsContext> to(wxGraphicsContext::Create(image));
    to->SetPen(*wxTRANSPARENT_PEN);
    auto ground = theme.people.at(colour_index(name, theme.people.size()));
    if (is_here && !*is_here) ground = ground.ChangeLightness(theme.is_dark ? 70 : 150);
    to->SetBrush(ground);
    if (is_group)
      to->DrawRoundedRectangle(0, 0, pixels, pixels, pixels * 0.28);
    else
      to->DrawEllipse(0, 0, pixels, pixels);
    auto font = scaled_font(window, 0.95, true);
    font.SetFractionalPointSize(font.GetFractionalPointSize() * scale);
    to->SetFont(font, *wxWHITE);
    const auto letters = to_wx(initials(name));
    wxDouble width = 0;
    wxDouble height = 0;
    to->GetTextExtent(letters, &width, &height);
    to->DrawText(letters, (pixels - width) / 2, (pixels - height) / 2);
    if (is_here && *is_here) {
      const double dot = pixels * 0.36;
      to->SetBrush(theme.ground);
      to->DrawEllipse(pixels - dot, pixels - dot, dot, dot);
      to->SetBrush(theme.good);
      to->DrawEllipse(pixels - dot * 0.86, pixels - dot * 0.86, dot * 0.72, dot * 0.72);
    }
  }
  kept = wxBitmap(image, wxBITMAP_SCREEN_DEPTH, window.GetContentScaleFactor());
  return kept;
}

// ── conversations ──────────────────────────────────────────────────────────────────────────────────────────────────

ConversationList::ConversationList(wxWindow* parent, std::function<void(const Key&)> on_choice,
                                   std::function<void(const Key&)> on_menu)
    : wxPanel(parent), on_choice_(std::move(on_choice)) {
  auto* column = new wxBoxSizer(wxVERTICAL);
  auto* title = new wxStaticText(this, wxID_ANY, _("&Conversations"));
  title->SetFont(scaled_font(*this, 1.0, true));
  column->Add(title, wxSizerFlags().Border(wxALL, FromDIP(8)));
  list_ = make_list(this, _("Conversations"));
  add_pill_column(*list_);
  column->Add(list_, wxSizerFlags(1).Expand());
  SetSizer(column);
  list_->Bind(wxEVT_DATAVIEW_SELECTION_CHANGED, [this](wxDataViewEvent&) {
    const int row = list_->GetSelectedRow();
    if (is_updating_ || row < 0 || static_cast<std::size_t>(row) >= keys_.size()) return;
    on_choice_(keys_[static_cast<std::size_t>(row)]);
  });
  list_->Bind(wxEVT_DATAVIEW_ITEM_CONTEXT_MENU, [this, on_menu = std::move(on_menu)](wxDataViewEvent&) {
    const int row = list_->GetSelectedRow();
    if (row >= 0 && static_cast<std::size_t>(row) < keys_.size()) on_menu(keys_[static_cast<std::size_t>(row)]);
  });
}

void ConversationList::Fill(const std::map<GroupId, std::unique_ptr<GroupModel>>& groups, const Key& chosen) {
  std::vector<wxVector<wxVariant>> rows;
  std::vector<Key> keys;
  for (const auto& [id, group] : groups) {
    for (const auto& entry : group->conversations().entries()) {
      const bool is_group = entry.peer.empty();
      const auto& name = is_group ? group->connection().title() : entry.peer;
      std::optional<bool> here;
      if (!is_group) {
        const auto* member = group->members().find(entry.peer);
        here = member != nullptr && MembersModel::is_here(*member);
      }
      auto label = entry.unread > 0 ? "<b>" + escaped(one_line(name)) + "</b>" : escaped(one_line(name));
      // What the pill shows, for those who hear the row: of no size to the eye.
      if (entry.unread > 0)
        label += "<span size=\"1\" alpha=\"1%\">, " +
                 escaped(figures(wxString::Format(
                     wxPLURAL("%zu unread message", "%zu unread messages", plural(entry.unread)), entry.unread))) +
                 "</span>";
      wxString last;
      if (!entry.last_from.empty()) {
        const auto said = entry.last_is_deleted ? _("This message was deleted.") : one_line(entry.last_text);
        last = is_group && !entry.last_is_own ? to_wx(entry.last_from) + ": " + said : said;
      } else if (is_group)
        last = to_wx(group->connection().user_id) + "@" + to_wx(group->connection().relay);
      // The badge stands first, where nothing cuts it off, in the colour of the row, which is read on every ground.
      const auto badge = group->connection().classic ? "<b>" + escaped(classic_badge_wx()) + "</b>  " : wxString();
      label += "\n<small>" + badge + "<span alpha=\"85%\">" + escaped(last) + "</span></small>";
      wxVector<wxVariant> row;
      row.push_back(wxVariant(make_face(*this, name, face_size, is_group, here)));
      row.push_back(wxVariant(label));
      row.push_back(wxVariant(make_pill(*this, entry.unread)));
      rows.push_back(row);
      keys.push_back({id, entry.peer});
    }
  }
  is_updating_ = true;
  keys_ = std::move(keys);
  fill(list_, rows);
  for (std::size_t i = 0; i < keys_.size(); ++i)
    if (keys_[i] == chosen && list_->GetSelectedRow() != static_cast<int>(i))
      list_->SelectRow(static_cast<unsigned>(i));
  is_updating_ = false;
}

// ── members ────────────────────────────────────────────────────────────────────────────────────────────────────────

MemberList::MemberList(wxWindow* parent, std::function<void(const std::string&)> on_open,
                       std::function<void(const std::string&)> on_menu)
    : wxPanel(parent) {
  auto* column = new wxBoxSizer(wxVERTICAL);
  title_ = new wxStaticText(this, wxID_ANY, _("Mem&bers"));
  title_->SetFont(scaled_font(*this, 1.0, true));
  column->Add(title_, wxSizerFlags().Border(wxALL, FromDIP(8)));
  list_ = make_list(this, _("Members"));
  column->Add(list_, wxSizerFlags(1).Expand());
  SetSizer(column);
  list_->Bind(wxEVT_DATAVIEW_ITEM_ACTIVATED, [this, on_open = std::move(on_open)](wxDataViewEvent&) {
    if (const auto user = Selected(); !user.empty()) on_open(user);
  });
  list_->Bind(wxEVT_DATAVIEW_ITEM_CONTEXT_MENU, [this, on_menu = std::move(on_menu)](wxDataViewEvent&) {
    if (const auto user = Selected(); !user.empty()) on_menu(user);
  });
  list_->GetMainWindow()->Bind(wxEVT_MOTION, [this](wxMouseEvent& event) {
    ShowTip(event.GetPosition());
    event.Skip();
  });
}

// What the words in a row have no room for.
void MemberList::ShowTip(wxPoint point) {
  wxDataViewItem item;
  wxDataViewColumn* column = nullptr;
  list_->HitTest(point, item, column);
  const int row = item.IsOk() ? list_->ItemToRow(item) : wxNOT_FOUND;
  const auto tip = row >= 0 && static_cast<std::size_t>(row) < tips_.size() ? tips_[static_cast<std::size_t>(row)] : "";
  if (list_->GetToolTipText() == tip) return;
  if (tip.empty())
    list_->UnsetToolTip();
  else
    list_->SetToolTip(tip);
}

std::string MemberList::Selected() const {
  const int row = list_->GetSelectedRow();
  return row >= 0 && static_cast<std::size_t>(row) < users_.size() ? users_[static_cast<std::size_t>(row)]
                                                                   : std::string();
}

void MemberList::Fill(const GroupModel* group) {
  std::vector<wxVector<wxVariant>> rows;
  std::vector<std::string> users;
  std::vector<wxString> tips;
  if (group != nullptr) {
    const auto theme = Theme::current();
    for (const auto& member : group->members().members()) {
      const bool here = MembersModel::is_here(member);
      auto label = escaped(one_line(member.user_id));
      // On grounds of their own, the marks are read on the row that is chosen as well.
      const auto mark = [&](const wxColour& ground, const wxString& words) {
        return wxString::Format("<span background=\"%s\" foreground=\"%s\"> %s </span>",
                                ground.GetAsString(wxC2S_HTML_SYNTAX), theme.is_dark ? "#10201e" : "#ffffff", words);
      };
      if (member.verified)
        label += " <small><b>" + mark(theme.good, wxString::FromUTF8("✓ ") + escaped(_("verified"))) + "</b></small>";
      if (member.may_be_mistaken()) label += " <b>" + mark(theme.warning, wxString::FromUTF8("⚠")) + "</b>";
      wxString detail;
      bool is_held = false;
      if (member.state == event::MemberState::held) {
        detail = _("another key: held");
        is_held = true;
      } else if (member.state == event::MemberState::left) {
        detail = _("has left");
      } else if (here) {
        detail = member.state == event::MemberState::pairing ? _("being greeted") : _("here");
      } else if (member.last_seen_ms > 0) {
        detail = wxString::Format(_("last seen %s"), moment_name(member.last_seen_ms, now_ms()));
      } else {
        detail = _("away");
      }
      // Before the rest: in a narrow pane it is what must be seen.
      if (member.may_be_mistaken())
        detail = (member.looks_like.empty() ? _("letters of several alphabets")
                                            : wxString::Format(_("looks like %s"), isolated(member.looks_like))) +
                 wxString::FromUTF8(" · ") + detail;
      label += "\n<small>" +
               (is_held ? mark(theme.bad, escaped(detail)) : "<span alpha=\"85%\">" + escaped(detail) + "</span>") +
               "</small>";
      wxVector<wxVariant> row;
      row.push_back(wxVariant(make_face(*this, member.user_id, face_size, false, here)));
      row.push_back(wxVariant(label));
      rows.push_back(row);
      users.push_back(member.user_id);
      tips.push_back(member.may_be_mistaken() ? look_alike_text(member.user_id, member.looks_like) : wxString());
    }
    title_->SetLabel(figures(wxString::Format(_("Other mem&bers (%zu here)"), group->members().online())) +
                     (group->connection().classic ? "\n" + classic_badge_wx() : wxString()));
    Layout();   // the badge is a line of its own
  }
  // Keep the person, not the row, selected.
  const auto selected = Selected();
  users_ = std::move(users);
  tips_ = std::move(tips);
  fill(list_, rows);
  for (std::size_t i = 0; i < users_.size(); ++i)
    if (users_[i] == selected && !selected.empty() && list_->GetSelectedRow() != static_cast<int>(i))
      list_->SelectRow(static_cast<unsigned>(i));
}

}   // namespace coterie::gui
