// SPDX-License-Identifier: MIT
// The world as a test plays it for one task: takes commands, hands out events and timers, remembers what was said.
#pragma once

#include "cli/task.h"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace coterie::cli {

struct RecordingReporter final : Reporter {
  using Reporter::fail;
  void show(const Event& event) override { shown.push_back(event); }
  void answer(const Event& event, std::string_view line) override {
    answered.push_back(event);
    results.emplace_back(line);
  }
  void result(std::string_view line) override { results.emplace_back(line); }
  void note(std::string_view line) override { notes.emplace_back(line); }
  void fail(std::string_view code, std::string_view sentence, std::string_view what) override {
    errors.emplace_back(code, sentence);
    about = what;
  }

  std::vector<Event> shown;
  std::vector<Event> answered;
  std::vector<std::string> results;
  std::vector<std::string> notes;
  std::vector<std::pair<std::string, std::string>> errors;   // code, sentence
  std::string about;                                         // what the last of them was about
};

class FakeShell : public Shell {
 public:
  // ── what a test does ──

  // Starts the task under test.
  void run(std::unique_ptr<Task> made) {
    task = std::move(made);
    task->start();
  }
  void feed(const Event& event) {
    if (const auto* member = std::get_if<event::MemberChanged>(&event)) people.apply(*member);
    if (!code) task->on_event(event);
  }
  // Time passes until the next timer of that length goes off.
  void expire(std::chrono::milliseconds delay) {
    const auto found =
        std::find_if(timers.begin(), timers.end(), [&](const auto& timer) { return timer.first == delay; });
    BOOST_REQUIRE(found != timers.end());
    const auto job = found->second;
    timers.erase(found);
    job();
  }
  void type(const std::string& line) { on_line(line); }
  void end_input() { on_end(); }
  void reply(const std::string& text) {
    BOOST_REQUIRE(!questions.empty());
    const auto question = questions.front();
    questions.pop_front();
    question.second(text);
  }

  // The commands of one kind, in order.
  template <class Kind>
  [[nodiscard]] std::vector<Kind> told() const {
    std::vector<Kind> of_kind;
    for (const auto& command : commands)
      if (const auto* kind = std::get_if<Kind>(&command)) of_kind.push_back(*kind);
    return of_kind;
  }

  // ── Shell ──
  void tell(Command command) override { commands.push_back(std::move(command)); }
  void finish(ExitCode with) override {
    if (code) return;
    code = with;
    task->on_finish(with);
  }
  void after(std::chrono::milliseconds delay, std::function<void()> job) override {
    timers.emplace_back(delay, std::move(job));
  }
  Reporter& reporter() override { return reports; }
  [[nodiscard]] const Roster& roster() const override { return people; }
  [[nodiscard]] const std::string& user() const override { return name; }
  [[nodiscard]] bool is_classic() const override { return classic; }
  [[nodiscard]] bool is_interactive() const override { return interactive; }
  void ask(std::string question, std::function<void(std::string)> on_answer) override {
    questions.emplace_back(std::move(question), std::move(on_answer));
  }
  [[nodiscard]] bool shows_status() const override { return false; }
  void status(std::string) override {}
  [[nodiscard]] std::size_t columns() const override { return 80; }
  void read_lines(std::function<void(std::string)> lines, std::function<void()> end) override {
    on_line = std::move(lines);
    on_end = std::move(end);
  }

  std::string name = "alice";
  bool classic = false;
  bool interactive = false;
  Roster people;
  RecordingReporter reports;
  std::vector<Command> commands;
  std::optional<ExitCode> code;
  std::vector<std::pair<std::chrono::milliseconds, std::function<void()>>> timers;
  std::deque<std::pair<std::string, std::function<void(std::string)>>> questions;
  std::function<void(std::string)> on_line;
  std::function<void()> on_end;
  std::unique_ptr<Task> task;
};

// A member whose key begins with its name, so that each name has one key unless a test says otherwise.
inline event::MemberChanged member(const std::string& user, event::MemberState state = event::MemberState::ready,
                                   bool online = true) {
  event::MemberChanged made;
  made.user_id = user;
  made.key = PublicKey::from(as_bytes(user));
  made.id = MemberId::from(as_bytes(user));
  made.online = online;
  made.state = state;
  made.safety_number = "12345 67890 (" + user + ")";
  return made;
}

inline event::TransferChanged transfer(const FileId& id, const std::string& peer, bool outgoing,
                                       event::TransferPhase phase) {
  event::TransferChanged made;
  made.id = id;
  made.peer = peer;
  made.outgoing = outgoing;
  made.phase = phase;
  made.name = "report.pdf";
  made.size = 1000;
  return made;
}

inline std::ostream& operator<<(std::ostream& out, ExitCode code) { return out << static_cast<int>(code); }

}   // namespace coterie::cli

namespace std {
// Boost.Test prints optionals with it.
inline ostream& operator<<(ostream& out, const optional<coterie::cli::ExitCode>& code) {
  return code ? out << static_cast<int>(*code) : out << "running";
}
}   // namespace std
