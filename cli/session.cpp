// SPDX-License-Identifier: MIT
#include "cli/session.h"

#include "cli/human_reporter.h"
#include "cli/json_reporter.h"
#include "cli/password.h"
#include "netcore/base/digest.h"
#include "netcore/base/overloaded.h"
#include "netcore/base/unicode.h"

#include <poll.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <fstream>
#include <utility>

namespace coterie::cli {
namespace {

constexpr std::chrono::seconds shutdown_deadline{5};
constexpr auto interrupted_before_anything = "Interrupted; nothing was sent.";

std::unique_ptr<Task> make_task(Shell& shell, CommandOptions options) {
  return std::visit(overloaded{
                        [&](ChatOptions& chat) { return make_chat(shell, std::move(chat)); },
                        [&](SayOptions& say) { return make_say(shell, std::move(say)); },
                        [&](SendOptions& send) { return make_send(shell, std::move(send)); },
                        [&](ReceiveOptions& receive) { return make_receive(shell, std::move(receive)); },
                        [&](ListenOptions& listen) { return make_listen(shell, listen); },
                        [&](MembersOptions& members) { return make_members(shell, members); },
                        [&](VerifyOptions& verify) { return make_verify(shell, std::move(verify)); },
                        [&](HistoryOptions& history) { return make_history(shell, std::move(history)); },
                        [&](SearchOptions& search) { return make_search(shell, std::move(search)); },
                    },
                    options);
}

// Nothing when the file cannot be read to its end, or when nobody wants the answer any more.
std::optional<Sha256Digest> digest_of(const std::filesystem::path& path, const std::atomic<bool>& given_up) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return std::nullopt;
  Sha256 hash;
  std::vector<char> piece(1_MiB);
  while (file) {
    if (given_up) return std::nullopt;
    file.read(piece.data(), static_cast<std::streamsize>(piece.size()));
    const auto got = static_cast<std::size_t>(file.gcount());
    hash.update(as_bytes({piece.data(), got}));
  }
  if (!file.eof()) return std::nullopt;
  return hash.finish();
}

}   // namespace

bool is_trouble(const Event& event) {
  return std::visit(overloaded{
                        [](const event::LinkChanged& link) { return link.reason.has_value(); },
                        [](const event::RelayUnknown&) { return true; },
                        [](const event::RelayChanged&) { return true; },
                        [](const event::PasswordRejected&) { return true; },
                        // Nobody can be reached, since guesses of others are in the way.
                        [](const event::Settled& settled) { return settled.busy > 0 && settled.ready == 0; },
                        [](const event::IdentityChanged&) { return true; },
                        [](const event::LookAlike&) { return true; },
                        [](const event::Notice&) { return true; },
                        [](const event::Failed&) { return true; },
                        [](const auto&) { return false; },
                    },
                    event);
}

Session::Session(Options options, std::optional<SecretBytes> password)
    : options_(std::move(options)),
      watcher_(loop_, [this](int signal) { on_signal(signal); }),
      console_(watcher_, [this] {
        output_is_broken_ = true;
        finish(ExitCode::error);
      }) {
  if (password) password_ = std::move(*password);
  if (options_.json)
    reporter_ = std::make_unique<JsonReporter>(console_, options_.user, options_.classic);
  else
    reporter_ = std::make_unique<HumanReporter>(
        console_, options_.user, std::holds_alternative<ChatOptions>(options_.command) && !options_.classic,
        options_.classic, options_.pin.has_value(), std::holds_alternative<ChatOptions>(options_.command));
}

Session::~Session() { *hashing_given_up_ = true; }

