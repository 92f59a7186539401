// SPDX-License-Identifier: MIT
#include "relay/settings.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <fstream>

#include "relay/values.h"

namespace coterie::relay {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t longest_file = 1_MiB;
constexpr std::uint64_t most_bytes = 1ULL << 50U;
constexpr double many = 1e9;

constexpr std::array log_levels = {
    std::pair{std::string_view("debug"), log::Level::debug}, std::pair{std::string_view("info"), log::Level::info},
    std::pair{std::string_view("warning"), log::Level::warning},
    std::pair{std::string_view("error"), log::Level::error}, std::pair{std::string_view("off"), log::Level::off}};

// `field` gives a reference to what is set, from Settings& or const Settings&.
template <class Field>
Setting number(std::string_view name, Field field, double least, double most, std::string_view what,
               std::string_view group, double scale = 1) {
  return {.name = name,
          .type = "N",
          .what = what,
          .group = group,
          .set = [=](Settings& settings, std::string_view text) -> Status {
            auto& target = field(settings);
            if constexpr (std::is_integral_v<std::decay_t<decltype(target)>>) {
              const auto value =
                  parse_whole_number(text, static_cast<std::uint64_t>(least), static_cast<std::uint64_t>(most));
              if (!value) return tl::unexpected(value.error());
              target = *value;
            } else {
              const auto value = parse_number(text, least, most);
              if (!value) return tl::unexpected(value.error());
              target = *value / scale;
            }
            return {};
          },
          .show = [=](const Settings& settings) { return show_number(static_cast<double>(field(settings)) * scale); }};
}

template <class Field>
Setting size(std::string_view name, Field field, std::uint64_t least, std::string_view what, std::string_view group) {
  return {.name = name,
          .type = "SIZE",
          .what = what,
          .group = group,
          .set = [=](Settings& settings, std::string_view text) -> Status {
            const auto value = parse_size(text, least, most_bytes);
            if (!value) return tl::unexpected(value.error());
            field(settings) = *value;
            return {};
          },
          .show = [=](const Settings& settings) { return show_size(field(settings)); }};
}

// Bytes a second. What is too little for a connection to stay alive is no rate.
template <class Field>
Setting bandwidth(std::string_view name, Field field, std::string_view what, std::string_view group) {
  auto made = size(name, field, 64_KiB, what, group);
  made.set = [inner = made.set, field](Settings& settings, std::string_view text) -> Status {
    if (text != "0") return inner(settings, text);
    field(settings) = 0;   // no limit
    return {};
  };
  return made;
}

template <class Field>
Setting duration(std::string_view name, Field field, std::chrono::seconds least, std::chrono::seconds most,
                 std::string_view what, std::string_view group) {
  return {.name = name,
          .type = "TIME",
          .what = what,
          .group = group,
          .set = [=](Settings& settings, std::string_view text) -> Status {
            const auto value = parse_duration(text, least, most);
            if (!value) return tl::unexpected(value.error());
            field(settings) = *value;
            return {};
          },
          .show = [=](const Settings& settings) { return show_duration(field(settings)); }};
}

template <class Field>
Setting yes_no(std::string_view name, Field field, std::string_view what, std::string_view group) {
  return {.name = name,
          .type = "yes|no",
          .what = what,
          .group = group,
          .set = [=](Settings& settings, std::string_view text) -> Status {
            const auto value = parse_yes_no(text);
            if (!value) return tl::unexpected(value.error());
            field(settings) = *value;
            return {};
          },
          .show = [=](const Settings& settings) { return show_yes_no(field(settings)); }};
}

template <class Field>
Setting path(std::string_view name, std::string_view type, Field field, std::string_view what, std::string_view group) {
  return {.name = name,
          .type = type,
          .what = what,
          .group = group,
          .set = [=](Settings& settings, std::string_view text) -> Status {
            if (text.empty()) return fail(Errc::invalid_argument, "takes a path");
            field(settings) = text;
            return {};
          },
          .show = [=](const Settings& settings) { return std::string(field(settings)); }};
}

template <class Field>
Setting networks(std::string_view name, Field field, std::string_view what) {
  return {.name = name,
          .type = "NETWORK",
          .what = what,
          .group = "Access",
          .repeats = true,
          .set = [=](Settings& settings, std::string_view text) -> Status {
            auto network = Network::parse(text);
            if (!network)
              return fail(Errc::invalid_argument, "takes an address or a network, such as 192.0.2.7 or 2001:db8::/32");
            field(settings).push_back(*network);
            return {};
          },
          .show = [](const Settings&) { return std::string(); }};
}

Result<io::Endpoint> parse_listen(std::string_view text, std::uint16_t port) {
  auto endpoint = io::parse_endpoint(text, port);
  // A port alone would be looked up as a name.
  if (!endpoint || endpoint->host.find_first_not_of("0123456789") == std::string::npos)
    return fail(Errc::invalid_argument, "takes ADDR:PORT, such as 192.0.2.7:12345 or [::]:12345");
  return endpoint;
}

Setting only_at_start(Setting setting) {
  setting.only_at_start = true;
  return setting;
}

#define COTERIE_FIELD(member) \
  [](auto& settings) -> auto& { return settings.member; }

std::vector<Setting> make_table() {
  using std::chrono::hours;
  using std::chrono::seconds;
  constexpr auto network = "Network";
  constexpr auto access = "Access";
  constexpr auto mailbox = "Mailbox";
  constexpr auto limits = "Limits";
  constexpr auto operation = "Operation";
  std::vector<Setting> table;

  table.push_back(
      {.name = "listen",
       .type = "ADDR:PORT",
       .what = "Address and port to listen on; may be given several times (default: 0.0.0.0:12345 and [::]:12345; "
               "port 0: any free one)",
       .group = network,
       .repeats = true,
       .only_at_start = true,
       .set = [](Settings& settings, std::string_view text) -> Status {
         auto endpoint = parse_listen(text, default_port);
         if (!endpoint) return tl::unexpected(endpoint.error());
         settings.config.listen.push_back(std::move(*endpoint));
         return {};
       },
       .show = [](const Settings&) { return std::string(); }});
  table.push_back(only_at_start(
      path("state-dir", "DIR", COTERIE_FIELD(config.state_dir),
           "Folder of the relay's identity and databases (default: the state directory systemd gives, else "
           "/var/lib/coterie-relay for root, else ~/.local/state/coterie-relay)",
           network)));
  auto classic = only_at_start(yes_no(
      "classic", COTERIE_FIELD(config.classic),
      "Serve clients of the educational Python prototype too; nothing they say is private, and no access key keeps "
      "anybody out of it",
      network));
  classic.is_flag = true;
  table.push_back(std::move(classic));
  table.push_back(bandwidth("bandwidth-per-transfer", COTERIE_FIELD(config.limits.transfer_bandwidth),
                            "Bytes a second one file transfer may take; 0: no limit", network));
  table.push_back(bandwidth("bandwidth-transfers", COTERIE_FIELD(config.limits.transfers_bandwidth),
                            "Bytes a second all file transfers together may take; 0: no limit", network));

  table.push_back(path("access-key-file", "FILE", COTERIE_FIELD(access_key_file),
                       "File with the key that clients must know to join (mode 0600)", access));
  table.push_back(networks("allow", COTERIE_FIELD(config.access.allow),
                           "Address or network that may connect; may be given several times (default: everybody)"));
  table.push_back(
      networks("deny", COTERIE_FIELD(config.access.deny),
               "Address or network that may not connect, even if it is allowed; may be given several times"));

  table.push_back(only_at_start(
      yes_no("mailbox", COTERIE_FIELD(config.mailbox), "Keep messages for members who are away", mailbox)));
  table.push_back(duration("mailbox-keep", COTERIE_FIELD(config.limits.mailbox.keep), seconds(60), hours(24 * 365),
                           "How long a message is kept, in the time the relay runs", mailbox));
  table.push_back(number("mailbox-items", COTERIE_FIELD(config.limits.mailbox.items), 1, many,
                         "Messages kept for one member", mailbox));
  table.push_back(
      size("mailbox-bytes", COTERIE_FIELD(config.limits.mailbox.bytes), 65'608, "Bytes kept for one member", mailbox));
  table.push_back(number("mailbox-per-sender", COTERIE_FIELD(config.limits.mailbox.per_sender), 1, many,
                         "Of the messages for one member, those from one sender", mailbox));
  table.push_back(size("mailbox-database", COTERIE_FIELD(config.limits.mailbox.database), 1_MiB,
                       "Size of the mailbox in all; beyond, new messages are refused", mailbox));

  table.push_back(number("limit-sends-per-second", COTERIE_FIELD(config.limits.sends.per_second), 1, many,
                         "Envelopes one member may send, steadily", limits));
  table.push_back(number("limit-sends-burst", COTERIE_FIELD(config.limits.sends.burst), 1, many,
                         "Envelopes one member may send at once", limits));
  table.push_back(number("limit-handshakes-per-second", COTERIE_FIELD(config.limits.handshakes.per_second), 1, many,
                         "Handshake steps one member may send, steadily", limits));
  table.push_back(number("limit-handshakes-burst", COTERIE_FIELD(config.limits.handshakes.burst), 1, many,
                         "Handshake steps one member may send at once", limits));
  table.push_back(number("limit-joins-per-minute", COTERIE_FIELD(config.limits.joins.per_second), 1, many,
                         "Joins from one address, steadily", limits, 60));
  table.push_back(number("limit-joins-burst", COTERIE_FIELD(config.limits.joins.burst), 1, many,
                         "Joins from one address at once", limits));
  table.push_back(
      number("limit-connections", COTERIE_FIELD(config.limits.connections), 1, many, "Connections in all", limits));
  table.push_back(number("limit-connections-per-address", COTERIE_FIELD(config.limits.connections_per_address), 1, many,
                         "Connections from one address", limits));
  table.push_back(number("limit-members", COTERIE_FIELD(config.limits.members), 1,
                         static_cast<double>(control::max_members), "Members of a group", limits));
  table.push_back(number("limit-newcomers", COTERIE_FIELD(config.limits.unvouched), 1,
                         static_cast<double>(control::max_members), "Of them, members nobody has vouched for yet",
                         limits));
  table.push_back(number("limit-remembered", COTERIE_FIELD(config.limits.remembered), 1, many,
                         "Members remembered while they are away, in all", limits));
  table.push_back(duration("remember", COTERIE_FIELD(config.timing.remember), seconds(60), hours(24 * 3650),
                           "How long a member who is away is remembered, in the time the relay runs", limits));
  table.push_back(number("limit-blobs", COTERIE_FIELD(config.limits.blobs), 1, many,
                         "Files one member may offer at a time", limits));
  table.push_back(number("limit-waiting-reads", COTERIE_FIELD(config.limits.waiting_reads), 1, many,
                         "Files one member may wait for", limits));
  table.push_back(number("limit-data-connections", COTERIE_FIELD(config.limits.data_connections), 1, many,
                         "File transfers of one member at a time", limits));

  table.push_back({.name = "log-level",
                   .type = "LEVEL",
                   .what = "debug, info, warning, error or off",
                   .group = operation,
                   .set = [](Settings& settings, std::string_view text) -> Status {
                     for (const auto& [name, level] : log_levels)
                       if (name == text) {
                         settings.log_level = level;
                         return {};
                       }
                     return fail(Errc::invalid_argument, "takes debug, info, warning, error or off");
                   },
                   .show =
                       [](const Settings& settings) {
                         const auto found = std::find_if(log_levels.begin(), log_levels.end(), [&](const auto& known) {
                           return known.second == settings.log_level;
                         });
                         return std::string(found->first);
                       }});
  table.push_back(
      yes_no("log-addresses", COTERIE_FIELD(log_addresses), "Write the addresses of clients into the log", operation));
  table.push_back(
      {.name = "metrics",
       .type = "ADDR:PORT",
       .what = "Serve /metrics (Prometheus) and /health over HTTP on this loopback address, such as 127.0.0.1:9345 "
               "(default: nowhere)",
       .group = operation,
       .only_at_start = true,
       .set = [](Settings& settings, std::string_view text) -> Status {
         auto endpoint = parse_listen(text, 9345);
         if (!endpoint) return tl::unexpected(endpoint.error());
         if (endpoint->host != "::1" && endpoint->host != "localhost" && !endpoint->host.starts_with("127."))
           return fail(Errc::invalid_argument, "takes a loopback address, such as 127.0.0.1:9345");
         settings.config.metrics = std::move(*endpoint);
         return {};
       },
       .show =
           [](const Settings& settings) {
             return settings.config.metrics ? settings.config.metrics->text() : std::string();
           }});
  return table;
}

#undef COTERIE_FIELD

const Setting* find_setting(std::string name) {
  std::replace(name.begin(), name.end(), '_', '-');
  for (const auto& setting : all_settings())
    if (setting.name == name) return &setting;
  return nullptr;
}

std::string_view trimmed(std::string_view text) {
  constexpr auto blank = " \t\r";
  const auto first = text.find_first_not_of(blank);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(blank) - first + 1);
}

std::string place(const fs::path& file, std::size_t line) {
  return file.string() + " line " + std::to_string(line) + ": ";
}

// Which setting it is about; and what the table of texts says of files is for whoever sends them.
Error about_access_key(const fs::path& file, Error error) {
  if (error.code == Errc::not_a_file)
    return {Errc::invalid_argument,
            "access-key-file " + file.string() + " is no ordinary file; name a file with the key in its only line."};
  error.detail = "access-key-file " + error.detail;
  return error;
}

}   // namespace

const std::vector<Setting>& all_settings() {
  static const auto table = make_table();
  return table;
}

Result<std::vector<Assignment>> read_settings_file(const fs::path& file) {
  std::error_code error;
  if (fs::exists(file, error) && !fs::is_regular_file(file, error))
    return fail(Errc::invalid_argument, "the configuration file " + file.string() + " is no ordinary file");
  if (!fs::is_regular_file(file, error))
    return fail(error && error != std::errc::no_such_file_or_directory ? Errc::permission_denied : Errc::not_found,
                "the configuration file " + file.string());
  if (fs::file_size(file, error) > longest_file)
    return fail(Errc::invalid_argument,
                "The configuration file " + file.string() + " is larger than 1 MiB; name the right one with --config.");
  std::ifstream input(file);
  if (!input) return fail(Errc::permission_denied, "the configuration file " + file.string());
  std::vector<Assignment> assignments;
  std::string raw;
  for (std::size_t number = 1; std::getline(input, raw); ++number) {
    const auto line = trimmed(raw);
    if (line.empty() || line.front() == '#') continue;
    const auto equals = line.find('=');
    if (equals == std::string_view::npos)
      return fail(Errc::invalid_argument,
                  place(file, number) + "\"" + log::escaped(line) + "\" is not of the form name = value.");
    const std::string name(trimmed(line.substr(0, equals)));
    if (name.empty()) return fail(Errc::invalid_argument, place(file, number) + "there is no name before the \"=\".");
    const auto* setting = find_setting(name);
    if (setting == nullptr)
      return fail(Errc::invalid_argument, place(file, number) + "there is no setting \"" + log::escaped(name) + "\".");
    for (const auto& earlier : assignments)
      if (earlier.setting == setting && !setting->repeats)
        return fail(Errc::invalid_argument, place(file, number) + std::string(setting->name) +
                                                " is set already in line " + std::to_string(earlier.line) + ".");
    assignments.push_back({.setting = setting, .value = std::string(trimmed(line.substr(equals + 1))), .line = number});
  }
  if (input.bad()) return fail(Errc::io_failure, "the configuration file " + file.string());
  return assignments;
}

Result<Settings> make_settings(const fs::path& file, const std::vector<Assignment>& in_file,
                               const std::vector<Assignment>& on_command_line) {
  Settings settings;
  const auto is_on_command_line = [&](const Setting* setting) {
    return std::any_of(on_command_line.begin(), on_command_line.end(),
                       [&](const auto& one) { return one.setting == setting; });
  };
  for (const auto& one : in_file) {
    // Looked at in any case, so that a mistake does not hide behind an option.
    Settings aside;
    const bool overridden = is_on_command_line(one.setting);
    if (auto set = one.setting->set(overridden ? aside : settings, one.value); !set)
      return fail(Errc::invalid_argument,
                  place(file, one.line) + std::string(one.setting->name) + " " + set.error().detail +
                      (one.value.find('#') == std::string::npos ? "." : "; a comment needs a line of its own."));
    // A service is started in a folder of nobody's choice.
    if (one.setting->type == "DIR" && one.value.front() != '/')
      return fail(Errc::invalid_argument,
                  place(file, one.line) + std::string(one.setting->name) + " takes a whole path, which begins with /.");
  }
  for (const auto& one : on_command_line)
    if (auto set = one.setting->set(settings, one.value); !set)
      return fail(Errc::invalid_argument, "--" + std::string(one.setting->name) + " " + set.error().detail + ".");
  if (settings.config.state_dir.empty()) settings.config.state_dir = default_state_dir();
  if (!settings.access_key_file.empty()) {
    auto key = read_access_key(settings.access_key_file);
    if (!key) return tl::unexpected(about_access_key(settings.access_key_file, key.error()));
    settings.config.access_key = std::move(*key);
  }
  return settings;
}

std::string settings_template() {
  std::string text =
      "# Configuration of coterie-relay: one `name = value` a line. What is commented out shows the default.\n"
      "# Options of the command line have the same names and come before this file. Check it with\n"
      "#   coterie-relay --config FILE --check-config\n"
      "# and have a running relay read it again with SIGHUP (systemctl reload coterie-relay).\n"
      "# Sizes are bytes, or have KiB, MiB or GiB behind them; times are seconds, or have min, h or d.\n";
  std::string_view group;
  const Settings defaults;
  for (const auto& setting : all_settings()) {
    if (setting.group != group) text.append("\n# ── ").append(setting.group).append(" ──\n");
    group = setting.group;
    text.append("\n# ").append(setting.what).append(".").append(setting.only_at_start ? " Takes a restart.\n" : "\n");
    const auto value = setting.show(defaults);
    text.append("#")
        .append(setting.name)
        .append(" = ")
        .append(value.empty() ? std::string(setting.type) : value)
        .append("\n");
  }
  return text;
}

}   // namespace coterie::relay
