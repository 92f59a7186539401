// SPDX-License-Identifier: MIT
#include "netcore/io/event_loop.h"

#include <event2/event.h>

#include <array>
#include <atomic>
#include <cassert>
#include <mutex>
#include <new>
#include <stdexcept>
#include <thread>
#include <vector>

#include "netcore/io/loop_core.h"
#include "netcore/io/socket.h"

namespace coterie::io {
namespace {

timeval to_timeval(Duration duration) {
  using namespace std::chrono;
  // Rounded up, so that what is left of a wait never becomes a row of waits of no length.
  const auto micro = std::max(ceil<microseconds>(duration), microseconds::zero()).count();
  return {.tv_sec = static_cast<decltype(timeval::tv_sec)>(micro / 1'000'000),
          .tv_usec = static_cast<decltype(timeval::tv_usec)>(micro % 1'000'000)};
}

Handle<event_base, event_base_free> make_base() {
  Handle<event_config, event_config_free> config(event_config_new());
  if (!config) throw std::runtime_error("no memory for an event loop");
  // One thread only: others come in through post().
  event_config_set_flag(config.get(), EVENT_BASE_FLAG_NOLOCK);
  event_config_set_flag(config.get(), EVENT_BASE_FLAG_IGNORE_ENV);
  Handle<event_base, event_base_free> base(event_base_new_with_config(config.get()));
  if (!base) throw std::runtime_error("the system gives no event loop");
  return base;
}

}   // namespace

struct Timer::State {
  State(LoopCore& of, event_base* base, Duration delay, bool again, std::function<void()> what)
      : core(of), repeats(again), job(std::move(what)) {
    timer.reset(event_new(base, -1, static_cast<short>(again ? EV_PERSIST : 0), &State::fire, this));
    const auto time = to_timeval(delay);
    if (!timer || event_add(timer.get(), &time) != 0) throw std::bad_alloc();
  }
  State(const State&) = delete;
  State& operator=(const State&) = delete;
  ~State() {
    if (gone) *gone = true;
  }

  static void fire(evutil_socket_t, short, void* self) noexcept {
    auto& timer = *static_cast<State*>(self);
    LoopCore::Callback callback(timer.core);
    if (!timer.repeats) timer.pending = false;
    // The function may destroy the timer, and with it itself: it runs from a place of its own.
    bool destroyed = false;
    timer.gone = &destroyed;
    auto job = std::move(timer.job);
    job();
    if (destroyed) return;
    timer.gone = nullptr;
    if (timer.repeats) timer.job = std::move(job);
  }

  LoopCore& core;
  bool repeats;
  bool pending = true;
  bool* gone = nullptr;
  std::function<void()> job;
  EventHandle timer;
};

Timer::Timer() noexcept = default;
Timer::Timer(std::unique_ptr<State> state) : state_(std::move(state)) {}
Timer::Timer(Timer&&) noexcept = default;
Timer& Timer::operator=(Timer&&) noexcept = default;
Timer::~Timer() = default;
bool Timer::is_set() const { return state_ && state_->pending; }
void Timer::cancel() { state_.reset(); }

struct EventLoop::State {
  struct SignalWatch {
    LoopCore& core;
    std::function<void()> job;
    EventHandle watch;
  };
  using TurnEndJob = std::function<void()>;

  State() : wakes(make_wake_pair()) {
    if (!wakes) throw std::runtime_error("no descriptors left for an event loop");
    wake.reset(event_new(base.get(), wakes->first.get(), EV_READ | EV_PERSIST, &State::on_wake, this));
    limit.reset(event_new(
        base.get(), -1, 0, [](evutil_socket_t, short, void*) {}, nullptr));
    if (!wake || !limit || event_add(wake.get(), nullptr) != 0) throw std::bad_alloc();
  }

  static void on_wake(evutil_socket_t, short, void* self) noexcept {
    ByteArray<64> wakes_up;
    while (receive(static_cast<State*>(self)->wakes->first.get(), wakes_up).outcome == Moved::Outcome::some) {
    }
  }
  // A full pipe wakes as well as one byte more would.
  void wake_up() { static_cast<void>(transmit(wakes->second.get(), ByteArray<1>{})); }

  bool run_posted() {
    std::vector<std::function<void()>> jobs;
    {
      std::lock_guard lock(mutex);
      jobs.swap(posted);
    }
    for (auto& job : jobs) {
      LoopCore::Callback callback(core);
      std::exchange(job, nullptr)();
    }
    return !jobs.empty();
  }

