// SPDX-License-Identifier: MIT
#include "gui/model/transfers_model.h"

#include "gui/model/shown.h"

#include <algorithm>

namespace coterie::gui {

using event::TransferPhase;

int Transfer::percent() const {
  if (now.phase == TransferPhase::finished) return 100;
  if (now.size == 0) return 0;
  const auto share = static_cast<double>(now.done) / static_cast<double>(now.size);
  // 100 is said only of what is complete.
  return std::min(99, static_cast<int>(share * 100));
}

bool Transfer::is_over() const {
  return now.phase == TransferPhase::finished || now.phase == TransferPhase::declined ||
         now.phase == TransferPhase::cancelled || now.phase == TransferPhase::failed;
}
bool is_listed_before(const Transfer& a, const Transfer& b) {
  return a.is_over() != b.is_over() ? b.is_over() : a.number > b.number;
}

bool Transfer::can_answer() const { return !now.outgoing && now.phase == TransferPhase::offered; }
bool Transfer::can_pause() const {
  return !is_classic && (now.phase == TransferPhase::running || now.phase == TransferPhase::waiting);
}
bool Transfer::can_resume() const { return now.phase == TransferPhase::paused; }
bool Transfer::can_cancel() const { return !is_over() && !can_answer(); }
bool Transfer::can_show() const { return !now.path.empty() && (now.outgoing || now.phase == TransferPhase::finished); }

std::optional<event::DeliveryState> state_of_file(const FileSummary& file,
                                                  std::optional<event::DeliveryState> of_offer) {
  using event::DeliveryState;
  if (!file.outgoing) return std::nullopt;
  switch (file.phase) {
    case TransferPhase::finished:
      return !file.is_classic && file.finished >= file.receivers ? DeliveryState::delivered : DeliveryState::at_relay;
    case TransferPhase::declined:
    case TransferPhase::cancelled:
    case TransferPhase::failed: return DeliveryState::failed;
    case TransferPhase::offered:
    case TransferPhase::waiting:
    case TransferPhase::paused:
    case TransferPhase::running:
    case TransferPhase::verifying: break;
  }
  return of_offer == DeliveryState::waiting ? DeliveryState::waiting : DeliveryState::at_relay;
}

const Transfer* TransfersModel::find(const FileId& id) const {
  const auto found = index_.find(id);
  return found == index_.end() ? nullptr : &transfers_[found->second];
}

std::optional<FileSummary> TransfersModel::summary(const FileId& id, Rate::Clock::time_point at) const {
  std::optional<FileSummary> whole;
  // What asks for attention is said before what goes well, and what goes well before what is done.
  const auto weight = [](TransferPhase phase) {
    switch (phase) {
      case TransferPhase::running: return 7;
      case TransferPhase::verifying: return 6;
      case TransferPhase::paused: return 5;
      case TransferPhase::waiting: return 4;
      case TransferPhase::offered: return 3;
      case TransferPhase::finished: return 2;
      case TransferPhase::failed: return 1;
      case TransferPhase::declined:
      case TransferPhase::cancelled: return 0;
    }
    return 0;
  };
  for (const auto& transfer : transfers_) {
    const auto& now = transfer.now;
    if (now.id != id && now.batch != id) continue;
    if (!whole) {
      whole = FileSummary{now.phase,    now.size, now.done,       1,         0,
                          now.outgoing, now.path, transfer.offer, now.error, is_classic_};
    } else {
      ++whole->receivers;
      if (weight(now.phase) > weight(whole->phase)) {
        whole->phase = now.phase;
        whole->done = now.done;
        whole->error = now.error;
      } else if (now.phase == whole->phase) {
        whole->done = std::min(whole->done, now.done);
      }
    }
    if (now.phase == TransferPhase::finished) ++whole->finished;
    if (now.phase != TransferPhase::running || at == Rate::Clock::time_point()) continue;
    // All of them together, and as long as the last one takes.
    if (const auto rate = transfer.rate.at(at)) whole->rate = whole->rate.value_or(0) + *rate;
    if (const auto left = transfer.rate.left(at, now.size - std::min(now.size, now.done)))
      whole->left = std::max(whole->left.value_or(*left), *left);
  }
  if (whole) return whole;
  const auto past = past_.find(id);
  return past == past_.end() ? std::nullopt : std::optional(past->second);
}

void TransfersModel::remember(const FileId& id, const event::PastFile& past, bool outgoing) {
  FileSummary summary;
  summary.phase = past.phase;
  summary.size = past.size;
  summary.done = past.phase == TransferPhase::finished ? past.size : 0;
  summary.receivers = past.receivers;
  summary.finished = past.finished;
  summary.outgoing = outgoing;
  summary.path = past.path;
  summary.is_classic = is_classic_;
  past_.insert_or_assign(id, std::move(summary));
}

std::size_t TransfersModel::running() const {
  return static_cast<std::size_t>(std::count_if(transfers_.begin(), transfers_.end(), [](const Transfer& transfer) {
    return transfer.now.phase == TransferPhase::running || transfer.now.phase == TransferPhase::verifying;
  }));
}

double TransfersModel::rate(Rate::Clock::time_point now, bool outgoing) const {
  double sum = 0;
  for (const auto& transfer : transfers_)
    if (transfer.now.outgoing == outgoing && transfer.now.phase == TransferPhase::running)
      sum += transfer.rate.at(now).value_or(0);
  return sum;
}

bool TransfersModel::apply(const event::TransferChanged& changed, Rate::Clock::time_point now, std::int64_t wall_ms) {
  const auto [at, is_new] = index_.try_emplace(changed.id, transfers_.size());
  if (is_new) {
    transfers_.emplace_back();
    transfers_.back().is_classic = is_classic_;
    static std::uint64_t last_number = 0;   // all models belong to the window's thread
    transfers_.back().number = ++last_number;
  }
  auto& transfer = transfers_[at->second];
  transfer.now = changed;
  transfer.now.name = shown_name(changed.name);
  transfer.changed_ms = wall_ms;
  if (changed.phase == TransferPhase::running) {
    if (!transfer.began) {
      transfer.began = now;
      transfer.began_at = changed.done;
    }
    transfer.rate.add(now, changed.done);
    return is_new;
  }
  transfer.rate.stop();
  if (changed.phase == TransferPhase::finished && transfer.began && now > *transfer.began) {
    const std::chrono::duration<double> took = now - *transfer.began;
    transfer.average = static_cast<double>(changed.size - std::min(changed.size, transfer.began_at)) / took.count();
  }
  if (changed.phase != TransferPhase::verifying) transfer.began.reset();
  return is_new;
}

void TransfersModel::apply(const event::FileOffered& offered) {
  // Of a file that waits for our answer nothing else is told.
  if (!index_.contains(offered.id)) {
    event::TransferChanged row;
    row.id = row.batch = offered.id;
    row.peer = offered.from;
    row.phase = TransferPhase::offered;
    row.name = offered.name;
    row.size = offered.size;
    apply(row, {}, 0);
  }
  transfers_[index_.at(offered.id)].offer = offered;
}

void TransfersModel::clear_finished() {
  // Their cards in the conversations stay, and say what they said.
  for (const auto& transfer : transfers_) {
    if (!transfer.is_over()) continue;
    for (const auto& id : {transfer.now.id, transfer.now.batch})
      if (auto whole = summary(id); whole) past_.insert_or_assign(id, std::move(*whole));
  }
  std::erase_if(transfers_, [](const Transfer& transfer) { return transfer.is_over(); });
  index_.clear();
  for (std::size_t i = 0; i < transfers_.size(); ++i) index_.emplace(transfers_[i].now.id, i);
}

}   // namespace coterie::gui
