// SPDX-License-Identifier: MIT
// chat: a conversation, for people at a terminal and, line by line, for scripts. The end of what is piped in is the end, and the exit
// code tells whether all of it is on its way.
#include "cli/chat_account.h"
#include "cli/chat_commands.h"
#include "cli/lockout.h"
#include "cli/task.h"
#include "netcore/base/overloaded.h"
#include "netcore/base/unicode.h"
#include "netcore/client.h"

#include <set>
#include <utility>

namespace coterie::cli {
namespace {

constexpr std::chrono::seconds last_confirmations{5};     // waited for when piped input has ended
constexpr std::chrono::milliseconds time_to_speak{500};   // for what is in the pipe already when no relay answers
constexpr auto nobody_has_it = "Nobody here has this password.";
constexpr std::chrono::milliseconds reading_time{300};   // messages shown together are reported as read together

class ChatTask final : public Task {
 public:
  ChatTask(Shell& shell, const ChatOptions& options)
      : shell_(shell),
        account_(shell),
        commands_(shell, account_,
                  std::filesystem::absolute(options.folder.empty() ? default_receive_folder() : options.folder),
                  [this] { on_quit(); }) {}

  void start() override { shell_.tell(command::Connect{}); }

  void on_event(const Event& event) override {
    std::visit(overloaded{
                   // Piped lines wait until everyone present has been greeted, so that all of them get the first one.
                   [&](const event::Settled& settled) { on_settled(settled); },
                   [&](const event::PasswordRejected& rejected) { lockout_.on_rejected(rejected); },
                   [&](const event::LinkChanged& link) { on_link(link); },
                   [&](const event::MessageAdded& added) { on_message(added.message); },
                   [&](const event::MessageChanged& changed) {
                     commands_.remember(changed.message);
                     account_.on_changed(changed.message);
                     go_on_ending();
                   },
                   [&](const event::HistoryPage& page) {
                     for (const auto& message : page.messages) commands_.remember(message);
                   },
                   [&](const event::SearchResults& found) {
                     if (found.messages.empty()) shell_.reporter().result("Nothing found.");
                     for (const auto& message : found.messages) commands_.remember(message);
                   },
                   [&](const event::DeliveryChanged& delivery) {
                     account_.on_delivery(delivery);
                     go_on_ending();
                   },
                   [&](const event::FileOffered& offer) { commands_.remember(offer); },
                   [&](const event::TransferChanged& transfer) {
                     account_.on_transfer(transfer);
                     commands_.remember(transfer);
                     go_on_ending();
                   },
                   [&](const event::Notice& notice) {
                     account_.on_notice(notice);
                     go_on_ending();
                   },
                   [](const auto&) {},
               },
               event);
  }

  // What is piped in goes to the outbox, for those the profile knows; what comes too late for that is not taken from the pipe.
  bool on_no_connection(const Error& why) override {
    if (shell_.is_interactive()) return false;
    no_connection_ = why;
    gives_up_ = true;
    shell_.after(time_to_speak, [this] { on_end(); });
    read_lines();
    return true;
  }

  // One that could not be kept is counted at the end.
  [[nodiscard]] bool shows(const Event& event, bool to_program) const override {
    // Of what was piped in they are counted at the end.
    if (const auto* delivery = std::get_if<event::DeliveryChanged>(&event);
        delivery != nullptr && shell_.is_classic() && delivery->state == event::DeliveryState::failed)
      return to_program || shell_.is_interactive();
    const auto* notice = std::get_if<event::Notice>(&event);
    const bool is_counted = no_connection_ || (!to_program && !shell_.is_interactive());
    return notice == nullptr || !is_counted || !account_.is_unsent(notice->error.code) ||
           account_.awaits_answer(notice->about);
  }
  void on_finish(ExitCode) override {
    if (shell_.is_classic()) return name_offers();
    if (!shell_.is_interactive() && (is_online_ || !was_online_ || lockout_.holds(shell_.roster()))) return;
    const auto left = account_.still_to_deliver() + commands_.unfinished();
    if (!left.empty()) shell_.reporter().note(left.substr(1));
  }
  [[nodiscard]] ExitCode when_interrupted() const override {
    return never_online() ? ExitCode::not_delivered : exit_code();
  }
  [[nodiscard]] std::string interrupted_sentence() const override {
    auto text = never_online()                                ? explain_end(*no_connection_)
                : exit_code() == ExitCode::no_common_password ? std::string(nobody_has_it)
                                                              : std::string();
    text += what_became_of_it();
    if (shell_.is_classic() && !is_reading_ && !shell_.is_interactive())
      text += " What is piped in was not read, and nothing of it was sent.";
    return text.empty() ? text : "Interrupted. " + text;
  }

 private:
  // In classic mode nothing is offered the next time.
  void name_offers() {
    const auto& offers = commands_.offers();
    if (offers.empty()) return;
    std::string names;
    for (const auto& [id, offer] : offers)
      names += (names.empty() ? "" : ", ") + escape_unprintable(offer.name) + " from " + escape_unprintable(offer.from);
    const bool is_one = offers.size() == 1;
    shell_.reporter().note(std::to_string(offers.size()) + (is_one ? " file" : " files") + " offered to you " +
                           (is_one ? "was" : "were") + " not taken: " + names + ". Ask for " +
                           (is_one ? "it" : "them") + " again if you want " + (is_one ? "it" : "them") + ".");
  }

  // Of what is piped in while --keep-trying waits for the relay.
  [[nodiscard]] bool never_online() const { return !shell_.is_interactive() && !was_online_ && no_connection_; }

