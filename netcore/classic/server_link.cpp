// SPDX-License-Identifier: MIT
#include "netcore/classic/server_link.h"

#include "netcore/base/log.h"
#include "netcore/base/overloaded.h"
#include "netcore/base/random.h"
#include "netcore/base/unicode.h"

namespace coterie::classic {
namespace {

// Servers say it in words of their own.
bool says_taken(const std::string& text) {
  const auto folded = casefold(text).value_or(text);
  for (const auto* word : {"taken", "already", "in use", "exists", "duplicate"})
    if (folded.find(word) != std::string::npos) return true;
  return false;
}

}   // namespace

ServerLink::ServerLink(io::EventLoop& loop, Worker& worker, io::Endpoint server, std::string user, std::string group,
                       LinkTiming timing, Observer& observer)
    : loop_(loop),
      worker_(worker),
      server_(std::move(server)),
      user_(std::move(user)),
      group_(std::move(group)),
      timing_(timing),
      observer_(observer) {}

ServerLink::~ServerLink() = default;

void ServerLink::connect() {
  if (phase_ != Phase::offline && phase_ != Phase::waiting) return;
  failures_ = 0;
  dial();
}

void ServerLink::disconnect(std::function<void()> done) {
  if (phase_ == Phase::online && stream_) {
    disconnected_ = std::move(done);
    phase_ = Phase::finishing;
    deadline_.cancel();
    stream_->finish(timing_.finish);
    observer_.on_link_state(event::LinkState::offline, {}, {});
    return;
  }
  drop();
  enter(Phase::offline);
  if (done) loop_.post(std::move(done));
}

void ServerLink::start_over(const Error& why) {
  if (phase_ == Phase::online) broke(why);
}

void ServerLink::send(ByteView bytes) {
  if (phase_ == Phase::online) stream_->send(bytes);
}

void ServerLink::ask_writable() {
  if (phase_ == Phase::online) stream_->ask_writable();
}

void ServerLink::hold(bool held) {
  held_ = held;
  if (stream_ && phase_ == Phase::online) stream_->pause_reading(held);
}

// ── the connection ─────────────────────────────────────────────────────────────────────────────────────────────────

void ServerLink::dial() {
  drop();
  enter(Phase::dialing);
  dialer_ = std::make_unique<io::Dialer>(
      loop_, worker_, server_, timing_.dial_deadline, [this](Result<io::Descriptor> socket) {
        loop_.dispose(std::move(dialer_));
        if (!socket) return broke(socket.error());
        stream_ = std::make_unique<io::ByteStream>(loop_, std::move(*socket), io::ByteStream::Options{}, *this);
        stream_->send(as_bytes(format_line(Login{user_})));
        deadline_ = loop_.after(timing_.enter_deadline, [this] {
          broke({Errc::timed_out, "the server did not answer the greeting"});
        });
        enter(Phase::greeting);
      });
}

void ServerLink::drop() {
  deadline_.cancel();
  retry_.cancel();
  loop_.dispose(std::move(dialer_));
  loop_.dispose(std::move(stream_));
  cutter_ = StreamCutter(max_notice);
  message_.reset();
  body_.clear();
  held_ = false;
}

void ServerLink::broke(Error error) {
  if (error.code == Errc::connection_lost)   // what is said of it elsewhere promises more than this wire can keep
    error.code = phase_ == Phase::greeting && !was_online_ ? Errc::not_classic : Errc::server_lost;
  drop();
  const auto doubled = timing_.first_retry * (1U << std::min(failures_, 6U));
  ++failures_;
  const auto base = std::min<std::chrono::milliseconds>(doubled, timing_.longest_retry);
  const auto pause = base / 2 + std::chrono::milliseconds(random_below(static_cast<std::uint64_t>(base.count()) + 1));
  log::debug("classic.link_broke",
             {{"reason", name_of(error.code)}, {"detail", error.detail}, {"retry_ms", pause.count()}});
  enter(Phase::waiting, error, pause);
  retry_ = loop_.after(pause, [this] { dial(); });
}

void ServerLink::enter(Phase phase, std::optional<Error> reason, std::optional<std::chrono::milliseconds> retry_in) {
  const auto shown = [](Phase p) {
    switch (p) {
      case Phase::offline:
      case Phase::waiting:
      case Phase::finishing: return event::LinkState::offline;
      case Phase::dialing: return event::LinkState::connecting;
      case Phase::greeting:
      case Phase::entering: return event::LinkState::joining;
      case Phase::online: return event::LinkState::online;
    }
    return event::LinkState::offline;
  };
  const bool changed = shown(phase) != shown(phase_) || reason.has_value();
  phase_ = phase;
  if (changed) observer_.on_link_state(shown(phase), std::move(reason), retry_in);
}

// ── what comes ─────────────────────────────────────────────────────────────────────────────────────────────────────

std::size_t ServerLink::on_bytes(ByteView bytes) {
  const auto* stream = stream_.get();
  const auto taken = cutter_.cut(bytes, *this);
  if (stream_.get() != stream || phase_ == Phase::offline) return bytes.size();   // it is gone
  if (taken) return *taken;
  // Neither its sender's affair nor that of an older Coterie, as is said of such elsewhere.
  broke({Errc::server_lost, "what it sent cannot be used: " + taken.error().detail});
  return bytes.size();
}

bool ServerLink::wants_more() const { return !held_ && stream_ && phase_ != Phase::finishing; }

Result<std::uint64_t> ServerLink::on_line(std::string_view line) {
  auto parsed = parse_line(line);
  if (!parsed) return tl::unexpected(parsed.error());
  return handle(*parsed);
}

Result<std::uint64_t> ServerLink::handle(const Line& line) {
  return std::visit(overloaded{
                        [&](const Ok&) -> Result<std::uint64_t> {
                          if (phase_ != Phase::greeting) return 0;
                          enter(Phase::entering);
                          stream_->send(as_bytes(format_line(Group{group_})));
                          return 0;
                        },
                        [&](const Refusal& refusal) -> Result<std::uint64_t> {
                          refuse(refusal);
                          return 0;
                        },
                        [&](const OnlineList& list) -> Result<std::uint64_t> {
                          if (phase_ == Phase::greeting)
                            return fail(Errc::malformed, "a list before the greeting was answered");
                          if (phase_ == Phase::entering) {
                            failures_ = 0;
                            was_online_ = true;
                            deadline_.cancel();
                            enter(Phase::online);
                          }
                          observer_.on_list(list.users);
                          return 0;
                        },
                        [&](const Came& came) -> Result<std::uint64_t> {
                          if (is_online()) observer_.on_came(came.user);
                          return 0;
                        },
                        [&](const Left& left) -> Result<std::uint64_t> {
                          if (is_online()) observer_.on_left(left.user);
                          return 0;
                        },
                        [&](const Message& message) -> Result<std::uint64_t> {
                          message_ = message;
                          body_.clear();
                          if (message.size == 0) on_body({}, 0);
                          return message.size;
                        },
                        [&](const File& file) -> Result<std::uint64_t> {
                          message_.reset();
                          if (is_online()) observer_.on_file(file);
                          return file.size;
                        },
                        // What only a client says means nothing here.
                        [](const Login&) -> Result<std::uint64_t> { return 0; },
                        [](const Group&) -> Result<std::uint64_t> { return 0; },
                        [](const AskOnline&) -> Result<std::uint64_t> { return 0; },
                        [](const Nothing&) -> Result<std::uint64_t> { return 0; },
                    },
                    line);
}

// Once online it is the server's last word before it closes. In answer to LOGIN it is final. Only after a break it is tried again: where the user id is taken, it may be our own last connection
// that the server still believes in.
void ServerLink::refuse(const Refusal& refusal) {
  const auto text = log::escaped(refusal.text);
  const bool is_taken = phase_ == Phase::greeting && says_taken(refusal.text);
  // The code says all of it that there is to know.
  const auto code = is_taken ? Errc::user_id_taken : is_online() ? Errc::server_lost : Errc::server_refused;
  const Error error{code, is_taken ? std::string() : text};
  if (phase_ != Phase::greeting || was_online_) return broke(error);
  drop();
  enter(Phase::offline, error);
  observer_.on_refused_for_good(error);
}

void ServerLink::on_body(ByteView piece, std::uint64_t left) {
  if (!message_) {
    if (is_online()) observer_.on_file_bytes(piece, left);
    return;
  }
  body_.append(as_text(piece));
  if (left > 0) return;
  const auto message = *std::exchange(message_, std::nullopt);
  const auto body = std::exchange(body_, {});
  if (is_online()) observer_.on_message(message.peer, body);
}

void ServerLink::on_writable() {
  if (is_online()) observer_.on_link_writable();
}

void ServerLink::on_closed(const Error& error) {
  if (phase_ == Phase::finishing) {
    drop();
    phase_ = Phase::offline;
    if (auto done = std::exchange(disconnected_, {})) done();
    return;
  }
  if (phase_ != Phase::offline && phase_ != Phase::waiting) broke(error);
}

}   // namespace coterie::classic
