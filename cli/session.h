// SPDX-License-Identifier: MIT
// One run of coterie-cli: loop, engine, terminal and the command's task, from the first password to the last byte on disk. Decides what
// is the same for all commands: trust in the relay, the first connection, signals, the end.
#pragma once

#include "cli/console.h"
#include "cli/options.h"
#include "cli/reporter.h"
#include "cli/roster.h"
#include "cli/task.h"
#include "cli/watcher.h"
#include "netcore/base/secret.h"
#include "netcore/base/worker.h"
#include "netcore/client.h"

#include <atomic>
#include <list>
#include <memory>
#include <optional>
#include <vector>

namespace coterie::cli {

class Session final : public Shell {
 public:
  // `password`: from the environment.
  Session(Options options, std::optional<SecretBytes> password);
  ~Session() override;

  ExitCode run();

  // ── Shell ──
  void tell(Command command) override;
  void finish(ExitCode code) override;
  void after(std::chrono::milliseconds delay, std::function<void()> job) override;
  [[nodiscard]] Reporter& reporter() override { return *reporter_; }
  [[nodiscard]] const Roster& roster() const override { return roster_; }
  [[nodiscard]] const std::string& user() const override { return options_.user; }
  [[nodiscard]] bool is_classic() const override { return options_.classic; }
  [[nodiscard]] bool is_interactive() const override { return !options_.json && console_.is_interactive(); }
  void ask(std::string question, std::function<void(std::string)> on_answer) override;
  [[nodiscard]] bool shows_status() const override { return !options_.json && console_.shows_status(); }
  void status(std::string line) override;
  [[nodiscard]] std::size_t columns() const override {
    const auto taken = badge().size();
    return console_.columns() > taken + 1 ? console_.columns() - taken : 1;
  }
  void read_lines(std::function<void(std::string)> on_line, std::function<void()> on_end) override;

 private:
  void start_timer(std::chrono::milliseconds delay, std::function<void()> job);
  Status read_secrets();
  // Until the descriptor can be read; false when a signal asks the program to end.
  [[nodiscard]] bool await_input(int descriptor) const;
  Status open_client();
  [[nodiscard]] std::vector<std::filesystem::path> profiles_beside(const std::filesystem::path& own) const;
  void password_missing();
  void on_signal(int signal);
  void on_event(Event event);
  void deliver(const Event& event);
  void name_the_option(Event& event) const;
  // What happened, and with which relay.
  [[nodiscard]] Error about_connecting(Error why) const;
  void on_unknown_relay(const event::RelayUnknown& relay);
  [[nodiscard]] bool wants_digest(const Event& event) const;
  void compute_digest(event::TransferChanged transfer);

  Options options_;
  SecretBytes password_;   // until the engine has it
  std::string access_key_;
  io::EventLoop loop_;
  Watcher watcher_;
  Console console_;
  std::unique_ptr<Reporter> reporter_;
  Roster roster_;
  std::list<io::Timer> timers_;
  // While nobody has given a password, what the engine says first is kept back: it may turn out that none is remembered either, and
  // then everything starts again with the one that is typed.
  std::optional<std::vector<Event>> held_back_;
  bool was_online_ = false;
  bool is_without_connection_ = false;   // the task has something to do all the same
  bool output_is_broken_ = false;
  bool has_settled_ = false;                          // since the link joined last
  std::optional<event::PasswordRejected> rejected_;   // until then
  std::optional<ExitCode> code_;                      // once it is decided that the program ends
  std::shared_ptr<std::atomic<bool>> hashing_given_up_ = std::make_shared<std::atomic<bool>>(false);
  std::unique_ptr<Worker> worker_;   // made with the first digest
  std::unique_ptr<Task> task_;
  std::unique_ptr<Client> client_;   // last: its events reach all of the above
};

}   // namespace coterie::cli
