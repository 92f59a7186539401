// SPDX-License-Identifier: MIT
// How much processor time a process has used so far, all its threads together.
#pragma once

#include <chrono>

namespace coterie::bench {

using CpuTime = std::chrono::nanoseconds;

CpuTime cpu_time_of_self();
// 0 for a process that is not there.
CpuTime cpu_time_of(int pid);

}   // namespace coterie::bench
