// SPDX-License-Identifier: MIT
// say: waits until everyone present has been greeted, sends one text, and ends when every addressee has confirmed it. What the
// relay keeps for somebody who is away is safe, but not delivered.
//
//   greeting ──Settled, addressees known──▶ sent ──all confirmed──▶ 0
//                                            └──time is up──▶ 3, naming who has it and for whom it is kept where
//
// Members here who take no tries for a password, since others have used them up, are waited for where the next try is possible in time.
// What is for everyone goes to the others at once, and to each of these alone as soon as they let us in.
//
// Where no relay answers, the text goes to the outbox all the same if the profile knows everyone it is for.
#include "cli/audience.h"
#include "cli/lockout.h"
#include "cli/task.h"
#include "netcore/base/overloaded.h"
#include "netcore/base/random.h"
#include "netcore/base/unicode.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <utility>

namespace coterie::cli {
namespace {

constexpr auto kept_for_later =
    " The message is kept in the outbox of this profile and will be delivered the next time any command connects.";
constexpr auto not_kept = "Nothing was sent, and the text was not kept.";
constexpr std::size_t longest_input = 1_MiB;   // far above a message; the engine says how long one may be

class SayTask final : public Task {
  using Clock = std::chrono::steady_clock;

 public:
  SayTask(Shell& shell, SayOptions options)
      : shell_(shell),
        options_(std::move(options)),
        audience_(shell, options_.to, "Nothing was sent, and the text was not kept") {}

  void start() override {
    if (options_.text != "-") return begin(false);
    options_.text.clear();
    shell_.read_lines([this](const std::string& line) { take_line(line); }, [this] { begin(true); });
  }

  void on_event(const Event& event) override {
    std::visit(overloaded{
                   [&](const event::LinkChanged& link) { on_link(link); },
                   [&](const event::Settled& settled) {
                     no_connection_.reset();
                     settled_ = settled;
                     settled_at_ = Clock::now();
                     rejected_since_ = 0;
                     not_busy_.clear();
                     for (const auto& member : shell_.roster().all())
                       if (is_ready(member) || !member.online) not_busy_.insert(member.key);
                     audience_.on_settled(settled);
                     lockout_.on_settled(settled);
                     send_if_possible();
                   },
                   [&](const event::PasswordRejected& rejected) {
                     lockout_.on_rejected(rejected);
                     if (settled_)
                       rejected_since_ = rejected.rejected - std::min(settled_->rejected, rejected.rejected);
                     finish_if_done();
                   },
                   [&](const event::MemberChanged&) {
                     send_if_possible();
                     send_to_latecomers();
                   },
                   [&](const event::MessageAdded& added) { on_added(added.message); },
                   [&](const event::DeliveryChanged& delivery) { on_delivery(delivery); },
                   [&](const event::Notice& notice) { on_notice(notice); },
                   [](const auto&) {},
               },
               event);
  }

  [[nodiscard]] bool shows(const Event& event, bool to_program) const override {
    if (const auto* notice = std::get_if<event::Notice>(&event)) return !is_ours(notice->about);
    if (is_over_ && std::holds_alternative<event::LinkChanged>(event)) return to_program;   // told with the text
    return to_program || is_trouble(event);
  }
  bool on_no_connection(const Error& why) override {
    no_connection_ = why;
    gives_up_ = true;
    send_without_connection();
    if (messages_.empty())
      shell_.give_up(exit_code_for(why.code), name_of(why.code), explain_end(why) + " " + not_kept);
    return true;
  }
  // What was not given to the outbox is gone.
  [[nodiscard]] ExitCode when_interrupted() const override {
    return is_kept() ? ExitCode::not_delivered : ExitCode::error;
  }
  [[nodiscard]] std::string interrupted_sentence() const override {
    if (!has_begun_ || shell_.is_classic()) return {};
    return "Interrupted. " + (is_kept() ? std::string(kept_for_later + 1) : std::string(not_kept));
  }

 private:
  // Of standard input; the line break at its end is not part of the text.
  void take_line(const std::string& line) {
    if (std::exchange(has_lines_, true)) options_.text.push_back('\n');
    options_.text.append(line);
    if (options_.text.size() > longest_input) shell_.give_up(Error{Errc::too_large, "the text on standard input"});
  }

  void begin(bool is_piped) {
    has_begun_ = true;
    const auto* fault = options_.text.empty()           ? "the text is empty"
                        : !is_valid_utf8(options_.text) ? "the text is not valid UTF-8"
                                                        : nullptr;
    // What comes through a pipe is no mistake of the command line.
    if (fault != nullptr)
      return shell_.give_up(is_piped ? ExitCode::error : ExitCode::usage, name_of(Errc::invalid_argument),
                            explain(Error{Errc::invalid_argument, fault}));
    if (options_.wait) {
      deadline_ = Clock::now() + *options_.wait;
      shell_.after(*options_.wait, [this] { time_is_up(); });
    }
    shell_.tell(command::Connect{});
  }

  // It is tried again (--keep-trying), for as long as there is time.
  void on_link(const event::LinkChanged& link) {
    if (link.state != event::LinkState::offline || !link.reason || !link.retry_in || audience_.has_settled()) return;
    no_connection_ = *link.reason;
    send_without_connection();
  }

