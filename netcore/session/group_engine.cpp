// SPDX-License-Identifier: MIT
// Opening, commands, the link. Members and contents are in group_engine_members.cpp.
#include "netcore/session/group_engine.h"

#include <utility>

#include "netcore/base/log.h"
#include "netcore/base/password_strength.h"
#include "netcore/base/random.h"
#include "netcore/base/unicode.h"
#include "netcore/session/password_reuse.h"

namespace coterie {
namespace {

static_assert(command::longest_text == content::max_text);

constexpr std::size_t output_bound = 256 * 1024;   // beyond this the outbox waits for the socket

std::string key_of(std::string_view what, store::RowId group) {
  return std::string(what) + "/" + std::to_string(group);
}

Bytes encode_budget(const GuessBudget& budget, unsigned left) {
  Bytes bytes;
  append_be(bytes, static_cast<std::uint32_t>(left));
  append_be(bytes, static_cast<std::uint64_t>(budget.as_of_ms()));
  return bytes;
}

GuessBudget decode_budget(ByteView bytes) {
  if (bytes.size() != 12) return {};
  return {load_be<std::uint32_t>(bytes.data()), static_cast<std::int64_t>(load_be<std::uint64_t>(bytes.data() + 4))};
}

}   // namespace

std::int64_t GroupEngine::system_clock() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::system_clock::now().time_since_epoch())
      .count();
}

Result<GroupLogin> GroupLogin::parse(Login login) {
  auto relay = io::parse_endpoint(login.relay, default_port);
  if (!relay) return tl::unexpected(relay.error());
  if (relay->port == 0) return fail(Errc::invalid_argument, "a port is a number from 1 to 65535");
  auto group = parse_group_name(login.group);
  if (!group) return tl::unexpected(group.error());
  auto user_id = parse_user_id(login.user_id);
  if (!user_id) return tl::unexpected(user_id.error());
  SecretBytes password;
  int score = 4;
  if (!login.password.empty()) {
    auto text = parse_password(as_text(login.password.view()));
    if (!text) return tl::unexpected(text.error());
    score = coterie::password_score(*text);
    password = SecretBytes::take(*text);
  }
  if (login.access_key.size() > 64) return fail(Errc::invalid_argument, "the access key is longer than 64 bytes");
  return GroupLogin{.relay = std::move(*relay),
                    .group = std::move(*group),
                    .user_id = std::move(*user_id),
                    .password = std::move(password),
                    .password_score = score,
                    .remember = login.remember,
                    .pin = login.pin,
                    .trust_first_use = login.trust_first_use,
                    .access_key = std::move(login.access_key),
                    .secret = {}};
}

Result<std::unique_ptr<GroupEngine>> GroupEngine::open(io::EventLoop& loop, Worker& worker, Profile& profile,
                                                       GroupLogin login, EventSink sink, Timing timing,
                                                       WallClock clock) {
  auto& store = profile.store();
  Row row;
  row.tag = crypto::group_tag(login.group);
  const auto relay = login.relay.text();
  auto status = store.transact([&]() -> Status {
    auto known = store.find_group(relay, login.group);
    // S4: a group belongs to the relay's identity. An address is only where that was met.
    const bool never_met = !known || known->relay_pin == RelayPin{};
    if (const auto pin = login.pin ? login.pin : store.pin_of(relay); pin && never_met)
      if (auto elsewhere = store.find_group(*pin, login.group)) {
        // What was opened under this address before anybody knew whose it is has nothing in it.
        if (known) store.drop_group(known->id);
        known = std::move(elsewhere);
      }
    if (known && casefold(known->user_id) != casefold(login.user_id))
      return fail(Errc::invalid_argument, "in this profile you are " + known->user_id + " in the group " + login.group +
                                              ", and somebody else needs a profile of their own");
    if (!known) {
      store::GroupRow made;
      made.relay = relay;
      made.name = login.group;
      made.user_id = login.user_id;
      made.token = random_id<MemberToken>();
      made.drop_cap = random_id<DropCap>();
      made.id = store.add_group(made);
      known = std::move(made);
    } else if (known->user_id != login.user_id) {
      known->user_id = login.user_id;
      store.set_group_login(known->id, known->relay_pin, known->user_id, known->secret);
    }
    if (const auto check = store.value(password_check_key(known->id))) row.password_check = to_bytes(check->view());
    if (const auto budget = store.value(key_of("budget", known->id))) row.budget = decode_budget(budget->view());
    row.group = std::move(*known);
    return {};
  });
  if (!status) return tl::unexpected(status.error());
  auto engine = std::unique_ptr<GroupEngine>(new GroupEngine(loop, worker, profile, std::move(login), std::move(row),
                                                             std::move(sink), timing, std::move(clock)));
  if (status = engine->load(); !status) return tl::unexpected(status.error());
  return engine;
}