ExitCode Session::run() {
  auto status = read_secrets();
  const bool has_password = !password_.empty();   // the engine takes it away
  if (status) status = open_client();
  if (watcher_.is_interrupted()) {
    reporter_->note(interrupted_before_anything);
    return ExitCode::error;
  }
  if (!status) {
    reporter_->fail(status.error());
    return exit_code_for(status.error().code);
  }
  if (!has_password) held_back_.emplace();
  if (options_.classic)
    reporter_->note(std::string(classic_badge) + ". The server, and whoever listens on the way, can read everything.");
  task_ = make_task(*this, options_.command);
  task_->start();
  loop_.run();
  const auto code = code_.value_or(ExitCode::error);
  // Also where the last thing a finished task had to say did not fit.
  return code == ExitCode::ok && output_is_broken_ ? ExitCode::error : code;
}

// The file says more than the environment: it was named on the command line.
Status Session::read_secrets() {
  const auto warn = [this](std::string_view sentence) { reporter_->note(sentence); };
  const auto await = [this](int descriptor) { return await_input(descriptor); };
  if (options_.password_file) {
    auto password = read_secret_file(*options_.password_file, "the password", warn, await);
    if (!password) return tl::unexpected(password.error());
    password_ = std::move(*password);
  }
  if (options_.access_key_file) {
    auto key = read_secret_file(*options_.access_key_file, "the relay's access key", warn, await);
    if (!key) return tl::unexpected(key.error());
    access_key_ = std::string(as_text(key->view()));
  }
  return {};
}

bool Session::await_input(int descriptor) const {
  constexpr int look_for_signals_ms = 50;
  while (!watcher_.is_interrupted()) {
    pollfd readable{descriptor, POLLIN, 0};
    const int ready = ::poll(&readable, 1, look_for_signals_ms);
    if (ready > 0 || (ready < 0 && errno != EINTR)) return true;   // also at its end, or broken: reading tells
  }
  return false;
}

// The other profiles of this person, where programs keep them by themselves: beside the one for this user id.
std::vector<std::filesystem::path> Session::profiles_beside(const std::filesystem::path& own) const {
  std::vector<std::filesystem::path> found;
  std::error_code failed;
  for (auto at = std::filesystem::directory_iterator(default_profile_folder(options_.user).parent_path(), failed);
       !failed && at != std::filesystem::directory_iterator(); at.increment(failed))
    if (at->is_directory(failed) && at->path() != own) found.push_back(at->path());
  return found;
}

Status Session::open_client() {
  const auto folder = options_.profile.value_or(default_profile_folder(options_.user));
  auto others = options_.classic ? profiles_beside(folder) : std::vector<std::filesystem::path>();
  auto client = Client::open(loop_, folder,
                             Login{.relay = options_.relay,
                                   .group = options_.group,
                                   .user_id = options_.user,
                                   .password = std::move(password_),
                                   .remember = options_.remember,
                                   .pin = options_.pin,
                                   .trust_first_use = options_.trust,
                                   .access_key = access_key_,
                                   .classic = options_.classic,
                                   .other_profiles = std::move(others)},
                             [this](Event event) { on_event(std::move(event)); });
  if (!client) return tl::unexpected(client.error());
  client_ = std::move(*client);
  return {};
}

// Neither given nor remembered: a person may still type it.
void Session::password_missing() {
  auto typed = ask_password(options_.classic ? "Password (" + std::string(classic_badge) + "): "
                                             : "Password of the group " + escape_unprintable(options_.group) + ": ",
                            [this](int descriptor) { return await_input(descriptor); });
  if (typed.how == Asked::given_up) {
    reporter_->note(interrupted_before_anything);
    return finish(ExitCode::error);
  }
  if (typed.how != Asked::typed)
    return give_up(ExitCode::usage, "invalid_argument",
                   "No password was given and none is remembered for this group. Put it into a file and name that with "
                   "--password-file, "
                   "set the environment variable COTERIE_PASSWORD, or run coterie-cli on a terminal.");
  password_ = std::move(typed.password);
  roster_ = {};
  client_.reset();
  if (const auto status = open_client(); !status) return give_up(status.error());
  client_->handle(command::Connect{});
}

// ── Shell ──────────────────────────────────────────────────────────────────────────────────────────────────────────

void Session::tell(Command command) {
  if (!code_) client_->handle(std::move(command));
}

