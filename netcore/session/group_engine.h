// SPDX-License-Identifier: MIT
// The client engine of one group at one relay: where link, pairing, courier and files meet, and where their values become events.
// Lives on one loop, owns no thread, is reached through handle() alone.
//
//   Command ─▶ GroupEngine ─▶ Courier ──▶ RelayLink ─▶ relay
//   Event   ◀─ GroupEngine ◀─ Courier ◀── RelayLink ◀─
//                   │  ▲
//                   ├──┴─ Pairing       who is here becomes who can be written to
//                   └──── FileTransfers  contents and control frames of files
#pragma once

#include <deque>
#include <memory>
#include <optional>

#include "netcore/client.h"
#include "netcore/session/courier.h"
#include "netcore/session/engine.h"
#include "netcore/session/file_transfers.h"
#include "netcore/session/pairing.h"
#include "netcore/session/profile.h"
#include "netcore/session/relay_link.h"

namespace coterie {

// A Login that has been checked and normalised.
struct GroupLogin {
  io::Endpoint relay;
  std::string group;
  std::string user_id;
  SecretBytes password;
  int password_score = 4;   // base/password_strength.h
  bool remember = false;
  std::optional<RelayPin> pin;
  bool trust_first_use = false;
  std::string access_key;
  std::optional<crypto::GroupSecret> secret;   // instead of a password: one that has been stretched already

