// SPDX-License-Identifier: MIT
#include "netcore/io/dialer.h"

#include <cassert>
#include <list>

#include "netcore/io/loop_core.h"
#include "netcore/io/socket.h"

namespace coterie::io {
namespace {

constexpr Duration head_start = std::chrono::seconds(2);

}   // namespace

struct Dialer::State : std::enable_shared_from_this<State> {
  struct Attempt {
    State* dialer;
    Descriptor socket;
    std::list<Attempt>::iterator place;
    EventHandle decided;   // goes before its socket
  };

  State(EventLoop& on, const Endpoint& where, Done report)
      : loop(on), core(on.core()), to(where), done(std::move(report)) {}

  void begin(std::vector<SocketAddress> found) {
    addresses = std::move(found);
    try_next();
  }

  // Starts the next address that can be started; the last failure of all ends the matter.
  void try_next() {
    while (next < addresses.size()) {
      auto socket = start_connecting(addresses[next++]);
      if (!socket) {
        reason = reason_of(socket.error());
        continue;
      }
      attempts.push_back({this, std::move(*socket), attempts.end(), nullptr});
      auto& attempt = attempts.back();
      attempt.place = std::prev(attempts.end());
      attempt.decided.reset(event_new(loop.base(), attempt.socket.get(), EV_WRITE, &State::on_decided, &attempt));
      if (!attempt.decided || event_add(attempt.decided.get(), nullptr) != 0) {
        attempts.pop_back();
        continue;
      }
      if (next < addresses.size()) {
        waits = loop.after(head_start, [this] { try_next(); });
      } else {
        waits.cancel();
      }
      return;
    }
    waits.cancel();
    if (attempts.empty()) finish(fail(Errc::unreachable, to.text() + " (" + reason + ")"));
  }

  static void on_decided(evutil_socket_t, short, void* self) noexcept {
    auto& attempt = *static_cast<Attempt*>(self);
    const auto dialer = attempt.dialer->shared_from_this();
    LoopCore::Callback callback(dialer->core);
    attempt.decided.reset();
    auto socket = std::move(attempt.socket);
    dialer->attempts.erase(attempt.place);
    if (const int error = connect_error(socket.get()); error != 0) {
      dialer->reason = reason_of(error);
      return dialer->try_next();
    }
    dialer->finish(std::move(socket));
  }

  void finish(Result<Descriptor> result) {
    const auto self = shared_from_this();   // the function called may destroy the dialer
    abandon();
    if (auto report = std::exchange(done, nullptr)) report(std::move(result));
  }

  void abandon() {
    attempts.clear();
    addresses.clear();
    waits.cancel();
    deadline.cancel();
  }

  EventLoop& loop;
  LoopCore& core;
  Endpoint to;
  Done done;
  std::vector<SocketAddress> addresses;
  std::size_t next = 0;
  std::string reason = "no address";
  std::list<Attempt> attempts;
  Timer waits;   // until the next address gets its turn
  Timer deadline;
};

Dialer::Dialer(EventLoop& loop, Worker& worker, const Endpoint& to, Duration deadline, Done done)
    : state_(std::make_shared<State>(loop, to, std::move(done))) {
  assert(loop.in_loop());
  const std::weak_ptr<State> dialer = state_;
  state_->deadline = loop.after(deadline, [dialer] {
    if (const auto self = dialer.lock()) self->finish(fail(Errc::timed_out, self->to.text()));
  });
  if (auto numeric = numeric_addresses(to); !numeric.empty()) {
    loop.post([dialer, numeric = std::move(numeric)] {
      if (const auto self = dialer.lock()) self->begin(numeric);
    });
    return;
  }
  worker.run([to] { return resolve(to); },
             [dialer](Result<std::vector<SocketAddress>> found) {
               const auto self = dialer.lock();
               if (!self || !self->done) return;
               if (!found) return self->finish(tl::unexpected(found.error()));
               self->begin(std::move(*found));
             });
}

Dialer::~Dialer() {
  state_->done = nullptr;
  state_->abandon();
}

}   // namespace coterie::io
