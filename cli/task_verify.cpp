// SPDX-License-Identifier: MIT
// verify: the safety number of one member; with --confirm the key that was shown, and no other, is marked as verified. Where two keys
// are known under a name, somebody has to say which of them was compared: at the terminal, or by its number.
#include <algorithm>
#include <iterator>

#include "cli/lockout.h"
#include "cli/task.h"
#include "netcore/base/overloaded.h"
#include "netcore/base/unicode.h"

namespace coterie::cli {
namespace {

constexpr std::chrono::seconds patience{30};   // for somebody the profile does not know

std::string digits_of(std::string_view number) {
  std::string digits;
  std::copy_if(number.begin(), number.end(), std::back_inserter(digits), [](char c) { return c >= '0' && c <= '9'; });
  return digits;
}

class VerifyTask final : public Task {
 public:
  VerifyTask(Shell& shell, VerifyOptions options) : shell_(shell), options_(std::move(options)) {}

  // The answer to this comes after everything the profile has to tell.
  void start() override { shell_.tell(command::LoadHistory{{}, 0, 1}); }

  void on_event(const Event& event) override {
    std::visit(overloaded{
                   [&](const event::HistoryPage&) { on_profile_told(); },
                   [&](const event::Settled& settled) {
                     if (is_known()) return;
                     // The refusal itself has been told.
                     if (settled.ready == 0 && settled.rejected > 0) return shell_.finish(ExitCode::no_common_password);
                     if (settled.busy == 0) return give_up();
                     shell_.give_up(ExitCode::error, name_of(Errc::guess_budget_empty),
                                    explain_end(Lockout::no_tries(settled)));
                   },
                   [&](const event::MemberChanged& member) {
                     if (confirmed_ && member.key == *confirmed_) finish_if_confirmed(member);
                     if (is_connecting_ && !is_shown_ && is_known()) show();
                   },
                   [](const auto&) {},
               },
               event);
  }

  [[nodiscard]] bool shows(const Event& event, bool) const override {
    return is_trouble(event) && !std::holds_alternative<event::Settled>(event);   // it ends with that
  }
  [[nodiscard]] ExitCode when_interrupted() const override { return ExitCode::error; }

 private:
  [[nodiscard]] bool is_known() const { return shell_.roster().find(options_.user) != nullptr; }

  void on_profile_told() {
    if (is_known()) return show();
    is_connecting_ = true;
    shell_.after(patience, [this] {
      if (!is_shown_) give_up();
    });
    shell_.tell(command::Connect{});
  }

  void give_up() {
    shell_.give_up(ExitCode::error, "no_such_member",
                   "Nobody named " + escape_unprintable(options_.user) +
                       " has been seen in this group. A safety number exists as soon as both of you have been online "
                       "together" +
                       shell_.roster().known_here() + ".");
  }

  void show() {
    is_shown_ = true;
    const auto held = shell_.roster().held(options_.user) != nullptr
                          ? std::optional(*shell_.roster().held(options_.user))
                          : std::nullopt;
    const auto known = *shell_.roster().find(options_.user);
    const auto name = escape_unprintable(known.user_id);
    if (held && held->key != known.key) {
      shell_.reporter().answer(
          known, name + " as known until now" + (known.verified ? " (verified)" : "") + ":\n  " + known.safety_number);
      shell_.reporter().answer(*held, name + " with the key seen last:\n  " + held->safety_number);
    } else {
      shell_.reporter().answer(
          known, "Safety number with " + name + (known.verified ? " (verified)" : "") + ":\n  " + known.safety_number);
    }
    const bool has_two = held && held->key != known.key;
    if (!options_.number.empty()) return confirm_numbered(known, has_two ? held : std::nullopt);
    const auto& member = held ? *held : known;
    if (!options_.confirm) {
      shell_.reporter().result(
          "Compare it with the number " + name +
          " sees for you, over the phone or face to face. The same on both sides: run verify again with --confirm.");
      return shell_.finish(ExitCode::ok);
    }
    if (!held && known.verified) {
      shell_.reporter().result(name + " is verified already.");
      return shell_.finish(ExitCode::ok);
    }
    if (!shell_.is_interactive()) {
      if (!has_two) return confirm(member);
      return shell_.give_up(ExitCode::error, "identity_changed",
                            name +
                                " was seen with two keys, so neither was confirmed. Repeat this with --number and the "
                                "number that " +
                                name + " sees for you.");
    }
    shell_.ask("Does " + name + (has_two ? " see the second number? [y/N] " : " see the same number? [y/N] "),
               [this, member](const std::string& answer) {
                 if (is_yes(answer)) return confirm(member);
                 shell_.reporter().note("Nothing was changed.");
                 shell_.finish(ExitCode::error);
               });
  }

  void confirm_numbered(const event::MemberChanged& known, const std::optional<event::MemberChanged>& held) {
    const auto wanted = digits_of(options_.number);
    if (held && digits_of(held->safety_number) == wanted) return confirm(*held);
    if (digits_of(known.safety_number) != wanted)
      return shell_.give_up(ExitCode::error, "wrong_number",
                            "That is not the number of " + escape_unprintable(known.user_id) +
                                ", so nothing was confirmed. Compare all of its digits.");
    if (known.verified) {
      shell_.reporter().result(escape_unprintable(known.user_id) + " is verified already.");
      return shell_.finish(ExitCode::ok);
    }
    confirm(known);
  }

  void confirm(const event::MemberChanged& member) {
    confirmed_ = member.key;
    if (member.state == event::MemberState::held) shell_.tell(command::AcceptIdentity{member.key});
    shell_.tell(command::SetVerified{member.key, true});
  }

  void finish_if_confirmed(const event::MemberChanged& member) {
    if (!member.verified || member.state == event::MemberState::held) return;
    shell_.reporter().answer(member, escape_unprintable(member.user_id) + " is verified now.");
    shell_.finish(ExitCode::ok);
  }

  Shell& shell_;
  VerifyOptions options_;
  bool is_connecting_ = false;
  bool is_shown_ = false;
  std::optional<PublicKey> confirmed_;
};

}   // namespace

std::unique_ptr<Task> make_verify(Shell& shell, VerifyOptions options) {
  return std::make_unique<VerifyTask>(shell, std::move(options));
}

}   // namespace coterie::cli
