// SPDX-License-Identifier: MIT
#include "netcore/io/listener.h"

#include <cassert>
#include <cerrno>
#include <iterator>
#include <list>
#include <map>

#include "netcore/base/log.h"
#include "netcore/io/loop_core.h"
#include "netcore/io/socket.h"

namespace coterie::io {
namespace {

constexpr int accepts_per_turn = 64;   // so that a flood of connects leaves room for the connected
constexpr Duration pause_without_descriptors = std::chrono::seconds(1);

// Who counts as one peer: an IPv4 address, an IPv6 network.
std::string peer_key(const SocketAddress& address) {
  const auto host = address.host();
  // sockaddr_in6 (RFC 3493 §3.3): family and port, flow, then the address, whose first 8 bytes are the network.
  constexpr std::size_t network_at = 8;
  constexpr std::size_t network_size = 8;
  if (host.find(':') == std::string::npos || address.size() < network_at + network_size) return host;
  const ByteView raw(reinterpret_cast<const std::uint8_t*>(address.get()), address.size());
  return to_hex(raw.subspan(network_at, network_size));
}

// Counts the places taken per peer. Outlives the listener as long as one of its places does.
class Places : public std::enable_shared_from_this<Places> {
 public:
  // Nothing where the peer has all it may have.
  std::shared_ptr<void> take(const std::string& peer, std::size_t limit) {
    auto& taken = taken_[peer];
    if (taken >= limit) return nullptr;
    ++taken;
    return std::make_shared<Place>(shared_from_this(), peer);
  }

 private:
  struct Place {
    Place(std::shared_ptr<Places> of, std::string whose) : places(std::move(of)), peer(std::move(whose)) {}
    Place(const Place&) = delete;
    Place& operator=(const Place&) = delete;
    ~Place() {
      const auto found = places->taken_.find(peer);
      assert(found != places->taken_.end());
      if (--found->second == 0) places->taken_.erase(found);
    }
    std::shared_ptr<Places> places;
    std::string peer;
  };
  std::map<std::string, std::size_t> taken_;
};

}   // namespace

struct Listener::State {
  struct Waiting {
    State* listener;
    Accepted accepted;
    Clock::time_point until;
    std::list<Waiting>::iterator place;
    EventHandle readable;   // goes before its socket
  };
  using Queue = std::list<Waiting>;   // all wait equally long: the oldest is in front

  State(EventLoop& on, Limits with, Admit may_come, Handler handle)
      : loop(on), core(on.core()), limits(with), admit(std::move(may_come)), handler(std::move(handle)) {}

  static void on_acceptable(evutil_socket_t, short, void* self) noexcept { static_cast<State*>(self)->accept_some(); }

  static void on_first_byte(evutil_socket_t, short, void* self) noexcept {
    auto& one = *static_cast<Waiting*>(self);
    auto& listener = *one.listener;
    LoopCore::Callback callback(listener.core);
    one.readable.reset();
    auto accepted = std::move(one.accepted);
    listener.waiting.erase(one.place);
    listener.look(std::move(accepted));
  }

  void accept_some() {
    for (int i = 0; i < accepts_per_turn && socket; ++i) {
      auto taken = accept_from(socket.get());
      if (taken.outcome == Moved::Outcome::wait) return;
      if (taken.outcome == Moved::Outcome::failed) return pause(taken.error);
      LoopCore::Callback callback(core);
      welcome(std::move(taken.socket), *taken.peer);
      if (core.has_disposed()) return;   // this listener may be among it
    }
  }

  // Nothing can be accepted for now. The event is level-triggered: it would come again at once, for nothing.
  void pause(int error) {
    if (is_out_of_descriptors(error))
      log::warning("accept_paused", {{"reason", reason_of(error)}});
    else
      log::error("accept_failed", {{"reason", reason_of(error)}});
    event_del(acceptable.get());
    resume = loop.after(pause_without_descriptors, [this] { event_add(acceptable.get(), nullptr); });
  }

  void welcome(Descriptor from, const SocketAddress& peer) {
    Accepted accepted{.socket = std::move(from), .first_byte = 0, .peer_address = peer.host(), .slot = nullptr};
    accepted.slot = places->take(peer_key(peer), limits.per_address);
    if (!accepted.slot) {
      ++beyond_limits;
      return log::debug("refused_address_full", {{"address", accepted.peer_address}});
    }
    if (admit && !admit(accepted.peer_address)) return;
    if (!socket) return;   // stopped by what was just called
    set_no_delay(accepted.socket.get());
    look(std::move(accepted));
  }

