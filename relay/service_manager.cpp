// SPDX-License-Identifier: MIT
#include "relay/service_manager.h"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <ctime>

#include "netcore/base/log.h"

namespace coterie::relay {
namespace {

constexpr int first_socket = 3;   // SD_LISTEN_FDS_START
constexpr long long most_sockets = 64;

std::string take_from_environment(const char* name) {
  const char* value = std::getenv(name);
  std::string text = value == nullptr ? "" : value;
  unsetenv(name);
  return text;
}

std::optional<long long> number(const std::string& text) {
  long long value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || value <= 0) return std::nullopt;
  return value;
}

}   // namespace

bool writes_to_journal() {
  const char* stream = std::getenv("JOURNAL_STREAM");
  struct stat status {};
  if (stream == nullptr || fstat(STDERR_FILENO, &status) != 0) return false;
  return stream == std::to_string(status.st_dev) + ":" + std::to_string(status.st_ino);
}

ServiceManager::ServiceManager(io::EventLoop& loop) : loop_(loop) {
  const auto handed = number(take_from_environment("LISTEN_FDS"));
  const auto handed_to = number(take_from_environment("LISTEN_PID"));
  take_from_environment("LISTEN_FDNAMES");
  if (handed && handed_to == getpid())
    for (int fd = first_socket; fd < first_socket + std::min(*handed, most_sockets); ++fd) sockets_.emplace_back(fd);
  auto address = take_from_environment("NOTIFY_SOCKET");
  const auto every = number(take_from_environment("WATCHDOG_USEC"));
  const auto whose = number(take_from_environment("WATCHDOG_PID"));
  // A path, or "@name" in the abstract namespace.
  if (address.size() < 2 || (address.front() != '/' && address.front() != '@') ||
      address.size() >= sizeof(sockaddr_un::sun_path))
    return;
  socket_.reset(socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  if (!socket_) return;
  address_ = std::move(address);
  if (every && (!whose || *whose == getpid())) watchdog_ = std::chrono::microseconds(*every);
}

void ServiceManager::tell(const std::string& words) {
  if (address_.empty()) return;
  sockaddr_un to{};
  to.sun_family = AF_UNIX;
  std::memcpy(to.sun_path, address_.data(), address_.size());
  if (to.sun_path[0] == '@') to.sun_path[0] = '\0';
  const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + address_.size());
  if (sendto(socket_.get(), words.data(), words.size(), MSG_NOSIGNAL, reinterpret_cast<const sockaddr*>(&to), size) < 0)
    log::debug("service_manager_not_told", {{"reason", std::strerror(errno)}});
}

void ServiceManager::ready(std::string_view status) {
  tell("READY=1\nSTATUS=" + std::string(status));
  // Half the time it is given, as sd_watchdog_enabled(3) advises.
  if (watchdog_ && !alive_.is_set()) alive_ = loop_.every(*watchdog_ / 2, [this] { tell("WATCHDOG=1"); });
}

void ServiceManager::reloading() {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);
  const auto microseconds = static_cast<long long>(now.tv_sec) * 1'000'000 + now.tv_nsec / 1000;
  tell("RELOADING=1\nMONOTONIC_USEC=" + std::to_string(microseconds));
}

void ServiceManager::stopping() { tell("STOPPING=1\nSTATUS=Shutting down"); }

}   // namespace coterie::relay
