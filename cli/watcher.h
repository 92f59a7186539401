// SPDX-License-Identifier: MIT
// A thread that waits for what the event loop does not see, signals and typed input, and hands both over on the loop's thread.
#pragma once

#include "netcore/io/event_loop.h"

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

namespace coterie::cli {

class Watcher {
 public:
  // SIGINT, SIGTERM, SIGHUP, SIGWINCH and SIGCONT, on the loop's thread. One Watcher at a time.
  using OnSignal = std::function<void(int signal)>;
  // What was read; empty: the end of the input, after which nothing comes any more.
  using OnInput = std::function<void(std::string bytes)>;

  // `loop` outlives the watcher.
  Watcher(io::EventLoop& loop, OnSignal on_signal);
  Watcher(const Watcher&) = delete;
  Watcher& operator=(const Watcher&) = delete;
  ~Watcher();

  // Begins to read standard input. The next piece is read only when the last one has been handled, so what is not wanted yet stays in
  // the pipe.
  void watch_input(OnInput on_input);

  // A signal that asks the program to end has come; for whoever waits outside the loop. `on_signal` is called all the same.
  [[nodiscard]] bool is_interrupted() const { return interrupted_; }

 private:
  void run();
  void wake() const;

  io::EventLoop& loop_;
  OnSignal on_signal_;
  OnInput on_input_;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
  std::atomic<bool> interrupted_ = false;
  std::mutex mutex_;
  bool stopping_ = false;
  bool input_wanted_ = false;   // false while the last piece has not been handled
  int pipe_[2] = {-1, -1};      // signal numbers from the handler; 0: look at the flags
  std::thread thread_;          // last: started when all the above exists
};

}   // namespace coterie::cli
