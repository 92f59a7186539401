// SPDX-License-Identifier: MIT
// The living line of a command that waits for files: how far they are, drawn again whenever something moves and once a second.
#pragma once

#include "cli/format.h"
#include "cli/progress.h"
#include "cli/task.h"

#include <string>

namespace coterie::cli {

class StatusLine {
 public:
  // `idle`: what stands there while nothing moves.
  StatusLine(Shell& shell, std::string idle) : shell_(shell), idle_(std::move(idle)) {}

  void start() {
    draw();
    if (shell_.shows_status()) draw_every_second();
  }
  void update(const event::TransferChanged& transfer) {
    progress_.update(transfer, Progress::Clock::now());
    draw();
  }

 private:
  void draw() {
    if (!shell_.shows_status()) return;
    auto line = progress_.line(shell_.columns() - 1, Progress::Clock::now());
    shell_.status(line.empty() ? fit(idle_, shell_.columns() - 1) : std::move(line));
  }
  void draw_every_second() {
    shell_.after(std::chrono::seconds(1), [this] {
      draw();
      draw_every_second();
    });
  }

  Shell& shell_;
  const std::string idle_;
  Progress progress_;
};

}   // namespace coterie::cli
