// SPDX-License-Identifier: MIT
// receive: takes files that are offered, and those an earlier run had begun to take, until enough have arrived.
#include "cli/format.h"
#include "cli/human_reporter.h"
#include "cli/lockout.h"
#include "cli/status_line.h"
#include "cli/task.h"
#include "netcore/base/overloaded.h"
#include "netcore/base/unicode.h"
#include "netcore/client.h"

#include <algorithm>
#include <deque>
#include <map>
#include <set>

namespace coterie::cli {
namespace {

constexpr std::chrono::seconds room_pause{5};   // between two looks whether a full disk has room again

class ReceiveTask final : public Task {
 public:
  ReceiveTask(Shell& shell, ReceiveOptions options) : shell_(shell), options_(std::move(options)) {
    if (options_.folder.empty()) options_.folder = default_receive_folder();
    options_.folder = std::filesystem::absolute(options_.folder);
  }

  void start() override {
    if (options_.timeout) shell_.after(*options_.timeout, [this] { time_is_up(); });
    status_.start();
    shell_.tell(command::Connect{});
  }

  void on_event(const Event& event) override {
    std::visit(overloaded{
                   [&](const event::Settled& settled) {
                     lockout_.on_settled(settled);
                     if (settled.unanswered == 0) end_if_locked_out();
                   },
                   // One after the other of those who are here.
                   [&](const event::PasswordRejected& rejected) {
                     lockout_.on_rejected(rejected);
                     if (rejected.rejected >= rejected.of) end_if_locked_out();
                   },
                   [&](const event::MemberChanged&) { consider_next(); },
                   [&](const event::FileOffered& offer) { on_offer(offer); },
                   [&](const event::TransferChanged& transfer) { on_transfer(transfer); },
                   [&](const event::Notice& notice) { on_notice(notice); },
                   [](const auto&) {},
               },
               event);
  }

  [[nodiscard]] bool shows(const Event& event, bool to_program) const override {
    if (const auto* transfer = std::get_if<event::TransferChanged>(&event); transfer != nullptr && !to_program)
      return !transfer->outgoing && transfer->phase == event::TransferPhase::waiting && transfer->error.has_value();
    if (const auto* notice = std::get_if<event::Notice>(&event); notice != nullptr && lacks_room(notice->about))
      return false;   // told before
    return to_program || is_trouble(event);
  }

  [[nodiscard]] ExitCode when_interrupted() const override {
    if (options_.count == 0) return ExitCode::ok;
    return has_begun() ? ExitCode::not_delivered : ExitCode::error;
  }
  [[nodiscard]] std::string interrupted_sentence() const override {
    return has_begun() ? std::string() : "Interrupted; nothing was received.";
  }
  void on_finish(ExitCode) override { shell_.status({}); }

 private:
  [[nodiscard]] bool has_begun() const { return arrived_ > 0 || !under_way_.empty() || !known_.empty(); }
  [[nodiscard]] bool is_wanted_from(const std::string& user) const {
    return options_.from.empty() || std::any_of(options_.from.begin(), options_.from.end(),
                                                [&](const auto& wanted) { return same_user(wanted, user); });
  }

  void on_offer(const event::FileOffered& offer) {
    if (!known_.insert(offer.id).second) return;
    if (!is_wanted_from(offer.from)) {
      // Elsewhere it stays open, and costs nothing.
      if (shell_.is_classic()) shell_.tell(command::AnswerOffer{offer.id, false, {}});
      return;
    }
    open_.push_back(offer);
    consider_next();
  }

  struct UnderWay {
    event::TransferPhase phase = event::TransferPhase::running;   // until the engine tells
    std::string name;
    std::string peer;
  };
  // What is paused, or waits for somebody who is away, may never come.
  [[nodiscard]] bool rests(const UnderWay& file) const {
    if (file.phase != event::TransferPhase::waiting) return file.phase == event::TransferPhase::paused;
    const auto* sender = shell_.roster().find(file.peer);
    return sender == nullptr || !sender->online;
  }
  // Those under way that use up the count: the others do not stand in the way of new ones.
  [[nodiscard]] std::size_t moving() const {
    return static_cast<std::size_t>(
        std::count_if(under_way_.begin(), under_way_.end(), [&](const auto& one) { return !rests(one.second); }));
  }
  [[nodiscard]] bool has_room_for_more() const { return options_.count == 0 || arrived_ + moving() < options_.count; }

  // No more are taken than are still wanted: the others stay open for the next time.
  void consider_next() {
    while (!open_.empty() && !is_asking_ && has_room_for_more()) {
      const auto offer = open_.front();
      open_.pop_front();
      if (options_.accept == Accept::all || (options_.accept == Accept::verified && offer.from_verified))
        answer(offer.id, true);
      else if (options_.accept == Accept::verified)
        leave_open(offer, ", since its sender is not verified");
      else if (shell_.is_interactive())
        ask_about(offer);
      else
        leave_open(offer, "");
    }
  }

  void ask_about(const event::FileOffered& offer) {
    is_asking_ = true;
    shell_.ask(shell_.badge() + describe(offer) +
                   (shell_.is_classic() ? ". Take it? [y = yes, anything else = decline] "
                                        : ". Take it? [y = yes, n = decline, anything else = later] "),
               [this, id = offer.id](const std::string& typed) {
                 is_asking_ = false;
                 if (is_yes(typed))
                   answer(id, true);
                 else if (shell_.is_classic() || typed == "n" || typed == "N" || typed == "no")
                   answer(id, false);
                 consider_next();
               });
  }