  // Hands over what has spoken; lets wait what has not.
  void look(Accepted accepted) {
    ByteArray<1> first;
    const auto peeked = peek(accepted.socket.get(), first);
    if (peeked.outcome == Moved::Outcome::wait) return wait_for(std::move(accepted));
    if (peeked.outcome != Moved::Outcome::some) return;
    accepted.first_byte = first[0];
    handler(std::move(accepted));
  }

  void wait_for(Accepted accepted) {
    if (waiting.size() >= limits.waiting) {
      ++beyond_limits;
      waiting.pop_front();
    }
    waiting.push_back({this, std::move(accepted), Clock::now() + limits.first_byte_deadline, waiting.end(), nullptr});
    auto& one = waiting.back();
    one.place = std::prev(waiting.end());
    one.readable.reset(event_new(loop.base(), one.accepted.socket.get(), EV_READ, &State::on_first_byte, &one));
    if (!one.readable || event_add(one.readable.get(), nullptr) != 0) return waiting.pop_back();
    if (!deadline.is_set()) watch_deadline();
  }

  void watch_deadline() {
    deadline = loop.after(waiting.front().until - Clock::now(), [this] {
      const auto now = Clock::now();
      while (!waiting.empty() && waiting.front().until <= now) waiting.pop_front();
      if (!waiting.empty()) watch_deadline();
    });
  }

  void stop() {
    acceptable.reset();
    resume.cancel();
    deadline.cancel();
    waiting.clear();
    socket.reset();
  }

  EventLoop& loop;
  LoopCore& core;
  Limits limits;
  Admit admit;
  Handler handler;
  std::shared_ptr<Places> places = std::make_shared<Places>();
  Descriptor socket;
  Endpoint at;
  EventHandle acceptable;   // goes before its socket
  Queue waiting;
  std::uint64_t beyond_limits = 0;
  Timer deadline;
  Timer resume;
};

Result<std::unique_ptr<Listener>> Listener::open(EventLoop& loop, const Endpoint& at, Limits limits, Admit admit,
                                                 Handler handler) {
  assert(loop.in_loop());
  const auto addresses = resolve(at);
  if (!addresses) return fail(Errc::invalid_argument, addresses.error().detail);
  auto socket = listen_on(addresses->front());
  if (!socket) {
    const auto reason = at.text() + " (" + reason_of(socket.error()) + ")";
    if (socket.error() == EADDRINUSE) return fail(Errc::in_use, reason);
    // Not a matter of files, about which that code speaks.
    if ((socket.error() == EACCES || socket.error() == EPERM) && at.port != 0 && at.port < 1024)
      return fail(Errc::invalid_argument, "cannot listen on " + reason +
                                              ", since a port below 1024 takes a right of its own; choose one "
                                              "from 1024 up, or start it with the capability CAP_NET_BIND_SERVICE");
    if (socket.error() == EACCES || socket.error() == EPERM) return fail(Errc::permission_denied, reason);
    return fail(Errc::invalid_argument, "cannot listen on " + reason);
  }
  return watch(std::make_unique<State>(loop, limits, std::move(admit), std::move(handler)), std::move(*socket));
}

Result<std::unique_ptr<Listener>> Listener::adopt(EventLoop& loop, Descriptor socket, Limits limits, Admit admit,
                                                  Handler handler) {
  assert(loop.in_loop());
  auto taken = take_listening(std::move(socket));
  if (!taken)
    return fail(Errc::invalid_argument,
                "a socket that was handed over does not listen for TCP (" + reason_of(taken.error()) + ")");
  return watch(std::make_unique<State>(loop, limits, std::move(admit), std::move(handler)), std::move(*taken));
}

Result<std::unique_ptr<Listener>> Listener::watch(std::unique_ptr<State> state, Descriptor socket) {
  state->socket = std::move(socket);
  if (const auto bound = local_address(state->socket.get())) state->at = {.host = bound->host(), .port = bound->port()};
  state->acceptable.reset(
      event_new(state->loop.base(), state->socket.get(), EV_READ | EV_PERSIST, &State::on_acceptable, state.get()));
  if (!state->acceptable || event_add(state->acceptable.get(), nullptr) != 0)
    return fail(Errc::invalid_argument, "cannot watch " + state->at.text());
  return std::unique_ptr<Listener>(new Listener(std::move(state)));
}

Listener::Listener(std::unique_ptr<State> state) : state_(std::move(state)) {}
Listener::~Listener() = default;

std::uint16_t Listener::port() const { return state_->at.port; }
Endpoint Listener::bound_to() const { return state_->at; }
void Listener::set_places_per_address(std::size_t places) { state_->limits.per_address = places; }
std::size_t Listener::waiting() const { return state_->waiting.size(); }
std::uint64_t Listener::beyond_limits() const { return state_->beyond_limits; }
void Listener::stop() { state_->stop(); }

}   // namespace coterie::io