  void run_turn_end_jobs() {
    // By index: a job may add another; a job whose token is gone is taken out.
    for (std::size_t i = 0; i < turn_end_jobs.size();) {
      if (const auto job = turn_end_jobs[i].lock()) {
        LoopCore::Callback callback(core);
        (*job)();
        ++i;
      } else {
        turn_end_jobs.erase(turn_end_jobs.begin() + static_cast<std::ptrdiff_t>(i));
      }
    }
  }

  LoopCore core;
  Handle<event_base, event_base_free> base = make_base();
  std::optional<WakePair> wakes;
  EventHandle wake;
  EventHandle limit;   // of the wait of one turn
  std::vector<std::weak_ptr<TurnEndJob>> turn_end_jobs;
  std::atomic<std::thread::id> owner = std::this_thread::get_id();
  std::atomic<bool> stopping = false;
  std::mutex mutex;
  std::vector<std::function<void()>> posted;   // under mutex
};

EventLoop::EventLoop() : state_(std::make_unique<State>()) {}

EventLoop::~EventLoop() {
  state_->owner = std::this_thread::get_id();
  while (state_->run_posted() || state_->core.bury()) {
  }
}

void EventLoop::turn(std::optional<Duration> limit) {
  auto& state = *state_;
  assert(!state.core.in_callback() && "a loop is not run from inside its own callbacks");
  const bool buried = state.core.bury();
  const bool ran = state.run_posted();
  bool more_posted = false;
  {
    std::lock_guard lock(state.mutex);
    more_posted = !state.posted.empty();
  }
  const bool waits =
      !buried && !ran && !more_posted && !state.core.turn_end_asked() && (!limit || *limit > Duration::zero());
  if (waits && limit) {
    const auto time = to_timeval(*limit);
    event_add(state.limit.get(), &time);
  }
  event_base_loop(state.base.get(), waits ? EVLOOP_ONCE : EVLOOP_ONCE | EVLOOP_NONBLOCK);
  if (waits && limit) event_del(state.limit.get());
  state.run_turn_end_jobs();
  state.core.end_turn();
}

void EventLoop::run() {
  state_->owner = std::this_thread::get_id();
  while (!state_->stopping.exchange(false)) turn(std::nullopt);
}

void EventLoop::run_once(Duration timeout) {
  state_->owner = std::this_thread::get_id();
  turn(timeout);
}

bool EventLoop::run_until(const std::function<bool()>& done, Duration deadline) {
  state_->owner = std::this_thread::get_id();
  const auto end = Clock::now() + deadline;
  while (!done()) {
    const auto left = end - Clock::now();
    if (left <= Duration::zero()) return false;
    turn(left);
  }
  return true;
}

void EventLoop::stop() {
  state_->stopping = true;
  if (!in_loop()) state_->wake_up();
}

void EventLoop::post(std::function<void()> job) {
  bool first = false;
  {
    std::lock_guard lock(state_->mutex);
    first = state_->posted.empty();
    state_->posted.push_back(std::move(job));
  }
  // The loop looks before it waits; only somebody else can find it waiting.
  if (first && !in_loop()) state_->wake_up();
}

bool EventLoop::in_loop() const { return state_->owner.load() == std::this_thread::get_id(); }

Timer EventLoop::after(Duration delay, std::function<void()> job) {
  assert(in_loop());
  return Timer(std::make_unique<Timer::State>(state_->core, base(), delay, false, std::move(job)));
}

Timer EventLoop::every(Duration period, std::function<void()> job) {
  assert(in_loop());
  return Timer(std::make_unique<Timer::State>(state_->core, base(), period, true, std::move(job)));
}

std::shared_ptr<void> EventLoop::on_signal(int signal, std::function<void()> job) {
  assert(in_loop());
  auto watch = std::make_shared<State::SignalWatch>(State::SignalWatch{state_->core, std::move(job), nullptr});
  const auto fire = [](evutil_socket_t, short, void* self) {
    auto& one = *static_cast<State::SignalWatch*>(self);
    LoopCore::Callback callback(one.core);
    const auto kept = one.job;   // it may drop the token
    kept();
  };
  watch->watch.reset(event_new(base(), signal, EV_SIGNAL | EV_PERSIST, fire, watch.get()));
  if (!watch->watch || event_add(watch->watch.get(), nullptr) != 0)
    throw std::runtime_error("the system does not let signals be watched");
  return watch;
}

std::shared_ptr<void> EventLoop::at_turn_end(std::function<void()> job) {
  assert(in_loop());
  auto token = std::make_shared<State::TurnEndJob>(std::move(job));
  state_->turn_end_jobs.emplace_back(token);
  return token;
}

event_base* EventLoop::base() const { return state_->base.get(); }
LoopCore& EventLoop::core() const { return state_->core; }

void EventLoop::dispose_any(std::shared_ptr<void> object) {
  assert(in_loop());
  state_->core.dispose(std::move(object));
}

}   // namespace coterie::io
