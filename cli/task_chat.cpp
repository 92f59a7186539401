// SPDX-License-Identifier: MIT
// chat: a conversation, for people at a terminal and, line by line, for scripts. The end of what is piped in is the end, and the exit
// code tells whether all of it is on its way.
#include "cli/chat_line.h"
#include "cli/format.h"
#include "cli/lockout.h"
#include "cli/progress.h"
#include "cli/task.h"
#include "netcore/base/overloaded.h"
#include "netcore/base/random.h"
#include "netcore/base/unicode.h"
#include "netcore/client.h"

#include <algorithm>
#include <cstdlib>
#include <deque>
#include <map>
#include <set>

namespace coterie::cli {
namespace {

constexpr std::chrono::seconds last_confirmations{5};     // waited for when piped input has ended
constexpr std::chrono::milliseconds time_to_speak{500};   // for what is in the pipe already when no relay answers
constexpr std::size_t most_remembered = 2'000;            // messages that can be named by the start of their id
constexpr auto nobody_has_it = "Nobody here has this password.";
constexpr std::chrono::milliseconds reading_time{300};   // messages shown together are reported as read together

// "~/x" as a shell would have it; the whole path, so that it means the same in a later run.
Result<std::filesystem::path> file_named(const std::string& typed) {
  std::filesystem::path path(typed);
  const char* home = std::getenv("HOME");
  if (typed.starts_with("~/") && home != nullptr) path = std::filesystem::path(home) / typed.substr(2);
  std::error_code error;
  auto whole = std::filesystem::canonical(path, error);
  if (error)
    return fail(error == std::errc::permission_denied ? Errc::permission_denied : Errc::not_found,
                "the file " + path.string());
  if (!std::filesystem::is_regular_file(whole, error)) return fail(Errc::not_a_file, path.string());
  return whole;
}

class ChatTask final : public Task {
 public:
  ChatTask(Shell& shell, ChatOptions options) : shell_(shell), options_(std::move(options)) {
    if (options_.folder.empty()) options_.folder = default_receive_folder();
    options_.folder = std::filesystem::absolute(options_.folder);
  }

  void start() override { shell_.tell(command::Connect{}); }

