// SPDX-License-Identifier: MIT
#include "netcore/classic/classic_engine.h"

#include "netcore/base/digest.h"
#include "netcore/base/random.h"
#include "netcore/base/unicode.h"

namespace coterie::classic {

using event::DeliveryState;
using event::TransferPhase;

namespace {

constexpr std::string_view beacon = "GROUP_BEACON:";
constexpr std::size_t longest_text = 16'384;                                  // as in a group
constexpr io::Duration announcement_delay = std::chrono::milliseconds(100);   // many who come together are greeted once

std::int64_t now_ms() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::system_clock::now().time_since_epoch())
      .count();
}

// User interfaces tell members apart by key. Here there is none: a mark made of the user id stands in its place.
PublicKey mark_of(std::string_view user) {
  return PublicKey::from(labelled_hash("coterie classic user", {as_bytes(user)}).view());
}

std::string frame_of(const std::string& target, const std::string& body) {
  return format_line(Message{target, body.size()}) + body;
}

}   // namespace

Result<ClassicLogin> ClassicLogin::parse(const std::string& server, std::uint16_t default_port,
                                         const std::string& user_id, SecretBytes password) {
  auto endpoint = io::parse_endpoint(server, default_port);
  if (!endpoint) return tl::unexpected(endpoint.error());
  auto user = parse_user_id(user_id);
  if (!user) return tl::unexpected(user.error());
  if (!is_word(*user) || *user == everyone)
    return fail(Errc::invalid_argument, "a user id in classic mode has no spaces and is not " + std::string(everyone));
  return ClassicLogin{.server = std::move(*endpoint), .user_id = std::move(*user), .password = std::move(password)};
}

ClassicEngine::ClassicEngine(io::EventLoop& loop, Worker& worker, ClassicLogin login, std::filesystem::path aside,
                             Guard guard, EventSink sink, LinkTiming timing)
    : loop_(loop),
      worker_(worker),
      login_(std::move(login)),
      aside_(std::move(aside)),
      guard_(std::move(guard)),
      sink_(std::move(sink)),
      cipher_(login_.password.view()),
      finish_(timing.finish),
      outbound_(*this, cipher_),
      link_(loop, worker, login_.server, login_.user_id, cipher_.group(), timing, *this) {
  std::error_code ignored;
  std::filesystem::remove_all(aside_, ignored);
}

ClassicEngine::~ClassicEngine() {
  std::error_code ignored;
  incoming_.clear();
  std::filesystem::remove(aside_, ignored);   // where it is empty
}

void ClassicEngine::handle(Command command) {
  std::visit([this](const auto& alternative) { on(alternative); }, command);
}

void ClassicEngine::emit(Event event) {
  events_.push_back(std::move(event));
  if (events_.size() > 1) return;
  loop_.post([this, alive = std::weak_ptr(alive_)] {
    // A sink may destroy the engine.
    while (!alive.expired() && !events_.empty()) {
      auto next = std::move(events_.front());
      events_.pop_front();
      sink_(std::move(next));
    }
  });
}

void ClassicEngine::notice(Error error, std::string about) { emit(event::Notice{std::move(error), std::move(about)}); }

// ── the link ───────────────────────────────────────────────────────────────────────────────────────────────────────

void ClassicEngine::on(const command::Connect&) {
  wants_link_ = true;
  if (login_.password.empty()) {
    emit(event::Failed{{Errc::invalid_argument, "no password was given"}});
    return;
  }
  if (guarded_) return link_.connect();
  if (std::exchange(asking_guard_, true)) return;
  guard_([this, alive = std::weak_ptr(alive_)](const Status& status) {
    if (alive.expired()) return;
    asking_guard_ = false;
    if (!status) {
      emit(event::Failed{status.error()});
      return;
    }
    guarded_ = true;
    if (wants_link_ && !stopping_) link_.connect();
  });
}

void ClassicEngine::on(const command::Disconnect&) {
  wants_link_ = false;
  link_.disconnect();
}

void ClassicEngine::on(const command::Shutdown&) {
  if (std::exchange(stopping_, true)) return;
  // The rest of a file would keep us as long as it is large.
  if (outbound_.is_inside_a_file())
    link_.start_over({Errc::connection_lost, {}});
  else
    outbound_.pump();
  if (!link_.is_online() || outbound_.is_idle()) return finish_line();
  last_answer_ = loop_.after(finish_, [this] { finish_line(); });
}

