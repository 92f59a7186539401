// SPDX-License-Identifier: MIT
// The wire of the educational prototype (protocol.md S13), lines and bodies ↔ values: no socket, no disk, no clock. Whoever speaks
// it is a peer of equal rights here; what a line may say does not depend on which side says it.
#pragma once

#include <cstring>
#include <string>
#include <variant>
#include <vector>

#include "netcore/base/bytes.h"
#include "netcore/base/result.h"

namespace coterie::classic {

constexpr std::string_view everyone = "BROADCAST";   // a target, hence nobody's user id
constexpr std::size_t max_greeting = 512;            // a LOGIN or GROUP line
constexpr std::size_t max_request = 2048;            // any line of a client
constexpr std::size_t max_notice = 1_MiB;            // any line of a server: it may list everyone who is here
constexpr std::uint64_t max_message = 1_MiB;         // the body of SEND_MSG
constexpr std::uint64_t max_file = std::uint64_t{4} << 30U;

// ── a client says ──────────────────────────────────────────────────────────────────────────────────────────────────

struct Login {
  std::string user;
  bool operator==(const Login&) const = default;
};
struct Group {
  std::string name;   // 64 hexadecimal digits in practice; the server compares them and nothing else
  bool operator==(const Group&) const = default;
};
struct AskOnline {
  bool operator==(const AskOnline&) const = default;
};

// ── both say; a body of `size` bytes follows ───────────────────────────────────────────────────────────────────────

struct Message {
  std::string peer;   // whom it is for, or `everyone`; on the way to the receiver whom it is from
  std::uint64_t size = 0;
  bool operator==(const Message&) const = default;
};
struct File {
  std::string peer;
  std::string name;   // base64 of the name under the cipher
  std::uint64_t size = 0;
  bool operator==(const File&) const = default;
};

// ── a server says ──────────────────────────────────────────────────────────────────────────────────────────────────

struct Ok {
  bool operator==(const Ok&) const = default;
};
struct Refusal {
  std::string text;
  bool operator==(const Refusal&) const = default;
};
struct OnlineList {
  std::vector<std::string> users;
  bool operator==(const OnlineList&) const = default;
};
struct Came {
  std::string user;
  bool operator==(const Came&) const = default;
};
struct Left {
  std::string user;
  bool operator==(const Left&) const = default;
};

// An empty line, or one that begins with a word nobody here knows: passed over.
struct Nothing {
  bool operator==(const Nothing&) const = default;
};

using Line = std::variant<Login, Group, AskOnline, Message, File, Ok, Refusal, OnlineList, Came, Left, Nothing>;

// `line` without its line feed. Errors: malformed, too_large. After an error about a line with a body nobody knows where the next
// line begins.
Result<Line> parse_line(std::string_view line);
// With its line feed; nothing for Nothing.
std::string format_line(const Line& line);

// Can be one word of a line: no spaces, nothing invisible, valid UTF-8, and no longer than a greeting allows.
bool is_word(std::string_view text);

// Cuts a stream into lines and the bodies that follow them, wherever it was split on the way. Of a line it keeps what has come, of a
// body nothing.
class StreamCutter {
 public:
  explicit StreamCutter(std::size_t longest_line) : longest_line_(longest_line) {}

  // Takes bytes from the front of `fresh`, as long as the handler wants more, and says how many. The handler has
  //   bool wants_more()                          asked before each of the other two
  //   Result<std::uint64_t> on_line(string_view) without its end; how many bytes of body follow. An error ends everything
  //   void on_body(ByteView piece, std::uint64_t left)   the next bytes of the body, and how many are still to come
  template <class Handler>
  Result<std::size_t> cut(ByteView fresh, Handler& handler) {
    std::size_t taken = 0;
    while (taken < fresh.size() && handler.wants_more()) {
      const auto rest = fresh.subspan(taken);
      if (body_left_ > 0) {
        const auto length = static_cast<std::size_t>(std::min<std::uint64_t>(body_left_, rest.size()));
        body_left_ -= length;
        taken += length;
        handler.on_body(rest.first(length), body_left_);
        continue;
      }
      const auto* end = static_cast<const std::uint8_t*>(std::memchr(rest.data(), '\n', rest.size()));
      const auto length = end == nullptr ? rest.size() : static_cast<std::size_t>(end - rest.data());
      if (begun_.size() + length > longest_line_) return fail(Errc::too_large, "a line that does not end");
      if (end == nullptr) {
        begun_.append(as_text(rest));
        return fresh.size();
      }
      taken += length + 1;
      const auto begun = std::exchange(begun_, {});
      auto body = begun.empty() ? on_line(as_text(rest.first(length)), handler)
                                : on_line(begun + std::string(as_text(rest.first(length))), handler);
      if (!body) return tl::unexpected(body.error());
      body_left_ = *body;
    }
    return taken;
  }

  // From the next line on.
  void set_longest_line(std::size_t longest) { longest_line_ = longest; }

  // Bytes of a line have come, or bytes of a body are missing: an end of the stream here is an end in the middle.
  [[nodiscard]] bool is_inside() const { return body_left_ > 0 || !begun_.empty(); }

 private:
  template <class Handler>
  static Result<std::uint64_t> on_line(std::string_view line, Handler& handler) {
    if (line.ends_with('\r')) line.remove_suffix(1);   // typed into a terminal program
    return handler.on_line(line);
  }

  std::size_t longest_line_;
  std::string begun_;
  std::uint64_t body_left_ = 0;
};

}   // namespace coterie::classic
