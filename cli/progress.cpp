// SPDX-License-Identifier: MIT
#include "cli/progress.h"

#include "cli/format.h"
#include "netcore/base/unicode.h"

#include <algorithm>

namespace coterie::cli {
namespace {

std::string bar(std::size_t width, double share) {
  const auto full = static_cast<std::size_t>(share * static_cast<double>(width));
  std::string drawn;
  for (std::size_t i = 0; i < width; ++i) drawn.append(i < full ? "█" : "░");
  return drawn;
}

std::string waiting_for(const event::TransferChanged& transfer) {
  const auto peer = escape_unprintable(transfer.peer);
  switch (transfer.phase) {
    case event::TransferPhase::offered: return transfer.outgoing ? "waiting for " + peer + " to accept" : "offered";
    case event::TransferPhase::waiting: return "waiting for " + peer;
    case event::TransferPhase::paused: return "paused";
    case event::TransferPhase::verifying: return "verifying";
    default: return {};
  }
}

}   // namespace

bool is_final(event::TransferPhase phase) {
  switch (phase) {
    case event::TransferPhase::offered:
    case event::TransferPhase::waiting:
    case event::TransferPhase::paused:
    case event::TransferPhase::running:
    case event::TransferPhase::verifying: return false;
    case event::TransferPhase::finished:
    case event::TransferPhase::declined:
    case event::TransferPhase::cancelled:
    case event::TransferPhase::failed: return true;
  }
  return true;
}

void Progress::update(const event::TransferChanged& transfer, Clock::time_point now) {
  const auto [found, is_new] = files_.try_emplace(transfer.id, File{transfer, transfer.done});
  found->second.last = transfer;
  std::uint64_t moved = 0;
  for (const auto& [id, file] : files_) moved += file.last.done - std::min(file.last.done, file.done_at_start);
  rate_.add(now, moved);
}

std::string Progress::line(std::size_t columns, Clock::time_point now) const {
  std::uint64_t size = 0;
  std::uint64_t done = 0;
  std::size_t finished = 0;
  const event::TransferChanged* under_way = nullptr;   // the one that moves, or any that does not
  for (const auto& [id, file] : files_) {
    if (is_final(file.last.phase)) {
      ++finished;
    } else if (under_way == nullptr || file.last.phase == event::TransferPhase::running) {
      under_way = &file.last;
    }
    size += file.last.size;
    done += is_final(file.last.phase) ? file.last.size : std::min(file.last.done, file.last.size);
  }
  if (under_way == nullptr) return {};

  const auto what = files_.size() == 1
                        ? escape_unprintable(under_way->name) + (under_way->outgoing ? " to " : " from ") +
                              escape_unprintable(under_way->peer)
                        : std::to_string(finished) + " of " + std::to_string(files_.size()) + " done";
  const double share = size == 0 ? 0 : static_cast<double>(done) / static_cast<double>(size);
  std::string figures = std::to_string(static_cast<int>(share * 100)) + " %";
  if (under_way->phase != event::TransferPhase::running) {
    figures.append("  ").append(waiting_for(*under_way));
  } else if (const auto rate = rate_.rate(now)) {
    figures.append("  ").append(format_rate(*rate));
    if (const auto left = rate_.time_left(now, size - done))
      figures.append("  ").append(format_duration(*left)).append(" left");
  }

  // The bar takes what the words leave, the name gives way before the figures do.
  const auto figures_width = display_width(figures);
  if (columns < figures_width + 24) return fit(figures, columns);
  const auto name = fit(what, columns - figures_width - 16);
  const auto bar_width = std::min<std::size_t>(40, columns - figures_width - display_width(name) - 4);
  return name + "  " + bar(bar_width, share) + "  " + figures;
}

}   // namespace coterie::cli
