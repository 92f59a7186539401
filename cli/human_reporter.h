// SPDX-License-Identifier: MIT
// Events for people: what happened in one line each, safe for the terminal whatever a peer has sent.
#pragma once

#include "cli/console.h"
#include "cli/reporter.h"

#include <map>
#include <optional>
#include <string>

namespace coterie::cli {

class HumanReporter final : public Reporter {
 public:
  // `own_user`: the name before our own messages. `shows_ids`: for lines that name a message, in a chat. `is_classic`: the badge
  // stands with everything that is said, sent or known there, and nothing is said to have arrived. `has_pin`: the relay's fingerprint
  // was given, not remembered. `is_chat`: commands are lines there.
  HumanReporter(Console& console, std::string own_user, bool shows_ids = false, bool is_classic = false,
                bool has_pin = false, bool is_chat = false)
      : console_(console),
        own_user_(std::move(own_user)),
        shows_ids_(shows_ids),
        is_classic_(is_classic),
        has_pin_(has_pin),
        is_chat_(is_chat) {}

  using Reporter::fail;
  void show(const Event& event) override;
  void answer(const Event& event, std::string_view line) override;
  void result(std::string_view line) override;
  void note(std::string_view line) override;
  void fail(std::string_view code, std::string_view sentence, std::string_view about) override;

 private:
  void on(const event::LinkChanged& link);
  void on(const event::RelayUnknown& relay);
  void on(const event::RelayChanged& relay);
  void on(const event::MemberChanged& member);
  void on(const event::Settled& settled);
  void on(const event::PasswordRejected& rejected);
  void on(const event::OtherPassword& other);
  void on(const event::LookAlike& member);
  void on(const event::IdentityChanged& identity);
  void on(const event::MessageAdded& added);
  void on(const event::MessageChanged& changed);
  void on(const event::Typing&) {}   // a line for each would drown what is said
  void on(const event::DeliveryChanged& delivery);
  void on(const event::GapChanged& gap);
  void on(const event::HistoryPage& page);
  void on(const event::SearchResults& results);
  void on(const event::Conversations& all);
  void on(const event::HistoryDeleted& deleted);
  void on(const event::FileOffered& offer);
  void on(const event::TransferChanged& transfer);
  void on(const event::Notice& notice);
  void on(const event::Failed& failed);
  void on(const event::Stopped&) {}

  void print(const event::Message& message, bool with_deliveries);
  [[nodiscard]] bool is_online(const std::string& user_id) const;
  // A line of its own, with the badge before it where there is one.
  [[nodiscard]] std::string badged(std::string_view line) const;
  // The same on standard error.
  [[nodiscard]] std::string complaint(std::string_view line) const;
  // About what happens around the conversation.
  void aside(std::string_view line);

  Console& console_;
  std::string own_user_;
  bool shows_ids_;
  bool is_classic_;
  bool has_pin_;
  bool is_chat_;
  std::optional<Errc> told_reason_;   // why the link is down, as said last; said once until it is up again
  std::map<PublicKey, event::MemberChanged> members_;     // as told last
  bool is_cut_off_ = false;                               // our own link broke: who seems to go then has gone nowhere
  std::map<PublicKey, event::MemberChanged> meanwhile_;   // told when we are back
  std::map<FileId, event::TransferPhase> transfers_;
  std::optional<MessageId> told_untaken_;   // the message of which that was said last
};

// "bob offers report.pdf (12.3 MB)", with what there is to know before taking it.
std::string describe(const event::FileOffered& offer);

}   // namespace coterie::cli
