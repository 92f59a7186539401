// SPDX-License-Identifier: MIT
#include "tests/bench/process_clock.h"

#include <ctime>

namespace coterie::bench {
namespace {

CpuTime read_clock(clockid_t clock) {
  timespec time{};
  if (clock_gettime(clock, &time) != 0) return {};
  return std::chrono::seconds(time.tv_sec) + CpuTime(time.tv_nsec);
}

}   // namespace

CpuTime cpu_time_of_self() { return read_clock(CLOCK_PROCESS_CPUTIME_ID); }

CpuTime cpu_time_of(int pid) {
  clockid_t clock{};
  if (pid <= 0 || clock_getcpuclockid(pid, &clock) != 0) return {};
  return read_clock(clock);
}

}   // namespace coterie::bench
