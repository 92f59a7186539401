// SPDX-License-Identifier: MIT
// Everything the window knows about one group at one relay. Events of that group's engine go in; what is different afterwards
// comes out as a set of marks, and what a person has to be asked or told as a list.
#pragma once

#include "gui/model/chat_model.h"
#include "gui/model/connections.h"
#include "gui/model/conversations_model.h"
#include "gui/model/members_model.h"
#include "gui/model/transfers_model.h"

#include <map>
#include <memory>
#include <set>
#include <variant>

namespace coterie::gui {

// What apply() has changed.
struct Changes {
  bool link = false;
  bool members = false;
  bool transfers = false;
  bool conversations = false;
  bool typing = false;
  std::set<std::string> chats;   // conversations whose rows are different

  void add(const Changes& other) {
    link = link || other.link;
    members = members || other.members;
    transfers = transfers || other.transfers;
    conversations = conversations || other.conversations;
    typing = typing || other.typing;
    chats.insert(other.chats.begin(), other.chats.end());
  }
};

// What needs a person: shown once, in the order it came.
using Attention = std::variant<event::RelayUnknown, event::RelayChanged, event::PasswordRejected, event::OtherPassword,
                               event::IdentityChanged, event::LookAlike, event::MessageAdded, event::MessageChanged,
                               event::FileOffered, event::TransferChanged, event::SearchResults, event::Notice,
                               event::Failed, event::Stopped>;

class GroupModel {
 public:
  explicit GroupModel(Connection connection) : connection_(std::move(connection)), transfers_(connection_.classic) {}

  [[nodiscard]] const Connection& connection() const { return connection_; }
  [[nodiscard]] Connection& connection() { return connection_; }
  [[nodiscard]] event::LinkState link() const { return link_; }
  [[nodiscard]] const std::optional<Error>& link_error() const { return link_error_; }
  // When the relay is tried again by itself; nothing when it is not.
  [[nodiscard]] std::optional<Rate::Clock::time_point> retry_at() const { return retry_at_; }
  // Wall clock of the connection that stands; 0 while there is none.
  [[nodiscard]] std::int64_t online_since_ms() const { return online_since_ms_; }
  [[nodiscard]] bool was_online() const { return was_online_; }
  [[nodiscard]] bool has_settled() const { return has_settled_; }
  // How many of those who are here have another password, as far as they have told since the link stands.
  [[nodiscard]] std::size_t rejected() const { return rejected_; }
  [[nodiscard]] const MembersModel& members() const { return members_; }
  // Everybody's user id, ours first: who can be named in a message.
  [[nodiscard]] std::vector<std::string> names() const;
  [[nodiscard]] const TransfersModel& transfers() const { return transfers_; }
  [[nodiscard]] TransfersModel& transfers() { return transfers_; }
  [[nodiscard]] const ConversationsModel& conversations() const { return conversations_; }
  [[nodiscard]] ConversationsModel& conversations() { return conversations_; }
  // The relay is not the one that is known under its address; until it is again.
  [[nodiscard]] const std::optional<event::RelayChanged>& changed_relay() const { return changed_relay_; }
  // Who came with another password and has not come rightly since; empty: a stranger, and nobody new has come.
  [[nodiscard]] bool has_come_wrongly(const std::string& user_id) const { return came_wrongly_.contains(user_id); }
  // Members whose identity waits for a decision.
  [[nodiscard]] const std::map<std::string, event::IdentityChanged>& held() const { return held_; }
  // Made when it is first looked at.
  [[nodiscard]] ChatModel& chat(const std::string& conversation);
  [[nodiscard]] std::vector<std::string> typing(const std::string& conversation, Rate::Clock::time_point now) const;

  // Which conversation is before the user's eyes, if one of this group is.
  void look_at(std::optional<std::string> conversation) { looked_at_ = std::move(conversation); }

  // `attention` gets what a person has to see.
  Changes apply(const Event& event, Rate::Clock::time_point now, std::int64_t wall_ms,
                std::vector<Attention>& attention);

 private:
  void note_coming(const event::MemberChanged& member, bool was_here);

  Connection connection_;
  event::LinkState link_ = event::LinkState::offline;
  std::optional<Error> link_error_;
  std::optional<Rate::Clock::time_point> retry_at_;
  std::int64_t online_since_ms_ = 0;
  bool was_online_ = false;
  bool has_settled_ = false;
  std::size_t rejected_ = 0;
  MembersModel members_;
  TransfersModel transfers_;
  ConversationsModel conversations_;
  std::map<std::string, std::unique_ptr<ChatModel>> chats_;
  std::map<std::string, event::IdentityChanged> held_;
  std::optional<event::RelayChanged> changed_relay_;
  std::map<std::string, std::set<std::string>> came_wrongly_;                       // and who was known at that time
  std::map<std::pair<std::string, std::string>, Rate::Clock::time_point> typing_;   // {conversation, member} until when
  std::optional<std::string> looked_at_;
};

}   // namespace coterie::gui
