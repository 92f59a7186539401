// SPDX-License-Identifier: MIT
// Every file under way or done, in the order they began, with the speed of what runs; and the whole of a file that goes to
// several members at once.
#pragma once

#include "gui/model/rate.h"
#include "netcore/session/event.h"

#include <string>
#include <unordered_map>
#include <vector>

namespace coterie::gui {

struct Transfer {
  event::TransferChanged now;
  Rate rate;
  std::optional<Rate::Clock::time_point> began;   // to move, since it last stood still …
  std::uint64_t began_at = 0;                     // … with so many bytes there already
  std::optional<double> average;                  // bytes per second, of one that has come to its end
  std::optional<event::FileOffered> offer;        // what FileOffered told, of those that come in
  std::int64_t changed_ms = 0;
  std::uint64_t number = 0;   // counted over all groups, in the order they began
  bool is_classic = false;    // nothing is confirmed, vouched for or paused there

  [[nodiscard]] int percent() const;
  [[nodiscard]] bool is_over() const;
  [[nodiscard]] bool can_answer() const;   // it waits for our accept or decline
  [[nodiscard]] bool can_pause() const;
  [[nodiscard]] bool can_resume() const;
  [[nodiscard]] bool can_cancel() const;
  [[nodiscard]] bool can_show() const;   // there is a file to open
};

// What one line of text can say about a file: of all its receivers together, or of the one.
struct FileSummary {
  event::TransferPhase phase{};
  std::uint64_t size = 0;
  std::uint64_t done = 0;   // of the receiver that has least
  std::size_t receivers = 0;
  std::size_t finished = 0;
  bool outgoing = false;
  std::filesystem::path path;
  std::optional<event::FileOffered> offer;
  std::optional<Error> error;
  bool is_classic = false;
  std::optional<double> rate = {};                 // bytes per second, while it moves
  std::optional<std::chrono::seconds> left = {};   // likewise, of the receiver that has least
};

// The sign on the card of a file of ours: delivered is said of what every receiver has whole and verified, not of the offer.
[[nodiscard]] std::optional<event::DeliveryState> state_of_file(const FileSummary& file,
                                                                std::optional<event::DeliveryState> of_offer);

// In the list: what is under way before what is over, and of each the newest first.
[[nodiscard]] bool is_listed_before(const Transfer& a, const Transfer& b);

class TransfersModel {
 public:
  explicit TransfersModel(bool is_classic = false) : is_classic_(is_classic) {}

  [[nodiscard]] const std::vector<Transfer>& transfers() const { return transfers_; }
  [[nodiscard]] const Transfer* find(const FileId& id) const;
  // By the id a message carries: a transfer's own, or the batch it belongs to.
  [[nodiscard]] std::optional<FileSummary> summary(const FileId& id, Rate::Clock::time_point now = {}) const;
  [[nodiscard]] std::size_t running() const;
  [[nodiscard]] double rate(Rate::Clock::time_point now, bool outgoing) const;   // of all that run, bytes per second

  // True when the row is new.
  bool apply(const event::TransferChanged& changed, Rate::Clock::time_point now, std::int64_t wall_ms);
  void apply(const event::FileOffered& offered);
  // What the history tells of a file; holds where no transfer of this run is known.
  void remember(const FileId& id, const event::PastFile& past, bool outgoing);
  // Takes what is over off the list.
  void clear_finished();

 private:
  const bool is_classic_;
  std::vector<Transfer> transfers_;
  std::unordered_map<FileId, std::size_t> index_;
  std::unordered_map<FileId, FileSummary> past_;
};

}   // namespace coterie::gui
