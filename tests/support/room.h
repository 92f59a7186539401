// SPDX-License-Identifier: MIT
// A relay and several engines on one loop, so that a scenario reads like a specification:
//   Room room; auto& alice = room.join("alice"); auto& bob = room.join("bob");
//   alice.says("hello"); room.until([&] { return bob.has_text("hello"); });
#pragma once

#include <boost/test/unit_test.hpp>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "netcore/base/random.h"
#include "netcore/base/worker.h"
#include "netcore/crypto/aead.h"
#include "netcore/session/group_engine.h"
#include "relay/server.h"
#include "tests/support/temp_folder.h"

namespace coterie::test {

constexpr auto patience = std::chrono::seconds(60);   // a deadline for what should take moments, also under sanitizers
inline constexpr const char* room_password = "correct horse battery staple";

template <class T>
std::string why(const Result<T>& result) {
  return result ? std::string() : explain(result.error());
}

// One member: a profile that lives as long as the room, an engine that comes and goes, and everything it told.
class Member {
 public:
  Member(io::EventLoop& loop, Worker& worker, std::filesystem::path folder, std::string user_id)
      : loop_(loop), worker_(worker), folder_(std::move(folder)), user_id_(std::move(user_id)) {}

  struct Options {
    std::string relay;
    std::string group = "garden-club";
    std::string password = room_password;
    std::optional<RelayPin> pin;
    bool trust = false;
    bool remember = false;
    std::string access_key;
  };

  // Opens profile and engine and begins to connect.
  void start(Options options, Timing timing) {
    auto profile = Profile::open(folder_);
    BOOST_REQUIRE_MESSAGE(profile.has_value(), why(profile));
    profile_ = std::move(*profile);
    auto login = GroupLogin::parse({.relay = options.relay,
                                    .group = options.group,
                                    .user_id = user_id_,
                                    .password = SecretBytes(as_bytes(options.password)),
                                    .remember = options.remember,
                                    .pin = options.pin,
                                    .trust_first_use = options.trust,
                                    .access_key = options.access_key});
    BOOST_REQUIRE_MESSAGE(login.has_value(), why(login));
    auto engine = GroupEngine::open(
        loop_, worker_, *profile_, std::move(*login), [this](Event event) { note(std::move(event)); }, timing,
        [this] { return GroupEngine::system_clock() + clock_shift_ms; });
    BOOST_REQUIRE_MESSAGE(engine.has_value(), why(engine));
    engine_ = std::move(*engine);
    engine_->handle(command::Connect{});
  }
  // As `kill -9` would: nothing is flushed, nobody is told.
  void vanish() {
    engine_.reset();
    profile_.reset();
    forget();
  }
  void forget() {
    events.clear();
    members.clear();
    transfers.clear();
    link = event::LinkState::offline;
    settled.reset();
    failed.reset();
  }
  [[nodiscard]] bool is_running() const { return engine_ != nullptr; }
  void handle(Command command) { engine_->handle(std::move(command)); }

  MessageId says(std::string text, std::optional<std::string> to = {}) {
    const auto id = random_id<MessageId>();
    handle(command::SendText{.id = id, .to = std::move(to), .text = std::move(text)});
    return id;
  }
  FileId sends(const std::filesystem::path& file, std::string to) {
    const auto id = random_id<FileId>();
    handle(command::SendFile{.id = id, .to = {std::move(to)}, .path = file});
    return id;
  }

  // ── what was told ──
  template <class T>
  [[nodiscard]] std::vector<T> all() const {
    std::vector<T> found;
    for (const auto& event : events)
      if (const auto* one = std::get_if<T>(&event)) found.push_back(*one);
    return found;
  }
  template <class T>
  [[nodiscard]] std::size_t count() const {
    return all<T>().size();
  }
  [[nodiscard]] std::size_t times_shown(const std::string& text) const {
    std::size_t times = 0;
    for (const auto& added : all<event::MessageAdded>())
      if (!added.message.outgoing && added.message.text == text) ++times;
    return times;
  }
  [[nodiscard]] bool has_text(const std::string& text) const { return times_shown(text) > 0; }
  [[nodiscard]] std::vector<std::string> texts() const {
    std::vector<std::string> found;
    for (const auto& added : all<event::MessageAdded>())
      if (!added.message.outgoing) found.push_back(added.message.text);
    return found;
  }
  [[nodiscard]] bool is_ready_for(const std::string& user) const {
    const auto found = members.find(user);
    return found != members.end() && found->second.state == event::MemberState::ready;
  }
  [[nodiscard]] bool holds(const std::string& user) const {
    const auto found = members.find(user);
    return found != members.end() && found->second.state == event::MemberState::held;
  }
  [[nodiscard]] bool is_delivered(const MessageId& id, const std::string& user) const {
    for (const auto& changed : all<event::DeliveryChanged>())
      if (changed.id == id && changed.user_id == user &&
          (changed.state == event::DeliveryState::delivered || changed.state == event::DeliveryState::read))
        return true;
    return false;
  }
  [[nodiscard]] bool is_at_relay(const MessageId& id, const std::string& user) const {
    for (const auto& changed : all<event::DeliveryChanged>())
      if (changed.id == id && changed.user_id == user && changed.state == event::DeliveryState::at_relay) return true;
    return false;
  }
  [[nodiscard]] bool has_notice(Errc code) const {
    for (const auto& notice : all<event::Notice>())
      if (notice.error.code == code) return true;
    return false;
  }