void ClassicEngine::finish_line() {
  last_answer_.cancel();
  link_.disconnect([this, alive = std::weak_ptr(alive_)] {
    if (alive.expired()) return;
    link_is_down_ = true;
    stop_when_settled();
  });
}

void ClassicEngine::stop_when_settled() {
  if (!stopping_ || !link_is_down_) return;
  for (const auto& [id, file] : incoming_)
    if (file->is_being_placed()) return;
  link_is_down_ = false;   // said once
  emit(event::Stopped{});
}

void ClassicEngine::on_link_state(event::LinkState state, std::optional<Error> reason,
                                  std::optional<std::chrono::milliseconds> retry_in) {
  // What is lost with the line is told first: whoever ends with that has nothing to hear of the line.
  if (state == event::LinkState::offline) outbound_.on_offline();
  // And before anybody seems to go: they have gone nowhere.
  if (stopping_ && reason) reason.reset();
  emit(
      event::LinkChanged{.state = state, .reason = std::move(reason), .retry_in = stopping_ ? std::nullopt : retry_in});
  if (state == event::LinkState::offline) {
    announcement_.cancel();
    announcement_waits_ = false;
    std::vector<IncomingFile*> cut_off;
    for (const auto& [id, file] : incoming_) cut_off.push_back(file.get());
    for (auto* file : cut_off) file->on_offline();
    coming_ = {};
    for (const auto& user : present()) set_member(user, false);
  }
}

void ClassicEngine::on_refused_for_good(const Error& error) { emit(event::Failed{error}); }

// ── members ────────────────────────────────────────────────────────────────────────────────────────────────────────

void ClassicEngine::on_list(const std::vector<std::string>& users) {
  // Whoever is missing has left before the server came to our question.
  for (const auto& user : present())
    if (std::find(users.begin(), users.end(), user) == users.end()) on_left(user);
  if (!link_.is_online()) return;   // a file to one of them took it down
  for (const auto& user : users) set_member(user, true);
  if (outbound_.on_answer()) {
    if (stopping_ && outbound_.is_idle()) finish_line();
    return;
  }
  emit(event::Settled{.ready = present().size(), .rejected = 0, .unanswered = 0});
  announce_soon();
  outbound_.pump();
}

void ClassicEngine::on_came(const std::string& user) {
  set_member(user, true);
  announce_soon();
}

// What the server had not taken for that user by then, it drops.
void ClassicEngine::on_left(const std::string& user) {
  std::vector<MessageId> texts;
  for (const auto& [id, users] : undecided_)
    if (std::find(users.begin(), users.end(), user) != users.end()) texts.push_back(id);
  std::vector<FileId> files;
  for (const auto& [id, file] : outgoing_)
    if (file.peer == user) files.push_back(id);
  set_member(user, false);   // first, so that it is seen why
  for (const auto& id : texts) set_deliveries(id, DeliveryState::failed, &user);
  for (const auto& id : files) {
    const auto found = outgoing_.find(id);
    if (found == outgoing_.end()) continue;
    const auto begun = outbound_.cancel(id) == Outbound::Cancelled::in_the_middle;
    const bool is_given = found->second.done == found->second.size;
    tell_outgoing(id, TransferPhase::failed,
                  Error{Errc::cut_off, user + " left before " + found->second.name + " had gone out"});
    if (begun && !is_given)
      link_.start_over({Errc::connection_lost, "a file begun can be taken back only by connecting anew"});
  }
}

void ClassicEngine::set_member(const std::string& user, bool online) {
  if (user == login_.user_id || user == everyone) return;
  const auto [found, is_new] = members_.try_emplace(user);
  auto& member = found->second;
  if (!is_new && member.online == online) return;
  member.online = online;
  member.last_seen_ms = now_ms();
  tell_member(user, member);
}

void ClassicEngine::tell_member(const std::string& user, const Member& member) {
  const auto mark = mark_of(user);
  emit(event::MemberChanged{.user_id = user,
                            .id = MemberId::from(mark.view()),
                            .key = mark,
                            .online = member.online,
                            .verified = false,
                            .state = member.online ? event::MemberState::ready : event::MemberState::waiting,
                            .last_seen_ms = member.last_seen_ms,
                            .safety_number = {}});
}

bool ClassicEngine::is_here(const std::string& user) const {
  const auto found = members_.find(user);
  return found != members_.end() && found->second.online;
}

std::vector<std::string> ClassicEngine::present() const {
  std::vector<std::string> users;
  for (const auto& [user, member] : members_)
    if (member.online) users.push_back(user);
  return users;
}

