// SPDX-License-Identifier: MIT
// say: waits until everyone present has been greeted, sends one text, and ends when every addressee has confirmed it. What the
// relay keeps for somebody who is away is safe, but not delivered.
//
//   greeting ──Settled, addressees known──▶ sent ──all confirmed──▶ 0
//                                            └──time is up──▶ 3, naming who has it and for whom it is kept where
#include "cli/audience.h"
#include "cli/task.h"
#include "netcore/base/overloaded.h"
#include "netcore/base/random.h"
#include "netcore/base/unicode.h"

#include <map>
#include <set>
#include <utility>

namespace coterie::cli {
namespace {

constexpr std::size_t longest_input = 1_MiB;   // far above a message; the engine says how long one may be

class SayTask final : public Task {
 public:
  SayTask(Shell& shell, SayOptions options)
      : shell_(shell), options_(std::move(options)), audience_(shell, options_.to, "Nothing was sent") {}

  void start() override {
    if (options_.text != "-") return begin(false);
    options_.text.clear();
    shell_.read_lines([this](const std::string& line) { take_line(line); }, [this] { begin(true); });
  }

  void on_event(const Event& event) override {
    std::visit(overloaded{
                   [&](const event::Settled& settled) {
                     audience_.on_settled(settled);
                     send_if_possible();
                   },
                   [&](const event::MemberChanged&) { send_if_possible(); },
                   [&](const event::MessageAdded& added) { on_added(added.message); },
                   [&](const event::DeliveryChanged& delivery) { on_delivery(delivery); },
                   [&](const event::Notice& notice) { on_notice(notice); },
                   [](const auto&) {},
               },
               event);
  }

  [[nodiscard]] bool shows(const Event& event, bool to_program) const override {
    if (const auto* notice = std::get_if<event::Notice>(&event)) return !is_ours(notice->about);
    return to_program || is_trouble(event);
  }
  bool on_no_connection(const Error& why) override {
    shell_.give_up(exit_code_for(why.code), name_of(why.code),
                   explain_end(why) + " Nothing was sent, and the text was not kept.");
    return true;
  }
  // Before the text is known nothing was begun.
  [[nodiscard]] ExitCode when_interrupted() const override {
    return has_begun_ ? ExitCode::not_delivered : ExitCode::error;
  }

 private:
  // Of standard input; the line break at its end is not part of the text.
  void take_line(const std::string& line) {
    if (std::exchange(has_lines_, true)) options_.text.push_back('\n');
    options_.text.append(line);
    if (options_.text.size() > longest_input)
      shell_.give_up(Error{Errc::too_large, "the text on standard input"});
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
    if (options_.wait) shell_.after(*options_.wait, [this] { time_is_up(); });
    shell_.tell(command::Connect{});
  }

  void send_if_possible() {
    if (!messages_.empty()) return;
    const auto recipients = audience_.find();
    if (!recipients) return;
    if (audience_.is_everyone()) return send(std::nullopt);
    for (const auto& recipient : *recipients) send(recipient);
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
    if (nobody && audience_.is_everyone()) return messages_.clear();
    shell_.give_up(notice.error);
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
  };
  [[nodiscard]] Tally tally() const {
    std::set<std::string> waiting, kept, reached;
    for (const auto& [id, message] : messages_)
      for (const auto& [user, state] : message.deliveries) {
        const bool has_it = state == event::DeliveryState::delivered || state == event::DeliveryState::read ||
                            (shell_.is_classic() && state == event::DeliveryState::at_relay);
        (has_it ? reached : state == event::DeliveryState::at_relay ? kept : waiting).insert(user);
      }
    return {{waiting.begin(), waiting.end()}, {kept.begin(), kept.end()}, {reached.begin(), reached.end()}};
  }

  void finish_if_done() {
    for (const auto& [id, message] : messages_)
      if (!message.is_kept || message.deliveries.empty()) return;
    const auto people = tally();
    if (!people.waiting.empty() || !people.kept.empty()) return;
    shell_.reporter().result(shell_.is_classic()
                                 ? "Given to the server for " + join_names(people.reached) + "; nothing confirms that it arrived."
                                 : "Delivered to " + join_names(people.reached) + ".");
    shell_.finish(ExitCode::ok);
  }

  void time_is_up() {
    if (messages_.empty()) return audience_.give_up_waiting(*options_.wait);
    const auto [waiting, kept, reached] = tally();
    auto missing = waiting;
    missing.insert(missing.end(), kept.begin(), kept.end());
    auto text = "Not delivered to " + join_names(missing) + " within " + std::to_string(options_.wait->count()) + " s";
    if (!reached.empty()) text += " (" + join_names(reached) + (reached.size() == 1 ? " has it)" : " have it)");
    text += ".";
    if (!kept.empty()) text += " The relay keeps it for " + join_names(kept) + " and delivers it without you.";
    if (!waiting.empty() && shell_.is_classic())
      text += " Classic mode keeps nothing: say it again when they are here.";
    else if (!waiting.empty())
      text += (kept.empty() ? std::string(" It") : " For " + join_names(waiting) + " it") +
              " is kept in the outbox of this profile and delivered when both of you are online.";
    shell_.give_up(ExitCode::not_delivered, "timed_out", text);
  }

  struct Sent {
    bool is_kept = false;   // in the profile: it survives from here on
    std::map<std::string, event::DeliveryState> deliveries;
  };

  Shell& shell_;
  SayOptions options_;
  Audience audience_;
  bool has_lines_ = false;
  bool has_begun_ = false;
  std::map<MessageId, Sent> messages_;
};

}  // namespace

std::unique_ptr<Task> make_say(Shell& shell, SayOptions options) {
  return std::make_unique<SayTask>(shell, std::move(options));
}

}  // namespace coterie::cli
