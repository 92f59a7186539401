// SPDX-License-Identifier: MIT
#include "relay/doctor.h"

#include <ifaddrs.h>
#include <netinet/in.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/timex.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <ctime>

#include "netcore/base/private_file.h"
#include "netcore/io/listener.h"
#include "relay/mailbox_store.h"
#include "relay/values.h"

namespace coterie::relay {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t little_room = 1ULL << 30U;
constexpr std::int64_t earliest_plausible = 1'767'225'600;   // 1 January 2026: before it no relay of this kind ran

class Findings {
 public:
  void well(const std::string& what) { say("ok    ", what); }
  void advice(const std::string& what) { say("advice", what); }
  void wrong(const std::string& what) {
    say("WRONG ", what);
    ++wrongs_;
  }
  [[nodiscard]] int wrongs() const { return wrongs_; }

 private:
  static void say(const char* verdict, const std::string& what) {
    std::printf("%s  %s\n", verdict, log::escaped(what).c_str());
  }
  int wrongs_ = 0;
};

// The nearest folder above that is there.
fs::path existing(fs::path folder) {
  std::error_code error;
  while (!fs::exists(folder, error) && folder.has_parent_path() && folder != folder.parent_path())
    folder = folder.parent_path();
  return folder;
}

// True when a relay is running on it.
bool look_at_state_folder(const Config& config, Findings& findings) {
  const auto& folder = config.state_dir;
  struct stat status {};
  if (stat(folder.c_str(), &status) != 0) {
    const auto above = existing(folder);
    if (access(above.c_str(), W_OK | X_OK) == 0)
      findings.well("the state folder " + folder.string() + " will be made at the first start");
    else
      findings.wrong("the state folder " + folder.string() +
                     " is missing and cannot be made by this user: make it, or set state-dir");
    return false;
  }
  if (!S_ISDIR(status.st_mode)) {
    findings.wrong(folder.string() + " is not a folder: set state-dir to another place");
    return false;
  }
  if ((status.st_mode & 077U) != 0)
    findings.wrong("others than its owner can enter the state folder: chmod 700 " + folder.string());
  else if (access(folder.c_str(), R_OK | W_OK | X_OK) != 0)
    findings.wrong("this user cannot write to " + folder.string() + ": run as the relay's user");
  else
    findings.well("the state folder " + folder.string() + " is private and can be written to");
  const auto key = folder / "identity.pem";
  if (stat(key.c_str(), &status) == 0 && (status.st_mode & 077U) != 0)
    findings.wrong("others can read the relay's key: chmod 600 " + key.string());
  std::error_code error;
  if (!fs::exists(folder / "lock", error)) return false;
  const auto lock = FileLock::acquire(folder / "lock");
  return !lock && lock.error().code == Errc::in_use;
}

void look_at_room(const Config& config, Findings& findings) {
  struct statvfs room {};
  const auto folder = existing(config.state_dir);
  if (statvfs(folder.c_str(), &room) != 0)
    return findings.wrong("the file system of " + folder.string() + " does not answer");
  const auto free = static_cast<std::uint64_t>(room.f_bavail) * room.f_frsize;
  const auto free_text = show_size(free >> 20U << 20U);
  if (free < little_room)
    findings.wrong("only " + free_text + " are free at " + folder.string() +
                   ": make room, messages for members who are away would be refused");
  else if (config.mailbox && free < config.limits.mailbox.database)
    findings.advice("the mailbox may grow to " + show_size(config.limits.mailbox.database) + ", but only " + free_text +
                    " are free at " + folder.string() + ": lower mailbox-database");
  else
    findings.well(free_text + " are free at " + folder.string());
}

void look_at_ports(io::EventLoop& loop, const Config& config, bool is_running, Findings& findings) {
  auto endpoints = config.listen;
  if (endpoints.empty()) endpoints = {{.host = "0.0.0.0", .port = default_port}, {.host = "::", .port = default_port}};
  if (config.metrics) endpoints.push_back(*config.metrics);
  for (const auto& endpoint : endpoints) {
    const auto listener = io::Listener::open(loop, endpoint, {}, {}, [](io::Accepted) {});
    if (listener)
      findings.well("can listen on " + endpoint.text());
    else if (listener.error().code == Errc::in_use && is_running)
      findings.well(endpoint.text() + " is in use, by the relay that is running");
    else if (listener.error().code == Errc::in_use)
      findings.wrong(
          endpoint.text() + " is in use, and no relay is running on " + config.state_dir.string() +
          ": where it is the service, say its --state-dir too; otherwise stop that program, or set another port");
    else
      findings.wrong(explain(listener.error()));
  }
}

void look_at_clock(Findings& findings) {
  const auto now = static_cast<std::int64_t>(std::time(nullptr));
  timex state{};
  const bool synchronised = adjtimex(&state) >= 0 && (state.status & STA_UNSYNC) == 0;
  if (now < earliest_plausible)
    findings.wrong("the clock is years behind: set it, or let systemd-timesyncd do that");
  else if (!synchronised)
    findings.advice("nothing keeps the clock right: messages keep their order, but the times in the log may be wrong");
  else
    findings.well("the clock is kept right");
}

void look_at_limits(const Config& config, Findings& findings) {
  rlimit files{};
  getrlimit(RLIMIT_NOFILE, &files);
  const auto wanted = config.limits.connections + 64;
  if (files.rlim_cur >= wanted)
    findings.well(std::to_string(files.rlim_cur) + " files may be open, enough for " +
                  std::to_string(config.limits.connections) + " connections");
  else
    findings.advice(
        "only " + std::to_string(files.rlim_cur) + " files may be open, fewer than the " +
        std::to_string(config.limits.connections) +
        " connections of limit-connections: raise ulimit -n where the relay is started like this; a service "
        "has LimitNOFILE of its unit instead");
}

std::vector<std::string> own_addresses() {
  std::vector<std::string> addresses;
  ifaddrs* list = nullptr;
  if (getifaddrs(&list) != 0) return addresses;
  for (const auto* one = list; one != nullptr; one = one->ifa_next) {
    if (one->ifa_addr == nullptr) continue;
    const auto family = one->ifa_addr->sa_family;
    if (family == AF_INET) addresses.push_back(io::SocketAddress(one->ifa_addr, sizeof(sockaddr_in)).host());
    if (family == AF_INET6) addresses.push_back(io::SocketAddress(one->ifa_addr, sizeof(sockaddr_in6)).host());
  }
  freeifaddrs(list);
  return addresses;
}

void look_at_name(const std::string& name, Findings& findings) {
  if (name.empty()) return findings.advice("say --name HOST to have the name that clients use looked up");
  const auto found = io::resolve({.host = name, .port = default_port});
  if (!found)
    return findings.wrong("the name " + name + " has no address (" + found.error().detail +
                          "): add it to your DNS zone");
  const auto own = own_addresses();
  std::string list;
  bool is_ours = false;
  for (const auto& address : *found) {
    list += (list.empty() ? "" : ", ") + address.host();
    is_ours = is_ours || std::find(own.begin(), own.end(), address.host()) != own.end();
  }
  if (is_ours)
    findings.well(name + " is this machine (" + list + ")");
  else
    findings.advice(
        name + " is " + list +
        ", which is no address of this machine: right behind a router that forwards the port, wrong otherwise");
}

void look_at_databases(const Config& config, bool is_running, Findings& findings) {
  if (is_running) return findings.well("a relay is running here: its databases are not looked at meanwhile");
  std::error_code error;
  const auto file = config.state_dir / "mailbox.db";
  if (!fs::exists(file, error)) return;
  const auto checked = MailboxStore::check(file);
  if (checked)
    findings.well("the mailbox " + file.string() + " is whole");
  else
    findings.wrong(explain(checked.error()));
}

}   // namespace

std::string_view open_in_spite_of_key(const Config& config) {
  if (!config.classic || config.access_key.empty()) return {};
  return "classic mode is open to everybody who can reach the relay, since the prototype's clients cannot give the "
         "access key: name who may connect with allow, or leave classic out";
}

int examine(const Options& options) {
  const auto& config = options.settings.config;
  Findings findings;
  io::EventLoop loop;
  findings.well(options.config_file.empty() ? "no configuration file is given: everything is as by default"
                                            : options.config_file.string() + " can be used");
  const bool is_running = look_at_state_folder(config, findings);
  if (config.access_key.empty())
    findings.advice(
        "everybody who can reach the relay may use it: set access-key-file to admit only those who know a key");
  else
    findings.well("the access key can be read by its owner alone");
  if (const auto open = open_in_spite_of_key(config); !open.empty()) findings.advice(std::string(open));
  look_at_room(config, findings);
  look_at_ports(loop, config, is_running, findings);
  look_at_clock(findings);
  look_at_limits(config, findings);
  look_at_name(options.public_name, findings);
  look_at_databases(config, is_running, findings);
  return findings.wrongs() == 0 ? 0 : 1;
}

}   // namespace coterie::relay
