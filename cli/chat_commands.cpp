// SPDX-License-Identifier: MIT
#include "cli/chat_commands.h"

#include "cli/format.h"
#include "cli/progress.h"
#include "netcore/base/random.h"
#include "netcore/base/unicode.h"

#include <cstdlib>
#include <utility>

namespace coterie::cli {
namespace {

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

}   // namespace

ChatCommands::ChatCommands(Shell& shell, ChatAccount& account, std::filesystem::path folder,
                           std::function<void()> on_quit)
    : shell_(shell), account_(account), folder_(std::move(folder)), on_quit_(std::move(on_quit)) {}

void ChatCommands::remember(const event::TransferChanged& transfer) {
  if (is_final(transfer.phase)) {
    offers_.erase(transfer.id);
    under_way_.erase(transfer.id);
  } else if (transfer.outgoing || transfer.phase != event::TransferPhase::offered) {
    offers_.erase(transfer.id);
    under_way_.insert(transfer.id);
  }
}

std::string ChatCommands::unfinished() const {
  if (under_way_.empty()) return {};
  const bool is_one = under_way_.size() == 1;
  return " " + std::to_string(under_way_.size()) +
         (is_one ? " file is unfinished and goes" : " files are unfinished and go") +
         " on when both sides are online again.";
}

void ChatCommands::take(const std::string& line) {
  if (!is_valid_utf8(line))
    return account_.refuse(name_of(Errc::invalid_argument),
                           "A line that is not valid UTF-8 was not sent; convert what is piped in and send it again.");
  const auto meant = chat::parse_line(line);
  if (const auto command = chat::foreign_to_classic(meant); shell_.is_classic() && !command.empty())
    return account_.refuse(name_of(Errc::unsupported),
                           "Classic mode has no " + std::string(command) + "; /help lists what works there.");
  std::visit([this](const auto& alternative) { on(alternative); }, meant);
}

void ChatCommands::on(const chat::Say& say) { account_.say(std::nullopt, say.text); }
void ChatCommands::on(const chat::Tell& tell) {
  const auto* member = member_named(tell.user);
  if (member != nullptr) account_.say(member->user_id, tell.text);
}

void ChatCommands::on(const chat::Send& send) {
  const auto path = file_named(send.path);
  if (!path) return account_.refuse(path.error());
  std::vector<std::string> recipients;
  for (const auto& user : send.users) {
    const auto* member = member_named(user);
    if (member == nullptr) return;
    recipients.push_back(member->user_id);
  }
  if (send.users.empty() && !shell_.is_classic() && shell_.roster().addressable().empty())
    return account_.refuse(Error{Errc::nobody_yet, {}});
  const auto id = random_id<FileId>();
  account_.ask(id.hex(), command::SendFile{id, std::move(recipients), *path});
}
void ChatCommands::on(const chat::Reply& reply) {
  if (const auto known = message_named(reply.id)) account_.say(known->conversation, reply.text, known->id);
}
void ChatCommands::on(const chat::React& react) {
  if (const auto known = message_named(react.id))
    account_.ask(known->id.hex(), command::React{known->id, react.emoji, react.add});
}
void ChatCommands::on(const chat::Edit& edit) {
  if (const auto own = own_message_named(edit.id)) account_.ask(own->hex(), command::EditText{*own, edit.text});
}
void ChatCommands::on(const chat::Delete& removal) {
  if (const auto own = own_message_named(removal.id)) account_.ask(own->hex(), command::DeleteMessage{*own});
}
void ChatCommands::on(const chat::Conversations&) { shell_.tell(command::LoadConversations{}); }
void ChatCommands::on(const chat::Forget& forget) { shell_.tell(command::DeleteHistory{forget.user}); }
void ChatCommands::on(const chat::Type& type) {
  if (!type.user || member_named(*type.user) != nullptr) shell_.tell(command::SetTyping{type.user, true});
}

void ChatCommands::on(const chat::Answer& answer) {
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
    return account_.refuse("not_found", is_reply ? "No such file is offered." : "No such file is under way.");
  if (candidates.size() > 1)
    return account_.refuse("invalid_argument", "Several files are meant by that; give the whole id as it was shown.");
  const auto id = candidates.front();
  if (answer.answer == chat::OfferAnswer::cancel) return account_.ask(id.hex(), command::CancelTransfer{id});
  if (answer.answer == chat::OfferAnswer::pause) return account_.ask(id.hex(), command::PauseTransfer{id});
  if (answer.answer == chat::OfferAnswer::resume) return account_.ask(id.hex(), command::ResumeTransfer{id});
  offers_.erase(id);
  account_.ask(id.hex(), command::AnswerOffer{id, answer.answer == chat::OfferAnswer::accept, folder_});
}

void ChatCommands::on(const chat::Who&) {
  const auto members = shell_.roster().all();
  if (members.empty()) shell_.reporter().result("Nobody else has been seen in this group yet.");
  for (const auto& member : members)
    shell_.reporter().answer(member,
                             "  " + escape_unprintable(member.user_id) + "  " + describe_state(member, now_ms()));
}

void ChatCommands::on(const chat::Verify& verify) {
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

void ChatCommands::on(const chat::History& history) { shell_.tell(command::LoadHistory{{}, 0, history.count}); }
void ChatCommands::on(const chat::Search& search) { shell_.tell(command::Search{search.words, 100}); }
void ChatCommands::on(const chat::Read& read) {
  if (!read.user || member_named(*read.user) != nullptr) shell_.tell(command::MarkRead{read.user});
}
void ChatCommands::on(const chat::Help&) {
  for (const auto& line : chat::help_lines(shell_.is_classic())) shell_.reporter().result(line);
}
void ChatCommands::on(const chat::Mistake& mistake) { account_.refuse("invalid_argument", mistake.sentence); }

const event::MemberChanged* ChatCommands::member_named(const std::string& user) {
  if (same_user(user, shell_.user())) {
    account_.refuse("invalid_argument", escape_unprintable(user) + " is your own user id; name another member.");
    return nullptr;
  }
  const auto* member = shell_.roster().find(user);
  if (member == nullptr)
    account_.refuse("no_such_member", "Nobody named " + escape_unprintable(user) + " has been seen in this group" +
                                          shell_.roster().known_here() + ".");
  return member;
}

std::optional<ShownMessages::Shown> ChatCommands::message_named(const std::string& id) {
  auto found = messages_.find(id);
  if (found) return std::move(*found);
  account_.refuse(found.error().code, found.error().sentence, found.error().about);
  return std::nullopt;
}

std::optional<MessageId> ChatCommands::own_message_named(const std::string& id) {
  const auto found = messages_.find_own(id);
  if (found) return *found;
  account_.refuse(found.error().code, found.error().sentence, found.error().about);
  return std::nullopt;
}

}   // namespace coterie::cli
