// SPDX-License-Identifier: MIT
// The one file that knows threads: all engines live on a loop of their own, and this is the way to them and back.
//
//   window ── open / post / close ──▶ loop thread: engines ── Event ──▶ queue ── one wake-up a batch ──▶ window: drain()
#pragma once

#include "gui/model/group_id.h"
#include "netcore/client.h"

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

namespace coterie::gui {

struct Arrival {
  GroupId group = 0;
  std::chrono::steady_clock::time_point at;   // when the engine said it
  Event event;
};

class EngineBridge {
 public:
  // `wake` is called on the loop's thread when something has come, once until it has been drained. How far a file is, is no reason
  // to wake: that waits for something else, or for whoever drains by the clock.
  explicit EngineBridge(std::function<void()> wake);
  EngineBridge(const EngineBridge&) = delete;
  EngineBridge& operator=(const EngineBridge&) = delete;
  // Ends every engine as close() does, and waits for them, at most for `farewell`.
  ~EngineBridge();

  // An engine that cannot be opened says so by event::Failed.
  void open(GroupId group, std::filesystem::path profile, Login login);
  void post(GroupId group, Command command);
  // Everything is written and the relay is told; event::Stopped comes last.
  void close(GroupId group);

  // All that has come, in order.
  std::vector<Arrival> drain();

  static constexpr std::chrono::seconds farewell{5};

 private:
  void push(GroupId group, Event event);
  void arrived(GroupId group, Event event);

  std::function<void()> wake_;
  std::mutex mutex_;   // of the two below
  std::vector<Arrival> queue_;
  bool is_awake_ = false;
  io::EventLoop loop_;
  std::map<GroupId, std::unique_ptr<Client>> clients_;   // touched on the loop's thread only
  bool is_ending_ = false;                               // likewise
  std::thread thread_;                                   // last: it uses all of the above
};

}   // namespace coterie::gui
