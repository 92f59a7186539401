// SPDX-License-Identifier: MIT
#include "netcore/base/log.h"

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <atomic>

#include "netcore/base/unicode.h"

namespace coterie::log {
namespace {

constexpr std::size_t max_foreign = 512;

std::atomic<bool> addresses_hidden = false;

spdlog::logger& logger() {
  static const auto instance = [] {
    auto made = std::make_shared<spdlog::logger>("coterie", std::make_shared<spdlog::sinks::stderr_sink_mt>());
    made->set_pattern("%Y-%m-%dT%H:%M:%S.%e%z %l %v");
    made->set_level(spdlog::level::info);
    made->flush_on(spdlog::level::info);
    return made;
  }();
  return *instance;
}

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

}  // namespace

void set_level(Level level) { logger().set_level(to_spdlog(level)); }
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

}  // namespace coterie::log
