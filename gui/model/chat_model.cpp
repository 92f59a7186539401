// SPDX-License-Identifier: MIT
#include "gui/model/chat_model.h"

#include "gui/model/format.h"
#include "gui/model/shown.h"

#include <algorithm>

namespace coterie::gui {
namespace {

// How far a message has come; "failed" counts as not having come anywhere.
int rank(event::DeliveryState state) {
  switch (state) {
    case event::DeliveryState::failed: return 0;
    case event::DeliveryState::waiting: return 1;
    case event::DeliveryState::at_relay: return 2;
    case event::DeliveryState::delivered: return 3;
    case event::DeliveryState::read: return 4;
  }
  return 0;
}

// As much of a text as a quote shows, cut between characters.
std::string beginning(std::string_view text) {
  constexpr std::size_t most = 200;
  if (text.size() <= most) return std::string(text);
  std::size_t end = most;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0U) == 0x80U) --end;
  return std::string(text.substr(0, end));
}

}   // namespace

std::optional<std::size_t> ChatModel::find_own(const MessageId& id) const {
  const auto found = row_of_.find(id);
  return found == row_of_.end() ? std::nullopt : find_row(found->second);
}

std::optional<std::size_t> ChatModel::find_row(std::int64_t row) const {
  const auto at = std::lower_bound(rows_.begin(), rows_.end(), row,
                                   [](const Row& left, std::int64_t right) { return left.message.row < right; });
  if (at == rows_.end() || at->message.row != row) return std::nullopt;
  return static_cast<std::size_t>(at - rows_.begin());
}

bool ChatModel::starts_day(std::size_t index) const {
  if (index == 0) return true;
  return local_day(rows_[index].message.arrived_ms) != local_day(rows_[index - 1].message.arrived_ms);
}

bool ChatModel::starts_run(std::size_t index) const {
  if (index == 0 || starts_day(index)) return true;
  const auto& before = rows_[index - 1].message;
  const auto& message = rows_[index].message;
  return before.from != message.from || before.outgoing != message.outgoing ||
         message.arrived_ms - before.arrived_ms > run_ms;
}

std::optional<event::DeliveryState> ChatModel::state_of(const event::Message& message) {
  if (!message.outgoing) return std::nullopt;
  auto least = std::optional<event::DeliveryState>();
  for (const auto& delivery : message.deliveries)
    if (!least || rank(delivery.state) < rank(*least)) least = delivery.state;
  // Nobody was there to address.
  return least.value_or(event::DeliveryState::waiting);
}

// ── asking ─────────────────────────────────────────────────────────────────────────────────────────────────────────

command::LoadHistory ChatModel::request() const {
  command::LoadHistory load;
  load.conversation = conversation_;
  load.limit = page;
  return load;
}

bool ChatModel::is_awaited(const event::HistoryPage& history) const {
  return awaited_ && history.conversation.value_or(std::string()) == conversation_ &&
         history.before == awaited_->before && history.around == awaited_->around && history.after == awaited_->after;
}

std::optional<command::LoadHistory> ChatModel::load_newest() {
  awaited_ = request();
  return awaited_;
}

std::optional<command::LoadHistory> ChatModel::load_older() {
  if (awaited_ || is_at_start_ || rows_.empty()) return std::nullopt;
  awaited_ = request();
  awaited_->before = rows_.front().message.row;
  return awaited_;
}

std::optional<command::LoadHistory> ChatModel::load_newer() {
  if (awaited_ || is_at_end_ || rows_.empty()) return std::nullopt;
  awaited_ = request();
  awaited_->after = rows_.back().message.row;
  return awaited_;
}

command::LoadHistory ChatModel::load_around(std::int64_t row) {
  awaited_ = request();
  awaited_->around = row;
  return *awaited_;
}

// ── what came ──────────────────────────────────────────────────────────────────────────────────────────────────────

bool ChatModel::apply(const event::HistoryPage& history) {
  if (!is_awaited(history)) return false;
  awaited_.reset();
  was_loaded_ = true;
  const bool is_more = history.before != 0 || history.after != 0;
  if (!is_more) {
    // Another stretch altogether. What arrived while the page was under way stands in it or comes as an event after it.
    rows_.clear();
    row_of_.clear();
    row_of_file_.clear();
    is_at_start_ = history.is_first;
    is_at_end_ = history.around == 0 || history.is_last;
  }
  // The window may have moved on since a page was asked for: a page that does not touch it would tear a hole.
  if (history.before != 0 && (rows_.empty() || rows_.front().message.row != history.before)) return false;
  if (history.after != 0 && (rows_.empty() || rows_.back().message.row != history.after)) return false;
  for (const auto& message : history.messages) put(message);
  if (history.before != 0) {
    is_at_start_ = history.is_first;
    while (rows_.size() > most_rows) drop_back();
  } else if (history.after != 0) {
    is_at_end_ = history.is_last;
    while (rows_.size() > most_rows) drop_front();
  }
  return true;
}