  std::vector<Event> events;
  std::map<std::string, event::MemberChanged> members;
  std::map<FileId, event::TransferChanged> transfers;
  event::LinkState link = event::LinkState::offline;
  std::optional<event::Settled> settled;
  std::optional<Error> failed;
  std::int64_t clock_shift_ms = 0;

  [[nodiscard]] const std::string& user_id() const { return user_id_; }
  [[nodiscard]] const std::filesystem::path& folder() const { return folder_; }
  [[nodiscard]] store::ProfileStore& store() { return profile_->store(); }

 private:
  void note(Event event) {
    if (const auto* changed = std::get_if<event::MemberChanged>(&event)) members[changed->user_id] = *changed;
    if (const auto* changed = std::get_if<event::TransferChanged>(&event)) transfers[changed->id] = *changed;
    if (const auto* changed = std::get_if<event::LinkChanged>(&event)) link = changed->state;
    if (const auto* done = std::get_if<event::Settled>(&event)) settled = *done;
    if (const auto* failure = std::get_if<event::Failed>(&event)) failed = failure->error;
    events.push_back(std::move(event));
  }

  io::EventLoop& loop_;
  Worker& worker_;
  std::filesystem::path folder_;
  std::string user_id_;
  std::unique_ptr<Profile> profile_;
  std::unique_ptr<GroupEngine> engine_;
};

class Room {
 public:
  Room() {
    crypto::initialise();
    timing.first_retry = std::chrono::milliseconds(20);
    timing.longest_retry = std::chrono::milliseconds(200);
    timing.receipt_repeat = std::chrono::milliseconds(1500);
    open_relay();
  }

  // The relay stops as a crash would stop it; open_relay() brings it back on the same port with what it remembered.
  void close_relay() { relay_.reset(); }
  void open_relay() {
    relay::Config config;
    config.listen = {io::Endpoint{"127.0.0.1", port_}};
    config.state_dir = folder_ / "relay";
    config.limits.joins = {1000, 1000};
    config.limits.sends = {5000, 5000};
    if (adjust_relay) adjust_relay(config);
    auto server = relay::Server::open(loop, std::move(config));
    BOOST_REQUIRE_MESSAGE(server.has_value(), why(server));
    relay_ = std::move(*server);
    port_ = relay_->ports().front();
  }
  [[nodiscard]] std::string address() const { return "127.0.0.1:" + std::to_string(port_); }
  [[nodiscard]] RelayPin pin() const { return relay_->pin(); }
  [[nodiscard]] relay::Server& relay() { return *relay_; }

  [[nodiscard]] Member::Options options() const {
    Member::Options made;
    made.relay = address();
    made.pin = pin();
    return made;
  }
  // A member who is not started yet.
  Member& member(const std::string& user_id, const std::string& profile = {}) {
    members_.push_back(std::make_unique<Member>(
        loop, worker, folder_ / ("profile-" + (profile.empty() ? user_id : profile)), user_id));
    return *members_.back();
  }
  // Started, joined, and acquainted with everyone who is here.
  Member& join(const std::string& user_id) {
    auto& made = member(user_id);
    enter(made);
    return made;
  }
  void enter(Member& who) { enter(who, options()); }
  void enter(Member& who, Member::Options with) {
    who.start(std::move(with), timing);
    until([&] { return who.settled.has_value() || who.failed.has_value(); });
    for (auto& other : members_)
      if (other.get() != &who && other->is_running() && other->link == event::LinkState::online &&
          who.is_ready_for(other->user_id()))
        until([&] { return other->is_ready_for(who.user_id()) || other->holds(who.user_id()); });
  }

  void until(const std::function<bool()>& done) {
    BOOST_REQUIRE_MESSAGE(loop.run_until(done, patience), "what was waited for did not happen");
  }
  // Lets everything that is under way come to its end: two whole rounds of receipts and outcomes.
  void settle(std::chrono::milliseconds time = std::chrono::milliseconds(150)) {
    bool over = false;
    const auto timer = loop.after(time, [&] { over = true; });
    loop.run_until([&] { return over; }, patience);
  }
  [[nodiscard]] std::filesystem::path file(const std::string& name, ByteView content) {
    std::filesystem::create_directories(folder_ / "files");
    const auto path = folder_ / "files" / name;
    write_file(path, content);
    return path;
  }
  [[nodiscard]] const std::filesystem::path& folder() const { return folder_.path(); }

  TempFolder folder_;
  io::EventLoop loop;
  Worker worker{[this](std::function<void()> job) { loop.post(std::move(job)); }};
  Timing timing;
  std::function<void(relay::Config&)> adjust_relay;

 private:
  std::uint16_t port_ = 0;
  std::unique_ptr<relay::Server> relay_;
  std::vector<std::unique_ptr<Member>> members_;
};

}   // namespace coterie::test
