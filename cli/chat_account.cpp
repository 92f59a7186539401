// SPDX-License-Identifier: MIT
#include "cli/chat_account.h"

#include "cli/progress.h"
#include "netcore/base/random.h"

#include <algorithm>

namespace coterie::cli {

// ── what lines ask for ──

void ChatAccount::say(std::optional<std::string> to, const std::string& text, std::optional<MessageId> reply_to) {
  const auto id = random_id<MessageId>();
  said_.insert(id);
  shell_.tell(command::SendText{id, std::move(to), text, reply_to});
}

void ChatAccount::ask(std::string about, Command command) {
  asked_.insert(std::move(about));
  shell_.tell(std::move(command));
}

void ChatAccount::refuse(std::string_view code, std::string_view sentence, std::string_view about) {
  has_failed_ = true;
  shell_.reporter().fail(code, sentence, about);
}

// ── what comes of it ──

void ChatAccount::on_message(const event::Message& message) {
  if (!message.outgoing) return;
  for (const auto& delivery : message.deliveries)
    if (is_open(delivery.state) && !(shell_.is_classic() && message.file))
      unconfirmed_[message.id].insert(delivery.user_id);
  for (const auto& delivery : message.deliveries)
    if (delivery.state == event::DeliveryState::waiting && !message.file) waiting_[message.id].insert(delivery.user_id);
  if (said_.contains(message.id)) ++kept_;
}

void ChatAccount::on_delivery(const event::DeliveryChanged& delivery) {
  has_moved_ = true;
  if (shell_.is_classic() && delivery.state == event::DeliveryState::failed) untaken_.insert(delivery.id);
  if (const auto waiting = waiting_.find(delivery.id);
      waiting != waiting_.end() && delivery.state != event::DeliveryState::waiting) {
    waiting->second.erase(delivery.user_id);
    if (waiting->second.empty()) waiting_.erase(waiting);
  }
  const auto found = unconfirmed_.find(delivery.id);
  if (found == unconfirmed_.end() || is_open(delivery.state)) return;
  found->second.erase(delivery.user_id);
  if (found->second.empty()) unconfirmed_.erase(found);
}

void ChatAccount::on_transfer(const event::TransferChanged& transfer) {
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
}

void ChatAccount::on_notice(const event::Notice& notice) {
  if (asked_.contains(notice.about)) has_failed_ = true;
  answered(notice.about);
  if (std::none_of(said_.begin(), said_.end(), [&](const MessageId& id) { return id.hex() == notice.about; })) return;
  ++(is_unsent(notice.error.code) ? lost_ : refused_);
}

// ── the account ──

bool ChatAccount::is_unsent(Errc code) const {
  return code == Errc::nobody_yet || code == Errc::no_such_member || (shell_.is_classic() && code == Errc::server_lost);
}

std::string ChatAccount::what_became_of_it(bool names_kept, bool was_online) const {
  const auto counted = [](std::size_t count) {
    return std::to_string(count) + (count == 1 ? " message" : " messages");
  };
  std::string text;
  if (kept_ > 0 && names_kept)
    text += " " + counted(kept_) + (kept_ == 1 ? " is" : " are") +
            " kept in the outbox of this profile and will be delivered the next time any command connects.";
  if (lost_ > 0 && shell_.is_classic())
    text += " " + counted(lost_) + (lost_ == 1 ? " was" : " were") + " not sent: " +
            (was_online ? "nobody " + std::string(lost_ == 1 ? "it was" : "they were") +
                              " for was here, or there was no connection"
                        : "there was no connection") +
            ". Classic mode keeps nothing: send " + (lost_ == 1 ? "it" : "them") + " again.";
  else if (lost_ > 0)
    text += " " + counted(lost_) + (lost_ == 1 ? " was" : " were") +
            " not kept: there is nobody yet whom this profile knows.";
  return text;
}

std::string ChatAccount::still_to_deliver() const {
  if (waiting_.empty()) return {};
  const bool is_one = waiting_.size() == 1;
  return " " + std::to_string(waiting_.size()) + (is_one ? " message is" : " messages are") +
         " kept in the outbox of this profile and " + (is_one ? "goes" : "go") +
         " out the next time any command connects.";
}

std::string ChatAccount::untaken() const {
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

bool ChatAccount::is_open(event::DeliveryState state) const {
  return state == event::DeliveryState::waiting || (state == event::DeliveryState::at_relay && !shell_.is_classic());
}

// By somebody who is here.
bool ChatAccount::awaits_confirmation() const {
  if (shell_.is_classic()) return !unconfirmed_.empty() || !outgoing_.empty();
  for (const auto& [id, users] : unconfirmed_)
    for (const auto& user : users)
      if (is_here(user)) return true;
  return false;
}

bool ChatAccount::is_here(const std::string& user) const {
  const auto* member = shell_.roster().find(user);
  return member != nullptr && member->online && member->state == event::MemberState::ready;
}

}   // namespace coterie::cli
