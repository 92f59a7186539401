// SPDX-License-Identifier: MIT
// Carries out the lines of a chat: each becomes a command for the engine, an answer on the screen, or a refusal.
#pragma once

#include "cli/chat_account.h"
#include "cli/chat_line.h"
#include "cli/shown_messages.h"
#include "cli/task.h"

#include <filesystem>
#include <functional>
#include <map>
#include <set>

namespace coterie::cli {

class ChatCommands {
 public:
  // `folder`: for the files that are accepted. `on_quit`: may end the program.
  ChatCommands(Shell& shell, ChatAccount& account, std::filesystem::path folder, std::function<void()> on_quit);

  void take(const std::string& line);

  // What lines may name from here on.
  void remember(const event::Message& message) { messages_.remember(message); }
  void remember(const event::FileOffered& offer) { offers_[offer.id] = offer; }
  void remember(const event::TransferChanged& transfer);
  // Not answered yet.
  [[nodiscard]] const std::map<FileId, event::FileOffered>& offers() const { return offers_; }
  // How many files are under way: one sentence that begins with a space, or nothing.
  [[nodiscard]] std::string unfinished() const;

 private:
  void on(const chat::Nothing&) {}
  void on(const chat::Say& say);
  void on(const chat::Tell& tell);
  void on(const chat::Send& send);
  void on(const chat::Reply& reply);
  void on(const chat::React& react);
  void on(const chat::Edit& edit);
  void on(const chat::Delete& removal);
  void on(const chat::Conversations&);
  void on(const chat::Forget& forget);
  void on(const chat::Type& type);
  void on(const chat::Answer& answer);
  void on(const chat::Who&);
  void on(const chat::Verify& verify);
  void on(const chat::History& history);
  void on(const chat::Search& search);
  void on(const chat::Read& read);
  void on(const chat::Help&);
  void on(const chat::Quit&) { on_quit_(); }
  void on(const chat::Mistake& mistake);

  // Nothing where there is none: that has been told.
  const event::MemberChanged* member_named(const std::string& user);
  std::optional<ShownMessages::Shown> message_named(const std::string& id);
  std::optional<MessageId> own_message_named(const std::string& id);

  Shell& shell_;
  ChatAccount& account_;
  std::filesystem::path folder_;
  std::function<void()> on_quit_;
  ShownMessages messages_;
  std::map<FileId, event::FileOffered> offers_;
  std::set<FileId> under_way_;
  std::set<PublicKey> shown_keys_;
};

}   // namespace coterie::cli
