// SPDX-License-Identifier: MIT
// Everything a client and its relay say to each other on the control connection: this header is that boundary.
// A connection carries one member of one group, so only JOIN names the group. Frame layout: frame.h; hex examples:
// docs/protocol.md. The relay fills every sender itself; a client cannot state one.
#pragma once

#include "netcore/wire/codec.h"
#include "netcore/wire/frame.h"

namespace coterie::control {

using namespace wire;   // Sized and its aliases

constexpr std::size_t max_members = 256;   // member ids a group holds, and recipients an envelope names
constexpr std::size_t max_body = 65'608;   // nonce 24 + commitment 32 + sealed content 65,536 + tag 16
constexpr std::size_t max_handshake_body = 512;

// ── both directions ────────────────────────────────────────────────────────────────────────────────────────────────

struct Ping {
  static constexpr std::uint8_t tag = 0x01;
  std::uint64_t nonce = 0;
  static constexpr auto fields = std::tuple(&Ping::nonce);
};

struct Pong {
  static constexpr std::uint8_t tag = 0x02;
  std::uint64_t nonce = 0;   // of the Ping it answers
  static constexpr auto fields = std::tuple(&Pong::nonce);
};

// The last frame of a side that leaves in good order. An end of stream without it is a failure.
struct Bye {
  static constexpr std::uint8_t tag = 0x03;
  static constexpr auto fields = std::tuple();
};

// ── client → relay ─────────────────────────────────────────────────────────────────────────────────────────────────

// First frame of every control connection (S4).
struct Join {
  static constexpr std::uint8_t tag = 0x10;
  Text8<64> access_key;   // empty where the relay asks for none
  GroupTag group;
  MemberToken token;
  UserHandle handle;
  CapHash cap_hash;
  ConnectionNonce nonce;   // sn: fresh for each connection
  static constexpr auto fields =
      std::tuple(&Join::access_key, &Join::group, &Join::token, &Join::handle, &Join::cap_hash, &Join::nonce);
};

// One step of a pair handshake (S5), H1..H4 or busy, to or from `peer`. Busy answers an H1 that is not taken up, and an H2 of another
// password.
enum class HandshakeStep : std::uint8_t { h1 = 1, h2 = 2, h3 = 3, h4 = 4, busy = 5, last = busy };

struct Handshake {
  static constexpr std::uint8_t tag = 0x11;
  MemberId peer;   // to the relay: whom it is for; from the relay: whom it is from
  HandshakeId id;
  HandshakeStep step{};
  Blob16<max_handshake_body> body;
  static constexpr auto fields = std::tuple(&Handshake::peer, &Handshake::id, &Handshake::step, &Handshake::body);
};

// The body of a busy from a member whose guesses are used up. An empty one says nothing of why, nor of when.
struct NoGuesses {
  std::uint16_t seconds = 0;   // until it has one again, at most 600
  static constexpr auto fields = std::tuple(&NoGuesses::seconds);
};

struct Recipient {   // 92 bytes
  MemberId member;
  DropCap drop_cap;
  SessionId session;
  std::uint32_t index = 0;
  ByteArray<48> wrap{};   // sealed content key, crypto/envelope.h
  static constexpr auto fields =
      std::tuple(&Recipient::member, &Recipient::drop_cap, &Recipient::session, &Recipient::index, &Recipient::wrap);
};

// One envelope for up to 256 recipients: one body, one record each (S7).
struct Send {
  static constexpr std::uint8_t tag = 0x12;
  MessageId message;
  bool keep = false;   // hold it for recipients who are offline
  List16<Recipient, max_members> recipients;
  Blob32<max_body> body;
  static constexpr auto fields = std::tuple(&Send::message, &Send::keep, &Send::recipients, &Send::body);
};

// The envelopes under these numbers are committed on our disk: forget them.
struct Ack {
  static constexpr std::uint8_t tag = 0x13;
  List16<std::uint64_t, 1024> numbers;
  static constexpr auto fields = std::tuple(&Ack::numbers);
};

enum class BlobMode : std::uint8_t { pipe = 0, keep = 1, last = keep };

// "I will upload this sealed file": the relay answers BlobNeed when a reader is there (S10).
struct BlobPut {
  static constexpr std::uint8_t tag = 0x14;
  BlobId blob;
  std::uint64_t length = 0;   // sealed bytes in all
  ReadHash read_hash;         // labelled hash of the read capability
  BlobMode mode = BlobMode::pipe;
  static constexpr auto fields = std::tuple(&BlobPut::blob, &BlobPut::length, &BlobPut::read_hash, &BlobPut::mode);
};

// "I want to read this blob from `offset` on": answered by BlobTicket, now or when the uploader comes, or BlobRefused.
struct BlobGet {
  static constexpr std::uint8_t tag = 0x15;
  BlobId blob;
  ReadCap read_cap;
  std::uint64_t offset = 0;   // in sealed bytes, at a chunk border
  static constexpr auto fields = std::tuple(&BlobGet::blob, &BlobGet::read_cap, &BlobGet::offset);
};

// Takes back a BlobPut or BlobGet; a data connection under way for it is closed.
struct BlobDrop {
  static constexpr std::uint8_t tag = 0x16;
  BlobId blob;
  static constexpr auto fields = std::tuple(&BlobDrop::blob);
};

// ── relay → client ─────────────────────────────────────────────────────────────────────────────────────────────────

// A member of the group as the relay sees it; sent alone whenever something in it changes.
struct Member {   // 57 bytes
  static constexpr std::uint8_t tag = 0x20;
  MemberId id;
  UserHandle handle;
  bool online = false;
  std::uint64_t join_seq = 0;   // grows with every join at this relay: the later one initiates
  ConnectionNonce nonce;
  static constexpr auto fields =
      std::tuple(&Member::id, &Member::handle, &Member::online, &Member::join_seq, &Member::nonce);
};

// JOIN is accepted. The roster leaves out the receiver.
struct Joined {
  static constexpr std::uint8_t tag = 0x21;
  std::uint64_t join_seq = 0;   // the receiver's own
  List16<Member, max_members> roster;
  static constexpr auto fields = std::tuple(&Joined::join_seq, &Joined::roster);
};

// One envelope as one recipient gets it.
struct Receive {
  static constexpr std::uint8_t tag = 0x22;
  std::uint64_t number = 0;   // for Ack; grows within a connection
  MemberId sender;
  MessageId message;
  bool keep = false;
  SessionId session;
  std::uint32_t index = 0;
  ByteArray<48> wrap{};
  Blob32<max_body> body;
  static constexpr auto fields = std::tuple(&Receive::number, &Receive::sender, &Receive::message, &Receive::keep,
                                            &Receive::session, &Receive::index, &Receive::wrap, &Receive::body);
};

enum class Delivery : std::uint8_t {
  delivered = 0,   // the recipient acknowledged it
  stored = 1,      // committed to the mailbox on disk
  offline = 2,     // recipient not here and the envelope was not kept
  bad_cap = 3,
  full = 4,
  no_such = 5,
  last = no_such
};

struct DeliveryTo {
  MemberId member;
  Delivery delivery{};
  static constexpr auto fields = std::tuple(&DeliveryTo::member, &DeliveryTo::delivery);
};

// What became of an envelope, as far as is known; several may come for one Send.
struct Outcome {
  static constexpr std::uint8_t tag = 0x23;
  MessageId message;
  List16<DeliveryTo, max_members> members;
  static constexpr auto fields = std::tuple(&Outcome::message, &Outcome::members);
};

// Opens one data connection for reading `blob` from `offset` on; valid once, for 30 s.
struct BlobTicket {
  static constexpr std::uint8_t tag = 0x24;
  BlobId blob;
  DataTicket ticket;
  std::uint64_t offset = 0;
  std::uint64_t length = 0;   // sealed bytes in all, as the uploader announced
  static constexpr auto fields =
      std::tuple(&BlobTicket::blob, &BlobTicket::ticket, &BlobTicket::offset, &BlobTicket::length);
};

// Asks the uploader to open one data connection and write `blob` from `offset` to its end; valid once, for 30 s.
struct BlobNeed {
  static constexpr std::uint8_t tag = 0x25;
  BlobId blob;
  DataTicket ticket;
  std::uint64_t offset = 0;
  static constexpr auto fields = std::tuple(&BlobNeed::blob, &BlobNeed::ticket, &BlobNeed::offset);
};

enum class BlobRefusal : std::uint8_t {
  waiting = 0,   // nobody offers it yet: the ticket comes when somebody does
  bad_cap = 1,
  too_many = 2,      // blobs or data connections of this member
  unsupported = 3,   // this relay keeps no blobs
  too_large = 4,
  last = too_large
};

struct BlobRefused {
  static constexpr std::uint8_t tag = 0x26;
  BlobId blob;
  BlobRefusal reason{};
  static constexpr auto fields = std::tuple(&BlobRefused::blob, &BlobRefused::reason);
};

enum class Refusal : std::uint8_t {
  malformed = 0,       // a frame that does not parse, or does not belong here
  access_denied = 1,   // access key missing or wrong
  user_id_taken = 2,
  replaced = 3,   // the same member joined on a newer connection
  group_full = 4,
  too_many = 5,   // joins, connections or frames
  too_slow = 6,   // a deadline passed, or the receiver does not read
  shutting_down = 7,
  last = shutting_down
};

// Why the relay closes the connection: always its last frame.
struct Refused {
  static constexpr std::uint8_t tag = 0x27;
  Refusal reason{};
  Text8<200> text;   // for the user, UTF-8
  static constexpr auto fields = std::tuple(&Refused::reason, &Refused::text);
};

using ToRelay = std::variant<Ping, Pong, Bye, Join, Handshake, Send, Ack, BlobPut, BlobGet, BlobDrop>;
using ToClient = std::variant<Ping, Pong, Bye, Handshake, Member, Joined, Receive, Outcome, BlobTicket, BlobNeed,
                              BlobRefused, Refused>;

// A whole frame, ready to send.
Bytes encode_frame(const ToRelay& message);
Bytes encode_frame(const ToClient& message);

// The message of a whole frame (exactly one, as measured by frame_size). Nothing for an unknown optional type (>= 0x80);
// an unknown other type, a body that does not fit and trailing bytes are errors.
Result<std::optional<ToRelay>> decode_to_relay(ByteView frame);
Result<std::optional<ToClient>> decode_to_client(ByteView frame);

// All of a Receive frame up to its body, which the relay appends by itself: one shared body, many small heads.
// The same bytes as encode_frame(ToClient(Receive)) minus the last `body_size`.
void append_receive_head(Bytes& to, std::uint64_t number, const MemberId& sender, const MessageId& message, bool keep,
                         const Recipient& recipient, std::size_t body_size);
constexpr std::size_t receive_head = frame_head + 1 + 8 + 16 + 16 + 1 + 8 + 4 + 48 + 4;   // bytes

// ── data connections (S10): plain TCP, raw sealed bytes in one direction ───────────────────────────────────────────

// First bytes of a data connection: "CTD1" ‖ ticket 32 ‖ u64 offset.
struct DataHello {
  static constexpr std::string_view magic = "CTD1";
  static constexpr std::size_t size = 44;
  DataTicket ticket;
  std::uint64_t offset = 0;   // must be the one that came with the ticket
  static constexpr auto fields = std::tuple(&DataHello::ticket, &DataHello::offset);
};
Bytes encode_hello(const DataHello& hello);
Result<DataHello> decode_hello(ByteView bytes);   // exactly 44 bytes

// The reader's last bytes, passed on to the uploader: "DONE" ‖ u64 sealed length. An end of stream without it is a failure.
constexpr std::size_t data_done_size = 12;
Bytes encode_done(std::uint64_t length);
Result<std::uint64_t> decode_done(ByteView bytes);

// H(L("coterie blob v1") ‖ read_cap)[0..16): what the relay compares a reader's capability with.
ReadHash read_hash_of(const ReadCap& cap);
// H(L("coterie cap v1") ‖ drop_cap)[0..16).
CapHash cap_hash_of(const DropCap& cap);
// H(L("coterie member v1") ‖ tag ‖ token)[0..16).
MemberId member_id_of(const GroupTag& group, const MemberToken& token);

}   // namespace coterie::control
