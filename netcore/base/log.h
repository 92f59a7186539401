// SPDX-License-Identifier: MIT
// The program's log, on spdlog: one line an event, `event key=value …`, to standard error. What came from outside is
// escaped and cut, so it can neither forge a line nor steer a terminal. Keys and passwords have no overload here:
// SecretBytes and Key<> do not print, so logging one does not compile.
#pragma once

#include <concepts>
#include <functional>
#include <initializer_list>
#include <string>
#include <string_view>

#include "netcore/base/ids.h"

namespace coterie::log {

enum class Level { debug, info, warning, error, off };

void set_level(Level level);
// From now on lines of this level and above also go, whole, to `listener`, on whichever thread writes them; it must not log.
void listen(Level level, std::function<void(std::string line)> listener);
// From now on the value of every field named "address" is left out.
void hide_addresses(bool hidden);
// From now on a line to standard error begins with its priority, "<6>" for info, as sd-daemon(3) has it: for the journal, which takes it
// off again.
void mark_priorities();
// What such a line begins with; empty where they are not marked. For sentences that go to standard error past the log.
std::string_view mark_of(Level level);
bool enabled(Level level);

// Printable form of foreign text: control, format and non-UTF-8 bytes as \xNN, at most 512 bytes in all.
std::string escaped(std::string_view text);

struct Field {
  std::string_view key;
  std::string value;

  Field(std::string_view k, std::string_view v) : key(k), value(escaped(v)) {}
  Field(std::string_view k, const std::string& v) : Field(k, std::string_view(v)) {}
  Field(std::string_view k, const char* v) : Field(k, std::string_view(v)) {}
  template <std::integral T>
  Field(std::string_view k, T v) : key(k), value(std::to_string(v)) {}
  // Ids are shortened to their first eight digits: enough to follow, useless as a capability.
  template <class Tag, std::size_t N>
  Field(std::string_view k, const Id<Tag, N>& v) : key(k), value(v.hex().substr(0, 8)) {}
};

// A value with a space, "=" or a quote in it stands in quotes, where quote and backslash have a backslash before them.
void write(Level level, std::string_view event, std::initializer_list<Field> fields);

inline void debug(std::string_view event, std::initializer_list<Field> fields = {}) {
  if (enabled(Level::debug)) write(Level::debug, event, fields);
}
inline void info(std::string_view event, std::initializer_list<Field> fields = {}) {
  write(Level::info, event, fields);
}
inline void warning(std::string_view event, std::initializer_list<Field> fields = {}) {
  write(Level::warning, event, fields);
}
inline void error(std::string_view event, std::initializer_list<Field> fields = {}) {
  write(Level::error, event, fields);
}

}   // namespace coterie::log
