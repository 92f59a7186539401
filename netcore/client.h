// SPDX-License-Identifier: MIT
// The front door of netcore for every user interface: a profile, a login, and the engine they make.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "netcore/base/result.h"
#include "netcore/base/secret.h"
#include "netcore/io/event_loop.h"
#include "netcore/session/engine.h"

namespace coterie {

class Profile;
class Worker;

// What the user types to get into a group.
struct Login {
  std::string relay;   // "host", "host:port", "[v6]:port"; the default port is 12345
  std::string group;
  std::string user_id;
  SecretBytes password;           // empty: the one remembered in the profile
  bool remember = false;          // keep the stretched form in the profile (never the password itself)
  std::optional<RelayPin> pin;    // the relay's fingerprint, where it is known
  bool trust_first_use = false;   // accept a relay never seen before; a changed one is refused all the same
  std::string access_key;         // where the relay asks for one
  // Speak the wire of the educational prototype (protocol.md S13): never by itself, and never without classic_badge being shown.
  // Then only `relay`, `user_id` and `password` mean something.
  bool classic = false;
  // Classic only: more profiles of this person, whose groups' passwords are refused as those of this profile are.
  std::vector<std::filesystem::path> other_profiles = {};
};

// What every user interface shows, always, while a login is classic.
constexpr std::string_view classic_badge = "classic: not private";
// Whether this build speaks it at all; where not, a classic login is refused with Errc::unsupported.
bool has_classic();

constexpr std::uint16_t default_port = 12345;

// 64 hexadecimal digits, with or without colons or spaces between them, in either case.
Result<RelayPin> parse_pin(std::string_view text);
// Four digits a group: "1f2e 3d4c …", for people to compare.
std::string format_pin(const RelayPin& pin);

// One group at one relay, on the caller's loop. Everything the user interface does afterwards is commands and events.
class Client {
 public:
  // Opens (or makes) the profile folder and checks what was typed, without any network. Errors: invalid_argument with the field
  // named, in_use, permission_denied, database_corrupt, database_newer, disk_full; wrong_password never comes from here.
  // `sink` is called on the loop's thread. Connecting begins with command::Connect.
  static Result<std::unique_ptr<Client>> open(io::EventLoop& loop, const std::filesystem::path& profile_folder,
                                              Login login, EventSink sink);
  ~Client();

  void handle(Command command);

 private:
  struct State;
  explicit Client(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

// For a profile that open() refuses with database_corrupt: everything in it is kept in its folder `name`, and the next open() begins a
// new one. Gives that folder.
Result<std::filesystem::path> set_profile_aside(const std::filesystem::path& profile_folder, const std::string& name);

// Where a profile lives when the user names none: $XDG_DATA_HOME (or ~/.local/share)/coterie/profiles/<user id>, so that two
// user ids on one machine account never share one.
std::filesystem::path default_profile_folder(std::string_view user_id);
// Whether opening a file of this name may run it: what user interfaces warn about when it is offered, and again when it is opened.
bool can_run_when_opened(std::string_view file_name);
// The prototype's folder for received files: ~/client_received.
std::filesystem::path default_receive_folder();

}   // namespace coterie