  void leave_open(const event::FileOffered& offer, std::string_view why) {
    // There it would only lie in the profile until this run ends.
    if (shell_.is_classic()) {
      answer(offer.id, false);
      shell_.reporter().note(describe(offer) +
                             "; it was declined, since classic mode keeps none. Run receive with --accept all, or on a "
                             "terminal, and ask for it again.");
      return;
    }
    shell_.reporter().note(describe(offer) + "; it was left open" + std::string(why) +
                           ". Run receive with --accept all, or on a terminal, to take it.");
  }

  void answer(const FileId& id, bool accept) {
    if (accept) under_way_.try_emplace(id);
    shell_.tell(command::AnswerOffer{id, accept, options_.folder});
  }

  // An offer that could not be taken, for want of room or of a folder, stays open and holds up no other. Whether there is room
  // is asked again and again.
  void on_notice(const event::Notice& notice) {
    const auto refused = std::find_if(under_way_.begin(), under_way_.end(),
                                      [&](const auto& one) { return one.first.hex() == notice.about; });
    if (refused == under_way_.end()) return;
    const auto id = refused->first;
    under_way_.erase(refused);
    if (notice.error.code == Errc::disk_full) {
      without_room_.insert(id);
      try_again_later(id);
    } else {
      without_room_.erase(id);
    }
    consider_next();
  }

  void try_again_later(const FileId& id) {
    shell_.after(room_pause, [this, id] {
      if (!without_room_.contains(id)) return;
      if (has_room_for_more())
        answer(id, true);
      else
        try_again_later(id);
    });
  }

  [[nodiscard]] bool lacks_room(const std::string& about) const {
    return std::any_of(without_room_.begin(), without_room_.end(), [&](const FileId& id) { return id.hex() == about; });
  }

  void on_transfer(const event::TransferChanged& transfer) {
    if (transfer.outgoing || !is_wanted_from(transfer.peer)) return;
    if (transfer.phase != event::TransferPhase::offered) without_room_.erase(transfer.id);
    if (!is_final(transfer.phase)) {
      if (transfer.phase == event::TransferPhase::offered) return;
      under_way_[transfer.id] = {transfer.phase, transfer.name, transfer.peer};
      status_.update(transfer);
      return consider_next();
    }
    // Files of earlier runs are told at the start with how they ended: only what moves now counts.
    std::erase_if(open_, [&](const event::FileOffered& offer) { return offer.id == transfer.id; });
    if (under_way_.erase(transfer.id) == 0) return;
    status_.update(transfer);
    const auto name = escape_unprintable(transfer.name);
    const auto peer = escape_unprintable(transfer.peer);
    switch (transfer.phase) {
      case event::TransferPhase::finished:
        ++arrived_;
        shell_.reporter().result(transfer.path.string());
        if (is_enough()) return finish_with_enough();
        break;
      case event::TransferPhase::failed:
        shell_.reporter().fail(transfer.error ? name_of(transfer.error->code) : "io_failure",
                               name + " from " + peer + " did not arrive. " +
                                   (transfer.error ? explain(*transfer.error) : "Ask for it again."));
        break;
      case event::TransferPhase::cancelled:
        shell_.reporter().fail("refused",
                               name + " was withdrawn by " + peer + ". Ask for it again if you still need it.");
        break;
      default: break;
    }
    consider_next();
  }

  [[nodiscard]] bool is_locked_out() const { return lockout_.holds(shell_.roster()); }
  void end_if_locked_out() {
    if (is_locked_out()) shell_.finish(ExitCode::no_common_password);
  }

  [[nodiscard]] bool is_enough() const { return options_.count != 0 && arrived_ >= options_.count; }

  // Empty, or with a space in front.
  [[nodiscard]] std::string unfinished() const {
    std::string text;
    for (const auto& [id, file] : under_way_)
      if (!file.name.empty() && rests(file))
        text +=
            " " + escape_unprintable(file.name) + " from " + escape_unprintable(file.peer) + " is unfinished, since " +
            (file.phase == event::TransferPhase::paused ? "it is paused" : escape_unprintable(file.peer) + " is away") +
            ".";
    return text;
  }

  void finish_with_enough() {
    if (const auto rest = unfinished(); !rest.empty()) shell_.reporter().note(rest.substr(1));
    shell_.finish(ExitCode::ok);
  }

  void time_is_up() {
    if (const auto busy = lockout_.no_tries(shell_.roster()); busy && arrived_ == 0)
      return shell_.give_up(ExitCode::not_delivered, name_of(busy->code),
                            "Nothing was received. " + explain_end(*busy));
    if (options_.count == 0) return shell_.finish(ExitCode::ok);
    if (is_locked_out()) return shell_.finish(ExitCode::no_common_password);   // told when it was found
    shell_.give_up(ExitCode::not_delivered, "timed_out",
                   std::to_string(arrived_) + " of " + std::to_string(options_.count) + " files arrived within " +
                       std::to_string(options_.timeout->count()) + " s." + unfinished() + " " +
                       (shell_.is_classic()
                            ? "Classic mode keeps nothing of a file that is not whole: ask for it again."
                            : "What has arrived of others is kept, and goes on the next time this profile is online."));
  }

  Shell& shell_;
  ReceiveOptions options_;
  Lockout lockout_;
  std::size_t arrived_ = 0;
  std::set<FileId> known_;                // offers seen: the engine may tell one twice
  std::deque<event::FileOffered> open_;   // not considered yet
  bool is_asking_ = false;
  std::map<FileId, UnderWay> under_way_;   // accepted, now or in an earlier run
  std::set<FileId> without_room_;          // told so once, and tried again
  StatusLine status_{shell_, "waiting for files"};
};

}   // namespace

std::unique_ptr<Task> make_receive(Shell& shell, ReceiveOptions options) {
  return std::make_unique<ReceiveTask>(shell, std::move(options));
}

}   // namespace coterie::cli
