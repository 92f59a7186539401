// SPDX-License-Identifier: MIT
// What has become of everything that the lines of a chat asked for: what a script gets its exit code from, and what is said at the end.
#pragma once

#include "cli/task.h"

#include <map>
#include <set>
#include <string>

namespace coterie::cli {

class ChatAccount {
 public:
  explicit ChatAccount(Shell& shell) : shell_(shell) {}

  // ── what lines ask for ──
  void say(std::optional<std::string> to, const std::string& text, std::optional<MessageId> reply_to = {});
  // A command whose answer names `about`.
  void ask(std::string about, Command command);
  // What a line asks for cannot be done. The others go on; a pipe is told by the exit code.
  void refuse(std::string_view code, std::string_view sentence, std::string_view about = {});
  void refuse(const Error& error) { refuse(name_of(error.code), explain(error)); }

  // ── what comes of it ──
  void on_message(const event::Message& message);
  void on_changed(const event::Message& message) { answered(message.id.hex()); }
  void on_delivery(const event::DeliveryChanged& delivery);
  void on_transfer(const event::TransferChanged& transfer);
  void on_notice(const event::Notice& notice);

  // ── the account ──
  [[nodiscard]] bool awaits_answer(const std::string& about) const { return asked_.contains(about); }
  [[nodiscard]] bool has_said() const { return !said_.empty(); }
  [[nodiscard]] bool has_lost() const { return lost_ > 0; }
  // Something could not be done, for a reason that has been told.
  [[nodiscard]] bool has_failed() const { return refused_ > 0 || has_failed_; }
  // Each text is answered by an event: it is in the outbox, or there is nobody to keep it for.
  [[nodiscard]] bool is_all_answered() const { return kept_ + lost_ + refused_ >= said_.size(); }
  // And whatever else was asked for has begun, or was refused; and who is here has confirmed what was said.
  [[nodiscard]] bool is_done() const { return is_all_answered() && asked_.empty() && !awaits_confirmation(); }
  // Whether anything has gone on since this was asked last.
  bool take_moved() { return std::exchange(has_moved_, false); }

  // There is nobody to send it to or, in classic mode, no connection.
  [[nodiscard]] bool is_unsent(Errc code) const;
  // Sentences that begin with a space, or nothing. `names_kept`: also what is safe; `was_online`: there was a connection at all.
  [[nodiscard]] std::string what_became_of_it(bool names_kept, bool was_online) const;
  // What neither its receiver nor the relay has; likewise.
  [[nodiscard]] std::string still_to_deliver() const;
  // In classic mode, of what was given to the server: what it has not said to have. One sentence, or nothing.
  [[nodiscard]] std::string untaken() const;

 private:
  void answered(const std::string& about) { asked_.erase(about); }
  [[nodiscard]] bool is_open(event::DeliveryState state) const;
  [[nodiscard]] bool awaits_confirmation() const;
  [[nodiscard]] bool is_here(const std::string& user) const;

  Shell& shell_;
  std::set<MessageId> said_;      // the texts of this run, each of which is in one of three ways …
  std::size_t kept_ = 0;          // in the profile
  std::size_t lost_ = 0;          // nowhere: there is nobody to keep it for
  std::size_t refused_ = 0;       // nowhere, for a reason of its own that has been told
  std::set<std::string> asked_;   // what other lines were about, each until it is answered
  bool has_failed_ = false;       // one of these
  std::map<MessageId, std::set<std::string>> unconfirmed_;   // by whom
  std::map<MessageId, std::set<std::string>> waiting_;       // for whom, and the relay has it not either
  std::set<MessageId> untaken_;                              // in classic mode, by the server, for somebody at least
  std::size_t untaken_files_ = 0;                            // likewise
  std::set<FileId> outgoing_;                                // likewise: under way
  bool has_moved_ = false;
};

}   // namespace coterie::cli
