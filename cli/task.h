// SPDX-License-Identifier: MIT
// A command of coterie-cli is a Task: a small state machine that is fed with the engine's events and ends with an exit code. What it may
// do to the world around it is a Shell, so that tests can play the world.
#pragma once

#include "cli/classic_words.h"
#include "cli/options.h"
#include "cli/reporter.h"
#include "cli/roster.h"
#include "netcore/client.h"
#include "netcore/session/command.h"
#include "netcore/session/event.h"

#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>

namespace coterie::cli {

class Shell {
 public:
  virtual ~Shell() = default;

  virtual void tell(Command command) = 0;
  // Ends the program in good order; the first call counts.
  virtual void finish(ExitCode code) = 0;
  // Once, unless the program ends before.
  virtual void after(std::chrono::milliseconds delay, std::function<void()> job) = 0;

  [[nodiscard]] virtual Reporter& reporter() = 0;
  // Kept up before a task gets the event.
  [[nodiscard]] virtual const Roster& roster() const = 0;
  [[nodiscard]] virtual const std::string& user() const = 0;
  // Nothing confirms that anything arrived: what the server has taken is all there is to know.
  [[nodiscard]] virtual bool is_classic() const { return false; }
  // Stands before what is said of files and members there.
  [[nodiscard]] std::string badge() const {
    return is_classic() ? "[" + std::string(classic_badge) + "] " : std::string();
  }

  [[nodiscard]] virtual bool is_interactive() const = 0;
  virtual void ask(std::string question, std::function<void(std::string)> on_answer) = 0;
  // The living line at the bottom of a terminal; does nothing elsewhere.
  [[nodiscard]] virtual bool shows_status() const = 0;
  virtual void status(std::string line) = 0;
  [[nodiscard]] virtual std::size_t columns() const = 0;
  virtual void read_lines(std::function<void(std::string)> on_line, std::function<void()> on_end) = 0;

  // One sentence, and the end.
  void give_up(ExitCode code, std::string_view name, std::string_view sentence) {
    reporter().fail(name, sentence);
    finish(code);
  }
  void give_up(const Error& error) {
    reporter().fail(name_of(error.code), explain_notice(error, is_classic()));
    finish(is_classic() && error.code == Errc::no_such_member ? ExitCode::not_delivered : exit_code_for(error.code));
  }
};

class Task {
 public:
  virtual ~Task() = default;
  virtual void start() = 0;
  virtual void on_event(const Event& event) = 0;
  // Whether people, or programs, are shown this event while this task runs.
  [[nodiscard]] virtual bool shows(const Event& event, bool to_program) const = 0;
  // The first connection has failed. True: the task goes on without one and ends the program itself; false: it ends now.
  virtual bool on_no_connection(const Error&) { return false; }
  // SIGINT and the like.
  [[nodiscard]] virtual ExitCode when_interrupted() const { return ExitCode::not_delivered; }
  // What has become of what was begun, for a person who interrupts; empty: the usual words.
  [[nodiscard]] virtual std::string interrupted_sentence() const { return {}; }
  // Once, when the program is about to end, whoever decided that.
  virtual void on_finish(ExitCode) {}
};

// An answer to a question that ends in [y/N].
inline bool is_yes(const std::string& answer) { return answer == "y" || answer == "Y" || answer == "yes"; }

// What goes wrong or needs the user; shown by every command.
bool is_trouble(const Event& event);

std::unique_ptr<Task> make_chat(Shell& shell, ChatOptions options);
std::unique_ptr<Task> make_say(Shell& shell, SayOptions options);
std::unique_ptr<Task> make_send(Shell& shell, SendOptions options);
std::unique_ptr<Task> make_receive(Shell& shell, ReceiveOptions options);
std::unique_ptr<Task> make_listen(Shell& shell, ListenOptions options);
std::unique_ptr<Task> make_members(Shell& shell, MembersOptions options);
std::unique_ptr<Task> make_verify(Shell& shell, VerifyOptions options);
std::unique_ptr<Task> make_history(Shell& shell, HistoryOptions options);
std::unique_ptr<Task> make_search(Shell& shell, SearchOptions options);

}   // namespace coterie::cli
