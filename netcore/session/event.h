// SPDX-License-Identifier: MIT
// Everything an engine tells its user interface: this header is that boundary. Values only; every one can be kept.
#pragma once

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "netcore/base/ids.h"
#include "netcore/base/result.h"

namespace coterie::event {

// ── the link ───────────────────────────────────────────────────────────────────────────────────────────────────────

enum class LinkState { offline, connecting, joining, online };

struct LinkChanged {
  LinkState state{};
  std::optional<Error> reason;                       // why it is offline
  std::optional<std::chrono::milliseconds> retry_in; // when it is tried again by itself; none: not before Connect
};

// First contact: nothing was sent but a TLS greeting. TrustRelay goes on.
struct RelayUnknown {
  std::string relay;
  RelayPin pin;
};

// The relay is not the one known under this address. The link stays closed.
struct RelayChanged {
  std::string relay;
  RelayPin expected;
  RelayPin seen;
};

// ── members ────────────────────────────────────────────────────────────────────────────────────────────────────────

enum class MemberState {
  ready,      // a session stands: messages go out at once
  pairing,    // being greeted, or waiting to be
  waiting,    // known, but not here, or its session must be renewed: messages wait in the outbox
  held,       // its key replaced another's: nothing goes there until AcceptIdentity
  left,       // said goodbye
};

struct MemberChanged {
  std::string user_id;
  MemberId id;
  PublicKey key;
  bool online = false;
  bool verified = false;
  MemberState state{};
  std::int64_t last_seen_ms = 0;                     // 0: never, or unknown
  std::string safety_number;                         // to compare with that person
};

// After joining: everyone here has been greeted, or could not be.
struct Settled {
  std::size_t ready = 0;                             // members with a session, here or not
  std::size_t rejected = 0;                          // here, with another password
  std::size_t unanswered = 0;                        // here, but silent
};

// Of `of` people here, `rejected` have no password in common with us.
struct PasswordRejected {
  std::size_t rejected = 0;
  std::size_t of = 0;
  unsigned attempts_left = 0;                        // of the guess budget
};

// A known person came with another key; AcceptIdentity, or compare numbers first.
struct IdentityChanged {
  std::string user_id;
  PublicKey known;
  PublicKey seen;
  std::string safety_number;                         // with the key seen
};

// ── messages ───────────────────────────────────────────────────────────────────────────────────────────────────────

enum class DeliveryState { waiting, at_relay, delivered, read, failed };

struct DeliveryTo {
  std::string user_id;
  DeliveryState state{};
};

struct Message {
  std::int64_t row = 0;                              // order in the history
  MessageId id;
  std::string from;
  bool outgoing = false;
  std::optional<std::string> conversation;           // the other member of a direct conversation; none: the group
  std::string text;                                  // of a file: its name
  std::optional<FileId> file;
  std::int64_t sent_ms = 0;                          // the sender's clock, held inside what is plausible
  std::int64_t arrived_ms = 0;
  std::vector<DeliveryTo> deliveries;                // outgoing: one for each addressee
};

struct MessageAdded {
  Message message;
};

struct DeliveryChanged {
  MessageId id;
  std::string user_id;
  DeliveryState state{};
};

// `missing` messages of that member have not arrived (0: the gap is closed).
struct GapChanged {
  std::string user_id;
  std::optional<std::string> conversation;
  std::uint64_t missing = 0;
};

struct HistoryPage {
  std::vector<Message> messages;                     // oldest first
  bool is_first = false;                             // nothing older
};

struct SearchResults {
  std::string words;
  std::vector<Message> messages;
};

// ── files ──────────────────────────────────────────────────────────────────────────────────────────────────────────

struct FileOffered {
  FileId id;
  std::string from;
  bool from_verified = false;
  std::string name;                                  // safe to show and to create
  std::string offered_name;                          // as sent, cleaned for display; differs when the name was mended
  bool is_executable_type = false;
  std::uint64_t size = 0;
};

enum class TransferPhase {
  offered,      // the receiver has not answered yet
  waiting,      // accepted, but somebody is not here or the line is broken; goes on by itself
  running,
  verifying,    // all bytes are there
  finished,
  declined,
  cancelled,
  failed,
};

struct TransferChanged {
  FileId id;
  std::string peer;
  bool outgoing = false;
  TransferPhase phase{};
  std::string name;
  std::uint64_t size = 0;
  std::uint64_t done = 0;                            // plaintext bytes that need not travel again
  std::filesystem::path path;                        // outgoing: the source; incoming: where it was saved, when finished
  std::optional<Sha256Digest> digest;                // when the transfer computed one
  std::optional<Error> error;                        // with failed, and with waiting when there is something to mend (disk full)
};

// ── everything else ────────────────────────────────────────────────────────────────────────────────────────────────

// Something did not work; the engine goes on. `about`: the command's id in hexadecimal, where it was a command.
struct Notice {
  Error error;
  std::string about;
};

// The engine cannot go on by itself: user id taken, signed in elsewhere, database damaged.
struct Failed {
  Error error;
};

// Answer to Shutdown: everything is on disk, and nothing more will come.
struct Stopped {};

}  // namespace coterie::event

namespace coterie {

using Event = std::variant<event::LinkChanged, event::RelayUnknown, event::RelayChanged, event::MemberChanged, event::Settled,
                           event::PasswordRejected, event::IdentityChanged, event::MessageAdded, event::DeliveryChanged,
                           event::GapChanged, event::HistoryPage, event::SearchResults, event::FileOffered,
                           event::TransferChanged, event::Notice, event::Failed, event::Stopped>;

}  // namespace coterie
