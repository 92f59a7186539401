// SPDX-License-Identifier: MIT
// The messages that a chat has shown, which its lines name by the start of their ids.
#pragma once

#include "netcore/base/result.h"
#include "netcore/session/event.h"

#include <deque>
#include <optional>
#include <string>

namespace coterie::cli {

// Why a line cannot be done: a stable name, one sentence, and the id of what it is about where there is one.
struct Refusal {
  std::string_view code;
  std::string sentence;
  std::string about;
};

class ShownMessages {
 public:
  struct Shown {
    MessageId id;
    std::optional<std::string> conversation;
    std::optional<std::string> author;   // none: ourselves
  };

  void remember(const event::Message& message);
  // The message whose id begins so, of those that were shown, or with exactly that id.
  [[nodiscard]] tl::expected<Shown, Refusal> find(const std::string& id) const;
  // The same, and nobody else's.
  [[nodiscard]] tl::expected<MessageId, Refusal> find_own(const std::string& id) const;

 private:
  std::deque<Shown> shown_;
};

}   // namespace coterie::cli
