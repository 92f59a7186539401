// SPDX-License-Identifier: MIT
#include "gui/loop_watch.h"

#include "netcore/base/log.h"

#ifdef __WXGTK__
#include <glib.h>
#endif

#include <algorithm>

namespace coterie::gui {

#ifdef __WXGTK__
namespace {

// The loop has one thread, so these need no lock.
struct Watch {
  GPollFunc wait = nullptr;
  gint64 begin = 0;      // of the turn under way; all in microseconds
  gint64 reported = 0;   // when the last line was written
  gint64 longest = 0;
  gint64 busy = 0;
  int count = 0;
} watch;

constexpr gint64 report_every = 1'000'000;

gint wait_and_measure(GPollFD* what, guint count, gint timeout) {
  const auto end = g_get_monotonic_time();
  if (watch.begin != 0) {
    watch.longest = std::max(watch.longest, end - watch.begin);
    watch.busy += end - watch.begin;
    ++watch.count;
  }
  if (watch.count > 0 && end - watch.reported >= report_every) {
    log::debug("window.turns",
               {{"longest_ms", watch.longest / 1000}, {"count", watch.count}, {"busy_ms", watch.busy / 1000}});
    watch.reported = end;
    watch.longest = watch.busy = watch.count = 0;
  }
  const auto ready = watch.wait(what, count, timeout);
  watch.begin = g_get_monotonic_time();
  return ready;
}

}   // namespace

void watch_loop() {
  if (!log::enabled(log::Level::debug)) return;
  auto* context = g_main_context_default();
  watch.wait = g_main_context_get_poll_func(context);
  watch.reported = g_get_monotonic_time();
  g_main_context_set_poll_func(context, wait_and_measure);
}
#else
void watch_loop() {}
#endif

}   // namespace coterie::gui
