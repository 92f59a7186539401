// SPDX-License-Identifier: MIT
#include "tests/store/store_fixture.h"

#include <sstream>

namespace coterie::store {

GroupRow a_group(const std::string& name) {
  GroupRow group;
  group.relay = "relay.example:12345";
  group.relay_pin = random_id<RelayPin>();
  group.name = name;
  group.user_id = "alice";
  group.secret = secret_of("32 bytes of a stretched password");
  group.token = random_id<MemberToken>();
  group.drop_cap = random_id<DropCap>();
  group.group_seq = 7;
  return group;
}

PeerRow a_peer(RowId group, const std::string& user_id) {
  PeerRow peer;
  peer.group = group;
  peer.member = random_id<MemberId>();
  peer.user_id = user_id;
  peer.key = random_id<PublicKey>();
  peer.drop_cap = random_id<DropCap>();
  peer.state = PeerState::active;
  peer.last_seen = 1'700'000'000'000;
  peer.direct_seq = 3;
  peer.group_in.known = true;
  peer.group_in.upto = 12;
  peer.group_in.beyond = {14, 15, 16, 20};
  return peer;
}

SessionRow a_session(RowId peer) {
  SessionRow session;
  session.peer = peer;
  session.session = random_id<SessionId>();
  session.created = 1'700'000'000'123;
  session.initiator = true;
  session.may_send = true;
  session.send_key = secret_of("the chain key for what we send..");
  session.send_next = 4'000'000'000;
  session.receive_key = secret_of("the chain key for what we get...");
  session.receive_next = 17;
  return session;
}

MessageRow a_message(RowId group, std::optional<RowId> author, const std::string& text) {
  MessageRow message;
  message.group = group;
  message.message = random_id<MessageId>();
  message.author = author;
  message.seq = 5;
  message.sent = 1'700'000'000'001;
  message.arrived = 1'700'000'000'002;
  message.text = text;
  return message;
}

OutgoingRow an_outgoing(RowId group, std::uint64_t seq, const std::string& content) {
  OutgoingRow outgoing;
  outgoing.message = random_id<MessageId>();
  outgoing.group = group;
  outgoing.seq = seq;
  outgoing.created = 1'700'000'000'000 + static_cast<Millis>(seq);
  outgoing.content = secret_of(content);
  return outgoing;
}

TransferRow a_transfer(RowId group, RowId peer, const std::string& name) {
  TransferRow transfer;
  transfer.file = random_id<FileId>();
  transfer.group = group;
  transfer.peer = peer;
  transfer.outgoing = true;
  transfer.state = TransferState::accepted;
  transfer.name = name;
  transfer.size = std::uint64_t{1} << 44U;
  transfer.created = 1'700'000'000'000;
  transfer.attempt = random_id<BlobId>();
  transfer.attempt_used = true;
  transfer.file_key = secret_of("a file key of exactly 32 bytes..");
  transfer.read_cap = random_id<ReadCap>();
  transfer.path = "/home/alice/Pictures/" + name;
  transfer.source_mtime_ns = -5;
  transfer.source_read_once = false;
  transfer.folder = "/home/alice/client_received";
  transfer.part = name + ".part";
  transfer.done_known = true;
  transfer.has_digest = true;
  transfer.digest = random_id<Sha256Digest>();
  transfer.error = "io_failure";
  transfer.paused = true;
  transfer.batch = random_id<FileId>();
  transfer.to_group = true;
  return transfer;
}

namespace {

template <class T>
void put(std::ostream& out, const T& value) {
  if constexpr (std::is_enum_v<T> || std::is_same_v<T, bool>)
    out << static_cast<int>(value);
  else
    out << value;
  out << '|';
}
void put(std::ostream& out, const std::string& value) { out << to_hex(as_bytes(value)) << '|'; }
void put(std::ostream& out, const SecretBytes& value) { out << to_hex(value.view()) << '|'; }
template <class Tag, std::size_t N>
void put(std::ostream& out, const Id<Tag, N>& value) {
  out << value.hex() << '|';
}
template <class T>
void put(std::ostream& out, const std::optional<T>& value) {
  if (value)
    put(out, *value);
  else
    out << "-|";
}
void put(std::ostream& out, const StreamPosition& value) {
  put(out, value.known);
  put(out, value.upto);
  for (auto seq : value.beyond) put(out, seq);
  out << '/';
}
template <class... T>
void line(std::ostream& out, const char* what, const T&... values) {
  out << what << ' ';
  (put(out, values), ...);
  out << '\n';
}

void put_peer(std::ostream& out, ProfileStore& store, const PeerRow& p) {
  line(out, "peer", p.id, p.group, p.member, p.user_id, p.key, p.drop_cap, p.state, p.last_seen, p.direct_seq,
       p.group_in, p.direct_in, store.is_verified(p.key));
  for (const auto& s : store.sessions(p.id)) {
    line(out, "session", s.id, s.peer, s.session, s.created, s.initiator, s.may_send, s.heard, s.send_key, s.send_next,
         s.receive_key, s.receive_next);
    for (std::uint32_t i = 0; i < 64; ++i) line(out, "skipped", store.skipped_key(s.id, i));
  }
  for (const auto& o : store.pending(p.id)) {
    line(out, "outgoing", o.message, o.group, o.scope, o.seq, o.created, o.content);
    for (const auto& d : store.deliveries(o.message)) line(out, "delivery", d.peer, d.state);
  }
}

}   // namespace

std::string everything_in(ProfileStore& store) {
  std::ostringstream out;
  line(out, "identity", store.identity());
  for (const auto& g : store.groups()) {
    line(out, "group", g.id, g.relay, g.relay_pin, g.name, g.user_id, g.secret, g.token, g.drop_cap, g.group_seq,
         store.pin_of(g.relay), store.pending_count(g.id));
    for (const auto& p : store.peers(g.id)) put_peer(out, store, p);
    for (const auto& m : store.history_of_all(g.id, 0, 1'000'000))
      line(out, "message", m.id, m.group, m.message, m.conversation, m.author, m.scope, m.seq, m.sent, m.arrived,
           m.kind, m.text, m.file, m.edited, m.deleted, m.changed_seq);
    for (const auto& t : store.transfers(g.id))
      line(out, "transfer", t.file, t.group, t.peer, t.outgoing, t.state, t.name, t.size, t.created, t.attempt,
           t.attempt_used, t.file_key, t.read_cap, t.path, t.source_mtime_ns, t.source_read_once, t.folder, t.part,
           t.done_known, t.has_digest, t.digest, t.error, t.paused, t.batch, t.to_group);
  }
  return out.str();
}

}   // namespace coterie::store
