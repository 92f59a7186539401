// SPDX-License-Identifier: MIT
// What is selected, what is copied, and what a screen reader is told.
#include "gui/message_view.h"

#include "gui/copied_words.h"
#include "gui/file_text.h"
#include "gui/model/format.h"
#include "gui/model/mentions.h"
#include "gui/text.h"

namespace coterie::gui {

std::optional<TextRange> MessageView::SelectedIn(const ChatModel::Row& row) const {
  if (!selection_) return std::nullopt;
  const auto from = std::min(selection_->from, selection_->to);
  const auto to = std::max(selection_->from, selection_->to);
  if (from == to || row.message.row < from.row || row.message.row > to.row) return std::nullopt;
  return TextRange{row.message.row == from.row ? from.offset : 0,
                   row.message.row == to.row ? to.offset : row.message.text.size()};
}

void MessageView::SelectAll() {
  if (chat_ == nullptr || chat_->empty()) return;
  const auto& last = chat_->at(chat_->size() - 1).message;
  selection_ = Selection{{chat_->at(0).message.row, 0}, {last.row, last.text.size()}};
  Refresh();
}

wxString MessageView::SelectedText() const {
  if (chat_ == nullptr) return {};
  if (!HasSelection()) {
    const auto* current = Current();
    return current == nullptr ? wxString() : to_wx(current->text);
  }
  const auto from = std::min(selection_->from, selection_->to);
  const auto to = std::max(selection_->from, selection_->to);
  CopiedText all(copied_words());
  for (std::size_t i = 0; i < chat_->size(); ++i) {
    const auto& row = chat_->at(i);
    const auto range = SelectedIn(row);
    if (!range) continue;
    const auto part = std::string_view(row.message.text).substr(range->begin, range->end - range->begin);
    if (from.row == to.row) return to_wx(part);
    all.add(row.message, part);
  }
  return to_wx(all.text());
}

const event::Message* MessageView::Current() const {
  const auto index = CurrentIndex();
  return index ? &chat_->at(*index).message : nullptr;
}

std::optional<std::size_t> MessageView::CurrentIndex() const {
  if (chat_ == nullptr || !current_) return std::nullopt;
  return chat_->find_row(*current_);
}

wxRect MessageView::PlaceBox(std::size_t place) const {
  if (place >= visible_.size()) return {};
  return {0, visible_[place].y, GetClientSize().x, visible_[place].height};
}

std::optional<std::size_t> MessageView::CurrentPlace() const {
  const auto index = CurrentIndex();
  if (!index) return std::nullopt;
  for (std::size_t place = 0; place < visible_.size(); ++place)
    if (visible_[place].index == *index) return place;
  return std::nullopt;
}

wxString MessageView::PlaceDescription(std::size_t place) const {
  if (chat_ == nullptr || place >= visible_.size() || visible_[place].index >= chat_->size()) return {};
  const auto& message = chat_->at(visible_[place].index).message;
  auto text = message.deleted ? _("This message was deleted.") : to_wx(message.text);
  auto state = ChatModel::state_of(message);
  if (message.file && !message.deleted) {
    text = wxString::Format(_("file %s"), text);
    if (const auto file = group_->transfers().summary(*message.file)) {
      text += ", " + describe_file(*file);
      state = state_of_file(*file, state);
    }
  }
  if (is_meant(message, group_->connection().user_id)) text = _("for you") + ": " + text;
  auto whole = wxString::Format("%s, %s: %s", to_wx(message.from),
                                sent_name(message.sent_ms, message.arrived_ms, now_ms()), text);
  for (const auto& reaction : message.reactions) whole += ", " + to_wx(reaction.emoji);
  if (state) whole += ", " + state_name(*state);
  return whole;
}

}   // namespace coterie::gui
