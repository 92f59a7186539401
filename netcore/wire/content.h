// SPDX-License-Identifier: MIT
// Everything members say to each other, before sealing (S8): this header is that boundary, and no relay ever sees it.
// Bytes: u8 kind ‖ header ‖ body. No sender stands inside: the session it came in says who sent it.
#pragma once

#include "netcore/wire/codec.h"

namespace coterie::content {

using namespace wire;

struct FilePurpose;                          // tag of Key<FilePurpose>
constexpr std::size_t max_text = 16'384;     // bytes of UTF-8
constexpr std::size_t max_file_name = 200;   // bytes of UTF-8
constexpr std::uint64_t max_file_size = std::uint64_t{1} << 44U;
constexpr std::size_t max_reaction = 32;   // bytes of UTF-8
constexpr std::size_t max_reactions = 8;   // of one member to one message

enum class Scope : std::uint8_t { group = 0, direct = 1, last = direct };

struct Header {
  Scope scope{};
  std::uint64_t sent_ms = 0;   // the sender's clock, milliseconds since 1970
  std::uint64_t seq = 0;       // per sender and group, or per sender and pair, from 1; 0: not counted
  std::uint16_t members = 0;   // how many the sender addressed …
  ByteArray<8> digest{};       // … and the start of the hash over their sorted identity keys
  static constexpr auto fields =
      std::tuple(&Header::scope, &Header::sent_ms, &Header::seq, &Header::members, &Header::digest);
};

// First word in a new session, which it confirms; and the answer to one that asks. What it tells holds for ever, so it does
// not matter in which order two of them arrive.
struct Keep {
  static constexpr std::uint8_t tag = 0;
  std::uint64_t group_upto = 0;    // no number of the sender's group stream up to here is still to come …
  std::uint64_t direct_upto = 0;   // … nor of the stream for the receiver alone
  bool asks = false;               // the sender of this lacks the receiver's word
  static constexpr auto fields = std::tuple(&Keep::group_upto, &Keep::direct_upto, &Keep::asks);
};

struct Text {
  static constexpr std::uint8_t tag = 1;
  Text16<max_text> text;
  static constexpr auto fields = std::tuple(&Text::text);
};

enum class ReceiptKind : std::uint8_t { delivered = 1, read = 2, last = read };

// Cumulative: everything up to and including `upto`, and the numbers in `beyond`.
struct Receipt {
  static constexpr std::uint8_t tag = 2;
  ReceiptKind what = ReceiptKind::delivered;
  Scope stream{};   // which of the receiver's two numberings is meant
  std::uint64_t upto = 0;
  List8<std::uint64_t, 255> beyond;
  static constexpr auto fields = std::tuple(&Receipt::what, &Receipt::stream, &Receipt::upto, &Receipt::beyond);
};

// Sent again with a new `attempt` whenever the sender opens the source anew: one file id, one card in the conversation.
struct FileOffer {
  static constexpr std::uint8_t tag = 3;
  FileId file;
  BlobId attempt;   // also the blob's name at the relay
  Key<FilePurpose> file_key;
  ReadCap read_cap;
  std::uint64_t size = 0;       // plaintext bytes
  Scope place{Scope::direct};   // which conversation shows it: the group's when it was offered to everyone
  MessageId message;            // it is shown as this message; the same for all who get the file in one go
  Text8<max_file_name> name;
  Text8<200> note;
  static constexpr auto fields =
      std::tuple(&FileOffer::file, &FileOffer::attempt, &FileOffer::file_key, &FileOffer::read_cap, &FileOffer::size,
                 &FileOffer::place, &FileOffer::message, &FileOffer::name, &FileOffer::note);
};

enum class Answer : std::uint8_t { declined = 0, accepted = 1, saved = 2, failed = 3, last = failed };

// The receiver's word on a file: wanted from `first_missing` on, or not; later, in place and verified, or given up.
struct FileAnswer {
  static constexpr std::uint8_t tag = 4;
  FileId file;
  Answer answer{};
  std::uint32_t first_missing = 0;   // chunk index, with `accepted`
  static constexpr auto fields = std::tuple(&FileAnswer::file, &FileAnswer::answer, &FileAnswer::first_missing);
};

// The sender has read the whole source and it did not change meanwhile.
struct FileDone {
  static constexpr std::uint8_t tag = 5;
  FileId file;
  BlobId attempt;
  bool has_digest = false;
  Sha256Digest digest;   // of the plaintext; zero without has_digest
  static constexpr auto fields =
      std::tuple(&FileDone::file, &FileDone::attempt, &FileDone::has_digest, &FileDone::digest);
};

enum class CancelReason : std::uint8_t { by_user = 0, source_changed = 1, source_gone = 2, last = source_gone };

struct FileCancel {
  static constexpr std::uint8_t tag = 6;
  FileId file;
  CancelReason reason{};
  static constexpr auto fields = std::tuple(&FileCancel::file, &FileCancel::reason);
};

// The sender is writing, or has stopped. Never kept.
struct Typing {
  static constexpr std::uint8_t tag = 8;
  bool active = true;
  static constexpr auto fields = std::tuple(&Typing::active);
};

// A message of anybody. Two members may use one message id, so the author belongs to its name.
struct Target {
  MessageId message;
  PublicKey author;   // identity key
  static constexpr auto fields = std::tuple(&Target::message, &Target::author);
};

// All reactions of the sender to that message, from now on: what is not listed is taken back. So the newest says everything, and
// hearing one twice changes nothing.
struct Reaction {
  static constexpr std::uint8_t tag = 11;
  Target target;
  List8<Text8<max_reaction>, max_reactions> emoji;
  static constexpr auto fields = std::tuple(&Reaction::target, &Reaction::emoji);
};

// A new text for a message of the sender's.
struct Edit {
  static constexpr std::uint8_t tag = 12;
  MessageId message;
  Text16<max_text> text;
  static constexpr auto fields = std::tuple(&Edit::message, &Edit::text);
};

// The sender takes a message of its own back.
struct Delete {
  static constexpr std::uint8_t tag = 13;
  MessageId message;
  static constexpr auto fields = std::tuple(&Delete::message);
};

// A text that answers a message of the same conversation. The quoted words do not travel: each shows its own copy.
struct Reply {
  static constexpr std::uint8_t tag = 14;
  Target target;
  Text16<max_text> text;
  static constexpr auto fields = std::tuple(&Reply::target, &Reply::text);
};

// The sender leaves the group for good.
struct Leave {
  static constexpr std::uint8_t tag = 9;
  static constexpr auto fields = std::tuple();
};

// A kind of a later version: receipted and ignored.
struct Unknown {
  std::uint8_t kind = 0;
};

using Known = std::variant<Keep, Text, Receipt, FileOffer, FileAnswer, FileDone, FileCancel, Typing, Leave, Reaction,
                           Edit, Delete, Reply>;
using Body = std::variant<Keep, Text, Receipt, FileOffer, FileAnswer, FileDone, FileCancel, Typing, Leave, Reaction,
                          Edit, Delete, Reply, Unknown>;

// What travels: move-only, since an offer holds a key.
struct Content {
  Header header;
  Body body;
};

// The bytes to seal. An Unknown body is a mistake of ours.
Bytes encode_content(const Content& content);

// Malformed for bytes that do not parse, trailing bytes, a file offer above max_file_size, and a kind in the wrong scope
// (files and receipts are between two members; a Keep is for one receiver too).
Result<Content> decode_content(ByteView bytes);

// Counted contents are receipted, gap-checked and kept in the outbox until the receipt is there.
bool is_counted(const Body& body);

}   // namespace coterie::content
