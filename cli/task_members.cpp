// SPDX-License-Identifier: MIT
// members: who is known, and who is here. Without a connection the profile still knows the first half of that.
#include "cli/format.h"
#include "cli/lockout.h"
#include "cli/task.h"
#include "netcore/base/overloaded.h"
#include "netcore/base/unicode.h"

namespace coterie::cli {
namespace {

constexpr std::chrono::seconds patience{30};   // longer than a greeting that is not answered

class MembersTask final : public Task {
 public:
  MembersTask(Shell& shell, MembersOptions options) : shell_(shell), options_(options) {}

  void start() override {
    // The answer to this comes after everything the profile has to tell.
    if (options_.offline) return shell_.tell(command::LoadHistory{{}, 0, 1});
    shell_.after(patience, [this] {
      shell_.give_up(ExitCode::error, "timed_out", "Not everyone here has answered; this is what is known so far.");
    });
    shell_.tell(command::Connect{});
  }

  void on_event(const Event& event) override {
    std::visit(overloaded{
                   [&](const event::HistoryPage&) {
                     is_answered_ = true;
                     shell_.finish(ExitCode::ok);
                   },
                   [&](const event::Settled& settled) {
                     if (settled.ready == 0 && settled.rejected == 0 && settled.busy > 0)
                       return shell_.give_up(ExitCode::error, name_of(Errc::guess_budget_empty),
                                             explain_end(Lockout::no_tries(settled)));
                     const bool locked_out = settled.ready == 0 && settled.rejected > 0;
                     is_answered_ = !locked_out;
                     if (settled.busy > 0 && !locked_out)
                       shell_.reporter().fail(
                           name_of(Errc::guess_budget_empty),
                           (settled.busy == 1 ? "1 member" : std::to_string(settled.busy) + " members") +
                               " here cannot be listed. " + explain_end(Lockout::no_tries(settled)));
                     shell_.finish(locked_out ? ExitCode::no_common_password : ExitCode::ok);
                   },
                   [](const auto&) {},
               },
               event);
  }

  // Also when the relay could not be reached: what is known is better than nothing. Not under a warning that must be read.
  void on_finish(ExitCode code) override {
    if (code == ExitCode::relay_changed) return;
    const auto members = shell_.roster().all();
    if (members.empty() && is_answered_) shell_.reporter().result("No members are known yet.");
    std::size_t width = 0;
    for (const auto& member : members) width = std::max(width, display_width(escape_unprintable(member.user_id)));
    for (const auto& member : members) {
      const auto name = escape_unprintable(member.user_id);
      const auto padding = std::string(width - display_width(name) + 2, ' ');
      shell_.reporter().answer(member, name + padding + describe_state(member, now_ms()));
    }
  }

  // Members are listed once, at the end.
  [[nodiscard]] bool shows(const Event& event, bool) const override {
    return is_trouble(event) && !std::holds_alternative<event::Settled>(event);   // it ends with that
  }
  [[nodiscard]] ExitCode when_interrupted() const override { return ExitCode::error; }

 private:
  Shell& shell_;
  MembersOptions options_;
  bool is_answered_ = false;   // "none" is an answer only when the question was understood
};

}   // namespace

std::unique_ptr<Task> make_members(Shell& shell, MembersOptions options) {
  return std::make_unique<MembersTask>(shell, options);
}

}   // namespace coterie::cli
