// SPDX-License-Identifier: MIT
#include "cli/watcher.h"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <stdexcept>

namespace coterie::cli {
namespace {

constexpr std::array watched = {SIGINT, SIGTERM, SIGHUP, SIGWINCH, SIGCONT};

std::atomic<int> handler_pipe = -1;   // the only thing a signal handler may use

extern "C" void pass_on(int signal) {
  const int saved = errno;
  const auto number = static_cast<unsigned char>(signal);
  [[maybe_unused]] const auto written = ::write(handler_pipe, &number, 1);
  errno = saved;
}

}   // namespace

Watcher::Watcher(io::EventLoop& loop, OnSignal on_signal) : loop_(loop), on_signal_(std::move(on_signal)) {
  if (::pipe2(pipe_, O_CLOEXEC | O_NONBLOCK) != 0) throw std::runtime_error("no pipe can be made");
  handler_pipe = pipe_[1];
  struct sigaction action {};
  action.sa_handler = pass_on;
  action.sa_flags = SA_RESTART;
  sigemptyset(&action.sa_mask);
  for (int signal : watched) {
    // What the caller ignores (nohup, a shell's background job) stays ignored.
    struct sigaction before {};
    ::sigaction(signal, nullptr, &before);
    if (before.sa_handler != SIG_IGN) ::sigaction(signal, &action, nullptr);
  }
  thread_ = std::thread([this] { run(); });
}

Watcher::~Watcher() {
  for (int signal : watched)
    std::signal(signal, signal == SIGINT || signal == SIGTERM || signal == SIGHUP ? SIG_IGN : SIG_DFL);
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake();
  thread_.join();
  handler_pipe = -1;
  ::close(pipe_[0]);
  ::close(pipe_[1]);
}

void Watcher::watch_input(OnInput on_input) {
  on_input_ = std::move(on_input);
  {
    const std::lock_guard lock(mutex_);
    input_wanted_ = true;
  }
  wake();
}

void Watcher::wake() const {
  const unsigned char nothing = 0;
  [[maybe_unused]] const auto written = ::write(pipe_[1], &nothing, 1);
}

void Watcher::run() {
  const std::weak_ptr<bool> alive = alive_;
  for (;;) {
    bool read_input = false;
    {
      const std::lock_guard lock(mutex_);
      if (stopping_) return;
      read_input = input_wanted_;
    }
    std::array<pollfd, 2> ready = {pollfd{pipe_[0], POLLIN, 0}, pollfd{STDIN_FILENO, POLLIN, 0}};
    if (::poll(ready.data(), read_input ? 2 : 1, -1) < 0 && errno != EINTR) return;

    if (ready[0].revents != 0) {
      std::array<unsigned char, 64> numbers{};
      const auto got = ::read(pipe_[0], numbers.data(), numbers.size());
      for (std::size_t i = 0; got > 0 && i < static_cast<std::size_t>(got); ++i) {
        const int signal = numbers[i];
        if (signal == 0) continue;
        if (signal == SIGINT || signal == SIGTERM || signal == SIGHUP) interrupted_ = true;
        loop_.post([this, alive, signal] {
          if (alive.lock()) on_signal_(signal);
        });
      }
    }
    if (read_input && ready[1].revents != 0) {
      std::string bytes(4096, '\0');
      const auto got = ::read(STDIN_FILENO, bytes.data(), bytes.size());
      if (got < 0 && (errno == EINTR || errno == EAGAIN)) continue;
      bytes.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
      {
        const std::lock_guard lock(mutex_);
        input_wanted_ = false;
      }
      loop_.post([this, alive, bytes = std::move(bytes)]() mutable {
        if (!alive.lock()) return;
        const bool ended = bytes.empty();
        on_input_(std::move(bytes));
        if (ended) return;
        {
          const std::lock_guard lock(mutex_);
          input_wanted_ = true;
        }
        wake();
      });
    }
  }
}

}   // namespace coterie::cli
