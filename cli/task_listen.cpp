// SPDX-License-Identifier: MIT
// listen: events as they come, nothing else.
#include "cli/human_reporter.h"
#include "cli/lockout.h"
#include "cli/task.h"
#include "netcore/base/overloaded.h"

namespace coterie::cli {
namespace {

class ListenTask final : public Task {
 public:
  ListenTask(Shell& shell, ListenOptions options) : shell_(shell), options_(options) {}

  void start() override {
    if (options_.timeout) shell_.after(*options_.timeout, [this] { time_is_up(); });
    shell_.tell(command::Connect{});
  }
  void on_event(const Event& event) override {
    std::visit(overloaded{
                   [&](const event::LinkChanged& link) {
                     was_online_ = was_online_ || link.state == event::LinkState::online;
                   },
                   [&](const event::Settled& settled) { lockout_.on_settled(settled); },
                   [&](const event::PasswordRejected& rejected) { lockout_.on_rejected(rejected); },
                   [&](const event::FileOffered& offer) { on_offer(offer); },
                   [](const auto&) {},
               },
               event);
  }
  [[nodiscard]] bool shows(const Event&, bool) const override { return true; }
  [[nodiscard]] ExitCode when_interrupted() const override { return was_online_ ? ExitCode::ok : ExitCode::error; }
  [[nodiscard]] std::string interrupted_sentence() const override {
    return "Interrupted before there was a connection.";
  }

 private:
  // In a group it stays open until somebody takes it. Here it would end with this run, after it had filled the disk.
  void on_offer(const event::FileOffered& offer) {
    if (!shell_.is_classic()) return;
    shell_.tell(command::AnswerOffer{offer.id, false, {}});
    shell_.reporter().note(describe(offer) +
                           "; it was declined, since listen takes no files and classic mode keeps none. Run receive, "
                           "and ask for it again.");
  }

  // That nobody could be heard was told when it was found. Not sooner: somebody with our password might have come.
  void time_is_up() {
    if (const auto busy = lockout_.no_tries(shell_.roster()))
      return shell_.give_up(ExitCode::not_delivered, name_of(busy->code), explain_end(*busy));
    shell_.finish(lockout_.holds(shell_.roster()) ? ExitCode::no_common_password : ExitCode::ok);
  }

  Shell& shell_;
  ListenOptions options_;
  Lockout lockout_;
  bool was_online_ = false;
};

}   // namespace

std::unique_ptr<Task> make_listen(Shell& shell, ListenOptions options) {
  return std::make_unique<ListenTask>(shell, options);
}

}   // namespace coterie::cli
