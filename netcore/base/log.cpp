// SPDX-License-Identifier: MIT
#include "netcore/base/log.h"

#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/base_sink.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <atomic>
#include <mutex>

#include "netcore/base/unicode.h"

namespace coterie::log {
namespace {

constexpr std::size_t max_foreign = 512;

std::atomic<bool> addresses_hidden = false;
std::atomic<bool> priorities_marked = false;

constexpr const char* pattern = "%Y-%m-%dT%H:%M:%S.%e%z %l %v";
constexpr const char* marked_pattern = "%*%Y-%m-%dT%H:%M:%S.%e%z %l %v";

// Hands each line on, without the line end.
class ListenerSink final : public spdlog::sinks::base_sink<std::mutex> {
 public:
  void set(std::function<void(std::string)> listener) {
    const std::lock_guard lock(mutex_);
    listener_ = std::move(listener);
  }

 private:
  void sink_it_(const spdlog::details::log_msg& message) override {
    if (!listener_) return;
    spdlog::memory_buf_t line;
    formatter_->format(message, line);
    std::string text(line.data(), line.size());
    while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.pop_back();
    listener_(std::move(text));
  }
  void flush_() override {}

  std::function<void(std::string)> listener_;
};

// syslog(3)'s number of a level, in front of the line.
std::string_view priority_of(spdlog::level::level_enum level) {
  switch (level) {
    case spdlog::level::trace:
    case spdlog::level::debug: return "<7>";
    case spdlog::level::info: return "<6>";
    case spdlog::level::warn: return "<4>";
    default: return "<3>";
  }
}

class PriorityFlag final : public spdlog::custom_flag_formatter {
 public:
  void format(const spdlog::details::log_msg& message, const std::tm&, spdlog::memory_buf_t& into) override {
    const auto mark = priority_of(message.level);
    into.append(mark.data(), mark.data() + mark.size());
  }
  [[nodiscard]] std::unique_ptr<custom_flag_formatter> clone() const override {
    return std::make_unique<PriorityFlag>();
  }
};

struct Output {
  std::shared_ptr<spdlog::sinks::stderr_sink_mt> terminal = std::make_shared<spdlog::sinks::stderr_sink_mt>();
  std::shared_ptr<ListenerSink> listener = std::make_shared<ListenerSink>();
  spdlog::logger logger{"coterie", {terminal, listener}};

  Output() {
    logger.set_pattern(pattern);
    terminal->set_level(spdlog::level::info);
    listener->set_level(spdlog::level::off);
    logger.flush_on(spdlog::level::info);
    follow_sinks();
  }
  // What neither wants is not put together at all.
  void follow_sinks() { logger.set_level(std::min(terminal->level(), listener->level())); }
};

Output& output() {
  static Output instance;
  return instance;
}

spdlog::logger& logger() { return output().logger; }

spdlog::level::level_enum to_spdlog(Level level) {
  switch (level) {
    case Level::debug: return spdlog::level::debug;
    case Level::info: return spdlog::level::info;
    case Level::warning: return spdlog::level::warn;
    case Level::error: return spdlog::level::err;
    case Level::off: return spdlog::level::off;
  }
  return spdlog::level::info;
}

bool needs_quotes(std::string_view value) {
  return value.empty() || value.find_first_of(" =\"") != std::string_view::npos;
}

}   // namespace

void set_level(Level level) {
  output().terminal->set_level(to_spdlog(level));
  output().follow_sinks();
}

void listen(Level level, std::function<void(std::string line)> listener) {
  output().listener->set(std::move(listener));
  output().listener->set_level(to_spdlog(level));
  output().follow_sinks();
}

void mark_priorities() {
  auto formatter = std::make_unique<spdlog::pattern_formatter>();
  formatter->add_flag<PriorityFlag>('*').set_pattern(marked_pattern);
  output().terminal->set_formatter(std::move(formatter));
  priorities_marked = true;
}

std::string_view mark_of(Level level) { return priorities_marked ? priority_of(to_spdlog(level)) : std::string_view(); }

void hide_addresses(bool hidden) { addresses_hidden = hidden; }
bool enabled(Level level) { return logger().should_log(to_spdlog(level)); }

std::string escaped(std::string_view text) { return escape_unprintable(text, max_foreign); }

void write(Level level, std::string_view event, std::initializer_list<Field> fields) {
  if (!enabled(level)) return;
  std::string line(event);
  for (const auto& field : fields) {
    line.append(" ").append(field.key).append("=");
    if (addresses_hidden && field.key == "address") {
      line.append("hidden");
      continue;
    }
    if (!needs_quotes(field.value)) {
      line.append(field.value);
      continue;
    }
    line.push_back('"');
    for (char c : field.value) {
      if (c == '"' || c == '\\') line.push_back('\\');
      line.push_back(c);
    }
    line.push_back('"');
  }
  logger().log(to_spdlog(level), "{}", line);
}

}   // namespace coterie::log
