// SPDX-License-Identifier: MIT
// Everything a client keeps between two starts: its identity, groups, peers, sessions, messages, what is still to be
// delivered, and files under way. One SQLite database; all in it is sealed (at_rest.h) but row ids, identifiers chosen at random, and
// the order and state of what is under way.
//
// Every call below runs inside transact() or read(): these turn the database's failures into an Error, so that no call site
// needs to. Outside of them a call is a programmer's mistake (assert). What transact() returned without error is on disk.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "netcore/base/ids.h"
#include "netcore/base/result.h"
#include "netcore/base/secret.h"
#include "netcore/store/at_rest.h"

namespace coterie::store {

using RowId = std::int64_t;
using Millis = std::int64_t;   // since 1970, UTC

enum class Scope : std::uint8_t { group = 0, direct = 1 };

struct GroupRow {
  RowId id = 0;
  std::string relay;    // "host:port" as the user gave it first
  RelayPin relay_pin;   // what it is known by; zero before the first connection
  std::string name;
  std::string user_id;
  SecretBytes secret;   // PRS, or empty when the user did not ask to remember it
  MemberToken token;
  DropCap drop_cap;
  std::uint64_t group_seq = 0;   // last number we used towards the group
};

enum class PeerState : std::uint8_t {
  active = 0,
  held = 1,   // its key replaced another's for the same user id or member id: not used before the user accepts
  left = 2,
};

// What arrived of one counted stream: everything up to `upto`, and single numbers above it.
struct StreamPosition {
  bool known = false;   // false: nothing has told yet where the stream stands
  std::uint64_t upto = 0;
  std::set<std::uint64_t> beyond;

  // False if it was there before.
  bool add(std::uint64_t seq);
  [[nodiscard]] bool has(std::uint64_t seq) const;
  // How many numbers are missing below the highest seen.
  [[nodiscard]] std::uint64_t missing() const;
};

struct PeerRow {
  RowId id = 0;
  RowId group = 0;
  MemberId member;
  std::string user_id;
  PublicKey key;
  DropCap drop_cap;
  PeerState state{};
  Millis last_seen = 0;
  std::uint64_t direct_seq = 0;   // last number we used towards this peer alone
  StreamPosition group_in;
  StreamPosition direct_in;
};

struct SessionRow {
  RowId id = 0;
  RowId peer = 0;
  SessionId session;
  Millis created = 0;
  bool initiator = false;
  bool may_send = false;
  bool heard = false;     // something opened under it
  SecretBytes send_key;   // chain keys, 32 bytes each
  std::uint32_t send_next = 0;
  SecretBytes receive_key;
  std::uint32_t receive_next = 0;
};

struct SkippedKey {
  std::uint32_t index = 0;
  SecretBytes key;
};

enum class MessageKind : std::uint8_t { text = 0, file = 1 };
// Ranked waiting < at_relay < failed < delivered < read: what was given up may still turn out to have arrived.
enum class Delivery : std::uint8_t { waiting = 0, at_relay = 1, delivered = 2, read = 3, failed = 4 };

// What a reply answers: two members may use one message id, so the author belongs to its name.
struct QuotedMessage {
  MessageId message;
  PublicKey author;
  friend bool operator==(const QuotedMessage&, const QuotedMessage&) = default;
};

struct MessageRow {
  RowId id = 0;   // order of arrival
  RowId group = 0;
  MessageId message;
  std::optional<RowId> conversation;   // peer of a direct conversation; none: the group
  std::optional<RowId> author;         // peer; none: ourselves
  Scope scope{};
  std::uint64_t seq = 0;
  Millis sent = 0;
  Millis arrived = 0;
  MessageKind kind{};
  std::string text;   // of a file: its name; empty when deleted
  std::optional<FileId> file;
  bool edited = false;
  bool deleted = false;
  std::uint64_t changed_seq = 0;   // number in the author's stream of the last change to it; 0: none, or ours
  std::optional<QuotedMessage> quote = {};
};

// All reactions of one member to one message.
struct ReactionRow {
  std::optional<RowId> member;   // peer; none: ourselves
  std::uint64_t seq = 0;         // number in the member's stream; 0 for ours
  std::vector<std::string> emoji;
};

// What a peer said about a message that is not here yet.
struct HeldChange {
  RowId id = 0;
  RowId peer = 0;
  MessageId message;
  Millis arrived = 0;
  SecretBytes content;   // encoded
};

struct ConversationRow {
  std::optional<RowId> conversation;   // peer; none: the group
  std::size_t unread = 0;
  MessageRow last;
};

// A content of ours until everyone it is for has confirmed it.
struct OutgoingRow {
  MessageId message;
  RowId group = 0;
  Scope scope{};
  std::uint64_t seq = 0;
  Millis created = 0;
  SecretBytes content;     // encoded, as it was first sealed
  bool at_relay = false;   // as pending() tells for one peer: the relay has said that it has it
};

struct DeliveryRow {
  RowId peer = 0;
  Delivery state{};
};

enum class TransferState : std::uint8_t {
  offered = 0,    // waiting for the receiver's answer
  accepted = 1,   // under way, or waiting for a connection
  finished = 2,
  declined = 3,
  cancelled = 4,
  failed = 5,
};

struct TransferRow {
  FileId file;
  RowId group = 0;
  RowId peer = 0;
  bool outgoing = false;
  TransferState state{};
  std::string name;   // as offered
  std::uint64_t size = 0;
  Millis created = 0;
  BlobId attempt;              // the last one offered
  bool attempt_used = false;   // bytes of it have travelled
  SecretBytes file_key;
  ReadCap read_cap;
  std::string path;                   // outgoing: the source; incoming: where it was saved, once finished
  std::int64_t source_mtime_ns = 0;   // outgoing
  bool source_read_once = true;       // outgoing: all of it was read in a single opening so far
  std::string folder;                 // incoming: where it goes
  std::string part;                   // incoming: name of the .part in the folder
  bool done_known = false;            // incoming: FILE_DONE came …
  bool has_digest = false;            // … and carried this digest
  Sha256Digest digest;
  std::string error;       // name_of(Errc) of the failure
  bool paused = false;     // by the user
  FileId batch = {};       // outgoing: what the user calls it together with the other receivers'
  bool to_group = false;   // offered to everyone, and shown in the group's conversation
};

class ProfileStore {
 public:
  // Creates or migrates `file` (0600), and looks through one that exists (Database::check, quickly above 16 MiB). Errors as Database::open;
  // unsupported where SQLite lacks full-text search. `at_rest` outlives the store.
  static Result<std::unique_ptr<ProfileStore>> open(const std::filesystem::path& file, const AtRest& at_rest);
  ~ProfileStore();

