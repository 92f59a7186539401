// SPDX-License-Identifier: MIT
#include "netcore/io/event_loop.h"

#include <boost/test/unit_test.hpp>
#include <csignal>
#include <map>
#include <thread>

#include "tests/support/loopback.h"

using namespace coterie;
using namespace std::chrono_literals;
using io::EventLoop;
using io::Timer;

namespace {

// Writes its number down when it goes.
struct Marked {
  Marked(std::vector<int>& to, int mark) : gone(to), number(mark) {}
  Marked(const Marked&) = delete;
  Marked& operator=(const Marked&) = delete;
  ~Marked() { gone.push_back(number); }
  std::vector<int>& gone;
  int number;
};

}   // namespace

BOOST_AUTO_TEST_SUITE(event_loop)

BOOST_AUTO_TEST_CASE(runs_posted_jobs_in_order_and_never_inside_post) {
  EventLoop loop;
  std::vector<int> ran;
  loop.post([&] {
    ran.push_back(1);
    loop.post([&] { ran.push_back(3); });
    ran.push_back(2);
  });
  BOOST_TEST(ran.empty());
  BOOST_TEST(loop.run_until([&] { return ran.size() == 3; }, test::long_enough));
  BOOST_TEST(ran == (std::vector{1, 2, 3}));
}

BOOST_AUTO_TEST_CASE(keeps_the_order_of_each_posting_thread) {
  EventLoop loop;
  constexpr int threads = 4;
  constexpr int each = 5000;
  std::map<int, std::vector<int>> ran;
  int total = 0;
  std::vector<std::thread> posting;
  for (int t = 0; t < threads; ++t) {
    posting.emplace_back([&loop, &ran, &total, t] {
      for (int i = 0; i < each; ++i) {
        loop.post([&ran, &total, t, i] {
          ran[t].push_back(i);
          ++total;
        });
      }
    });
  }
  BOOST_TEST(loop.run_until([&] { return total == threads * each; }, test::long_enough));
  for (auto& thread : posting) thread.join();
  for (int t = 0; t < threads; ++t) BOOST_TEST(std::is_sorted(ran[t].begin(), ran[t].end()));
}

BOOST_AUTO_TEST_CASE(a_post_from_elsewhere_wakes_a_waiting_loop) {
  EventLoop loop;
  std::thread::id ran_on;
  std::thread elsewhere;
  // Started by the loop itself, right before it waits without any other event to come.
  loop.post([&] {
    elsewhere = std::thread([&] {
      loop.post([&] {
        ran_on = std::this_thread::get_id();
        loop.stop();
      });
    });
  });
  loop.run();
  elsewhere.join();
  BOOST_TEST((ran_on == std::this_thread::get_id()));
}

BOOST_AUTO_TEST_CASE(stops_from_another_thread) {
  EventLoop loop;
  std::thread running([&] { loop.run(); });
  loop.stop();
  running.join();
  BOOST_TEST(true);
}

BOOST_AUTO_TEST_CASE(a_stop_before_the_run_ends_the_run_and_no_later_one) {
  EventLoop loop;
  loop.stop();
  loop.run();
  bool ran = false;
  loop.post([&] {
    ran = true;
    loop.stop();
  });
  loop.run();
  BOOST_TEST(ran);
}

BOOST_AUTO_TEST_CASE(belongs_to_the_thread_that_runs_it) {
  EventLoop loop;
  BOOST_TEST(loop.in_loop());
  bool inside = false;
  std::thread running([&] {
    loop.post([&] {
      inside = loop.in_loop();
      loop.stop();
    });
    loop.run();
  });
  running.join();
  BOOST_TEST(inside);
  BOOST_TEST(!loop.in_loop());
}

BOOST_AUTO_TEST_CASE(a_timer_runs_once_and_is_then_no_longer_set) {
  EventLoop loop;
  int runs = 0;
  Timer timer;
  BOOST_TEST(!timer.is_set());
  timer = loop.after(1ms, [&] {
    ++runs;
    BOOST_TEST(!timer.is_set());
  });
  BOOST_TEST(timer.is_set());
  BOOST_TEST(loop.run_until([&] { return runs > 0; }, test::long_enough));
  test::settle(loop);
  BOOST_TEST(runs == 1);
  BOOST_TEST(!timer.is_set());
}

BOOST_AUTO_TEST_CASE(timers_run_in_the_order_of_their_times) {
  EventLoop loop;
  std::vector<int> ran;
  const auto late = loop.after(60ms, [&] { ran.push_back(60); });
  const auto soon = loop.after(1ms, [&] { ran.push_back(1); });
  const auto later = loop.after(30ms, [&] { ran.push_back(30); });
  BOOST_TEST(loop.run_until([&] { return ran.size() == 3; }, test::long_enough));
  BOOST_TEST(ran == (std::vector{1, 30, 60}));
}

BOOST_AUTO_TEST_CASE(a_repeating_timer_may_destroy_itself_in_its_own_run) {
  EventLoop loop;
  int runs = 0;
  Timer timer;
  timer = loop.every(1ms, [&] {
    BOOST_TEST(timer.is_set());
    if (++runs == 3) timer = Timer();
  });
  BOOST_TEST(loop.run_until([&] { return runs == 3; }, test::long_enough));
  BOOST_TEST(!timer.is_set());
}