  // Errc::invalid_argument naming the field. Consumes the password.
  static Result<GroupLogin> parse(Login login);
};

class GroupEngine final : public Engine,
                          private RelayLink::Observer,
                          private Pairing::Host,
                          private Courier::Host,
                          private FileTransfers::Host {
 public:
  using WallClock = std::function<std::int64_t()>;   // milliseconds since 1970, UTC
  static std::int64_t system_clock();

  // `profile` and `worker` outlive the engine. What is known offline (members, files under way) is told from the loop's next turn
  // on. Errors: the profile's; not_found when nothing was typed or remembered that could be the password, only on Connect.
  static Result<std::unique_ptr<GroupEngine>> open(io::EventLoop& loop, Worker& worker, Profile& profile,
                                                   GroupLogin login, EventSink sink, Timing timing = {},
                                                   WallClock clock = system_clock);
  ~GroupEngine() override;

  void handle(Command command) override;

  // The relay turned out to be one this profile knows the group at, under another address. `move` is given the login with which the
  // group is opened again, as the one it always was; whoever is called, outside of all callbacks, replaces this engine.
  using Move = std::function<void(GroupLogin login)>;
  void when_relay_is_known(Move move) { move_ = std::move(move); }

 private:
  struct Row {   // what open() read before the engine exists
    store::GroupRow group;
    GroupTag tag;
    std::optional<Bytes> password_check;
    GuessBudget budget;
  };
  GroupEngine(io::EventLoop& loop, Worker& worker, Profile& profile, GroupLogin login, Row row, EventSink sink,
              Timing timing, WallClock clock);

  // ── commands ──
  void on(const command::Connect&);
  void on(const command::Disconnect&);
  void on(const command::TrustRelay& trust);
  void on(const command::SendText& text);
  void on(const command::EditText& edit);
  void on(const command::DeleteMessage& removal);
  void on(const command::React& react);
  void on(const command::SetTyping& typing);
  void on(const command::SendFile& file);
  void on(const command::AnswerOffer& answer);
  void on(const command::CancelTransfer& cancel);
  void on(const command::PauseTransfer& pause);
  void on(const command::ResumeTransfer& resume);
  void on(const command::MarkRead& mark);
  void on(const command::LoadConversations&);
  void on(const command::DeleteHistory& removal);
  void on(const command::SetVerified& set);
  void on(const command::AcceptIdentity& accept);
  void on(const command::LoadHistory& load);
  void on(const command::Search& search);
  void on(const command::Leave&);
  void on(const command::Shutdown&);

  // ── RelayLink::Observer ──
  void on_link_state(event::LinkState state, std::optional<Error> reason,
                     std::optional<std::chrono::milliseconds> retry_in) override;
  void on_relay_unknown(const RelayPin& seen) override;
  void on_relay_changed(const RelayPin& seen) override;
  void on_joined(const control::Joined& joined) override;
  void on_frame(control::ToClient frame) override;
  void on_output_drained() override;
  void on_refused_for_good(const Error& error) override;

  // ── Pairing::Host ──
  void send_handshake(control::Handshake step) override;
  void on_paired(const MemberId& member, crypto::PairOutcome outcome, bool initiator) override;
  void on_rejected(const MemberId& member) override;
  void on_other_password(const MemberId& member) override;
  void on_pairing_changed() override;
  void on_budget_changed(const GuessBudget& budget) override;
  [[nodiscard]] std::int64_t now_ms() const override { return clock_(); }

  // ── Courier::Host ──
  void send_frame(const control::ToRelay& frame) override { link_.send(frame); }
  [[nodiscard]] bool output_is_full() const override;
  [[nodiscard]] bool is_online() const override { return link_.is_online(); }
  [[nodiscard]] store::Millis now() const override { return clock_(); }
  Status on_content(Peer& from, Arrived arrived) override;
  void on_delivery(const MessageId& message, Peer& to, store::Delivery state) override;
  void on_gap(Peer& from, content::Scope stream, std::uint64_t missing) override;
  void on_session_wanted(const MemberId& member) override;
  void on_reachable(Peer& peer) override;
  void on_storage_failed(const Error& error) override;

  // ── FileTransfers::Host ──
  Status send_content(store::RowId peer, content::Body body) override;
  void send_control(const control::ToRelay& frame) override { link_.send(frame); }
  [[nodiscard]] bool is_reachable(store::RowId peer) const override;
  [[nodiscard]] std::string user_id_of(store::RowId peer) const override;
  [[nodiscard]] bool is_verified(store::RowId peer) const override;
  [[nodiscard]] store::RowId group() const override { return group_.id; }
  [[nodiscard]] io::Endpoint relay() const override { return login_.relay; }
  Status add_file_message(const store::TransferRow& transfer, const MessageId& message,
                          const std::string& name) override;
  void emit(Event event) override;

  // ── the work ──
  Status load();
  void stretch_password();
  void password_ready(crypto::GroupSecret secret);
  void connect_link();
  std::optional<RelayPin> expected_pin();
  void learn_pin(const RelayPin& pin);
  bool moves_to_known_group(const RelayPin& pin);
  void on_member(const control::Member& member);
  Status adopt(const MemberId& member, const crypto::PairOutcome& outcome, bool initiator);
  Status accept_new_password();
  Status add_message(store::MessageRow row);
  event::Message view_of(const store::MessageRow& row);
  std::optional<event::PastFile> past_file_of(const store::MessageRow& row);

  // ── messages after they were said: group_engine_messages.cpp ──
  Status add_text(Peer& from, const Arrived& arrived, const std::string& text, const content::Target* answered);
  Status on_change(Peer& from, const Arrived& arrived, const MessageId& message);
  bool apply_change(Peer& from, const content::Content& change);
  bool apply_reaction(Peer& from, const content::Header& header, const content::Reaction& reaction);
  bool apply_change(store::MessageRow row, std::uint64_t seq, const std::optional<std::string>& text);
  void apply_held(const MessageId& message);
  void tell_changed(const store::MessageRow& row);
  // What may be said as a message, or a notice.
  std::optional<std::string> checked_text(const std::string& text, const std::string& about);
  // Who takes part in the conversation of that message, or a notice.
  std::optional<std::vector<Peer*>> audience_of(const store::MessageRow& row, const std::string& about);
  void change_own(const MessageId& message, const std::optional<std::string>& text, content::Body body);
  std::optional<content::Target> target_of(const store::MessageRow& row) const;
  std::optional<store::MessageRow> find_target(const content::Target& target);
  event::Quote view_of(const store::QuotedMessage& quoted, std::optional<store::RowId> conversation);
  std::vector<event::Reaction> reactions_to(store::RowId message);
  void typing_over(const std::optional<std::string>& conversation);
  // The member whose direct conversation is meant: the active one, or one who has gone.
  [[nodiscard]] Peer* partner_named(const std::string& user_id) const;

  event::MemberChanged view_of(Peer& peer);
  const std::string& lookalike_of(const Peer& peer);
  void tell_member(Peer& peer);
  void tell_link(event::LinkState state, std::optional<Error> reason = {},
                 std::optional<std::chrono::milliseconds> retry_in = {});
  void tell_settled();
  [[nodiscard]] bool creates_with_weak_password(const control::Joined& joined);
  void notice(Error error, std::string about = {});
  // A member by user id, or a notice about it.
  Peer* member_named(const std::string& user_id, const std::string& about);

  io::EventLoop& loop_;
  Worker& worker_;
  Profile& profile_;
  store::ProfileStore& store_;
  GroupLogin login_;
  const EventSink sink_;
  Move move_;
  const Timing timing_;
  const WallClock clock_;
  store::GroupRow group_;
  const GroupTag tag_;
  const MemberId self_;
  std::optional<Bytes> password_check_;   // of the password the stored sessions were made under
  bool password_is_new_ = false;          // until a member accepts it, the stored sessions stay and rest
  std::optional<crypto::GroupSecret> secret_;
  bool wants_link_ = false;
  bool storage_failing_ = false;
  bool settled_ = false;
  std::map<MemberId, control::Member> roster_;   // who is online, as the relay says
  std::set<MemberId> rejected_;
  std::map<MemberId, io::Clock::time_point> told_of_other_password_;   // of the last minute
  std::set<MemberId> unadopted_;   // met, and there was no room to keep what was agreed
  std::map<store::RowId, std::optional<event::MemberChanged>> told_;   // so that nothing is told twice
  std::map<std::pair<store::RowId, std::string>, std::string>
      lookalikes_;   // of each peer and user id: whom it can be taken for
  std::map<std::optional<std::string>, io::Clock::time_point> typing_told_;   // conversations in which we type
  std::optional<event::LinkState> told_link_;
  std::deque<Event> events_;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
  PeerBook peers_;
  RelayLink link_;
  Courier courier_;
  Pairing pairing_;
  FileTransfers files_;   // after what it reaches through Host
  io::Timer repeat_;
  io::Timer storage_retry_;
  io::Timer sweep_;
};

}   // namespace coterie
