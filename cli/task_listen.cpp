// SPDX-License-Identifier: MIT
// listen: events as they come, nothing else.
#include "cli/task.h"

namespace coterie::cli {
namespace {

class ListenTask final : public Task {
 public:
  ListenTask(Shell& shell, ListenOptions options) : shell_(shell), options_(options) {}

  void start() override {
    if (options_.timeout) shell_.after(*options_.timeout, [this] { shell_.finish(ExitCode::ok); });
    shell_.tell(command::Connect{});
  }
  void on_event(const Event&) override {}
  [[nodiscard]] bool shows(const Event&, bool) const override { return true; }
  [[nodiscard]] ExitCode when_interrupted() const override { return ExitCode::ok; }

 private:
  Shell& shell_;
  ListenOptions options_;
};

}  // namespace

std::unique_ptr<Task> make_listen(Shell& shell, ListenOptions options) {
  return std::make_unique<ListenTask>(shell, options);
}

}  // namespace coterie::cli