void Session::finish(ExitCode code) {
  if (code_) return;
  code_ = code;
  if (task_) task_->on_finish(code);
  console_.status({});
  if (!client_) return loop_.post([this] { loop_.stop(); });
  client_->handle(command::Shutdown{});
  start_timer(shutdown_deadline, [this] { loop_.stop(); });
}

// What a task had planned for later has no say any more once it has ended.
void Session::after(std::chrono::milliseconds delay, std::function<void()> job) {
  start_timer(delay, [this, job = std::move(job)] {
    if (!code_) job();
  });
}

void Session::start_timer(std::chrono::milliseconds delay, std::function<void()> job) {
  timers_.emplace_front();
  const auto timer = timers_.begin();
  *timer = loop_.after(delay, [this, timer, job = std::move(job)] {
    const auto work = job;   // the timer, and with it this function, goes first
    timers_.erase(timer);
    work();
  });
}

void Session::ask(std::string question, std::function<void(std::string)> on_answer) {
  console_.ask(std::move(question), std::move(on_answer));
}

void Session::status(std::string line) {
  if (shows_status() && !code_) console_.status(line.empty() ? line : badge() + line);
}

void Session::read_lines(std::function<void(std::string)> on_line, std::function<void()> on_end) {
  const auto badge = options_.classic ? " (" + std::string(classic_badge) + ")" : std::string();
  console_.read_lines(options_.json ? std::string() : escape_unprintable(options_.user) + badge + "> ",
                      std::move(on_line), std::move(on_end));
}

// ── what happens ───────────────────────────────────────────────────────────────────────────────────────────────────

void Session::on_signal(int signal) {
  switch (signal) {
    case SIGWINCH: return console_.redraw();
    case SIGCONT: return console_.resume();
    default: break;
  }
  if (code_) return loop_.stop();   // the second time at once
  const auto code = task_ ? task_->when_interrupted() : ExitCode::error;
  if (code != ExitCode::ok) {
    const auto words = task_ ? task_->interrupted_sentence() : std::string();
    reporter_->note(!words.empty() ? words
                    : was_online_ && options_.classic
                        ? "Interrupted. Classic mode keeps nothing: what is unfinished has to be sent again."
                    : was_online_ ? "Interrupted. What is unfinished is kept in the profile and goes on the next time."
                                  : interrupted_before_anything);
  }
  finish(code);
}

void Session::on_event(Event event) {
  if (held_back_) {
    const auto* failed = std::get_if<event::Failed>(&event);
    if (failed != nullptr && failed->error.code == Errc::invalid_argument) {
      held_back_.reset();
      // Not from inside the engine's own call.
      return loop_.post([this] { password_missing(); });
    }
    const bool is_decided =
        failed != nullptr || std::holds_alternative<event::LinkChanged>(event) ||
        std::holds_alternative<event::HistoryPage>(event) || std::holds_alternative<event::SearchResults>(event) ||
        std::holds_alternative<event::Notice>(event) || std::holds_alternative<event::Stopped>(event);
    held_back_->push_back(std::move(event));
    if (!is_decided) return;
    const auto events = std::move(*held_back_);
    held_back_.reset();
    for (const auto& kept : events) on_event(kept);
    return;
  }
  name_the_option(event);
  if (wants_digest(event)) return compute_digest(std::get<event::TransferChanged>(std::move(event)));
  deliver(event);
}

// What the engine cannot know: with which option of the command line it is mended.
void Session::name_the_option(Event& event) const {
  auto* failed = std::get_if<event::Failed>(&event);
  if (failed != nullptr && failed->error.code == Errc::refused && access_key_.empty() && !options_.classic)
    failed->error.detail = "it asks for an access key; put it into a file and name that with --access-key-file";
}

