// SPDX-License-Identifier: MIT
// How events and results come out: one face for people, one for programs.
#pragma once

#include "cli/roster.h"
#include "netcore/session/event.h"

#include <string_view>

namespace coterie::cli {

class Reporter {
 public:
  virtual ~Reporter() = default;

  // One event of the engine, in full.
  virtual void show(const Event& event) = 0;
  // What was asked for: the event for programs, the line for people.
  virtual void answer(const Event& event, std::string_view line) = 0;
  // A line about what was achieved, for people; programs have the events.
  virtual void result(std::string_view line) = 0;
  // Something worth knowing that is no error; standard error.
  virtual void note(std::string_view line) = 0;
  // An error of this program: a stable name as of Errc, a sentence that says what to do next, and the id of what it is about, or nothing.
  virtual void fail(std::string_view code, std::string_view sentence, std::string_view about) = 0;

  void fail(std::string_view code, std::string_view sentence) { fail(code, sentence, {}); }
  void fail(const Error& error) { fail(name_of(error.code), explain(error)); }
};

}   // namespace coterie::cli
