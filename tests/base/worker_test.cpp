// SPDX-License-Identifier: MIT
#include <boost/test/unit_test.hpp>

#include <atomic>
#include <chrono>
#include <future>

#include "netcore/base/secret.h"
#include "netcore/base/worker.h"

using namespace coterie;
using namespace std::chrono_literals;

namespace {

// The owner's thread: takes posted jobs from a queue and runs them when the test says so.
class Owner {
 public:
  [[nodiscard]] Worker::Post post() {
    return [this](std::function<void()> job) {
      std::lock_guard lock(mutex_);
      posted_.push_back(std::move(job));
      arrived_.notify_one();
    };
  }
  // Runs the next answer, waiting for it. False if none comes: the test fails then.
  bool run_one() {
    std::unique_lock lock(mutex_);
    if (!arrived_.wait_for(lock, 60s, [this] { return !posted_.empty(); })) return false;
    auto job = std::move(posted_.front());
    posted_.pop_front();
    lock.unlock();
    job();
    return true;
  }
  std::size_t run_all_there() {
    std::size_t count = 0;
    for (;;) {
      std::unique_lock lock(mutex_);
      if (posted_.empty()) return count;
      auto job = std::move(posted_.front());
      posted_.pop_front();
      lock.unlock();
      job();
      ++count;
    }
  }

 private:
  std::mutex mutex_;
  std::condition_variable arrived_;
  std::deque<std::function<void()>> posted_;
};

}   // namespace

BOOST_AUTO_TEST_SUITE(worker)

BOOST_AUTO_TEST_CASE(jobs_run_elsewhere_and_answers_come_back_here) {
  Owner owner;
  Worker worker(owner.post());
  const auto here = std::this_thread::get_id();
  std::thread::id job_ran_on;
  std::thread::id answer_ran_on;
  worker.run([] { return std::this_thread::get_id(); },
             [&](std::thread::id id) {
               job_ran_on = id;
               answer_ran_on = std::this_thread::get_id();
             });
  BOOST_REQUIRE(owner.run_one());
  BOOST_TEST((job_ran_on != here));
  BOOST_TEST((job_ran_on != std::thread::id()));
  BOOST_TEST((answer_ran_on == here));
}

BOOST_AUTO_TEST_CASE(jobs_run_in_the_order_given) {
  Owner owner;
  Worker worker(owner.post());
  std::vector<int> answers;
  for (int i = 0; i < 1000; ++i) worker.run([i] { return i; }, [&](int value) { answers.push_back(value); });
  for (int i = 0; i < 1000; ++i) BOOST_REQUIRE(owner.run_one());
  BOOST_REQUIRE(answers.size() == 1000U);
  for (int i = 0; i < 1000; ++i) BOOST_REQUIRE(answers[static_cast<std::size_t>(i)] == i);
}

BOOST_AUTO_TEST_CASE(a_job_may_return_nothing_or_what_can_only_be_moved) {
  Owner owner;
  Worker worker(owner.post());
  bool done = false;
  std::string moved;
  worker.run([] {}, [&] { done = true; });
  worker.run([secret = SecretBytes(as_bytes("key"))]() mutable { return std::move(secret); },
             [&](SecretBytes secret) { moved = as_text(secret.view()); });
  BOOST_REQUIRE(owner.run_one());
  BOOST_REQUIRE(owner.run_one());
  BOOST_TEST(done);
  BOOST_TEST(moved == "key");
}

BOOST_AUTO_TEST_CASE(the_end_waits_for_the_job_that_runs_and_drops_those_that_wait) {
  Owner owner;
  std::promise<void> started;
  std::promise<void> may_end;
  std::atomic<int> ran = 0;
  bool answered = false;
  auto worker = std::make_unique<Worker>(owner.post());
  worker->run(
      [&] {
        started.set_value();
        may_end.get_future().wait();
        ++ran;
      },
      [&] { answered = true; });
  for (int i = 0; i < 10; ++i) worker->run([&] { ++ran; }, [&] { answered = true; });
  started.get_future().wait();
  // Lets the job go only after the end has begun to wait for it; whichever comes first, the job must have run.
  std::thread release([&] { may_end.set_value(); });
  worker.reset();
  release.join();
  BOOST_TEST(ran.load() >= 1);
  owner.run_all_there();
  BOOST_TEST(!answered, "nobody is there any more to be answered");
}

BOOST_AUTO_TEST_CASE(an_answer_that_was_posted_before_the_end_is_not_delivered_after_it) {
  Owner owner;
  bool answered = false;
  {
    Worker worker(owner.post());
    std::promise<void> second_runs;
    worker.run([] { return 1; }, [&](int) { answered = true; });
    worker.run([&] { second_runs.set_value(); }, [] {});
    second_runs.get_future().wait();   // so the first answer is in the queue
  }
  BOOST_TEST(owner.run_all_there() >= 1U);
  BOOST_TEST(!answered);
}

BOOST_AUTO_TEST_CASE(a_worker_without_work_ends_at_once) {
  Owner owner;
  for (int i = 0; i < 50; ++i) Worker idle(owner.post());
  BOOST_TEST(owner.run_all_there() == 0U);
}

BOOST_AUTO_TEST_SUITE_END()