  // One transaction: all of `work` or nothing. Nested calls join the outer one, and their errors fail it. The error of the
  // database, or the one `work` returned, which rolls back. What does not open or does not fit: Errc::database_corrupt.
  Status transact(const std::function<Status()>& work);
  // For reading only; a transact() inside is a programmer's mistake.
  Status read(const std::function<void()>& work);
  // Inside transact(): `job` runs when the outermost transaction is on disk, in the order given; not at all if it rolls back.
  // Outside: at once.
  void after_commit(std::function<void()> job);
  // Inside transact(): `job` runs if the outermost transaction rolls back, the newest first; for putting right what was changed
  // in memory. It does not throw.
  void after_rollback(std::function<void()> job);

  // Small values by name, for what has no table of its own. The value is sealed, the name is not.
  std::optional<SecretBytes> value(std::string_view name);
  void set_value(std::string_view name, ByteView value);

  // ── profile ──
  std::optional<SecretBytes> identity();   // X25519 secret, 32 bytes
  void set_identity(const SecretBytes& secret);

  // ── relays ──
  std::optional<RelayPin> pin_of(const std::string& relay);
  void set_pin(const std::string& relay, const RelayPin& pin);

  // ── groups ──
  std::optional<GroupRow> find_group(const std::string& relay, const std::string& name);
  // The same group at the same relay, whatever address led there: of several the one that was there first.
  std::optional<GroupRow> find_group(const RelayPin& pin, const std::string& name);
  std::vector<GroupRow> groups();
  RowId add_group(const GroupRow& group);   // row.id ignored
  void set_group_login(RowId group, const RelayPin& pin, const std::string& user_id, const SecretBytes& secret);
  void set_group_seq(RowId group, std::uint64_t seq);
  void drop_group(RowId group);   // with everything in it
  // New password: peers stay known, sessions go.
  void drop_sessions_of_group(RowId group);

  // ── peers ──
  std::vector<PeerRow> peers(RowId group);
  RowId add_peer(const PeerRow& peer);
  void update_peer(const PeerRow& peer);   // all but id and group
  bool is_verified(const PublicKey& key);
  void set_verified(const PublicKey& key, bool verified);

  // ── sessions ──
  std::vector<SessionRow> sessions(RowId peer);   // newest first
  RowId add_session(const SessionRow& session);
  void update_session(const SessionRow& session);
  void drop_session(RowId session);
  void drop_sessions_of_peer(RowId peer);
  void add_skipped(RowId session, const std::vector<SkippedKey>& keys, Millis now);
  std::optional<SecretBytes> skipped_key(RowId session, std::uint32_t index);
  void drop_skipped(RowId session, std::uint32_t index);
  // Keeps the newest 2,000 skipped keys of the peer, none older than `oldest`.
  void trim_skipped(RowId peer, Millis oldest);

