// SPDX-License-Identifier: MIT
// The loop everything of one engine or relay lives on: sockets, timers, signals, and what other threads post to it. Objects
// made with a loop belong to its thread and go before it; post() and stop() are the only doors from elsewhere.
//
// A turn: what was posted ──▶ wait for events ──▶ their callbacks ──▶ at_turn_end jobs ──▶ outputs gathered in the turn leave
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>

struct event_base;

namespace coterie::io {

using Clock = std::chrono::steady_clock;
using Duration = Clock::duration;

class EventLoop;
class LoopCore;

// Runs its function later, once or again and again, until it is destroyed.
class Timer {
 public:
  Timer() noexcept;
  Timer(Timer&&) noexcept;
  Timer& operator=(Timer&&) noexcept;
  ~Timer();
  [[nodiscard]] bool is_set() const;   // it will still run; false inside and after the run of a single one
  void cancel();

 private:
  friend class EventLoop;
  struct State;
  explicit Timer(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

class EventLoop {
 public:
  EventLoop();   // throws std::runtime_error where the system gives no event base
  EventLoop(const EventLoop&) = delete;
  EventLoop& operator=(const EventLoop&) = delete;
  // Runs what was posted and deletes what was disposed first, so nothing posted is lost silently.
  ~EventLoop();

  // Until stop(). Everything posted before is run.
  void run();
  // Waits for at least one event, handles what is ready, returns. With `timeout`, at the latest then.
  void run_once(Duration timeout);
  // Handles events until `done()` holds; false if that takes longer than `deadline`. For tests and for clients that wait.
  bool run_until(const std::function<bool()>& done, Duration deadline);
  // From any thread. Ends run() after the turn under way; the next run() where none is under way.
  void stop();

  // From any thread, also from the loop's own: runs `job` on the loop's thread, after what was posted before. Never inside the call.
  void post(std::function<void()> job);
  // True on the thread that runs the loop; on the one that made it until it has run anywhere.
  [[nodiscard]] bool in_loop() const;

  // The timer's function may destroy the timer itself.
  [[nodiscard]] Timer after(Duration delay, std::function<void()> job);
  [[nodiscard]] Timer every(Duration period, std::function<void()> job);

  // Runs `job` on the loop each time the process gets the signal, instead of what the signal does by itself. Returns a token;
  // the signal is as before when the token is gone. One loop of a process may watch signals.
  [[nodiscard]] std::shared_ptr<void> on_signal(int signal, std::function<void()> job);

  // Deletes `object` when the current callback has returned: the way anything is destroyed that may be on the call stack.
  // Nothing calls it in between, as far as it is called by this rung.
  template <class T>
  void dispose(std::unique_ptr<T> object) {
    if (object) dispose_any(std::shared_ptr<void>(std::move(object)));
  }

  // Called once at the end of every loop turn; for whoever collects output during a turn. Returns a token; the function is
  // not called any more when the token is gone.
  [[nodiscard]] std::shared_ptr<void> at_turn_end(std::function<void()> job);

  [[nodiscard]] event_base* base() const;
  [[nodiscard]] LoopCore& core() const;   // what the objects of this rung share

 private:
  void dispose_any(std::shared_ptr<void> object);
  // One turn; waits up to `limit` (for ever without) if nothing was due already.
  void turn(std::optional<Duration> limit);

  struct State;
  std::unique_ptr<State> state_;
};

}   // namespace coterie::io