GroupEngine::GroupEngine(io::EventLoop& loop, Worker& worker, Profile& profile, GroupLogin login, Row row,
                         EventSink sink, Timing timing, WallClock clock)
    : loop_(loop),
      worker_(worker),
      profile_(profile),
      store_(profile.store()),
      login_(std::move(login)),
      sink_(std::move(sink)),
      timing_(timing),
      clock_(std::move(clock)),
      group_(std::move(row.group)),
      tag_(row.tag),
      self_(control::member_id_of(tag_, group_.token)),
      password_check_(std::move(row.password_check)),
      peers_(store_, group_.id),
      link_(loop, worker, login_.relay, timing, *this),
      courier_(loop, timing, store_, peers_, group_.id, tag_, self_, *this),
      pairing_(
          loop, timing, profile.identity(),
          {.group = tag_, .id = self_, .profile = {.user_id = login_.user_id, .drop_cap = group_.drop_cap, .flags = 0}},
          row.budget, *this),
      files_(loop, worker, store_, profile.transfers_folder(), *this) {
  courier_.set_group_seq(group_.group_seq);
}

GroupEngine::~GroupEngine() = default;

Status GroupEngine::load() {
  auto status = store_.read([&] { peers_.load(); });
  if (!status) return status;
  for (auto& [id, peer] : peers_.all()) tell_member(*peer);
  if (status = courier_.sweep(); !status) return status;
  sweep_ = loop_.every(std::chrono::hours(1), [this] {
    if (const auto swept = courier_.sweep(); !swept) on_storage_failed(swept.error());
  });
  return files_.load();
}