// By this the prototype's clients learn that we share their password.
void ClassicEngine::announce_soon() {
  if (announcement_waits_) return;
  announcement_waits_ = true;
  announcement_ = loop_.after(announcement_delay, [this] {
    announcement_waits_ = false;
    const auto text = cipher_.seal_text(std::string(beacon) + login_.user_id);
    if (link_.is_online()) outbound_.add_text(std::nullopt, frame_of(std::string(everyone), text));
  });
}

// ── messages ───────────────────────────────────────────────────────────────────────────────────────────────────────

void ClassicEngine::on(const command::SendText& text) {
  const auto about = text.id.hex();
  if (text.text.empty()) return notice({Errc::invalid_argument, "the text is empty"}, about);
  if (!is_valid_utf8(text.text)) return notice({Errc::invalid_argument, "the text is not valid UTF-8"}, about);
  if (text.text.size() > longest_text) return notice({Errc::too_large, "a text of more than 16,384 bytes"}, about);
  if (text.text.starts_with(beacon))
    return notice({Errc::invalid_argument, "a text in classic mode cannot begin with " + std::string(beacon)}, about);
  if (!link_.is_online()) return notice({Errc::server_lost, {}}, about);
  const auto addressees = text.to ? std::vector{*text.to} : present();
  if (addressees.empty()) return notice({Errc::nobody_yet, {}}, about);
  if (text.to && !is_here(*text.to))
    return notice({Errc::no_such_member, *text.to + " is not here, and classic mode delivers only to those who are"},
                  about);
  event::Message message;
  message.id = text.id;
  message.from = login_.user_id;
  message.outgoing = true;
  message.conversation = text.to;
  message.text = text.text;
  for (const auto& user : addressees) message.deliveries.push_back({user, DeliveryState::waiting});
  show(std::move(message));
  undecided_[text.id] = addressees;
  outbound_.add_text(text.id, frame_of(text.to.value_or(std::string(everyone)), cipher_.seal_text(text.text)));
}

void ClassicEngine::show(event::Message message) { emit(event::MessageAdded{recent_.add(std::move(message))}); }

// The server has taken it: that is the last that is ever known of it.
void ClassicEngine::on_text_taken(const MessageId& id) { set_deliveries(id, DeliveryState::at_relay); }
void ClassicEngine::on_text_lost(const MessageId& id) { set_deliveries(id, DeliveryState::failed); }

// For one of those it is for, or for all about whom that is not decided.
void ClassicEngine::set_deliveries(const MessageId& id, DeliveryState state, const std::string* only_of) {
  const auto undecided = undecided_.find(id);
  if (undecided == undecided_.end()) return;
  auto users = only_of != nullptr ? std::vector{*only_of} : undecided->second;
  std::erase_if(undecided->second, [&](const auto& user) { return only_of == nullptr || user == *only_of; });
  if (undecided->second.empty()) undecided_.erase(undecided);
  auto* const shown = recent_.find_own(id);
  for (auto& user : users) {
    if (shown != nullptr)
      for (auto& delivery : shown->deliveries)
        if (delivery.user_id == user) delivery.state = state;
    emit(event::DeliveryChanged{id, std::move(user), state});
  }
}

void ClassicEngine::raise(event::Message& message, const std::string& user) {
  for (auto& delivery : message.deliveries) {
    if (delivery.user_id != user) continue;
    delivery.state = DeliveryState::at_relay;
    emit(event::DeliveryChanged{message.id, delivery.user_id, delivery.state});
  }
}

// The line does not say whether it was for everyone or for us alone.
void ClassicEngine::on_message(const std::string& from, std::string_view body) {
  if (from == everyone) return;
  const auto text = cipher_.open_text(body);
  if (text && text->starts_with(beacon)) {
    if (text->substr(beacon.size()) == from) set_member(from, true);
    return;
  }
  set_member(from, true);
  event::Message message;
  message.id = random_id<MessageId>();
  message.from = from;
  message.unreadable = !text;
  message.text = text ? clean_message_text(*text) : "cannot be read: different password?";
  show(std::move(message));
}

void ClassicEngine::on(const command::LoadHistory& load) { emit(recent_.page(load)); }
void ClassicEngine::on(const command::Search& search) { emit(recent_.search(search)); }
void ClassicEngine::on(const command::LoadConversations&) { emit(recent_.conversations()); }
void ClassicEngine::on(const command::DeleteHistory& forget) {
  recent_.forget(forget.conversation);
  emit(event::HistoryDeleted{forget.conversation});
}

}   // namespace coterie::classic
