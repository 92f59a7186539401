// SPDX-License-Identifier: MIT
#include "gui/model/connections.h"

#include "netcore/base/private_file.h"
#include "netcore/base/unicode.h"
#include "netcore/client.h"

#include <nlohmann/json.hpp>

#include <fstream>

namespace coterie::gui {
namespace {

using nlohmann::json;

const char* name_of_policy(AcceptPolicy policy) {
  switch (policy) {
    case AcceptPolicy::ask: return "ask";
    case AcceptPolicy::verified: return "verified";
    case AcceptPolicy::always: return "always";
  }
  return "ask";
}

AcceptPolicy policy_named(std::string_view name) {
  if (name == "verified") return AcceptPolicy::verified;
  if (name == "always") return AcceptPolicy::always;
  return AcceptPolicy::ask;
}

}   // namespace

Result<std::vector<Connection>> load_connections(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  if (!in) {
    std::error_code ignored;
    if (!std::filesystem::exists(file, ignored)) return std::vector<Connection>();
    return fail(Errc::permission_denied, "the list of groups in " + file.string() + " cannot be read");
  }
  const auto parsed = json::parse(in, nullptr, false);
  if (!parsed.is_array()) return fail(Errc::malformed, "the list of groups in " + file.string() + " is damaged");
  std::vector<Connection> connections;
  for (const auto& entry : parsed) {
    if (!entry.is_object()) continue;
    try {
      Connection connection;
      connection.relay = entry.value("relay", "");
      connection.user_id = entry.value("user", "");
      connection.group = entry.value("group", "");
      connection.profile = std::filesystem::path(entry.value("profile", ""));
      connection.remember = entry.value("remember", true);
      connection.keeps_password = entry.value("keeps_password", connection.remember && !connection.classic);
      connection.hosted = entry.value("hosted", false);
      connection.classic = entry.value("classic", false);
      connection.pin = entry.value("pin", "");
      connection.muted = entry.value("muted", false);
      connection.accept = policy_named(entry.value("accept", "ask"));
      connection.accept_limit = entry.value("accept_limit", connection.accept_limit);
      connection.folder = std::filesystem::path(entry.value("folder", ""));
      connection.peer = entry.value("peer", "");
      connection.was_shown = entry.value("shown", false);
      if (!connection.relay.empty() && !connection.profile.empty()) connections.push_back(std::move(connection));
    } catch (const json::exception&) {
      // A value of another kind than ours: this entry is not one we wrote.
      continue;
    }
  }
  return connections;
}

Status save_connections(const std::filesystem::path& file, const std::vector<Connection>& connections) {
  if (const auto made = make_private_folder(file.parent_path()); !made) return made;
  auto all = json::array();
  for (const auto& connection : connections)
    all.push_back({{"relay", connection.relay},
                   {"user", connection.user_id},
                   {"group", connection.group},
                   {"profile", connection.profile.string()},
                   {"remember", connection.remember},
                   {"keeps_password", connection.keeps_password},
                   {"hosted", connection.hosted},
                   {"classic", connection.classic},
                   {"pin", connection.pin},
                   {"muted", connection.muted},
                   {"accept", name_of_policy(connection.accept)},
                   {"accept_limit", connection.accept_limit},
                   {"folder", connection.folder.string()},
                   {"peer", connection.peer},
                   {"shown", connection.was_shown}});
  auto fresh = file;
  fresh += ".new";
  {
    std::ofstream out(fresh, std::ios::binary | std::ios::trunc);
    out << all.dump(2, ' ', false, json::error_handler_t::replace) << '\n';
    out.close();
    if (!out) return fail(Errc::io_failure, "the list of groups cannot be written to " + fresh.string());
  }
  std::error_code failed;
  std::filesystem::rename(fresh, file, failed);
  if (failed) return fail(Errc::io_failure, "the list of groups cannot be written to " + file.string());
  return {};
}

std::filesystem::path choose_profile(const std::vector<Connection>& known, const Connection& fresh) {
  const auto first = default_profile_folder(fresh.user_id);
  const auto is_taken = [&](const std::filesystem::path& folder) {
    return std::any_of(known.begin(), known.end(),
                       [&](const Connection& other) { return other.profile == folder && !other.is_same_group(fresh); });
  };
  auto folder = first;
  for (int number = 2; is_taken(folder); ++number) {
    folder = first;
    // '+' stands in no folder made from a user id, where such characters are percent-encoded.
    folder += "+" + std::to_string(number);
  }
  return folder;
}

std::string known_pin(const std::vector<Connection>& known, const std::string& relay) {
  std::string found;
  for (const auto& connection : known) {
    if (connection.relay != relay || connection.classic || connection.pin.empty()) continue;
    if (!found.empty() && connection.pin != found) return {};
    found = connection.pin;
  }
  return found;
}

std::string proposed_user_id(std::string_view login, unsigned long number) {
  // Accounts below these are the system's own: login.defs(5), and the first one that macOS gives to a person.
#ifdef __APPLE__
  constexpr unsigned long first_person = 501;
#else
  constexpr unsigned long first_person = 1000;
#endif
  constexpr unsigned long nobody = 65534;
  if (number < first_person || number == nobody) return {};
  return parse_user_id(login).value_or(std::string());
}

}   // namespace coterie::gui
