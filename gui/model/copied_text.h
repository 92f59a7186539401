// SPDX-License-Identifier: MIT
// Messages as text for other programs: a line each, below the date of its day, since nobody knows when that will be read.
#pragma once

#include "netcore/session/event.h"

#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace coterie::gui {

class CopiedText {
 public:
  // As the user's language has it.
  struct Words {
    std::function<std::string(std::int64_t ms)> date;   // with its year
    std::function<std::string(std::int64_t ms)> time;   // of a day
    std::string deleted;                                // in the place of a text that is gone
  };

  explicit CopiedText(Words words) : words_(std::move(words)) {}

  // Oldest first.
  void add(const event::Message& message);
  // Only a part of what it says.
  void add(const event::Message& message, std::string_view part);

  [[nodiscard]] const std::string& text() const { return text_; }
  [[nodiscard]] std::size_t count() const { return count_; }

 private:
  Words words_;
  std::string text_;
  std::size_t count_ = 0;
  std::optional<std::int64_t> day_;   // of the message added last
};

}   // namespace coterie::gui
