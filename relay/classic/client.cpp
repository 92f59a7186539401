// SPDX-License-Identifier: MIT
#include "relay/classic/client.h"

#include <cassert>

#include "netcore/base/digest.h"
#include "netcore/base/log.h"
#include "netcore/base/overloaded.h"
#include "netcore/base/unicode.h"
#include "relay/classic/port.h"

namespace coterie::relay {

using namespace classic;

namespace {

constexpr std::size_t read_size = 256_KiB;
constexpr std::size_t low_water = 256_KiB;
constexpr std::size_t window = 1_MiB;         // of one receiver: what is queued and the piece read next
constexpr std::size_t most_waiting = 2_MiB;   // for one receiver, behind a file that is going through
// What is no larger is taken whole before anybody gets a byte of it: a sender who vanishes then harms nobody.
constexpr std::uint64_t largest_collected = max_message;
// In Timing::stall; whoever brings less of what was announced is cut off.
constexpr std::uint64_t least_progress = 64_KiB;

// S13: SHA-256 of the password.
bool is_hash(const std::string& name) {
  return name.size() == 64 && name.find_first_not_of("0123456789abcdef") == std::string::npos;
}

}   // namespace

ClassicFrame::ClassicFrame(const Line& line, ByteView body)
    : bytes_(std::make_shared<Bytes>(concat({as_bytes(format_line(line)), body}))) {}

ClassicClient::ClassicClient(ClassicPort& port, io::Accepted accepted)
    : port_(port),
      address_(std::move(accepted.peer_address)),
      slot_(std::move(accepted.slot)),
      since_(io::Clock::now()),
      stream_(port.loop(), std::move(accepted.socket),
              {.read_size = read_size, .low_water = low_water, .stall_limit = std::nullopt}, *this) {
  stream_.pause_reading(false);
}

ClassicClient::~ClassicClient() = default;

// Eight digits of a hash, as members of the relay proper are named in its log.
std::string ClassicClient::log_mark() const {
  return user_.empty() ? std::string()
                       : to_hex(labelled_hash("coterie classic user", {as_bytes(user_)}).view()).substr(0, 8);
}

// ── what it says ───────────────────────────────────────────────────────────────────────────────────────────────────

void ClassicClient::on_data(io::Slab data) {
  if (state_ == State::closing) return;
  process(std::move(data));
}

void ClassicClient::process(io::Slab data) {
  current_ = std::move(data);
  const auto taken = cutter_.cut(current_.view(), *this);
  const auto piece = std::exchange(current_, {});
  if (state_ == State::closing) return;
  if (!taken) return refuse(taken.error().detail);
  watch_progress(*taken);
  if (*taken < piece.length)
    rest_ = {.memory = piece.memory, .offset = piece.offset + *taken, .length = piece.length - *taken};
  update_reading();
}

// It is held no longer: first what was read before.
void ClassicClient::go_on() {
  if (!wants_more()) return;
  inside_since_.reset();   // the time it was held does not count
  watch_progress(0);
  if (rest_.length > 0) return process(std::exchange(rest_, {}));
  update_reading();
}

bool ClassicClient::wants_more() const { return state_ != State::closing && !waits_for_turn_ && held_by_.empty(); }

void ClassicClient::update_reading() { stream_.pause_reading(!wants_more()); }

Result<std::uint64_t> ClassicClient::on_line(std::string_view text) {
  auto line = parse_line(text);
  if (!line) return tl::unexpected(line.error());
  return state_ == State::greeting ? greet(*line) : serve(*line);
}

Result<std::uint64_t> ClassicClient::greet(const Line& line) {
  const auto* login = std::get_if<Login>(&line);
  if (login == nullptr) return fail(Errc::malformed, "a connection begins with LOGIN and a user id");
  if (login->user == everyone) return fail(Errc::invalid_argument, "that user id means everyone; choose another one");
  // So that nobody can be shown under an id that looks like another's. Kept as it was typed, byte for byte; how long it may be, the
  // line says: the prototype's clients do not know our clients' bound.
  if (const auto allowed = parse_name("the user id", login->user, max_greeting); !allowed)
    return fail(Errc::invalid_argument, allowed.error().detail);
  user_ = login->user;
  if (!port_.log_in(*this)) {
    user_.clear();   // it is another's
    return fail(Errc::user_id_taken, "that user id is taken; choose another one");
  }
  state_ = State::ready;
  cutter_.set_longest_line(max_request);
  log::debug("classic_login", {{"user", log_mark()}, {"address", address_}});
  say(Ok{});
  return 0;
}

Result<std::uint64_t> ClassicClient::serve(const Line& line) {
  return std::visit(overloaded{
                        [&](const Login&) -> Result<std::uint64_t> { return fail(Errc::malformed, "a second LOGIN"); },
                        [&](const Group& group) -> Result<std::uint64_t> {
                          if (!is_hash(group.name))
                            return fail(Errc::malformed, "a group is named by 64 lower-case hexadecimal digits");
                          if (!port_.enter(*this, group.name)) return fail(Errc::group_full, "the group is full");
                          return 0;
                        },
                        [&](const AskOnline&) -> Result<std::uint64_t> {
                          // Asking costs less than answering: whoever asks without reading is not read either.
                          deliver(ClassicFrame(OnlineList{port_.others(*this)}, {}), this);
                          return 0;
                        },
                        [&](const Message& message) -> Result<std::uint64_t> { return begin_message(message); },
                        [&](const File& file) -> Result<std::uint64_t> { return begin_file(file); },
                        // What only a server says, and what nobody knows.
                        [](const auto&) -> Result<std::uint64_t> { return 0; },
                    },
                    line);
}

std::uint64_t ClassicClient::begin_message(const Message& message) {
  line_ = message;
  body_kind_ = Body::collected;
  body_.clear();
  if (message.size == 0) pass_on_collected();
  return message.size;
}

std::uint64_t ClassicClient::begin_file(const File& file) {
  line_ = file;
  body_.clear();
  if (file.size <= largest_collected) {
    body_kind_ = Body::collected;
    if (file.size == 0) pass_on_collected();
    return file.size;
  }
  receiver_ = port_.find(*this, file.peer);
  body_kind_ = receiver_ == nullptr ? Body::dropped : Body::streamed;
  if (receiver_ != nullptr) receiver_->stand_in_line(*this);
  return file.size;
}

void ClassicClient::on_body(ByteView piece, std::uint64_t left) {
  switch (body_kind_) {
    case Body::dropped: return;
    case Body::collected:
      append(body_, piece);
      if (left == 0) pass_on_collected();
      return;
    case Body::streamed: {
      const auto offset = static_cast<std::size_t>(piece.data() - current_.memory->data());
      receiver_->pass({.memory = current_.memory, .offset = offset, .length = piece.size()}, *this);
      if (left > 0 || receiver_ == nullptr) return;
      body_kind_ = Body::dropped;
      std::exchange(receiver_, nullptr)->end_stream();
      return;
    }
  }
}

// To the receiver the target is replaced by the sender.
void ClassicClient::pass_on_collected() {
  body_kind_ = Body::dropped;
  if (const auto* message = std::get_if<Message>(&line_)) {
    const ClassicFrame frame(Message{user_, message->size}, body_);
    if (message->peer == everyone)
      port_.deliver_to_group(*this, frame);
    else if (auto* receiver = port_.find(*this, message->peer))
      receiver->deliver(frame, this);
  } else if (const auto* file = std::get_if<File>(&line_)) {
    if (auto* receiver = port_.find(*this, file->peer))
      receiver->deliver(ClassicFrame(File{user_, file->name, file->size}, body_), this);
  }
  constexpr std::size_t worth_keeping = 4_KiB;   // for the next one
  if (body_.capacity() > worth_keeping) body_ = {};
}

void ClassicClient::watch_progress(std::size_t taken) {
  if (!cutter_.is_inside()) return inside_since_.reset();
  if (!inside_since_) {
    inside_since_ = io::Clock::now();
    came_since_ = 0;
  } else {
    came_since_ += taken;
  }
}

// ── what is for it ─────────────────────────────────────────────────────────────────────────────────────────────────

void ClassicClient::say(const Line& line) { deliver(ClassicFrame(line, {}), nullptr); }

void ClassicClient::deliver(const ClassicFrame& frame, ClassicClient* from) {
  if (state_ == State::closing) return;
  if (source_ != nullptr || !waiting_.empty()) {
    waiting_bytes_ += frame.bytes()->size();
    waiting_.push_back({.bytes = frame.bytes()});
    if (waiting_bytes_ > most_waiting) port_.doom(*this, {Errc::rate_limited, "too much waits behind a file"});
    return;
  }
  sent_ += frame.bytes()->size();
  if (frame.is_shared())
    stream_.send({.memory = frame.bytes(), .offset = 0, .length = frame.bytes()->size()});
  else
    stream_.send(ByteView(*frame.bytes()));
  if (from != nullptr && stream_.queued() > port_.config().limits.hold_senders_at)
    hold(*from);
  else if (stream_.queued() > port_.config().limits.drop_at)
    port_.doom(*this, {Errc::timed_out, "what was sent was not read"});
}

void ClassicClient::queue(const std::shared_ptr<Bytes>& bytes) {
  sent_ += bytes->size();
  stream_.send({.memory = bytes, .offset = 0, .length = bytes->size()});
}

void ClassicClient::stand_in_line(ClassicClient& sender) {
  if (source_ == nullptr && waiting_.empty()) return begin_stream(sender);
  waiting_.push_back({.bytes = nullptr, .file_of = &sender});
  sender.waits_for_turn_ = true;
}

void ClassicClient::begin_stream(ClassicClient& sender) {
  source_ = &sender;
  source_has_begun_ = false;
}

// With its first bytes, so that a sender who vanished while it waited has done no harm.
void ClassicClient::announce(ClassicClient& sender) {
  source_has_begun_ = true;
  const auto& file = std::get<File>(sender.line_);
  queue(std::make_shared<Bytes>(to_bytes(as_bytes(format_line(File{sender.user_, file.name, file.size})))));
}

void ClassicClient::pass(io::Slab piece, ClassicClient& sender) {
  assert(source_ == &sender);
  if (!source_has_begun_) announce(sender);
  sent_ += piece.length;
  stream_.send(std::move(piece));
  if (stream_.queued() > window - read_size) hold(sender);
}

void ClassicClient::end_stream() {
  source_ = nullptr;
  serve_waiting();
}

void ClassicClient::serve_waiting() {
  while (source_ == nullptr && !waiting_.empty()) {
    const auto next = std::move(waiting_.front());
    waiting_.pop_front();
    if (next.bytes) {
      waiting_bytes_ -= next.bytes->size();
      queue(next.bytes);
      continue;
    }
    begin_stream(*next.file_of);
    next.file_of->waits_for_turn_ = false;
    // Not from here: its own call may be under way.
    port_.loop().post([client = next.file_of, alive = std::weak_ptr(next.file_of->alive_)] {
      if (!alive.expired()) client->go_on();
    });
  }
}

// ── holding back ───────────────────────────────────────────────────────────────────────────────────────────────────

void ClassicClient::hold(ClassicClient& sender) {
  if (std::find(holding_.begin(), holding_.end(), &sender) != holding_.end()) return;
  if (holding_.empty()) {
    holding_since_ = moved_ = io::Clock::now();
    stream_.want_writable(true);
  }
  holding_.push_back(&sender);
  sender.held_by_.push_back(this);
  sender.update_reading();
}

void ClassicClient::on_writable() { release_all(); }

void ClassicClient::release_all() {
  if (state_ != State::closing) stream_.want_writable(false);
  for (auto* sender : std::exchange(holding_, {})) {
    std::erase(sender->held_by_, this);
    sender->go_on();
  }
}

// ── time ───────────────────────────────────────────────────────────────────────────────────────────────────────────

void ClassicClient::tick(io::Clock::time_point now) {
  const auto& timing = port_.config().timing;
  if (state_ == State::closing) {
    // The prototype's clients keep their side open: a relay that stops does not wait for them longer than for its own last word.
    const bool is_said = port_.is_ending() && stream_.queued() == 0;
    if (is_said || now - since_ > timing.flush) stream_.close({Errc::timed_out, "the peer does not end"});
    return;
  }
  if (state_ == State::greeting && now - since_ > timing.join) return refuse("no LOGIN in time");
  if (!holding_.empty()) {
    const auto left = sent_ - stream_.queued();
    if (std::exchange(left_, left) != left) moved_ = now;
    if (now - moved_ > timing.stuck || now - holding_since_ > timing.unread)
      return port_.doom(*this, {Errc::timed_out, "what was sent was not read"});
  }
  if (!inside_since_ || !wants_more() || now - *inside_since_ <= timing.stall) return;
  if (came_since_ < least_progress) return refuse("what was announced does not come");
  inside_since_ = now;
  came_since_ = 0;
}

// ── the end ────────────────────────────────────────────────────────────────────────────────────────────────────────

void ClassicClient::on_end() {
  if (state_ == State::closing) return stream_.close({Errc::connection_lost, "both sides have ended it"});
  drop({Errc::connection_lost, "the client has left"});
}

void ClassicClient::refuse(const std::string& text) {
  if (state_ == State::closing) return;
  log::debug("classic_refused", {{"user", log_mark()}, {"address", address_}, {"text", text}});
  // In the middle of a file the line would be part of it.
  const bool can_speak = source_ == nullptr || !source_has_begun_;
  if (can_speak) stream_.send(as_bytes(format_line(Refusal{text})));
  leave();
  if (!can_speak) return stream_.close({Errc::refused, text});
  stream_.end_writing();
  stream_.pause_reading(false);   // to see the peer end
}

void ClassicClient::drop(Error reason) {
  if (state_ != State::closing) {
    log::debug(
        "classic_closed",
        {{"user", log_mark()}, {"address", address_}, {"reason", name_of(reason.code)}, {"detail", reason.detail}});
    leave();
  }
  stream_.close(std::move(reason));
}

// Out of everybody's sight and way.
void ClassicClient::leave() {
  state_ = State::closing;
  since_ = io::Clock::now();
  port_.leave(*this);
  rest_ = {};
  body_ = {};
  // Its file cannot be completed any more, and what its receiver has got of it cannot be taken back.
  if (auto* receiver = std::exchange(receiver_, nullptr)) {
    if (receiver->source_ == this) {
      const bool has_begun = receiver->source_has_begun_;
      receiver->source_ = nullptr;
      if (receiver != this && has_begun) port_.doom(*receiver, {Errc::connection_lost, "a file for it was cut off"});
      if (receiver != this && !has_begun) receiver->serve_waiting();
    } else {
      std::erase_if(receiver->waiting_, [this](const Waiting& one) { return one.file_of == this; });
    }
  }
  for (auto* receiver : std::exchange(held_by_, {})) std::erase(receiver->holding_, this);
  // Whoever sends to it goes on, with what is left of the body dropped.
  const auto orphan = [](ClassicClient& sender) {
    sender.receiver_ = nullptr;
    sender.body_kind_ = Body::dropped;
    sender.waits_for_turn_ = false;
  };
  std::vector<ClassicClient*> freed;
  if (auto* sender = std::exchange(source_, nullptr); sender != nullptr && sender != this) {
    orphan(*sender);
    freed.push_back(sender);
  }
  // What others said behind a file that was going through: their clients were told that it was taken.
  std::int64_t lost = 0;
  for (const auto& one : std::exchange(waiting_, {}))
    if (one.bytes)
      lost += as_text(*one.bytes).starts_with("SEND") ? 1 : 0;
    else if (one.file_of != nullptr && one.file_of != this) {
      orphan(*one.file_of);
      freed.push_back(one.file_of);
    }
  waiting_bytes_ = 0;
  if (lost > 0) log::info("classic_lost", {{"user", log_mark()}, {"waiting", lost}});
  for (auto* sender : std::exchange(holding_, {})) {
    std::erase(sender->held_by_, this);
    freed.push_back(sender);
  }
  for (auto* sender : freed)
    port_.loop().post([sender, alive = std::weak_ptr(sender->alive_)] {
      if (!alive.expired()) sender->go_on();
    });
}

void ClassicClient::on_closed(const Error&) {
  if (state_ != State::closing) leave();
  port_.closed(*this);
}

}   // namespace coterie::relay