  void on_link(const event::LinkChanged& link) {
    is_online_ = link.state == event::LinkState::online;
    was_online_ = was_online_ || is_online_;
    // A person may type from the beginning. Not sooner: what is typed may be the password that is asked for.
    if (shell_.is_interactive()) return read_lines();
    if (was_online_ || link.state != event::LinkState::offline || !link.reason || !link.retry_in) return;
    // It is tried again (--keep-trying). Until then lines go to the outbox, if there is anybody to keep them for; otherwise they
    // stay in the pipe.
    no_connection_ = *link.reason;
    if (!shell_.roster().addressable().empty()) read_lines();
  }

  void on_settled(const event::Settled& settled) {
    lockout_.on_settled(settled);
    no_connection_.reset();
    read_lines();
    if (has_ended_) end_when_confirmed();
  }

  void read_lines() {
    if (std::exchange(is_reading_, true)) return;
    if (shell_.is_interactive())
      shell_.reporter().result("A line goes to the group; /help lists the commands, /quit ends.");
    shell_.read_lines(
        [this](const std::string& line) {
          if (!is_ending_ && !quits_) commands_.take(line);
        },
        [this] { on_end(); });
  }

  void on_end() {
    has_ended_ = true;
    if (shell_.is_interactive()) return shell_.finish(ExitCode::ok);
    if (gives_up_) return end_without_connection();
    if (!no_connection_) end_when_confirmed();   // otherwise once the relay answers
  }

  void end_without_connection() {
    has_ended_ = true;
    if (!account_.is_all_answered()) return;
    if (!account_.has_said())
      return shell_.give_up(ExitCode::error, name_of(no_connection_->code), explain_end(*no_connection_));
    shell_.give_up(ExitCode::not_delivered, name_of(no_connection_->code),
                   explain_end(*no_connection_) + what_became_of_it());
  }

  void end_when_confirmed() {
    if (account_.is_done()) return end();
    if (!std::exchange(is_ending_, true)) wait_for_the_last();
  }
  // In classic mode nothing goes on the next time: as long as something moves it is waited for.
  void wait_for_the_last() {
    account_.take_moved();
    shell_.after(last_confirmations, [this] {
      if (shell_.is_classic() && account_.take_moved()) return wait_for_the_last();
      end();
    });
  }

  void end() {
    const auto code = exit_code();
    if (code == ExitCode::no_common_password && account_.has_said())
      return shell_.give_up(code, name_of(Errc::wrong_password), nobody_has_it + what_became_of_it());
    if (const auto untaken = account_.untaken(); !untaken.empty())
      return shell_.give_up(code, name_of(Errc::server_lost), untaken);
    if (const auto busy = lockout_.no_tries(shell_.roster()); busy && account_.has_lost())
      return shell_.give_up(code, name_of(busy->code), explain_end(*busy) + what_became_of_it());
    if (account_.has_lost()) return shell_.give_up(code, name_of(Errc::nobody_yet), what_became_of_it().substr(1));
    shell_.finish(code);
  }

  // Of what was piped in; a person sees at once what goes wrong.
  [[nodiscard]] ExitCode exit_code() const {
    if (shell_.is_interactive()) return ExitCode::ok;
    if (lockout_.holds(shell_.roster())) return ExitCode::no_common_password;
    if (account_.has_lost() || !account_.untaken().empty()) return ExitCode::not_delivered;
    return account_.has_failed() ? ExitCode::error : ExitCode::ok;
  }

  // Begins with a space where there is something to say.
  [[nodiscard]] std::string what_became_of_it() const {
    const bool names_kept = never_online() || gives_up_ || lockout_.holds(shell_.roster());
    return account_.what_became_of_it(names_kept, was_online_);
  }

  // Nothing is waited for but the word what has become of each text.
  void on_quit() {
    if (shell_.is_interactive()) return shell_.finish(ExitCode::ok);
    if (shell_.is_classic() && !no_connection_) return on_end();
    has_ended_ = quits_ = true;
    gives_up_ = no_connection_.has_value();
    go_on_ending();
  }

  void go_on_ending() {
    if (!has_ended_ || shell_.is_interactive()) return;
    if (gives_up_) return end_without_connection();
    if (!no_connection_ && (quits_ ? account_.is_all_answered() : account_.is_done())) end();
  }

  void on_message(const event::Message& message) {
    commands_.remember(message);
    if (message.outgoing) {
      account_.on_message(message);
      go_on_ending();
    } else if (shell_.is_interactive()) {
      if (unread_.empty()) shell_.after(reading_time, [this] { mark_read(); });
      unread_.insert(message.conversation);
    }
  }

  void mark_read() {
    for (const auto& conversation : unread_) shell_.tell(command::MarkRead{conversation});
    unread_.clear();
  }

  Shell& shell_;
  ChatAccount account_;
  ChatCommands commands_;
  Lockout lockout_;
  std::optional<Error> no_connection_;   // why there is none yet, where what is typed is kept all the same
  bool gives_up_ = false;                // and it is not waited for
  bool is_online_ = false;
  bool was_online_ = false;
  bool is_reading_ = false;
  bool has_ended_ = false;                        // the input
  bool is_ending_ = false;                        // and the last confirmations are waited for
  bool quits_ = false;                            // a line said so: what is behind it is not read
  std::set<std::optional<std::string>> unread_;   // conversations on the screen, not yet reported
};

}   // namespace

std::unique_ptr<Task> make_chat(Shell& shell, ChatOptions options) {
  return std::make_unique<ChatTask>(shell, options);
}

}   // namespace coterie::cli
