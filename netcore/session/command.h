// SPDX-License-Identifier: MIT
// Everything a user interface can ask of an engine: this header is that boundary. One engine is one group at one relay. Each
// command is answered by events (event.h), never by a return value.
#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "netcore/base/ids.h"

namespace coterie::command {

// Bytes of UTF-8 that one text may have.
constexpr std::size_t longest_text = 16'384;

// Connect to the relay and stay connected, quietly reconnecting, until Disconnect.
struct Connect {};
// Say goodbye to the relay and stay away.
struct Disconnect {};

// The user has compared the fingerprint in RelayUnknown: remember it for this address, and connect.
struct TrustRelay {
  RelayPin pin;
};

// To everyone, or to one member by user id. `id` is chosen by the caller: the answer, MessageAdded, carries it. `reply_to`: a
// message of the same conversation.
struct SendText {
  MessageId id;
  std::optional<std::string> to;
  std::string text;
  std::optional<MessageId> reply_to = {};
};

// Replaces the text of a message of ours; answered by MessageChanged. Those who do not have the message yet get both.
struct EditText {
  MessageId message;
  std::string text;
};

// Takes a message of ours back, everywhere; answered by MessageChanged. What others have read they have read. A file is no text:
// CancelTransfer ends one under way.
struct DeleteMessage {
  MessageId message;
};

// Sets our reactions to a message, anybody's, one by one: at most eight on one message, of at most 32 bytes each. Answered by
// MessageChanged.
struct React {
  MessageId message;
  std::string emoji;
  bool add = true;   // false: takes it back
};

// We are writing in that conversation (no user id: the group's). To be repeated with every key: the engine sends one in three
// seconds, to those who are ready, and keeps none. `active` false: stopped without sending.
struct SetTyping {
  std::optional<std::string> conversation;
  bool active = true;
};

// To some members, or to everyone who can be addressed (`to` empty). Each receiver accepts for itself, so each has a transfer, and
// a FileId, of its own: with one member in `to` that is `id`; with more, or for everyone, ids made from it, and `id` names all of
// them together: TransferChanged carries it as `batch`, CancelTransfer, PauseTransfer and ResumeTransfer take either.
// A file for everyone is one message in the group's conversation, any other one in that with each receiver.
struct SendFile {
  FileId id;
  std::vector<std::string> to;
  std::filesystem::path path;
  std::string name = {};       // what it is offered as; empty: the name it has
  bool for_everyone = false;   // though `to` names only those of the group who still lack it
};

// Answers FileOffered. `folder`: where the file goes, made if missing.
struct AnswerOffer {
  FileId id;
  bool accept = false;
  std::filesystem::path folder;
};

// Stops a transfer in either direction for good; the other side is told.
struct CancelTransfer {
  FileId id;
};

// Nothing of it moves until ResumeTransfer, also over a restart; the other side sees a transfer that waits. Only after it was accepted.
struct PauseTransfer {
  FileId id;
};
struct ResumeTransfer {
  FileId id;
};

// The conversation has been looked at: read receipts go out, and nothing in it is unread. No user id: the group's.
struct MarkRead {
  std::optional<std::string> conversation;
};

// Answered by Conversations.
struct LoadConversations {};

// Forgets a conversation on this device, for good; nobody is told. No user id: the group's. Answered by HistoryDeleted.
struct DeleteHistory {
  std::optional<std::string> conversation;
};

// The user compared the safety number of this very key.
struct SetVerified {
  PublicKey key;
  bool verified = true;
};

// After IdentityChanged: from now on this key is that person.
struct AcceptIdentity {
  PublicKey key;
};

// Answered by HistoryPage. No conversation: the group and all direct ones together. At most one of `before`, `around` and `after`
// is set; none: the newest.
struct LoadHistory {
  std::optional<std::string> conversation;   // a user id, or empty text for the group alone
  std::int64_t before = 0;                   // row of the oldest message known: what came before it
  std::size_t limit = 100;
  std::int64_t around = 0;   // row of a message, a search hit perhaps: half a page before it, it, and what follows
  std::int64_t after = 0;    // row of the newest message known: what came after it
};

// Answered by SearchResults. Everywhere, best first; in one conversation, newest first and page by page.
struct Search {
  std::string words;
  std::size_t limit = 100;
  std::optional<std::string> conversation = std::nullopt;   // a user id, or empty text for the group alone
  std::int64_t before = 0;                                  // row of the oldest hit known: what is older, there
};

// Tell everyone that this device leaves the group for good; they stop addressing it. Delivered like a message. A remembered password
// is forgotten; conversations stay until DeleteHistory.
struct Leave {};

// Finish what is being written, tell the relay, then Stopped.
struct Shutdown {};

}   // namespace coterie::command

namespace coterie {

using Command =
    std::variant<command::Connect, command::Disconnect, command::TrustRelay, command::SendText, command::EditText,
                 command::DeleteMessage, command::React, command::SetTyping, command::SendFile, command::AnswerOffer,
                 command::CancelTransfer, command::PauseTransfer, command::ResumeTransfer, command::MarkRead,
                 command::LoadConversations, command::DeleteHistory, command::SetVerified, command::AcceptIdentity,
                 command::LoadHistory, command::Search, command::Leave, command::Shutdown>;

}   // namespace coterie
