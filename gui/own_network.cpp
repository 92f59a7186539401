// SPDX-License-Identifier: MIT
#include "gui/own_network.h"

#include "gui/model/reach.h"

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cstring>

namespace coterie::gui {
namespace {

class Socket {
 public:
  Socket() : handle_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {}
  Socket(const Socket&) = delete;
  Socket& operator=(const Socket&) = delete;
  ~Socket() {
    if (handle_ >= 0) ::close(handle_);
  }
  // As the relay binds: an address whose last connection is still fading is free.
  bool bind(std::uint16_t port) {
    const int yes = 1;
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    return ::setsockopt(handle_, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes) == 0 &&
           ::bind(handle_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0 &&
           ::listen(handle_, 1) == 0;
  }
  [[nodiscard]] int handle() const { return handle_; }

 private:
  int handle_;
};

}   // namespace

std::vector<std::string> own_addresses() {
  std::vector<std::string> found;
  ifaddrs* all = nullptr;
  if (getifaddrs(&all) != 0) return found;
  for (const auto* one = all; one != nullptr; one = one->ifa_next) {
    if (one->ifa_addr == nullptr || one->ifa_addr->sa_family != AF_INET || (one->ifa_flags & IFF_LOOPBACK) != 0 ||
        (one->ifa_flags & IFF_UP) == 0)
      continue;
    sockaddr_in address{};
    std::memcpy(&address, one->ifa_addr, sizeof address);
    std::array<char, INET_ADDRSTRLEN> text{};
    if (inet_ntop(AF_INET, &address.sin_addr, text.data(), text.size()) != nullptr) found.emplace_back(text.data());
  }
  freeifaddrs(all);
  return best_first(std::move(found));
}

bool is_listening(const std::string& own_address, std::uint16_t port) {
  const Socket socket;
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  return inet_pton(AF_INET, own_address.c_str(), &address.sin_addr) == 1 &&
         ::connect(socket.handle(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
}

bool is_port_free(std::uint16_t port) {
  Socket socket;
  return socket.bind(port);
}

std::uint16_t free_port() {
  Socket socket;
  sockaddr_in address{};
  socklen_t size = sizeof address;
  if (!socket.bind(0) || ::getsockname(socket.handle(), reinterpret_cast<sockaddr*>(&address), &size) != 0) return 0;
  return ntohs(address.sin_port);
}

}   // namespace coterie::gui
