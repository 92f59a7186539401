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
  std::optional<Error> reason;                         // why it is offline
  std::optional<std::chrono::milliseconds> retry_in;   // when it is tried again by itself; none: not before Connect
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
  ready,     // a session stands: messages go out at once
  pairing,   // being greeted, or waiting to be
  waiting,   // known, but not here, or its session must be renewed: messages wait in the outbox
  held,      // its key replaced another's: nothing goes there until AcceptIdentity
  left,      // said goodbye
};

struct MemberChanged {
  std::string user_id;
  MemberId id;
  PublicKey key;
  bool online = false;
  bool verified = false;
  MemberState state{};
  std::int64_t last_seen_ms = 0;   // 0: never, or unknown
  std::string safety_number;       // to compare with that person
  std::string looks_like = {};     // a member known longer, or ourselves, whose user id looks the same in other letters
};

// After joining: everyone here has been greeted, or could not be.
struct Settled {
  std::size_t ready = 0;             // members with a session, here or not
  std::size_t rejected = 0;          // here, with another password
  std::size_t unanswered = 0;        // here, but silent
  std::size_t busy = 0;              // of those: no try is to be had, theirs or ours, because of wrong passwords …
  std::chrono::seconds next_try{};   // … before this time; it is tried again by itself
};

// Of `of` people here, `rejected` have no password in common with us.
struct PasswordRejected {
  std::size_t rejected = 0;
  std::size_t of = 0;
  unsigned attempts_left = 0;   // of the guess budget
  bool ours_is_right = false;   // members have accepted our password: it is theirs that is another one
};

// Somebody came to us and did not show that they have our password: with another one, or a guess that was broken off. They get
// nothing. At most one a minute of each member, and never more than the guess budget allows.
struct OtherPassword {
  std::string user_id;          // of the member known under this id at the relay; empty: a stranger
  std::size_t rejected = 0;     // who have another password, of those who are here …
  std::size_t of = 0;           // … both with the one this is about
  unsigned attempts_left = 0;   // of the guess budget
  bool ours_is_right = false;   // members have accepted our password; otherwise nobody knows whose is wrong
};

// A known person came with another key; AcceptIdentity, or compare numbers first.
struct IdentityChanged {
  std::string user_id;
  PublicKey known;
  PublicKey seen;
  std::string safety_number;   // with the key seen
};

// Somebody has come for the first time whose user id can be taken for another one.
struct LookAlike {
  std::string user_id;
  std::string like;   // as MemberChanged::looks_like; empty: it mixes alphabets in itself
};

// ── messages ───────────────────────────────────────────────────────────────────────────────────────────────────────

enum class DeliveryState { waiting, at_relay, delivered, read, failed };

struct DeliveryTo {
  std::string user_id;
  DeliveryState state{};
};

// The message a reply answers, as this device knows it: nobody can put words into another's mouth by quoting.
struct Quote {
  MessageId id;
  std::int64_t row = 0;   // 0: we do not have it
  std::string from;       // empty where the author is not known
  std::string text;       // its beginning, at most 200 bytes; empty when we do not have it, or it was deleted
  bool deleted = false;
};

struct Reaction {
  std::string emoji;
  std::vector<std::string> user_ids;   // never empty
};

enum class TransferPhase;

// What has become of a file whose transfers are all over, as the history knows it after a restart: of all its receivers together.
struct PastFile {
  TransferPhase phase{};   // finished when at least one has it
  std::uint64_t size = 0;
  std::size_t receivers = 1;
  std::size_t finished = 0;     // receivers that have it whole
  std::filesystem::path path;   // as in TransferChanged
};