  // ── messages ──
  // False, and nothing stored, if (author, message) is there already.
  bool add_message(const MessageRow& message);
  // Remembers that a content that is no message arrived; false if it had before. The newest 65,536 of a peer are kept.
  bool mark_seen(RowId peer, const MessageId& message, Millis now);
  // Up to `limit` messages of one conversation older than row `before` (0: the newest), oldest first.
  std::vector<MessageRow> history(RowId group, std::optional<RowId> conversation, RowId before, std::size_t limit);
  // All conversations of the group, for `history` without a choice.
  std::vector<MessageRow> history_of_all(RowId group, RowId before, std::size_t limit);
  // `author`: none for a message of ours.
  std::optional<MessageRow> find_message(RowId group, std::optional<RowId> author, const MessageId& message);
  // Whether there is a message of ours with this id, cheaper than finding it.
  bool has_own_message(RowId group, const MessageId& message);
  std::optional<MessageRow> find_file_message(RowId group, const FileId& file);
  // The oldest with this id, whoever wrote it.
  std::optional<MessageRow> find_message_of_anyone(RowId group, const MessageId& message);
  // Up to `limit` messages newer than row `after`, oldest first.
  std::vector<MessageRow> history_after(RowId group, std::optional<RowId> conversation, RowId after, std::size_t limit);
  std::vector<MessageRow> history_of_all_after(RowId group, RowId after, std::size_t limit);
  // Text, marks and quote of a stored message become those of `message`; the search follows.
  void update_message(const MessageRow& message);
  // Messages and all that is about them; what is still to be delivered is delivered.
  void drop_history(RowId group, std::optional<RowId> conversation);
  // Messages with all of these words (prefixes match), best first then newest; any text is a valid query, of which the first
  // 32 words and 1,024 bytes count. The index lives in memory only; a search first adds what has come since the last one.
  std::vector<MessageRow> search(RowId group, const std::string& words, std::size_t limit);
  // Those of one conversation that are older than row `before` (0: all), newest first.
  std::vector<MessageRow> search_newest(RowId group, std::optional<RowId> conversation, const std::string& words,
                                        RowId before, std::size_t limit);

  // ── what is said about messages ──
  // In the order in which the members first reacted; those who took all back are left out.
  std::vector<ReactionRow> reactions(RowId message);
  // False, and nothing changed, if a later word of that member is there already.
  bool set_reactions(RowId message, const ReactionRow& reactions);
  void drop_reactions(RowId message);
  // The newest 500 of a peer are kept.
  void hold_change(const HeldChange& change);
  // Of all groups, oldest first.
  std::vector<HeldChange> held_changes(const MessageId& message);
  void drop_held_change(RowId id);
  void expire_held_changes(Millis oldest);

  // ── conversations ──
  // Those with messages, each with its last one and how many of others are unread; the latest first.
  std::vector<ConversationRow> conversations(RowId group);
  // Nothing in it is unread; false if that was so before.
  bool set_all_read(RowId group, std::optional<RowId> conversation);

  // ── outgoing ──
  // Kept until every peer has confirmed or been given up. After that a content that is also a message (add_message) leaves its
  // delivery states behind, any other leaves nothing.
  void add_outgoing(const OutgoingRow& content, const std::vector<RowId>& peers);
  // Not yet confirmed by `peer`, in the order made.
  std::vector<OutgoingRow> pending(RowId peer);
  // Contents that somebody has not confirmed.
  [[nodiscard]] std::size_t pending_count(RowId group);
  // Raises (never lowers) the state; false if nothing changed.
  bool raise_delivery(const MessageId& message, RowId peer, Delivery state);
  // The same for everything of one stream up to `upto` and for the single numbers; the messages that changed.
  std::vector<MessageId> cover(RowId group, RowId peer, Scope stream, std::uint64_t upto,
                               const std::vector<std::uint64_t>& beyond, Delivery state);
  std::vector<DeliveryRow> deliveries(const MessageId& message);
  // Gives up what is older than `oldest` (state failed); the messages concerned.
  std::vector<MessageId> expire_outgoing(Millis oldest);

  // ── files ──
  std::vector<TransferRow> transfers(RowId group);   // all of the group, oldest first
  std::optional<TransferRow> find_transfer(RowId group, const FileId& file);
  void add_transfer(const TransferRow& transfer);
  void update_transfer(const TransferRow& transfer);

 private:
  struct State;
  explicit ProfileStore(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}   // namespace coterie::store