bool ChatModel::apply(const event::MessageAdded& added) {
  if (added.message.conversation.value_or(std::string()) != conversation_) return false;
  // Before the first page is here everything recent is still to come with it.
  if (!was_loaded_ || !is_at_end_) return false;
  put(added.message);
  while (rows_.size() > most_rows) drop_front();
  return true;
}

bool ChatModel::apply(const event::MessageChanged& changed) {
  if (changed.message.conversation.value_or(std::string()) != conversation_) return false;
  bool is_shown = false;
  if (find_row(changed.message.row)) {
    put(changed.message);
    is_shown = true;
  }
  // Replies quote what has changed.
  for (auto& row : rows_) {
    if (!row.message.quote || row.message.quote->row != changed.message.row) continue;
    row.message.quote->text = beginning(changed.message.text);
    row.message.quote->deleted = changed.message.deleted;
    row.revision = next_revision_++;
    is_shown = true;
  }
  return is_shown;
}

bool ChatModel::apply(const event::DeliveryChanged& delivery) {
  const auto index = find_own(delivery.id);
  if (!index) return false;
  auto& row = rows_[*index];
  for (auto& to : row.message.deliveries) {
    if (to.user_id != delivery.user_id) continue;
    if (to.state == delivery.state) return false;
    to.state = delivery.state;
    row.revision = next_revision_++;
    return true;
  }
  row.message.deliveries.push_back({delivery.user_id, delivery.state});
  row.revision = next_revision_++;
  return true;
}

bool ChatModel::apply(const event::GapChanged& gap) {
  if (gap.conversation.value_or(std::string()) != conversation_) return false;
  const auto at =
      std::find_if(gaps_.begin(), gaps_.end(), [&](const Gap& known) { return known.user_id == gap.user_id; });
  if (gap.missing == 0) {
    if (at == gaps_.end()) return false;
    gaps_.erase(at);
  } else if (at == gaps_.end()) {
    gaps_.push_back({gap.user_id, gap.missing});
  } else {
    at->missing = gap.missing;
  }
  return true;
}

bool ChatModel::touch_file(const FileId& file) {
  bool is_shown = false;
  const auto [begin, end] = row_of_file_.equal_range(file);
  for (auto at = begin; at != end; ++at) {
    if (const auto index = find_row(at->second)) {
      rows_[*index].revision = next_revision_++;
      is_shown = true;
    }
  }
  return is_shown;
}

void ChatModel::clear() {
  rows_.clear();
  row_of_.clear();
  row_of_file_.clear();
  is_at_start_ = true;
  is_at_end_ = true;
  awaited_.reset();
  was_loaded_ = true;
}

// ── rows ───────────────────────────────────────────────────────────────────────────────────────────────────────────

// A row of the history is one message for good, so what comes for a known row is that message as it is now. Ids are chosen by
// their authors and say less: only our own can be looked up by them.
void ChatModel::put(event::Message message) {
  message.text = shown_text(message);
  if (const auto known = find_row(message.row)) {
    rows_[*known] = Row{std::move(message), next_revision_++};
    return;
  }
  const auto at = std::lower_bound(rows_.begin(), rows_.end(), message.row,
                                   [](const Row& left, std::int64_t right) { return left.message.row < right; });
  if (message.outgoing) row_of_.insert_or_assign(message.id, message.row);
  if (message.file) row_of_file_.emplace(*message.file, message.row);
  rows_.insert(at, Row{std::move(message), next_revision_++});
}

void ChatModel::forget(std::size_t index) {
  const auto& message = rows_[index].message;
  if (message.outgoing) row_of_.erase(message.id);
  if (!message.file) return;
  const auto [begin, end] = row_of_file_.equal_range(*message.file);
  for (auto at = begin; at != end; ++at) {
    if (at->second != message.row) continue;
    row_of_file_.erase(at);
    return;
  }
}

void ChatModel::drop_front() {
  forget(0);
  rows_.pop_front();
  is_at_start_ = false;
}

void ChatModel::drop_back() {
  forget(rows_.size() - 1);
  rows_.pop_back();
  is_at_end_ = false;
}

}   // namespace coterie::gui