  void on_event(const Event& event) override {
    std::visit(overloaded{
                   // Piped lines wait until everyone present has been greeted, so that all of them get the first one.
                   [&](const event::Settled& settled) { on_settled(settled); },
                   [&](const event::PasswordRejected& rejected) { lockout_.on_rejected(rejected); },
                   [&](const event::LinkChanged& link) { on_link(link); },
                   [&](const event::MessageAdded& added) { on_message(added.message); },
                   [&](const event::MessageChanged& changed) {
                     remember(changed.message);
                     answered(changed.message.id.hex());
                   },
                   [&](const event::HistoryPage& page) {
                     for (const auto& message : page.messages) remember(message);
                   },
                   [&](const event::SearchResults& found) {
                     for (const auto& message : found.messages) remember(message);
                   },
                   [&](const event::DeliveryChanged& delivery) { on_delivery(delivery); },
                   [&](const event::FileOffered& offer) { offers_[offer.id] = offer; },
                   [&](const event::TransferChanged& transfer) { on_transfer(transfer); },
                   [&](const event::Notice& notice) { on_notice(notice); },
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
    return notice == nullptr || !is_counted || !is_unsent(notice->error.code) || asked_.contains(notice->about);
  }
  // In classic mode nothing is offered the next time.
  void on_finish(ExitCode) override {
    if (!shell_.is_classic() || offers_.empty()) return;
    std::string names;
    for (const auto& [id, offer] : offers_)
      names += (names.empty() ? "" : ", ") + escape_unprintable(offer.name) + " from " + escape_unprintable(offer.from);
    const bool is_one = offers_.size() == 1;
    shell_.reporter().note(std::to_string(offers_.size()) + (is_one ? " file" : " files") + " offered to you " +
                           (is_one ? "was" : "were") + " not taken: " + names + ". Ask for " +
                           (is_one ? "it" : "them") + " again if you want " + (is_one ? "it" : "them") + ".");
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
  // Of what is piped in while --keep-trying waits for the relay.
  [[nodiscard]] bool never_online() const { return !shell_.is_interactive() && !was_online_ && no_connection_; }

  // There is nobody to send it to or, in classic mode, no connection.
  [[nodiscard]] bool is_unsent(Errc code) const {
    return code == Errc::nobody_yet || code == Errc::no_such_member ||
           (shell_.is_classic() && code == Errc::server_lost);
  }

  void on_link(const event::LinkChanged& link) {
    was_online_ = was_online_ || link.state == event::LinkState::online;
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
    shell_.read_lines([this](const std::string& line) { take(line); }, [this] { on_end(); });
  }

  void on_end() {
    has_ended_ = true;
    if (shell_.is_interactive()) return shell_.finish(ExitCode::ok);
    if (gives_up_) return end_without_connection();
    if (!no_connection_) end_when_confirmed();   // otherwise once the relay answers
  }

  // Each text is answered by an event: it is in the outbox, or there is nobody to keep it for.
  [[nodiscard]] bool is_all_answered() const { return kept_ + lost_ + refused_ >= said_.size(); }
  // And whatever else was asked for has begun, or was refused.
  [[nodiscard]] bool is_done() const { return is_all_answered() && asked_.empty() && !awaits_confirmation(); }

  void end_without_connection() {
    has_ended_ = true;
    if (!is_all_answered()) return;
    if (said_.empty())
      return shell_.give_up(ExitCode::error, name_of(no_connection_->code), explain_end(*no_connection_));
    shell_.give_up(ExitCode::not_delivered, name_of(no_connection_->code),
                   explain_end(*no_connection_) + what_became_of_it());
  }

  void end_when_confirmed() {
    if (is_done()) return end();
    if (!std::exchange(is_ending_, true)) wait_for_the_last();
  }
  // In classic mode nothing goes on the next time: as long as something moves it is waited for.
  void wait_for_the_last() {
    has_moved_ = false;
    shell_.after(last_confirmations, [this] {
      if (shell_.is_classic() && has_moved_) return wait_for_the_last();
      end();
    });
  }

  void end() {
    const auto code = exit_code();
    if (code == ExitCode::no_common_password && !said_.empty())
      return shell_.give_up(code, name_of(Errc::wrong_password), nobody_has_it + what_became_of_it());
    if (!untaken().empty()) return shell_.give_up(code, name_of(Errc::server_lost), untaken());
    if (const auto busy = lockout_.no_tries(shell_.roster()); busy && lost_ > 0)
      return shell_.give_up(code, name_of(busy->code), explain_end(*busy) + what_became_of_it());
    if (lost_ > 0) return shell_.give_up(code, name_of(Errc::nobody_yet), what_became_of_it().substr(1));
    shell_.finish(code);
  }

  // Of what was piped in; a person sees at once what goes wrong.
  [[nodiscard]] ExitCode exit_code() const {
    if (shell_.is_interactive()) return ExitCode::ok;
    if (lockout_.holds(shell_.roster())) return ExitCode::no_common_password;
    if (lost_ > 0 || !untaken().empty()) return ExitCode::not_delivered;
    return refused_ > 0 || has_failed_ ? ExitCode::error : ExitCode::ok;
  }

  // Begins with a space where there is something to say.
  [[nodiscard]] std::string what_became_of_it() const {
    const auto counted = [](std::size_t count) {
      return std::to_string(count) + (count == 1 ? " message" : " messages");
    };
    const bool are_kept = never_online() || gives_up_ || lockout_.holds(shell_.roster());
    std::string text;
    if (kept_ > 0 && are_kept)
      text += " " + counted(kept_) + (kept_ == 1 ? " is" : " are") +
              " kept in the outbox of this profile and will be delivered the next time any command connects.";
    if (lost_ > 0 && shell_.is_classic())
      text += " " + counted(lost_) + (lost_ == 1 ? " was" : " were") + " not sent: " +
              (was_online_ ? "nobody " + std::string(lost_ == 1 ? "it was" : "they were") +
                                 " for was here, or there was no connection"
                           : "there was no connection") +
              ". Classic mode keeps nothing: send " + (lost_ == 1 ? "it" : "them") + " again.";
    else if (lost_ > 0)
      text += " " + counted(lost_) + (lost_ == 1 ? " was" : " were") +
              " not kept: there is nobody yet whom this profile knows.";
    return text;
  }

  // What a line asks for cannot be done. The others go on; a pipe is told by the exit code.
  void refuse(std::string_view code, std::string_view sentence) {
    has_failed_ = true;
    shell_.reporter().fail(code, sentence);
  }
  void refuse(const Error& error) { refuse(name_of(error.code), explain(error)); }

  // In classic mode, of what was given to the server: what it has not said to have. One sentence, or nothing.
  [[nodiscard]] std::string untaken() const {
    if (!shell_.is_classic()) return {};
    auto messages = untaken_;
    for (const auto& [id, users] : unconfirmed_) messages.insert(id);
    const auto files = untaken_files_ + outgoing_.size();
    if (messages.empty() && files == 0) return {};
    const auto counted = [](std::size_t count, const std::string& what) {
      return count == 0 ? std::string() : std::to_string(count) + " " + what + (count == 1 ? "" : "s");
    };
    const bool are_both = !messages.empty() && files > 0;
    return counted(messages.size(), "message") + (are_both ? " and " : "") + counted(files, "file") +
           (messages.size() + files == 1 ? " was" : " were") +
           " not taken, as far as the server has said, by all of those it was for. Classic mode keeps nothing: send it "
           "again.";
  }

  void take(const std::string& line) {
    if (is_ending_) return;   // it was behind /quit
    if (!is_valid_utf8(line))
      return refuse(name_of(Errc::invalid_argument),
                    "A line that is not valid UTF-8 was not sent; convert what is piped in and send it again.");
    const auto meant = chat::parse_line(line);
    if (const auto command = chat::foreign_to_classic(meant); shell_.is_classic() && !command.empty())
      return refuse(name_of(Errc::unsupported),
                    "Classic mode has no " + std::string(command) + "; /help lists what works there.");
    std::visit([this](const auto& alternative) { on(alternative); }, meant);
  }

  // ── lines ──

  void on(const chat::Nothing&) {}
  void on(const chat::Say& say) { this->say(std::nullopt, say.text); }
  void on(const chat::Tell& tell) {
    const auto* member = member_named(tell.user);
    if (member != nullptr) say(member->user_id, tell.text);
  }
  void say(std::optional<std::string> to, const std::string& text, std::optional<MessageId> reply_to = {}) {
    const auto id = random_id<MessageId>();
    said_.insert(id);
    shell_.tell(command::SendText{id, std::move(to), text, reply_to});
  }

  void on(const chat::Send& send) {
    const auto path = file_named(send.path);
    if (!path) return refuse(path.error());
    std::vector<std::string> recipients;
    for (const auto& user : send.users) {
      const auto* member = member_named(user);
      if (member == nullptr) return;
      recipients.push_back(member->user_id);
    }
    if (send.users.empty() && !shell_.is_classic() && shell_.roster().addressable().empty())
      return refuse(Error{Errc::nobody_yet, {}});
    const auto id = random_id<FileId>();
    ask(id.hex(), command::SendFile{id, std::move(recipients), *path});
  }
  // A command whose answer names `about`.
  void ask(std::string about, Command command) {
    asked_.insert(std::move(about));
    shell_.tell(std::move(command));
  }
  void answered(const std::string& about) {
    if (asked_.erase(about) > 0) go_on_ending();
  }

  void on(const chat::Reply& reply) {
    if (const auto known = message_named(reply.id)) say(known->conversation, reply.text, known->id);
  }
  void on(const chat::React& react) {
    if (const auto known = message_named(react.id))
      ask(known->id.hex(), command::React{known->id, react.emoji, react.add});
  }
  void on(const chat::Edit& edit) {
    if (const auto own = own_message_named(edit.id)) ask(own->hex(), command::EditText{*own, edit.text});
  }
  void on(const chat::Delete& removal) {
    if (const auto own = own_message_named(removal.id)) ask(own->hex(), command::DeleteMessage{*own});
  }
  void on(const chat::Conversations&) { shell_.tell(command::LoadConversations{}); }
  void on(const chat::Forget& forget) { shell_.tell(command::DeleteHistory{forget.user}); }
  void on(const chat::Type& type) {
    if (!type.user || member_named(*type.user) != nullptr) shell_.tell(command::SetTyping{type.user, true});
  }

  void on(const chat::Answer& answer) {
    const bool is_reply = answer.answer == chat::OfferAnswer::accept || answer.answer == chat::OfferAnswer::decline;
    std::vector<FileId> candidates;
    const auto consider = [&](const FileId& id) {
      if (id.hex().starts_with(answer.id)) candidates.push_back(id);
    };
    if (is_reply)
      for (const auto& [id, offer] : offers_) consider(id);
    else
      for (const auto& id : under_way_) consider(id);
    if (candidates.empty())
      return refuse("not_found", is_reply ? "No such file is offered." : "No such file is under way.");
    if (candidates.size() > 1)
      return refuse("invalid_argument", "Several files are meant by that; give the whole id as it was shown.");
    const auto id = candidates.front();
    if (answer.answer == chat::OfferAnswer::cancel) return ask(id.hex(), command::CancelTransfer{id});
    if (answer.answer == chat::OfferAnswer::pause) return ask(id.hex(), command::PauseTransfer{id});
    if (answer.answer == chat::OfferAnswer::resume) return ask(id.hex(), command::ResumeTransfer{id});
    offers_.erase(id);
    ask(id.hex(), command::AnswerOffer{id, answer.answer == chat::OfferAnswer::accept, options_.folder});
  }

  void on(const chat::Who&) {
    const auto members = shell_.roster().all();
    if (members.empty()) shell_.reporter().result("Nobody else has been seen in this group yet.");
    for (const auto& member : members)
      shell_.reporter().answer(member,
                               "  " + escape_unprintable(member.user_id) + "  " + describe_state(member, now_ms()));
  }

  void on(const chat::Verify& verify) {
    const auto* known = member_named(verify.user);
    if (known == nullptr) return;
    const auto* held = shell_.roster().held(verify.user);
    const auto& member = held != nullptr ? *held : *known;
    shell_.reporter().answer(member, "Safety number with " + escape_unprintable(member.user_id) +
                                         (held != nullptr   ? " (a new key)"
                                          : member.verified ? " (verified)"
                                                            : "") +
                                         ":\n  " + member.safety_number);
    // Only what was on the screen before may be confirmed now.
    const bool was_shown = !shown_keys_.insert(member.key).second;
    if (!verify.confirm) return;
    if (!was_shown)
      return shell_.reporter().result("Compare it first; when both of you see the same number, repeat this command.");
    if (held != nullptr) shell_.tell(command::AcceptIdentity{member.key});
    shell_.tell(command::SetVerified{member.key, true});
  }

  void on(const chat::History& history) { shell_.tell(command::LoadHistory{{}, 0, history.count}); }
  void on(const chat::Search& search) { shell_.tell(command::Search{search.words, 100}); }
  void on(const chat::Read& read) {
    if (!read.user || member_named(*read.user) != nullptr) shell_.tell(command::MarkRead{read.user});
  }
  void on(const chat::Help&) {
    for (const auto& line : chat::help_lines(shell_.is_classic())) shell_.reporter().result(line);
  }
  void on(const chat::Quit&) {
    if (shell_.is_classic() && !shell_.is_interactive() && !no_connection_) return on_end();
    shell_.finish(exit_code());
  }
  void on(const chat::Mistake& mistake) { refuse("invalid_argument", mistake.sentence); }

  const event::MemberChanged* member_named(const std::string& user) {
    if (same_user(user, shell_.user())) {
      refuse("invalid_argument", escape_unprintable(user) + " is your own user id; name another member.");
      return nullptr;
    }
    const auto* member = shell_.roster().find(user);
    if (member == nullptr)
      refuse("no_such_member", "Nobody named " + escape_unprintable(user) + " has been seen in this group" +
                                   shell_.roster().known_here() + ".");
    return member;
  }

  struct Shown {
    MessageId id;
    std::optional<std::string> conversation;
    std::optional<std::string> author;   // none: ourselves
  };
  // The message whose id begins so, of those that were shown, or with exactly that id; or a complaint.
  std::optional<Shown> message_named(const std::string& id) {
    std::vector<Shown> candidates;
    for (const auto& known : shown_)
      if (known.id.hex().starts_with(id)) candidates.push_back(known);
    if (candidates.size() == 1) return candidates.front();
    if (candidates.size() > 1) {
      refuse("invalid_argument", "Several messages are meant by that; give more of the id.");
      return std::nullopt;
    }
    if (const auto whole = from_hex(id); whole && whole->size() == MessageId::size)
      return Shown{MessageId::from(*whole), std::nullopt, std::nullopt};
    refuse("not_found", "No message with this id was shown here; /history shows earlier ones.");
    return std::nullopt;
  }

  std::optional<MessageId> own_message_named(const std::string& id) {
    const auto known = message_named(id);
    if (!known) return std::nullopt;
    if (!known->author) return known->id;
    refuse("invalid_argument", "That message is from " + escape_unprintable(*known->author) +
                                   "; only your own messages can be edited and deleted.");
    return std::nullopt;
  }

  // ── events ──

  void remember(const event::Message& message) {
    if (std::any_of(shown_.begin(), shown_.end(), [&](const Shown& one) { return one.id == message.id; })) return;
    shown_.push_back({message.id, message.conversation, message.outgoing ? std::nullopt : std::optional(message.from)});
    if (shown_.size() > most_remembered) shown_.pop_front();
  }

  void on_notice(const event::Notice& notice) {
    if (asked_.contains(notice.about)) has_failed_ = true;
    answered(notice.about);
    if (std::none_of(said_.begin(), said_.end(), [&](const MessageId& id) { return id.hex() == notice.about; })) return;
    ++(is_unsent(notice.error.code) ? lost_ : refused_);
    go_on_ending();
  }

  void go_on_ending() {
    if (!has_ended_ || shell_.is_interactive()) return;
    if (gives_up_) return end_without_connection();
    if (!no_connection_ && is_done()) end();
  }

  void on_message(const event::Message& message) {
    remember(message);
    if (message.outgoing) {
      for (const auto& delivery : message.deliveries)
        if (is_open(delivery.state) && !(shell_.is_classic() && message.file))
          unconfirmed_[message.id].insert(delivery.user_id);
      if (said_.contains(message.id)) ++kept_;
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

  void on_delivery(const event::DeliveryChanged& delivery) {
    has_moved_ = true;
    if (shell_.is_classic() && delivery.state == event::DeliveryState::failed) untaken_.insert(delivery.id);
    const auto found = unconfirmed_.find(delivery.id);
    if (found == unconfirmed_.end() || is_open(delivery.state)) return;
    found->second.erase(delivery.user_id);
    if (found->second.empty()) unconfirmed_.erase(found);
    go_on_ending();
  }

  void on_transfer(const event::TransferChanged& transfer) {
    has_moved_ = true;
    if (shell_.is_classic() && transfer.outgoing) {
      if (is_final(transfer.phase))
        outgoing_.erase(transfer.id);
      else
        outgoing_.insert(transfer.id);
      if (transfer.phase == event::TransferPhase::failed) ++untaken_files_;   // told when it happened
    }
    // Of ours: this run's, or one that a line was about.
    const bool is_asked = asked_.contains(transfer.id.hex()) || asked_.contains(transfer.batch.hex());
    if (is_asked && transfer.phase == event::TransferPhase::failed) has_failed_ = true;
    answered(transfer.id.hex());
    answered(transfer.batch.hex());
    if (is_final(transfer.phase)) {
      offers_.erase(transfer.id);
      under_way_.erase(transfer.id);
    } else if (transfer.outgoing || transfer.phase != event::TransferPhase::offered) {
      offers_.erase(transfer.id);
      under_way_.insert(transfer.id);
    }
    if (shell_.is_classic()) go_on_ending();
  }

  [[nodiscard]] bool is_open(event::DeliveryState state) const {
    return state == event::DeliveryState::waiting || (state == event::DeliveryState::at_relay && !shell_.is_classic());
  }
  // By somebody who is here.
  [[nodiscard]] bool awaits_confirmation() const {
    if (shell_.is_classic()) return !unconfirmed_.empty() || !outgoing_.empty();
    for (const auto& [id, users] : unconfirmed_)
      for (const auto& user : users)
        if (is_here(user)) return true;
    return false;
  }
  [[nodiscard]] bool is_here(const std::string& user) const {
    const auto* member = shell_.roster().find(user);
    return member != nullptr && member->online && member->state == event::MemberState::ready;
  }

  Shell& shell_;
  ChatOptions options_;
  Lockout lockout_;
  std::optional<Error> no_connection_;   // why there is none yet, where what is typed is kept all the same
  bool gives_up_ = false;                // and it is not waited for
  bool was_online_ = false;
  std::set<MessageId> said_;      // the texts of this run, each of which is in one of three ways …
  std::size_t kept_ = 0;          // in the profile
  std::size_t lost_ = 0;          // nowhere: there is nobody to keep it for
  std::size_t refused_ = 0;       // nowhere, for a reason of its own that has been told
  std::set<std::string> asked_;   // what other lines were about, each until it is answered
  bool has_failed_ = false;       // one of these
  bool is_reading_ = false;
  bool has_ended_ = false;                        // the input
  bool is_ending_ = false;                        // and the last confirmations are waited for
  std::map<FileId, event::FileOffered> offers_;   // not answered yet
  std::set<FileId> under_way_;
  std::map<MessageId, std::set<std::string>> unconfirmed_;   // by whom
  std::set<MessageId> untaken_;                              // in classic mode, by the server, for somebody at least
  std::size_t untaken_files_ = 0;                            // likewise
  std::set<FileId> outgoing_;                                // likewise: under way
  bool has_moved_ = false;                                   // something of all that, since it was looked at last
  std::set<std::optional<std::string>> unread_;              // conversations on the screen, not yet reported
  std::set<PublicKey> shown_keys_;
  std::deque<Shown> shown_;   // what an id in a line may mean
};

}   // namespace

std::unique_ptr<Task> make_chat(Shell& shell, ChatOptions options) {
  return std::make_unique<ChatTask>(shell, std::move(options));
}

}   // namespace coterie::cli
