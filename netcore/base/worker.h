// SPDX-License-Identifier: MIT
// One background thread for long computations (password stretching, hashing, fdatasync, name look-up). Jobs run in the
// order given; answers come back on the owner's thread through its `post`.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <type_traits>
#include <utility>

namespace coterie {

class Worker {
 public:
  using Post = std::function<void(std::function<void()>)>;

  // `post` must be callable from any thread and run what it gets on the owner's thread.
  explicit Worker(Post post);
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;
  // Jobs not yet begun are dropped; the one that runs is waited for; its answer is not delivered any more.
  ~Worker();

  // Runs `job` on the worker, then `answer(result)` on the owner's thread (not if the Worker is gone by then).
  template <class Job, class Answer>
  void run(Job job, Answer answer) {
    push([this, alive = std::weak_ptr<bool>(alive_), job = std::move(job), answer = std::move(answer)]() mutable {
      if constexpr (std::is_void_v<std::invoke_result_t<Job&>>) {
        job();
        post_([alive, answer = std::move(answer)]() mutable {
          if (alive.lock()) answer();
        });
      } else {
        // std::function wants copyable captures; results (keys) are move-only.
        auto result = std::make_shared<std::invoke_result_t<Job&>>(job());
        post_([alive, result, answer = std::move(answer)]() mutable {
          if (alive.lock()) answer(std::move(*result));
        });
      }
    });
  }

 private:
  struct JobBase {
    virtual ~JobBase() = default;
    virtual void run() = 0;
  };
  template <class F>
  struct JobOf final : JobBase {
    explicit JobOf(F f) : f_(std::move(f)) {}
    void run() override { f_(); }
    F f_;
  };
  template <class F>
  void push(F f) {
    enqueue(std::make_unique<JobOf<F>>(std::move(f)));
  }
  void enqueue(std::unique_ptr<JobBase> job);
  void loop();

  Post post_;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<std::unique_ptr<JobBase>> jobs_;
  bool stopping_ = false;
  std::thread thread_;   // last: started when all the above exists
};

}   // namespace coterie