void GroupEngine::emit(Event event) {
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

void GroupEngine::notice(Error error, std::string about) {
  if (error.code == Errc::disk_full) error = {Errc::profile_full, profile_.folder().string()};
  emit(event::Notice{std::move(error), std::move(about)});
}

void GroupEngine::handle(Command command) {
  std::visit([this](const auto& alternative) { on(alternative); }, command);
}

// ── connecting ─────────────────────────────────────────────────────────────────────────────────────────────────────

void GroupEngine::on(const command::Connect&) {
  wants_link_ = true;
  if (secret_) return connect_link();
  if (login_.secret) return password_ready(*std::exchange(login_.secret, std::nullopt));
  if (!login_.password.empty()) return stretch_password();
  if (!group_.secret.empty()) return password_ready(crypto::GroupSecret::from(group_.secret.view()));
  wants_link_ = false;
  emit(event::Failed{Error{Errc::invalid_argument, "no password was given and none is remembered for this group"}});
}

void GroupEngine::stretch_password() {
  tell_link(event::LinkState::connecting);
  worker_.run([name = login_.group,
               password = std::move(login_.password)] { return crypto::stretch_password(name, password.view()); },
              [this, alive = std::weak_ptr(alive_)](crypto::GroupSecret secret) {
                if (!alive.expired()) password_ready(std::move(secret));
              });
  login_.password.clear();
}

void GroupEngine::password_ready(crypto::GroupSecret secret) {
  const auto check = password_check(secret);
  secret_ = std::move(secret);
  password_is_new_ = password_check_ && *password_check_ != check;
  if (password_is_new_) {
    // Perhaps mistyped: the stored sessions rest, and go only when a member has accepted the new password.
    for (auto& [id, peer] : peers_.all()) peer->sessions.clear();
  } else if (const auto status = accept_new_password(); !status) {
    on_storage_failed(status.error());
  }
  bool proved = false;
  for (auto& [id, peer] : peers_.all()) proved = proved || !peer->sessions.empty();
  pairing_.set_secret(*secret_, proved);
  if (wants_link_) connect_link();
}

// The password in use is the group's from now on.
Status GroupEngine::accept_new_password() {
  return store_.transact([&]() -> Status {
    const auto check = password_check(*secret_);
    if (password_is_new_) store_.drop_sessions_of_group(group_.id);
    if (!password_check_ || *password_check_ != check) store_.set_value(password_check_key(group_.id), check);
    if (login_.remember) {
      group_.secret = SecretBytes(secret_->view());
      store_.set_group_login(group_.id, group_.relay_pin, group_.user_id, group_.secret);
    }
    store_.after_commit([this, check] {
      password_check_ = check;
      password_is_new_ = false;
    });
    return {};
  });
}

std::optional<RelayPin> GroupEngine::expected_pin() {
  if (login_.pin) return login_.pin;
  std::optional<RelayPin> known;
  if (const auto status = store_.read([&] { known = store_.pin_of(login_.relay.text()); }); !status)
    on_storage_failed(status.error());
  return known;
}

void GroupEngine::connect_link() {
  link_.connect(expected_pin(),
                control::Join{.access_key = login_.access_key,
                              .group = tag_,
                              .token = group_.token,
                              .handle = crypto::user_handle(tag_, casefold(login_.user_id).value_or(login_.user_id)),
                              .cap_hash = control::cap_hash_of(group_.drop_cap),
                              .nonce = {}});
}

void GroupEngine::learn_pin(const RelayPin& pin) {
  const auto status = store_.transact([&]() -> Status {
    if (store_.pin_of(login_.relay.text()) != pin) store_.set_pin(login_.relay.text(), pin);
    if (group_.relay_pin != pin) {
      group_.relay_pin = pin;
      store_.set_group_login(group_.id, pin, group_.user_id, group_.secret);
    }
    return {};
  });
  if (!status) on_storage_failed(status.error());
}

// Only a group in which nothing has happened yet is given up for the other.
bool GroupEngine::moves_to_known_group(const RelayPin& pin) {
  if (!move_ || !secret_ || !peers_.all().empty()) return false;
  bool is_known = false;
  const auto status = store_.transact([&]() -> Status {
    const auto other = store_.find_group(pin, login_.group);
    is_known = other && other->id != group_.id && casefold(other->user_id) == casefold(login_.user_id);
    if (!is_known) return {};
    store_.set_pin(login_.relay.text(), pin);
    store_.drop_group(group_.id);
    return {};
  });
  if (!status) {
    on_storage_failed(status.error());
    return false;
  }
  if (!is_known) return false;
  log::info("relay.known_elsewhere", {{"relay", login_.relay.text()}, {"fingerprint", pin.hex()}});
  wants_link_ = false;
  login_.secret = secret_->copy();
  loop_.post([this, alive = std::weak_ptr(alive_)] {
    if (alive.expired()) return;
    // It destroys this engine, and with it the function that is being called.
    const auto move = std::move(move_);
    move(std::move(login_));
  });
  return true;
}

void GroupEngine::on(const command::Disconnect&) {
  wants_link_ = false;
  courier_.before_leaving();
  link_.disconnect();
}

void GroupEngine::on(const command::TrustRelay& trust) {
  login_.pin = trust.pin;
  if (moves_to_known_group(trust.pin)) return;
  learn_pin(trust.pin);
  wants_link_ = true;
  if (secret_) connect_link();
}

void GroupEngine::on_relay_unknown(const RelayPin& seen) {
  if (!login_.trust_first_use) return emit(event::RelayUnknown{login_.relay.text(), seen});
  log::info("relay.trusted", {{"relay", login_.relay.text()}, {"fingerprint", seen.hex()}});
  on(command::TrustRelay{seen});
}

void GroupEngine::on_relay_changed(const RelayPin& seen) {
  emit(event::RelayChanged{login_.relay.text(), expected_pin().value_or(RelayPin{}), seen});
}

void GroupEngine::on_refused_for_good(const Error& error) {
  wants_link_ = false;
  emit(event::Failed{error});
}

void GroupEngine::on_link_state(event::LinkState state, std::optional<Error> reason,
                                std::optional<std::chrono::milliseconds> retry_in) {
  const bool trusts_next = reason && reason->code == Errc::relay_unknown && login_.trust_first_use;
  if (!trusts_next) tell_link(state, std::move(reason), retry_in);
  if (state != event::LinkState::offline) return;
  // Also when nobody else was here: what was said to those who are away has to be handed to the relay anew.
  repeat_.cancel();
  files_.on_offline();
  courier_.on_offline();
  pairing_.on_offline();
  if (roster_.empty()) return;
  const auto status = store_.transact([&]() -> Status {
    for (const auto& [member, here] : roster_)
      if (auto* peer = peers_.find_active(member)) {
        peer->row.last_seen = now();
        store_.update_peer(peer->row);
      }
    return {};
  });
  roster_.clear();
  for (auto& [id, peer] : peers_.all()) tell_member(*peer);
  if (!status) on_storage_failed(status.error());
}

// Several steps of ours may look like one state from outside: it is told once.
void GroupEngine::tell_link(event::LinkState state, std::optional<Error> reason,
                            std::optional<std::chrono::milliseconds> retry_in) {
  if (told_link_ == state && !reason) return;
  told_link_ = state;
  emit(event::LinkChanged{state, std::move(reason), retry_in});
}

// Whoever is first in a group makes it, and with it the password everyone after will use.
bool GroupEngine::creates_with_weak_password(const control::Joined& joined) {
  return login_.password_score < weakest_allowed_score && joined.roster->empty() && peers_.all().empty();
}

void GroupEngine::on_joined(const control::Joined& joined) {
  if (creates_with_weak_password(joined)) {
    wants_link_ = false;
    link_.disconnect();
    return emit(
        event::Failed{Error{Errc::invalid_argument,
                            "the password is too easy to guess to create a group with; use several unrelated words"}});
  }
  if (const auto pin = expected_pin()) learn_pin(*pin);
  settled_ = true;   // until the whole roster has been seen
  rejected_.clear();
  roster_.clear();
  pairing_.on_joined(joined.join_seq, link_.nonce());
  for (const auto& member : *joined.roster) on_member(member);
  settled_ = false;
  repeat_ = loop_.every(timing_.receipt_repeat, [this] { courier_.repeat_unreceipted(); });
  files_.on_online();
  tell_settled();
}

void GroupEngine::on_output_drained() { courier_.on_output_drained(); }
bool GroupEngine::output_is_full() const { return link_.queued() > output_bound; }

void GroupEngine::on_storage_failed(const Error& error) {
  if (error.code == Errc::database_corrupt) {
    wants_link_ = false;
    link_.disconnect();
    return emit(event::Failed{error});
  }
  // What failed is tried again: unacknowledged envelopes come back, unsent contents stay in the outbox.
  log::warning("storage.failed", {{"why", name_of(error.code)}, {"detail", error.detail}});
  if (storage_failing_) return;
  storage_failing_ = true;
  storage_retry_ = loop_.after(timing_.storage_retry, [this] {
    storage_failing_ = false;
    for (const auto& member : unadopted_) pairing_.request(member);
  });
  notice(error);
}

// ── sending ────────────────────────────────────────────────────────────────────────────────────────────────────────

Peer* GroupEngine::member_named(const std::string& user_id, const std::string& about) {
  auto* peer = peers_.find_active(user_id);
  if (peer == nullptr) notice(Error{Errc::no_such_member, user_id}, about);
  return peer;
}

void GroupEngine::on(const command::SendText& command) {
  const auto about = command.id.hex();
  const auto text = checked_text(command.text, about);
  if (!text) return;
  std::vector<Peer*> to;
  std::optional<store::RowId> conversation;
  if (command.to) {
    auto* peer = member_named(*command.to, about);
    if (peer == nullptr) return;
    to.push_back(peer);
    conversation = peer->row.id;
  } else {
    to = peers_.addressees(now());
    if (to.empty()) return notice(Error{Errc::nobody_yet, {}}, about);
  }
  const auto scope = command.to ? content::Scope::direct : content::Scope::group;
  typing_over(conversation ? std::optional(to.front()->row.user_id) : std::nullopt);
  const auto status = store_.transact([&]() -> Status {
    std::optional<content::Target> answered;
    if (command.reply_to) {
      const auto quoted = store_.find_message_of_anyone(group_.id, *command.reply_to);
      if (!quoted || quoted->conversation != conversation)
        return fail(Errc::not_found, "no message of this conversation has the id that the reply names");
      answered = target_of(*quoted);
    }
    store::MessageRow row{.group = group_.id,
                          .message = command.id,
                          .conversation = conversation,
                          .author = {},
                          .scope = command.to ? store::Scope::direct : store::Scope::group,
                          .sent = now(),
                          .arrived = now(),
                          .text = *text,
                          .file = {}};
    if (answered) row.quote = store::QuotedMessage{.message = answered->message, .author = answered->author};
    if (auto added = add_message(std::move(row)); !added) return added;
    if (answered) return courier_.send(command.id, scope, content::Reply{.target = *answered, .text = *text}, to);
    return courier_.send(command.id, scope, content::Text{.text = *text}, to);
  });
  if (!status) notice(status.error(), about);
}

void GroupEngine::on(const command::SendFile& command) {
  std::vector<store::RowId> to;
  for (const auto& user_id : command.to) {
    auto* peer = member_named(user_id, command.id.hex());
    if (peer == nullptr) return;
    if (std::find(to.begin(), to.end(), peer->row.id) == to.end()) to.push_back(peer->row.id);
  }
  if (command.to.empty())
    for (const auto* peer : peers_.addressees(now())) to.push_back(peer->row.id);
  if (to.empty()) return notice(Error{Errc::nobody_yet, {}}, command.id.hex());
  files_.send_file(command.id, to, command.to.empty() || command.for_everyone, command.path, command.name);
}

void GroupEngine::on(const command::AnswerOffer& command) { files_.answer(command.id, command.accept, command.folder); }
void GroupEngine::on(const command::CancelTransfer& command) { files_.cancel(command.id); }
void GroupEngine::on(const command::PauseTransfer& command) { files_.pause(command.id); }
void GroupEngine::on(const command::ResumeTransfer& command) { files_.resume(command.id); }

void GroupEngine::on(const command::MarkRead& command) {
  const auto* partner = command.conversation ? partner_named(*command.conversation) : nullptr;
  if (command.conversation && partner == nullptr) return;
  const auto status = store_.transact([&]() -> Status {
    store_.set_all_read(group_.id, partner != nullptr ? std::optional(partner->row.id) : std::nullopt);
    return {};
  });
  if (!status) on_storage_failed(status.error());
  if (command.conversation) {
    if (auto* peer = peers_.find_active(*command.conversation)) courier_.mark_read(*peer, content::Scope::direct);
    return;
  }
  for (auto* peer : peers_.addressees(now())) courier_.mark_read(*peer, content::Scope::group);
}

void GroupEngine::on(const command::Leave&) {
  const auto status =
      courier_.send(random_id<MessageId>(), content::Scope::group, content::Leave{}, peers_.addressees(now()));
  if (!status) notice(status.error());
  const auto forgotten = store_.transact([&]() -> Status {
    group_.secret = {};
    store_.set_group_login(group_.id, group_.relay_pin, group_.user_id, group_.secret);
    return {};
  });
  if (!forgotten) on_storage_failed(forgotten.error());
}

void GroupEngine::on(const command::Shutdown&) {
  wants_link_ = false;
  files_.shut_down([this, alive = std::weak_ptr(alive_)] {
    if (alive.expired()) return;
    courier_.before_leaving();
    link_.disconnect([this, alive] {
      if (!alive.expired()) emit(event::Stopped{});
    });
  });
}

// ── the guess budget is kept, so that starting anew gives nobody new guesses ───────────────────────────────────────

void GroupEngine::on_budget_changed(const GuessBudget& budget) {
  auto copy = budget;
  const auto bytes = encode_budget(budget, copy.left(clock_()));
  const auto status = store_.transact([&]() -> Status {
    store_.set_value(key_of("budget", group_.id), bytes);
    return {};
  });
  if (!status) on_storage_failed(status.error());
}

}   // namespace coterie
