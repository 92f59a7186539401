// SPDX-License-Identifier: MIT
#include "netcore/client.h"

#include <cstdlib>

#include "netcore/base/worker.h"
#include "netcore/client_classic.h"
#include "netcore/crypto/aead.h"
#include "netcore/session/group_engine.h"
#include "netcore/session/profile.h"
#include "netcore/transfer/safe_name.h"

namespace coterie {

Result<RelayPin> parse_pin(std::string_view text) {
  std::string digits;
  for (const char c : text)
    if (c != ':' && c != ' ' && c != '-') digits.push_back(c);
  const auto bytes = from_hex(digits);
  if (!bytes || bytes->size() != RelayPin::size)
    return fail(Errc::invalid_argument,
                "a fingerprint has 64 hexadecimal digits; coterie-relay --fingerprint prints it");
  return RelayPin::from(*bytes);
}

std::string format_pin(const RelayPin& pin) {
  const auto digits = pin.hex();
  std::string grouped;
  for (std::size_t i = 0; i < digits.size(); i += 4) {
    if (i > 0) grouped.push_back(' ');
    grouped.append(digits, i, 4);
  }
  return grouped;
}

namespace {}   // namespace

struct Client::State {
  ~State() {
    engine.reset();
    worker.reset();
    if (profile && profile->is_new() && !was_let_in()) profile->discard();
  }
  // Whoever was never let in by the relay has nothing to keep: no member has been met, no guess of the password made.
  [[nodiscard]] bool was_let_in() const {
    bool is_known = false;
    const auto looked = profile->store().read([&] { is_known = profile->store().pin_of(relay).has_value(); });
    return !looked || is_known;
  }

  Status open_group(io::EventLoop& loop, GroupLogin login, EventSink sink) {
    auto opened = GroupEngine::open(loop, *worker, *profile, std::move(login), sink);
    if (!opened) return tl::unexpected(opened.error());
    (*opened)->when_relay_is_known([this, &loop, sink](GroupLogin again) {
      engine.reset();   // what it kept of the group must not be written after the other has read it
      if (const auto reopened = open_group(loop, std::move(again), sink); !reopened)
        return sink(event::Failed{reopened.error()});
      engine->handle(command::Connect{});
    });
    engine = std::move(*opened);
    return {};
  }

  std::string relay;
  std::unique_ptr<Profile> profile;
  std::unique_ptr<Worker> worker;
  std::unique_ptr<Engine> engine;   // last: it uses the other two
};

Client::Client(std::unique_ptr<State> state) : state_(std::move(state)) {}
Client::~Client() = default;

Result<std::unique_ptr<Client>> Client::open(io::EventLoop& loop, const std::filesystem::path& profile_folder,
                                             Login login, EventSink sink) {
  crypto::initialise();
  const bool is_classic = login.classic;
  auto checked = is_classic ? Result<GroupLogin>(GroupLogin{}) : GroupLogin::parse(std::move(login));
  if (!checked) return tl::unexpected(checked.error());
  auto profile = Profile::open(profile_folder);
  if (!profile && profile.error().code == Errc::disk_full) return fail(Errc::profile_full, profile_folder.string());
  if (!profile) return tl::unexpected(profile.error());
  auto state = std::make_unique<State>();
  state->relay = checked->relay.text();
  state->profile = std::move(*profile);
  state->worker = std::make_unique<Worker>([&loop](std::function<void()> job) { loop.post(std::move(job)); });
  if (is_classic) {
    auto engine = open_classic_engine(loop, *state->worker, *state->profile, std::move(login), std::move(sink));
    if (!engine) return tl::unexpected(engine.error());
    state->engine = std::move(*engine);
  } else if (const auto opened = state->open_group(loop, std::move(*checked), std::move(sink)); !opened) {
    return tl::unexpected(opened.error());
  }
  return std::unique_ptr<Client>(new Client(std::move(state)));
}

void Client::handle(Command command) {
  if (state_->engine) state_->engine->handle(std::move(command));
}

Result<std::filesystem::path> set_profile_aside(const std::filesystem::path& profile_folder, const std::string& name) {
  return Profile::set_aside(profile_folder, name);
}

std::filesystem::path default_profile_folder(std::string_view user_id) {
  const char* data = std::getenv("XDG_DATA_HOME");
  const char* home = std::getenv("HOME");
  const auto base = data != nullptr && *data != '\0'
                        ? std::filesystem::path(data)
                        : std::filesystem::path(home != nullptr ? home : ".") / ".local" / "share";
  // Percent-encoded: any user id is one plain path component.
  std::string name;
  for (const char c : user_id) {
    const auto byte = static_cast<std::uint8_t>(c);
    const bool plain =
        (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '-' || c == '_';
    if (plain)
      name.push_back(c);
    else
      name.append("%" + to_hex({&byte, 1}));
  }
  return base / "coterie" / "profiles" / name;
}

bool can_run_when_opened(std::string_view file_name) { return transfer::is_executable_type(file_name); }

std::filesystem::path default_receive_folder() {
  const char* home = std::getenv("HOME");
  return std::filesystem::path(home != nullptr ? home : ".") / "client_received";
}

}   // namespace coterie