  void send_without_connection() {
    if (!messages_.empty() || shell_.is_classic()) return;
    if (const auto recipients = audience_.known()) send_to(*recipients);
  }

  void send_if_possible() {
    if (!messages_.empty()) return;
    const auto recipients = audience_.find();
    if (recipients) send_to(*recipients);
  }

  void send_to(const std::vector<std::string>& recipients) {
    if (audience_.is_everyone()) return send(std::nullopt);
    for (const auto& recipient : recipients) send(recipient);
  }

  void send(std::optional<std::string> to) {
    const auto id = random_id<MessageId>();
    messages_[id] = {};
    shell_.tell(command::SendText{id, std::move(to), options_.text});
  }

  void on_added(const event::Message& message) {
    const auto ours = messages_.find(message.id);
    if (ours == messages_.end() || !message.outgoing) return;
    ours->second.is_kept = true;
    for (const auto& delivery : message.deliveries) ours->second.deliveries[delivery.user_id] = delivery.state;
    if (gives_up_ && no_connection_ && is_kept())
      return shell_.give_up(ExitCode::not_delivered, name_of(no_connection_->code),
                            explain_end(*no_connection_) + kept_for_later);
    send_to_latecomers();
    finish_if_done();
  }

  void on_delivery(const event::DeliveryChanged& delivery) {
    const auto ours = messages_.find(delivery.id);
    if (ours == messages_.end()) return;
    ours->second.deliveries[delivery.user_id] = delivery.state;
    finish_if_done();
  }

  void on_notice(const event::Notice& notice) {
    if (!is_ours(notice.about)) return;
    // To the group while nobody is left to address: somebody may come.
    const bool nobody = notice.error.code == Errc::nobody_yet || notice.error.code == Errc::no_such_member;
    if (nobody && audience_.is_everyone()) {
      std::erase_if(messages_, [&](const auto& one) { return one.first.hex() == notice.about; });
      return finish_if_done();
    }
    shell_.give_up(notice.error);
  }

  // All of it is in the outbox, which outlives us.
  [[nodiscard]] bool is_kept() const {
    return !messages_.empty() && !shell_.is_classic() &&
           std::all_of(messages_.begin(), messages_.end(), [](const auto& one) { return one.second.is_kept; });
  }

  [[nodiscard]] bool is_ours(const std::string& about) const {
    for (const auto& [id, message] : messages_)
      if (id.hex() == about) return true;
    return false;
  }

  struct Tally {
    std::vector<std::string> waiting;   // in our outbox only
    std::vector<std::string> kept;      // the relay has it for them
    std::vector<std::string> reached;   // have confirmed it
    std::vector<std::string> lost;      // in classic mode: the server has not taken it, and nobody keeps it
  };
  [[nodiscard]] Tally tally() const {
    std::set<std::string> waiting, kept, reached, lost;
    for (const auto& [id, message] : messages_)
      for (const auto& [user, state] : message.deliveries) {
        const bool has_it = state == event::DeliveryState::delivered || state == event::DeliveryState::read ||
                            (shell_.is_classic() && state == event::DeliveryState::at_relay);
        const bool is_lost = shell_.is_classic() && state == event::DeliveryState::failed;
        (is_lost ? lost : has_it ? reached : state == event::DeliveryState::at_relay ? kept : waiting).insert(user);
      }
    return {{waiting.begin(), waiting.end()},
            {kept.begin(), kept.end()},
            {reached.begin(), reached.end()},
            {lost.begin(), lost.end()}};
  }

  void finish_if_done() {
    if (messages_.empty() || is_over_) return;
    for (const auto& [id, message] : messages_)
      if (!message.is_kept || message.deliveries.empty()) return;
    const auto people = tally();
    if (!people.waiting.empty() || !people.kept.empty()) return;
    if (people.lost.empty() && next_try_is_in_time()) return;
    is_over_ = true;
    if (!people.lost.empty()) return end_with_loss(people);
    if (out_of_reach() > 0) return end_out_of_reach(people);
    shell_.reporter().result(shell_.is_classic()
                                 ? shell_.badge() + "Given to the server for " + join_names(people.reached) +
                                       "; nothing confirms that it arrived."
                                 : "Delivered to " + join_names(people.reached) + ".");
    shell_.finish(ExitCode::ok);
  }

  static bool is_ready(const event::MemberChanged& member) { return member.state == event::MemberState::ready; }

