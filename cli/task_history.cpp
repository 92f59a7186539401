// SPDX-License-Identifier: MIT
// history and search: past messages from the profile, without any connection.
#include "cli/task.h"
#include "netcore/base/overloaded.h"

#include <algorithm>
#include <limits>

namespace coterie::cli {
namespace {

constexpr std::size_t page_size = 500;
constexpr std::size_t most_results = 10'000;

// Nothing of what goes on around it belongs to the answer.
bool belongs_to_answer(const Event& event) {
  return std::holds_alternative<event::HistoryPage>(event) || std::holds_alternative<event::SearchResults>(event) ||
         std::holds_alternative<event::Notice>(event) || std::holds_alternative<event::Failed>(event);
}

class HistoryTask final : public Task {
 public:
  HistoryTask(Shell& shell, HistoryOptions options)
      : shell_(shell),
        options_(std::move(options)),
        left_(options_.count == 0 ? std::numeric_limits<std::size_t>::max() : options_.count) {}

  void start() override { ask(0); }

  void on_event(const Event& event) override {
    std::visit(overloaded{
                   [&](const event::HistoryPage& page) { on_page(page); },
                   [&](const event::Notice& notice) { shell_.finish(exit_code_for(notice.error.code)); },
                   [](const auto&) {},
               },
               event);
  }

  // Pages come from the newest back; they are shown together, in order.
  [[nodiscard]] bool shows(const Event& event, bool) const override {
    return belongs_to_answer(event) && !std::holds_alternative<event::HistoryPage>(event);
  }
  [[nodiscard]] ExitCode when_interrupted() const override { return ExitCode::error; }

 private:
  void ask(std::int64_t before) {
    shell_.tell(command::LoadHistory{options_.with, before, std::min(left_, page_size)});
  }

  void on_page(const event::HistoryPage& page) {
    left_ -= std::min(left_, page.messages.size());
    pages_.push_back(page);
    if (left_ > 0 && !page.is_first && !page.messages.empty()) return ask(page.messages.front().row);
    for (auto kept = pages_.rbegin(); kept != pages_.rend(); ++kept) shell_.reporter().show(*kept);
    if (pages_.size() == 1 && page.messages.empty())
      shell_.reporter().result("No messages of this conversation are kept in this profile.");
    shell_.finish(ExitCode::ok);
  }

  Shell& shell_;
  HistoryOptions options_;
  std::size_t left_;
  std::vector<event::HistoryPage> pages_;   // newest first
};

class SearchTask final : public Task {
 public:
  SearchTask(Shell& shell, SearchOptions options) : shell_(shell), options_(std::move(options)) {}

  void start() override { shell_.tell(command::Search{options_.words, most_results}); }

  void on_event(const Event& event) override {
    std::visit(overloaded{
                   [&](const event::SearchResults& results) {
                     if (results.messages.empty()) shell_.reporter().result("Nothing found.");
                     shell_.finish(ExitCode::ok);
                   },
                   [&](const event::Notice& notice) { shell_.finish(exit_code_for(notice.error.code)); },
                   [](const auto&) {},
               },
               event);
  }
  [[nodiscard]] bool shows(const Event& event, bool) const override { return belongs_to_answer(event); }
  [[nodiscard]] ExitCode when_interrupted() const override { return ExitCode::error; }

 private:
  Shell& shell_;
  SearchOptions options_;
};

}   // namespace

std::unique_ptr<Task> make_history(Shell& shell, HistoryOptions options) {
  return std::make_unique<HistoryTask>(shell, std::move(options));
}
std::unique_ptr<Task> make_search(Shell& shell, SearchOptions options) {
  return std::make_unique<SearchTask>(shell, std::move(options));
}

}   // namespace coterie::cli
