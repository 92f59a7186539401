// SPDX-License-Identifier: MIT
// Everything a user interface can ask of an engine: this header is that boundary. One engine is one group at one relay. Each
// command is answered by events (event.h), never by a return value.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <variant>

#include "netcore/base/ids.h"

namespace coterie::command {

// Connect to the relay and stay connected, quietly reconnecting, until Disconnect.
struct Connect {};
// Say goodbye to the relay and stay away.
struct Disconnect {};

// The user has compared the fingerprint in RelayUnknown: remember it for this address, and connect.
struct TrustRelay {
  RelayPin pin;
};

// To everyone, or to one member by user id. `id` is chosen by the caller: the answer, MessageAdded, carries it.
struct SendText {
  MessageId id;
  std::optional<std::string> to;
  std::string text;
};

// To one member. `id` is chosen by the caller: all events about the file carry it.
struct SendFile {
  FileId id;
  std::string to;
  std::filesystem::path path;
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

// The conversation has been looked at: read receipts go out. No user id: the group's.
struct MarkRead {
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

// Answered by HistoryPage. No conversation: the group and all direct ones together.
struct LoadHistory {
  std::optional<std::string> conversation;   // a user id, or empty text for the group alone
  std::int64_t before = 0;                   // row of the oldest message known; 0: from the newest
  std::size_t limit = 100;
};

// Answered by SearchResults.
struct Search {
  std::string words;
  std::size_t limit = 100;
};

// Tell everyone that this device leaves the group for good; they stop addressing it. Delivered like a message.
struct Leave {};

// Finish what is being written, tell the relay, then Stopped.
struct Shutdown {};

}  // namespace coterie::command

namespace coterie {

using Command = std::variant<command::Connect, command::Disconnect, command::TrustRelay, command::SendText, command::SendFile,
                             command::AnswerOffer, command::CancelTransfer, command::MarkRead, command::SetVerified,
                             command::AcceptIdentity, command::LoadHistory, command::Search, command::Leave, command::Shutdown>;

}  // namespace coterie