struct Message {
  std::int64_t row = 0;   // order in the history
  MessageId id;
  std::string from;
  bool outgoing = false;
  std::optional<std::string> conversation;   // the other member of a direct conversation; none: the group
  std::string text;                          // of a file: its name; empty when deleted
  std::optional<FileId> file;                // of ours to several members: the batch
  std::int64_t sent_ms = 0;                  // the sender's clock, held inside what is plausible
  std::int64_t arrived_ms = 0;
  std::vector<DeliveryTo> deliveries;   // outgoing: one for each addressee
  bool edited = false;
  bool deleted = false;                     // taken back by its author: only its place is left
  std::optional<Quote> quote = {};          // of a reply
  std::vector<Reaction> reactions = {};     // in the order in which the emoji first came
  std::optional<PastFile> past_file = {};   // of a file that is not under way any more
  bool unreadable = false;                  // in classic mode: it could not be decoded, and `text` only says so
};

// One that is not our own counts as unread until MarkRead for its conversation.
struct MessageAdded {
  Message message;
};

// Edited, deleted, or other reactions: the message as it is now, in its old place.
struct MessageChanged {
  Message message;
};

// Somebody is writing. Holds until a message of that member comes, `active` is false, or six seconds have passed.
struct Typing {
  std::string user_id;
  std::optional<std::string> conversation;   // as in Message
  bool active = true;
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
  std::vector<Message> messages;                  // oldest first
  bool is_first = false;                          // nothing older
  bool is_last = false;                           // nothing newer
  std::optional<std::string> conversation = {};   // as in LoadHistory, to tell answers apart: what was asked for …
  std::int64_t before = 0;                        // … and from where
  std::int64_t around = 0;
  std::int64_t after = 0;
};

struct Conversation {
  std::optional<std::string> user_id;   // none: the group
  std::size_t unread = 0;
  std::optional<Message> last;
  std::int64_t last_ms = 0;   // when the last message arrived; 0: there is none
};

// The group's, which is always there, and every direct one with a message; the latest first.
struct Conversations {
  std::vector<Conversation> conversations;
};

// This conversation is empty now; rows known of it mean nothing any more.
struct HistoryDeleted {
  std::optional<std::string> conversation;
};

struct SearchResults {
  std::string words;
  std::vector<Message> messages;
  std::optional<std::string> conversation = std::nullopt;   // this and `before` as they were asked for
  std::int64_t before = 0;
  bool is_last = true;   // there is nothing more to be had
};

// ── files ──────────────────────────────────────────────────────────────────────────────────────────────────────────

struct FileOffered {
  FileId id;
  std::string from;
  bool from_verified = false;
  std::string name;           // safe to show and to create
  std::string offered_name;   // as sent, cleaned for display; differs when the name was mended
  bool is_executable_type = false;
  std::uint64_t size = 0;
  bool to_group = false;   // it was offered to everyone, and is shown in the group's conversation
};

enum class TransferPhase {
  offered,   // the receiver has not answered yet
  waiting,   // accepted, but somebody is not here or the line is broken; goes on by itself
  paused,    // by us, until ResumeTransfer
  running,
  verifying,   // all bytes are there
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
  std::uint64_t done = 0;               // plaintext bytes that need not travel again
  std::filesystem::path path;           // outgoing: the source; incoming: where it was saved, when finished
  std::optional<Sha256Digest> digest;   // when the transfer computed one
  std::optional<Error> error;           // with failed, and with waiting when there is something to mend (disk full)
  FileId batch = {};                    // outgoing: the id of SendFile; otherwise `id`
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

}   // namespace coterie::event

namespace coterie {

using Event =
    std::variant<event::LinkChanged, event::RelayUnknown, event::RelayChanged, event::MemberChanged, event::Settled,
                 event::PasswordRejected, event::OtherPassword, event::IdentityChanged, event::LookAlike,
                 event::MessageAdded, event::MessageChanged, event::Typing, event::DeliveryChanged, event::GapChanged,
                 event::HistoryPage, event::SearchResults, event::Conversations, event::HistoryDeleted,
                 event::FileOffered, event::TransferChanged, event::Notice, event::Failed, event::Stopped>;

}   // namespace coterie
