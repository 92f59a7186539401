// SPDX-License-Identifier: MIT
// Events for programs: one JSON object a line on standard output. README.md lists the fields.
#pragma once

#include "cli/console.h"
#include "cli/reporter.h"

#include <optional>
#include <string>
#include <vector>

namespace coterie::cli {

// The object for one event, as text without a line break; nothing for events that say nothing to a program. `own_user`: who a direct
// message from somebody else is addressed to. `is_answer`: it was asked for, and is no news.
std::optional<std::string> to_json_line(const Event& event, const std::string& own_user, bool is_answer = false);
// One line for each message or conversation of a page, of what was found, or of a list, marked as an answer; none for other events.
std::vector<std::string> to_json_lines(const Event& listing, const std::string& own_user);
std::string error_line(std::string_view code, std::string_view sentence, std::string_view about = {});

class JsonReporter final : public Reporter {
 public:
  // `is_classic`: every object carries the badge.
  JsonReporter(Console& console, std::string own_user, bool is_classic = false)
      : console_(console), own_user_(std::move(own_user)), is_classic_(is_classic) {}

  using Reporter::fail;
  void show(const Event& event) override;
  void answer(const Event& event, std::string_view line) override;
  void result(std::string_view) override {}
  void note(std::string_view line) override;
  void fail(std::string_view code, std::string_view sentence, std::string_view about) override;

 private:
  void print(std::string line);

  Console& console_;
  std::string own_user_;
  const bool is_classic_;
};

}   // namespace coterie::cli
