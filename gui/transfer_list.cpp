// SPDX-License-Identifier: MIT
#include "gui/transfer_list.h"

#include "gui/file_text.h"
#include "gui/menu_letters.h"
#include "gui/message_accessible.h"
#include "gui/model/format.h"
#include "gui/model/shown.h"
#include "gui/progress_cell.h"
#include "gui/text.h"
#include "gui/theme.h"

#include <wx/menu.h>
#include <wx/sizer.h>
#include <wx/stattext.h>
#include <wx/utils.h>

#ifdef __WXGTK__
#include <gtk/gtk.h>
#endif

namespace coterie::gui {
namespace {

const std::vector<std::pair<CardAction, const char*>>& labels() {
  static const std::vector<std::pair<CardAction, const char*>> all{
      {CardAction::accept, wxTRANSLATE("Accept")},
      {CardAction::decline, wxTRANSLATE("Decline")},
      {CardAction::pause, wxTRANSLATE("Pause")},
      {CardAction::resume, wxTRANSLATE("Resume")},
      {CardAction::cancel, wxTRANSLATE("Cancel")},
      {CardAction::open, wxTRANSLATE("Open")},
      {CardAction::show_in_folder, wxTRANSLATE("Show in Folder")},
  };
  return all;
}

enum Column : unsigned {
  column_file,
  column_peer,
  column_bar,
  column_percent,
  column_size,
  column_speed,
  column_left,
  column_status,
  column_path,
  columns
};

// GTK lays a scroll bar out while it finds out whether rows need one, and complains where that has not the room it takes at least.
int least_for_scroll_bar([[maybe_unused]] const wxDataViewListCtrl& list) {
#ifdef __WXGTK__
  int least = 0;
  auto* bar = gtk_scrolled_window_get_vscrollbar(GTK_SCROLLED_WINDOW(list.GetHandle()));
  gtk_widget_get_preferred_height(bar, &least, nullptr);
  return least;
#else
  return 0;
#endif
}

}   // namespace

TransferList::TransferList(wxWindow* parent, std::function<void(const Key&, CardAction)> on_action,
                           std::function<void()> on_clear)
    : wxPanel(parent), on_action_(std::move(on_action)) {
  auto* column = new wxBoxSizer(wxVERTICAL);
  auto* head = new wxBoxSizer(wxHORIZONTAL);
  auto* title = new wxStaticText(this, wxID_ANY, _("T&ransfers"));
  title->SetFont(scaled_font(*this, 1.0, true));
  head->Add(title, wxSizerFlags(1).CentreVertical().Border(wxLEFT, FromDIP(8)));
  for (const auto& [action, label] : labels()) {
    auto* button =
        new wxButton(this, wxID_ANY, wxGetTranslation(label), wxDefaultPosition, wxDefaultSize, wxBU_EXACTFIT);
    button->Bind(wxEVT_BUTTON, [this, action = action](wxCommandEvent&) {
      for (const auto& key : Selected()) on_action_(key, action);
    });
    // The least a button may take leaves its letters no air.
    button->SetMinSize(button->GetBestSize() + wxSize(FromDIP(18), 0));
    buttons_[action] = button;
    head->Add(button, wxSizerFlags().CentreVertical().Border(wxLEFT | wxTOP | wxBOTTOM, FromDIP(3)));
  }
  clear_ = new wxButton(this, wxID_ANY, _("Clear Finished"), wxDefaultPosition, wxDefaultSize, wxBU_EXACTFIT);
  clear_->SetMinSize(clear_->GetBestSize() + wxSize(FromDIP(18), 0));
  clear_->Bind(wxEVT_BUTTON, [on_clear = std::move(on_clear)](wxCommandEvent&) { on_clear(); });
  head->Add(clear_, wxSizerFlags().CentreVertical().Border(wxALL, FromDIP(3)));
  // As high without any of them.
  head->Add(0, clear_->GetBestSize().y + 2 * FromDIP(3));
  column->Add(head, wxSizerFlags().Expand());
  head_ = head;

  list_ = new wxDataViewListCtrl(this, wxID_ANY, wxDefaultPosition, wxDefaultSize, wxDV_MULTIPLE | wxBORDER_NONE);
  name_for_screen_readers(*list_, _("Transfers"));
  const auto text = [&](const wxString& label, int width, wxAlignment align = wxALIGN_NOT,
                        wxEllipsizeMode cut = wxELLIPSIZE_MIDDLE) {
    auto* shown =
        list_->AppendTextColumn(label, wxDATAVIEW_CELL_INERT, FromDIP(width), align, wxDATAVIEW_COL_RESIZABLE);
    shown->GetRenderer()->EnableEllipsize(cut);
  };
  text(_("File"), 150);
  text(_("From / To"), 80);
  // The list that owns its columns also wants to know what their values are.
  list_->AppendColumn(new wxDataViewColumn(_("Progress"), new ProgressCell, column_bar, FromDIP(80), wxALIGN_LEFT,
                                           wxDATAVIEW_COL_RESIZABLE),
                      "long");
  text("%", 46, wxALIGN_RIGHT);
  text(_("Size"), 72, wxALIGN_RIGHT);
  text(_("Speed"), 82, wxALIGN_RIGHT);
  text(_("Time left"), 80, wxALIGN_RIGHT);
  text(_("Status"), 175, wxALIGN_NOT, wxELLIPSIZE_END);
  // The last one takes the room that the others leave; of a path its end says most.
  text(_("Path"), 70, wxALIGN_NOT, wxELLIPSIZE_START);
  column->Add(list_, wxSizerFlags(1).Expand());
  SetSizer(column);
  list_->Bind(wxEVT_DATAVIEW_SELECTION_CHANGED, [this](wxDataViewEvent&) { UpdateButtons(); });
  list_->Bind(wxEVT_DATAVIEW_ITEM_CONTEXT_MENU, [this](wxDataViewEvent&) { OnMenu(); });
  list_->Bind(wxEVT_DATAVIEW_ITEM_ACTIVATED, [this](wxDataViewEvent&) {
    for (const auto& key : Selected()) on_action_(key, CardAction::open);
  });
  // What is cut in its column is told whole.
  list_->GetMainWindow()->Bind(wxEVT_MOTION, [this](wxMouseEvent& event) {
    TellPath();
    event.Skip();
  });
  list_->Hide();
  row_height_ = columns_height_ = FromDIP(25);
  UpdateButtons();
}

int TransferList::HeadingHeight() const { return head_->CalcMin().y + FromDIP(4); }

void TransferList::Measure() {
  if (!list_->IsShown() || keys_.size() < 2) return;
  const auto first = list_->GetItemRect(list_->RowToItem(0));
  if (first.height <= 0) return;
  const int pitch = list_->GetItemRect(list_->RowToItem(1)).y - first.y;
  // A row that has just come has no place yet.
  if (pitch < first.height) return;
  row_height_ = pitch;
  // While it is scrolled the first row lies above its place.
  if (const int heading = first.y - (pitch - first.height) / 2; heading > 0) columns_height_ = heading;
}

int TransferList::WholeRows(int height) {
  Measure();
  const int above = head_->CalcMin().y + columns_height_;
  return above + std::max(fewest_rows, (height - above + row_height_ / 2) / row_height_) * row_height_;
}

int TransferList::AllRows() {
  Measure();
  const int rows = static_cast<int>(keys_.size()) * row_height_;
  return head_->CalcMin().y + columns_height_ + std::max(rows, least_for_scroll_bar(*list_));
}

void TransferList::TellPath() {
  wxDataViewItem item;
  wxDataViewColumn* column = nullptr;
  // Not the event's own place: that is counted without the heading here, and with it elsewhere.
  list_->HitTest(list_->ScreenToClient(wxGetMousePosition()), item, column);
  const int row = item.IsOk() ? list_->ItemToRow(item) : -1;
  wxString words;
  if (row >= 0 && column != nullptr) {
    const auto at = column->GetModelColumn();
    if (at == column_file || at == column_peer || at == column_status || at == column_path)
      words = list_->GetTextValue(static_cast<unsigned>(row), at);
  }
  if (list_->GetMainWindow()->GetToolTipText() != words) list_->GetMainWindow()->SetToolTip(words);
}

bool TransferList::Allows(const Transfer& transfer, CardAction action) {
  switch (action) {
    case CardAction::accept:
    case CardAction::decline: return transfer.can_answer();
    case CardAction::pause: return transfer.can_pause();
    case CardAction::resume: return transfer.can_resume();
    case CardAction::cancel: return transfer.can_cancel();
    case CardAction::open:
    case CardAction::show_in_folder: return transfer.can_show();
  }
  return false;
}

void TransferList::Fill(const std::map<GroupId, std::unique_ptr<GroupModel>>& groups, Rate::Clock::time_point now) {
  std::vector<std::pair<GroupId, const Transfer*>> listed;
  for (const auto& [id, group] : groups)
    for (const auto& transfer : group->transfers().transfers()) listed.emplace_back(id, &transfer);
  std::stable_sort(listed.begin(), listed.end(),
                   [](const auto& a, const auto& b) { return is_listed_before(*a.second, *b.second); });
  const auto selected = Selected();
  const auto before = std::exchange(keys_, {});
  transfers_.clear();
  for (const auto& [id, transfer] : listed) {
    keys_.push_back({id, transfer->now.id});
    transfers_.push_back(transfer);
  }
  auto* store = list_->GetStore();
  int widest = 0;
  while (store->GetItemCount() > keys_.size()) store->DeleteItem(store->GetItemCount() - 1);
  for (std::size_t i = 0; i < transfers_.size(); ++i) {
    const auto& transfer = *transfers_[i];
    const auto& file = transfer.now;
    const bool moves = file.phase == event::TransferPhase::running;
    // Of what has come to its end, how fast it was.
    const auto rate = moves ? transfer.rate.at(now) : transfer.average;
    const auto left = moves ? transfer.rate.left(now, file.size - std::min(file.size, file.done)) : std::nullopt;
    // Only isolated, the arrow stays on its side of a name from the right. It points to the name, or away from it.
    const bool points_right = file.outgoing == (GetLayoutDirection() != wxLayout_RightToLeft);
    const auto peer = wxString::FromUTF8(points_right ? "→ " : "← ") + isolated(file.peer) +
                      (transfer.is_classic ? " [" + classic_badge_wx() + "]" : wxString());
    // The badge is read whole.
    if (transfer.is_classic) widest = std::max(widest, list_->GetTextExtent(peer).x + FromDIP(16));
    const auto status =
        file.error && (file.phase == event::TransferPhase::failed || file.phase == event::TransferPhase::waiting)
            ? phase_name(file.phase, file.outgoing, transfer.is_classic) + ": " + explain_wx(*file.error)
            : phase_name(file.phase, file.outgoing, transfer.is_classic);
    wxVector<wxVariant> cells;
    cells.push_back(wxVariant(to_wx(file.name)));
    cells.push_back(wxVariant(peer));
    cells.push_back(wxVariant(static_cast<long>(transfer.percent())));
    cells.push_back(wxVariant(percent_text(transfer.percent())));
    cells.push_back(wxVariant(size_text(file.size)));
    cells.push_back(wxVariant(rate ? rate_text(*rate) : wxString()));
    cells.push_back(wxVariant(left ? duration_text(*left) : wxString()));
    cells.push_back(wxVariant(status));
    cells.push_back(wxVariant(to_wx(shown_name(to_utf8(path_to_wx(file.path))))));
    const auto row = static_cast<unsigned>(i);
    if (row >= store->GetItemCount()) {
      list_->AppendItem(cells);
      continue;
    }
    bool is_other = false;
    for (unsigned at = 0; at < columns; ++at) {
      wxVariant old;
      store->GetValueByRow(old, row, at);
      if (old == cells[at]) continue;
      store->SetValueByRow(cells[at], row, at);
      is_other = true;
    }
    // The row and not its values: that a value is another is painted, but not told to screen readers.
    if (is_other) store->RowChanged(row);
  }
  if (keys_ != before && !selected.empty()) Select(selected);
  if (auto* column = list_->GetColumn(column_peer); widest > column->GetWidth())
    column->SetWidth(std::min(widest, FromDIP(320)));
  if (list_->IsShown() == keys_.empty()) {
    list_->Show(!keys_.empty());
    Layout();
  }
  UpdateButtons();
}

std::vector<TransferList::Key> TransferList::Selected() const {
  std::vector<Key> selected;
  wxDataViewItemArray items;
  list_->GetSelections(items);
  for (const auto& item : items) {
    const int row = list_->ItemToRow(item);
    if (row >= 0 && static_cast<std::size_t>(row) < keys_.size())
      selected.push_back(keys_[static_cast<std::size_t>(row)]);
  }
  return selected;
}

bool TransferList::Offers(CardAction action) const {
  if (list_->GetSelectedItemsCount() > 0) return buttons_.at(action)->IsShown();
  return std::any_of(transfers_.begin(), transfers_.end(),
                     [action](const Transfer* transfer) { return Allows(*transfer, action); });
}

// Rows have other files in them than before; what was chosen is a file, not a place.
void TransferList::Select(const std::vector<Key>& files) {
  wxDataViewItemArray items;
  for (std::size_t i = 0; i < keys_.size(); ++i)
    if (std::find(files.begin(), files.end(), keys_[i]) != files.end())
      items.push_back(list_->RowToItem(static_cast<int>(i)));
  list_->SetSelections(items);
}

void TransferList::UpdateButtons() {
  bool moved = false;
  for (const auto& [action, button] : buttons_) {
    bool allowed = false;
    for (const auto& key : Selected())
      for (std::size_t i = 0; i < keys_.size(); ++i)
        if (keys_[i] == key && Allows(*transfers_[i], action)) allowed = true;
    if (button->IsShown() == allowed) continue;
    button->Show(allowed);
    moved = true;
  }
  const bool is_any_over =
      std::any_of(transfers_.begin(), transfers_.end(), [](const Transfer* transfer) { return transfer->is_over(); });
  if (clear_->IsShown() != is_any_over) {
    clear_->Show(is_any_over);
    moved = true;
  }
  if (moved) Layout();
}

void TransferList::OnMenu() {
  wxMenu menu;
  for (const auto& [action, label] : labels()) {
    const auto* button = buttons_.at(action);
    auto* item = menu.Append(wxID_ANY, wxGetTranslation(label));
    item->Enable(button->IsShown());
    menu.Bind(
        wxEVT_MENU,
        [this, action = action](wxCommandEvent&) {
          for (const auto& key : Selected()) on_action_(key, action);
        },
        item->GetId());
  }
  give_letters(menu);
  PopupMenu(&menu);
}

}   // namespace coterie::gui
