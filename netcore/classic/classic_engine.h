// SPDX-License-Identifier: MIT
// The engine of classic mode: the same commands and events as the engine of a group, spoken over the wire of the educational
// prototype. It keeps nothing on disk but the files that were accepted, knows no identities, and nothing confirms that anything
// arrived, only that the server has taken it: whoever shows its events shows the badge of client.h with them.
//
//   Command ─▶ ClassicEngine ─▶ Outbound ────▶ ServerLink ─▶ server
//   Event   ◀─ ClassicEngine ◀─ IncomingFile ◀─ ServerLink ◀─
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <optional>

#include "netcore/classic/incoming_file.h"
#include "netcore/classic/outbound.h"
#include "netcore/classic/recent_messages.h"
#include "netcore/classic/server_link.h"
#include "netcore/session/engine.h"

namespace coterie::classic {

struct ClassicLogin {
  io::Endpoint server;
  std::string user_id;
  SecretBytes password;   // as typed

  // Errc::invalid_argument naming the field.
  static Result<ClassicLogin> parse(const std::string& server, std::uint16_t default_port, const std::string& user_id,
                                    SecretBytes password);
};

class ClassicEngine final : public Engine,
                            private ServerLink::Observer,
                            private Outbound::Host,
                            private IncomingFile::Host {
 public:
  // Looks, once and before anything is connected, whether this password may be shown to a server that learns all of it. Answers on the
  // loop's thread, never from inside the call.
  using Guard = std::function<void(std::function<void(Status)>)>;

  // `aside`: a folder of the profile for files nobody has answered yet; emptied of what an earlier run left there.
  ClassicEngine(io::EventLoop& loop, Worker& worker, ClassicLogin login, std::filesystem::path aside, Guard guard,
                EventSink sink, LinkTiming timing = {});
  ~ClassicEngine() override;

  void handle(Command command) override;

 private:
  // ── commands ──
  void on(const command::Connect&);
  void on(const command::Disconnect&);
  void on(const command::SendText& text);
  void on(const command::SendFile& file);
  void on(const command::AnswerOffer& answer);
  void on(const command::CancelTransfer& cancel);
  void on(const command::LoadHistory& load);
  void on(const command::Search& search);
  void on(const command::LoadConversations&);
  void on(const command::DeleteHistory& forget);
  void on(const command::Shutdown&);
  // Nobody could be told.
  void on(const command::MarkRead&) {}
  void on(const command::SetTyping&) {}
  // Every other command is about something this wire has no words for.
  template <class Other>
  void on(const Other&) {
    notice({Errc::unsupported, "classic mode has no identities, receipts or stored messages"});
  }

  // ── ServerLink::Observer ──
  void on_link_state(event::LinkState state, std::optional<Error> reason,
                     std::optional<std::chrono::milliseconds> retry_in) override;
  void on_list(const std::vector<std::string>& users) override;
  void on_came(const std::string& user) override;
  void on_left(const std::string& user) override;
  void on_message(const std::string& from, std::string_view body) override;
  void on_file(const File& file) override;
  void on_file_bytes(ByteView bytes, std::uint64_t left) override;
  void on_link_writable() override { outbound_.pump(); }
  void on_refused_for_good(const Error& error) override;

  // ── Outbound::Host ──
  void write(ByteView bytes) override { link_.send(bytes); }
  [[nodiscard]] std::size_t unwritten() const override { return link_.queued(); }
  void ask_pump() override { link_.ask_writable(); }
  void on_text_taken(const MessageId& id) override;
  void on_text_lost(const MessageId& id) override;
  void on_file_moved(const FileId& id, std::uint64_t done) override;
  void on_file_taken(const FileId& id) override;
  void on_file_lost(const FileId& id) override;
  void on_file_failed(const FileId& id, const Error& error, bool in_the_middle) override;

  // ── IncomingFile::Host ──
  [[nodiscard]] io::EventLoop& loop() override { return loop_; }
  [[nodiscard]] Worker& worker() override { return worker_; }
  [[nodiscard]] const std::filesystem::path& aside() const override { return aside_; }
  void hold_line(bool held) override { link_.hold(held); }
  void emit(Event event) override;
  void on_over(const FileId& id) override;

  // ── the work ──
  struct Member {
    bool online = false;
    std::int64_t last_seen_ms = 0;
  };
  using DeliveryState = event::DeliveryState;
  void set_member(const std::string& user, bool online);
  void tell_member(const std::string& user, const Member& member);
  [[nodiscard]] bool is_here(const std::string& user) const;
  [[nodiscard]] std::vector<std::string> present() const;
  void show(event::Message message);
  // Given to the server for this one; for everyone where `user` is empty.
  void raise(event::Message& message, const std::string& user);
  void announce_soon();
  void notice(Error error, std::string about = {});
  // False where it cannot be sent: why has been told.
  bool send_file(const FileId& id, const FileId& batch, const std::string& to, const command::SendFile& file);
  void cancel_outgoing(const FileId& id);
  void tell_outgoing(const FileId& id, event::TransferPhase phase, std::optional<Error> error = {});
  void set_deliveries(const MessageId& id, DeliveryState state, const std::string* only_of = nullptr);
  void stop_when_settled();
  void finish_line();

  io::EventLoop& loop_;
  Worker& worker_;
  const ClassicLogin login_;
  const std::filesystem::path aside_;
  const Guard guard_;
  const EventSink sink_;
  const Cipher cipher_;
  const LinkTiming::Span finish_;
  bool guarded_ = false;   // the guard has said yes
  bool asking_guard_ = false;
  bool wants_link_ = false;
  bool stopping_ = false;
  bool link_is_down_ = false;   // for good: only Stopped is left to say
  std::map<std::string, Member> members_;
  RecentMessages recent_;
  std::map<MessageId, std::vector<std::string>>
      undecided_;   // texts of ours, and for whom the server has not taken them yet
  std::map<FileId, event::TransferChanged> outgoing_;
  io::Clock::time_point progress_told_{};
  std::map<FileId, std::unique_ptr<IncomingFile>> incoming_;
  FileId coming_;   // whose body the line carries; zero: one that is dropped
  bool announcement_waits_ = false;
  std::deque<Event> events_;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
  Outbound outbound_;
  io::Timer announcement_;
  io::Timer last_answer_;   // waited for before we go
  ServerLink link_;         // last: it calls all of the above
};

}   // namespace coterie::classic