BOOST_AUTO_TEST_CASE(a_timer_may_set_itself_anew_in_its_own_run) {
  EventLoop loop;
  int runs = 0;
  Timer timer;
  std::function<void()> again = [&] {
    if (++runs < 5) timer = loop.after(0ms, again);
  };
  timer = loop.after(0ms, again);
  BOOST_TEST(loop.run_until([&] { return runs == 5; }, test::long_enough));
}

BOOST_AUTO_TEST_CASE(a_cancelled_or_destroyed_timer_does_not_run) {
  EventLoop loop;
  bool ran = false;
  auto cancelled = loop.after(0ms, [&] { ran = true; });
  cancelled.cancel();
  {
    const auto destroyed = loop.after(0ms, [&] { ran = true; });
  }
  bool marker = false;
  const auto after_both = loop.after(5ms, [&] { marker = true; });
  BOOST_TEST(loop.run_until([&] { return marker; }, test::long_enough));
  BOOST_TEST(!ran);
}

BOOST_AUTO_TEST_CASE(what_is_disposed_of_goes_when_the_callback_has_returned_in_order) {
  EventLoop loop;
  std::vector<int> gone;
  std::size_t gone_inside = 0;
  bool next_ran = false;
  loop.post([&] {
    loop.dispose(std::make_unique<Marked>(gone, 1));
    loop.dispose(std::make_unique<Marked>(gone, 2));
    gone_inside = gone.size();
  });
  loop.post([&] {
    next_ran = true;
    BOOST_TEST(gone == (std::vector{1, 2}));   // before any other callback
  });
  BOOST_TEST(loop.run_until([&] { return next_ran; }, test::long_enough));
  BOOST_TEST(gone_inside == 0U);
}

BOOST_AUTO_TEST_CASE(a_destructor_may_dispose_of_more) {
  EventLoop loop;
  std::vector<int> gone;
  struct Parent {
    EventLoop& loop;
    std::unique_ptr<Marked> child;
    ~Parent() { loop.dispose(std::move(child)); }
  };
  loop.post([&] { loop.dispose(std::unique_ptr<Parent>(new Parent{loop, std::make_unique<Marked>(gone, 7)})); });
  BOOST_TEST(loop.run_until([&] { return !gone.empty(); }, test::long_enough));
}

BOOST_AUTO_TEST_CASE(waiting_costs_no_turns) {
  EventLoop loop;
  int turns = 0;
  const auto counting = loop.at_turn_end([&] { ++turns; });
  BOOST_TEST(!loop.run_until([] { return false; }, 100ms));
  BOOST_TEST(turns < 20);
}

BOOST_AUTO_TEST_CASE(run_once_returns_when_its_time_is_over) {
  EventLoop loop;
  int turns = 0;
  const auto counting = loop.at_turn_end([&] { ++turns; });
  loop.run_once(1ms);
  loop.run_once(0ms);
  BOOST_TEST(turns == 2);
}

BOOST_AUTO_TEST_CASE(the_end_of_a_turn_comes_once_for_all_that_was_ready) {
  EventLoop loop;
  std::vector<char> order;
  const auto token = loop.at_turn_end([&] { order.push_back('e'); });
  for (int i = 0; i < 3; ++i) loop.post([&] { order.push_back('j'); });
  loop.run_once(0ms);
  BOOST_TEST(std::string(order.begin(), order.end()) == "jjje");
}

BOOST_AUTO_TEST_CASE(a_job_for_the_end_of_turns_may_drop_its_own_token) {
  EventLoop loop;
  int first = 0;
  int second = 0;
  std::shared_ptr<void> token;
  token = loop.at_turn_end([&] {
    ++first;
    token.reset();
  });
  const auto other = loop.at_turn_end([&] { ++second; });
  for (int i = 0; i < 3; ++i) loop.run_once(0ms);
  BOOST_TEST(first == 1);
  BOOST_TEST(second == 3);
}

BOOST_AUTO_TEST_CASE(the_end_of_the_loop_runs_what_was_posted_and_deletes_what_was_disposed_of) {
  std::vector<int> gone;
  bool ran = false;
  bool chained = false;
  {
    EventLoop loop;
    loop.dispose(std::make_unique<Marked>(gone, 1));
    loop.post([&] {
      ran = true;
      loop.post([&] { chained = true; });
      loop.dispose(std::make_unique<Marked>(gone, 2));
    });
  }
  BOOST_TEST(ran);
  BOOST_TEST(chained);
  std::sort(gone.begin(), gone.end());
  BOOST_TEST(gone == (std::vector{1, 2}));
}

BOOST_AUTO_TEST_CASE(a_signal_runs_its_job_on_the_loop) {
  EventLoop loop;
  int signals = 0;
  {
    const auto watch = loop.on_signal(SIGUSR1, [&] { ++signals; });
    std::raise(SIGUSR1);
    BOOST_TEST(signals == 0);
    BOOST_TEST(loop.run_until([&] { return signals == 1; }, test::long_enough));
  }
  struct sigaction now {};
  ::sigaction(SIGUSR1, nullptr, &now);
  BOOST_TEST((now.sa_handler == SIG_DFL));
}

BOOST_AUTO_TEST_SUITE_END()
