// SPDX-License-Identifier: MIT
// Carries contents between this device and its peers (protocol.md S6–S8): seals one body for many, keeps what is counted until it
// is receipted, opens what arrives, shows each once, notices gaps, sends receipts. What a content means is the host's matter.
//
// A content is committed before its envelope goes to the socket, and an envelope is acknowledged after it is committed: a crash
// between the two means sending again, never losing.
#pragma once

#include <map>
#include <set>

#include "netcore/crypto/envelope.h"
#include "netcore/crypto/pair_handshake.h"
#include "netcore/io/event_loop.h"
#include "netcore/session/peer.h"
#include "netcore/session/timing.h"
#include "netcore/wire/content.h"
#include "netcore/wire/control.h"

namespace coterie {

// A content together with what its envelope told.
struct Arrived {
  content::Content content;
  MessageId message;
  store::Millis when = 0;
};

class Courier {
 public:
  class Host {
   public:
    virtual ~Host() = default;
    virtual void send_frame(const control::ToRelay& frame) = 0;
    [[nodiscard]] virtual bool output_is_full() const = 0;
    [[nodiscard]] virtual bool is_online() const = 0;
    [[nodiscard]] virtual store::Millis now() const = 0;
    // Inside the transaction that commits the envelope. Counted contents come once each; of the others only Typing comes here.
    virtual Status on_content(Peer& from, Arrived arrived) = 0;
    virtual void on_delivery(const MessageId& message, Peer& to, store::Delivery state) = 0;
    virtual void on_gap(Peer& from, content::Scope stream, std::uint64_t missing) = 0;
    // An envelope came under a session we do not have, or too many did not open.
    virtual void on_session_wanted(const MemberId& member) = 0;
    // From now on contents to that peer can leave.
    virtual void on_reachable(Peer& peer) = 0;
    virtual void on_storage_failed(const Error& error) = 0;
  };

  Courier(io::EventLoop& loop, Timing timing, store::ProfileStore& store, PeerBook& peers, store::RowId group,
          GroupTag tag, MemberId self, Host& host);
  ~Courier();

  // ── out ──
  // Counts, encodes and commits the content for all of `to`, then sends it to those who are reachable; joins a running
  // transaction. Without recipients nothing happens.
  Status send(const MessageId& message, content::Scope scope, content::Body body, const std::vector<Peer*>& to);
  // Not counted, not in the outbox: receipts and KEEP. Waits at the relay for a peer who is away; dropped if it cannot.
  Status send_uncounted(Peer& to, content::Body body);
  // The same for several, in one envelope: of no use later. Those who are not reachable get nothing.
  Status send_passing(content::Scope scope, content::Body body, const std::vector<Peer*>& to);
  // Everything the peer has not confirmed goes out, again or for the first time.
  void flush(Peer& peer);
  void mark_read(Peer& peer, content::Scope stream);

  // ── in ──
  void on_receive(const control::Receive& envelope);
  void on_outcome(const control::Outcome& outcome);
  void on_output_drained();

  // ── the state of the world ──
  // Stores the session a handshake made; as its initiator we send the first envelope at once.
  Status add_session(Peer& peer, const crypto::PairOutcome& outcome, bool initiator);
  void on_peer_online(Peer& peer);
  // The relay knows it, but it is not here: what is for it can wait there.
  void on_peer_away(Peer& peer);
  // We leave in good order: what has come is acknowledged and receipted now.
  void before_leaving();
  void on_offline();
  // Gives up what could not be delivered in 14 days; drops old skipped keys.
  Status sweep();
  // Sends again to those who are here what they have not receipted for a while.
  void repeat_unreceipted();
  void set_group_seq(std::uint64_t seq) { group_seq_ = seq; }

 private:
  struct Opened {
    Bytes content;
    store::SessionRow session;   // as it will be
    std::vector<store::SkippedKey> skipped;
    bool used_skipped = false;
  };
  struct Found {
    Peer* peer = nullptr;
    store::SessionRow* session = nullptr;
  };

  content::Header header(content::Scope scope, std::uint64_t seq, const std::vector<Peer*>& to) const;
  [[nodiscard]] bool can_leave(Peer& peer) const {
    return host_.is_online() && (peer.is_reachable() || peer.takes_deposits());
  }
  enum class Kept : std::uint8_t { no, at_relay, in_outbox };
  Status dispatch(const MessageId& message, Kept kept, ByteView encoded, const std::vector<Peer*>& to);
  Result<control::Recipient> wrap_for(Peer& peer, const MessageId& message, const crypto::SealedBody& body);
  void restore_on_rollback(Peer& peer);
  Found find_session(const control::Receive& envelope);
  void ask_for_session(const MemberId& member);
  bool is_behind(const Peer& peer, const control::Receive& envelope);
  Result<Opened> open(Peer& peer, const store::SessionRow& session, const control::Receive& envelope);
  Status commit(Peer& peer, std::size_t session_index, Opened opened, const control::Receive& envelope);
  Status accept_content(Peer& peer, content::Content content, const MessageId& message);
  Status send_keep(Peer& to, bool asks);
  void ask_for_keep(Peer& peer);
  Status on_keep(Peer& peer, const content::Keep& keep);
  Status on_receipt(Peer& peer, const content::Receipt& receipt);
  void note_gap(Peer& peer, content::Scope stream);
  void acknowledge(std::uint64_t number);
  void send_acknowledgements();
  void owe_receipt(Peer& peer, content::Scope stream);
  void send_receipts();
  store::SessionRow copy_of(const store::SessionRow& session) const;

  io::EventLoop& loop_;
  const Timing timing_;
  store::ProfileStore& store_;
  PeerBook& peers_;
  const store::RowId group_;
  const GroupTag tag_;
  const MemberId self_;
  Host& host_;
  std::uint64_t group_seq_ = 0;
  std::vector<std::uint64_t> acks_;   // collected during a loop turn
  std::set<std::pair<store::RowId, content::Scope>> receipts_due_;
  std::map<std::pair<store::RowId, content::Scope>, std::uint64_t> gaps_;   // as last told
  std::map<MemberId, io::Clock::time_point> asked_for_session_;
  std::map<std::pair<store::RowId, MessageId>, std::uint32_t> refused_;   // as repetitions: under which index last
  std::map<store::RowId, io::Clock::time_point> asked_for_keep_;
  std::set<store::RowId> waiting_for_output_;   // or for the relay's word about what it was given for them
  io::Timer receipt_timer_;
  std::shared_ptr<void> turn_end_;
};

}   // namespace coterie