  // Members here that take no tries for a password, since somebody has used them up. Those who have let us in since we joined, or
  // have said that our password is another one, are not among them any more.
  [[nodiscard]] std::size_t out_of_reach() const {
    if (!audience_.is_everyone() || !settled_ || settled_->busy == 0) return 0;
    const auto answered = let_in().size() + rejected_since_;
    return settled_->busy - std::min(settled_->busy, answered);
  }
  [[nodiscard]] std::vector<std::string> let_in() const {
    std::vector<std::string> users;
    for (const auto& member : shell_.roster().addressable())
      if (is_ready(member) && !not_busy_.contains(member.key)) users.push_back(member.user_id);
    return users;
  }
  // It is tried by itself, again and again.
  [[nodiscard]] bool next_try_is_in_time() const {
    return out_of_reach() > 0 && (!options_.wait || settled_at_ + settled_->next_try <= deadline_);
  }
  // The text has gone to the group, as far as that could be addressed.
  void send_to_latecomers() {
    if (!is_kept() || is_over_ || !audience_.is_everyone() || !settled_ || settled_->busy == 0) return;
    std::set<std::string> addressed;
    for (const auto& [id, message] : messages_)
      for (const auto& [user, state] : message.deliveries) addressed.insert(user);
    for (const auto& user : let_in())
      if (!addressed.contains(user)) send(user);
  }

  [[nodiscard]] std::string about_out_of_reach() const {
    const auto count = out_of_reach();
    return (count == 1 ? "1 member" : std::to_string(count) + " members") + " here. " +
           explain_end(Lockout::no_tries(*settled_, Clock::now() - settled_at_));
  }
  void end_out_of_reach(const Tally& people) {
    shell_.give_up(ExitCode::not_delivered, name_of(Errc::guess_budget_empty),
                   "Delivered to " + join_names(people.reached) + ", but not to " + about_out_of_reach());
  }

  // Somebody who left has gone before the line breaks, if it does.
  void end_with_loss(const Tally& people) {
    std::vector<std::string> left, rest;
    for (const auto& user : people.lost) {
      const auto* member = shell_.roster().find(user);
      (member != nullptr && !member->online ? left : rest).push_back(user);
    }
    auto text = rest.empty()
                    ? join_names(left) + " left before the text had gone out"
                    : "The connection broke before the server had taken the text for " + join_names(people.lost);
    if (!people.reached.empty()) text += "; it was given to the server for " + join_names(people.reached);
    text += ". Classic mode keeps nothing: say it again" + std::string(!rest.empty() ? "."
                                                                       : left.size() == 1
                                                                           ? " when " + join_names(left) + " is back."
                                                                           : " when they are back.");
    shell_.give_up(ExitCode::not_delivered, name_of(rest.empty() ? Errc::no_such_member : Errc::server_lost), text);
  }

  void time_is_up() {
    if (messages_.empty()) return audience_.give_up_waiting(*options_.wait);
    if (no_connection_ && is_kept())
      return shell_.give_up(ExitCode::not_delivered, "timed_out", explain_end(*no_connection_) + kept_for_later);
    const auto people = tally();
    const auto& [waiting, kept, reached, lost] = people;
    if (waiting.empty() && kept.empty() && lost.empty() && out_of_reach() > 0) return end_out_of_reach(people);
    auto missing = waiting;
    missing.insert(missing.end(), kept.begin(), kept.end());
    missing.insert(missing.end(), lost.begin(), lost.end());
    auto text = (shell_.is_classic() ? "Not taken by the server for " : "Not delivered to ") + join_names(missing) +
                " within " + std::to_string(options_.wait->count()) + " s";
    if (!reached.empty())
      text += shell_.is_classic()   ? " (taken for " + join_names(reached) + ")"
              : reached.size() == 1 ? " (" + join_names(reached) + " has it)"
                                    : " (" + join_names(reached) + " have it)";
    text += ".";
    if (!kept.empty()) text += " The relay keeps it for " + join_names(kept) + " and delivers it without you.";
    if (!waiting.empty() && shell_.is_classic())
      text += " Classic mode keeps nothing: say it again when the server answers.";
    else if (!waiting.empty())
      text += (kept.empty() ? std::string(" It") : " For " + join_names(waiting) + " it") +
              " is kept in the outbox of this profile and delivered when both of you are online.";
    if (out_of_reach() > 0) text += " Nor was it sent to " + about_out_of_reach();
    if (reached.empty() && lockout_.holds(shell_.roster()))
      return shell_.give_up(ExitCode::no_common_password, name_of(Errc::wrong_password),
                            text + " Whoever is here has another password than this one.");
    shell_.give_up(ExitCode::not_delivered, "timed_out", text);
  }

  struct Sent {
    bool is_kept = false;   // in the profile: it survives from here on
    std::map<std::string, event::DeliveryState> deliveries;
  };

  Shell& shell_;
  SayOptions options_;
  Audience audience_;
  Lockout lockout_;
  bool has_lines_ = false;
  bool has_begun_ = false;
  bool is_over_ = false;   // it has been told how
  std::optional<event::Settled> settled_;
  Clock::time_point settled_at_;
  Clock::time_point deadline_;     // where there is one
  std::set<PublicKey> not_busy_;   // when it settled: those who had let us in before, or were away
  std::size_t rejected_since_ = 0;
  std::optional<Error> no_connection_;   // why the relay does not answer; nothing once it has
  bool gives_up_ = false;                // and it is not tried again
  std::map<MessageId, Sent> messages_;
};

}   // namespace

std::unique_ptr<Task> make_say(Shell& shell, SayOptions options) {
  return std::make_unique<SayTask>(shell, std::move(options));
}

}   // namespace coterie::cli