void Session::deliver(const Event& event) {
  if (std::holds_alternative<event::Stopped>(event)) return loop_.stop();
  if (const auto* member = std::get_if<event::MemberChanged>(&event)) roster_.apply(*member);

  if (const auto* relay = std::get_if<event::RelayUnknown>(&event); relay != nullptr && is_interactive())
    return on_unknown_relay(*relay);
  const auto* link = std::get_if<event::LinkChanged>(&event);
  const bool is_first_failure = link != nullptr && link->state == event::LinkState::offline && link->reason &&
                                link->retry_in && !was_online_ && !options_.keep_trying;
  const bool is_told_otherwise =   // by an event of its own, or by giving up
      link != nullptr && link->reason && (is_first_failure || !link->retry_in);
  // While a newcomer is still being refused by one member after the other, it is one piece of news: told when all have been met.
  if (const auto* rejected = std::get_if<event::PasswordRejected>(&event); rejected != nullptr && !has_settled_) {
    rejected_ = *rejected;
    return;
  }
  if (std::holds_alternative<event::Settled>(event)) {
    has_settled_ = true;
    if (const auto rejected = std::exchange(rejected_, std::nullopt)) reporter_->show(*rejected);
  }
  if (task_->shows(event, options_.json) && (options_.json || !is_told_otherwise)) reporter_->show(event);
  if (code_) return;

  if (link != nullptr) {
    was_online_ = was_online_ || link->state == event::LinkState::online;
    if (link->state == event::LinkState::joining) has_settled_ = false;
    if (is_first_failure) {
      const auto why = about_connecting(*link->reason);
      if (is_without_connection_ || task_->on_no_connection(why)) {
        is_without_connection_ = true;
        return;
      }
      return give_up(exit_code_for(why.code), name_of(why.code), explain_end(why));
    }
  }
  if (std::holds_alternative<event::RelayUnknown>(event)) return finish(ExitCode::error);
  if (std::holds_alternative<event::RelayChanged>(event)) return finish(ExitCode::relay_changed);
  if (const auto* failed = std::get_if<event::Failed>(&event)) {
    // Not the command line's fault: it was accepted, and what the relay or the group said to it is an error like any other.
    const bool is_usage = failed->error.code == Errc::invalid_argument;
    return finish(is_usage ? ExitCode::error : exit_code_for(failed->error.code));
  }
  task_->on_event(event);
}

Error Session::about_connecting(Error why) const {
  const auto relay = escape_unprintable(options_.relay);
  if (why.detail.find(relay) == std::string::npos)
    why.detail = relay + (why.detail.empty() ? "" : " (" + why.detail + ")");
  return why;
}

void Session::on_unknown_relay(const event::RelayUnknown& relay) {
  console_.complain("The relay " + escape_unprintable(relay.relay) +
                    " has not been seen before. Its fingerprint is\n  " + format_pin(relay.pin) +
                    "\nThe person who runs it can tell you the right one (coterie-relay --fingerprint).");
  console_.ask("Connect, and know it from now on? [y/N] ", [this, pin = relay.pin](const std::string& answer) {
    if (code_) return;
    if (is_yes(answer)) return tell(command::TrustRelay{pin});
    reporter_->note("Not connected; nothing was sent.");
    finish(ExitCode::error);
  });
}

// ── digests ────────────────────────────────────────────────────────────────────────────────────────────────────────

// Programs are given the SHA-256 of every finished file. The transfer itself computes one only where it needs it.
bool Session::wants_digest(const Event& event) const {
  const auto* transfer = std::get_if<event::TransferChanged>(&event);
  return options_.json && transfer != nullptr && transfer->phase == event::TransferPhase::finished &&
         !transfer->digest && !code_ && task_->shows(event, true);
}

void Session::compute_digest(event::TransferChanged transfer) {
  if (!worker_) worker_ = std::make_unique<Worker>([this](std::function<void()> job) { loop_.post(std::move(job)); });
  worker_->run([path = transfer.path, given_up = hashing_given_up_] { return digest_of(path, *given_up); },
               [this, transfer](std::optional<Sha256Digest> digest) mutable {
                 transfer.digest = digest;
                 deliver(transfer);
               });
}

}   // namespace coterie::cli
