// SPDX-License-Identifier: MIT
// Owners for the C objects of libevent and OpenSSL, and for descriptors.
#pragma once

#include <memory>
#include <utility>

struct event;
struct event_base;
struct bufferevent;
struct evbuffer;
struct evconnlistener;
struct ssl_st;
struct ssl_ctx_st;

namespace coterie::io {

template <auto free>
struct Free {
  template <class T>
  void operator()(T* object) const noexcept {
    free(object);
  }
};
template <class T, auto free>
using Handle = std::unique_ptr<T, Free<free>>;

// A socket or file descriptor, closed when it goes.
class Descriptor {
 public:
  Descriptor() = default;
  explicit Descriptor(int fd) noexcept : fd_(fd) {}
  Descriptor(Descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    reset(std::exchange(other.fd_, -1));
    return *this;
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() { reset(); }

  [[nodiscard]] int get() const { return fd_; }
  [[nodiscard]] explicit operator bool() const { return fd_ >= 0; }
  int release() { return std::exchange(fd_, -1); }
  void reset(int fd = -1) noexcept;

 private:
  int fd_ = -1;
};

}   // namespace coterie::io
