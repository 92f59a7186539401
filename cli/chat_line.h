// SPDX-License-Identifier: MIT
// What a line typed in a chat means. Pure: a line in, a value out.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace coterie::cli::chat {

struct Nothing {};   // an empty line
struct Say {
  std::string text;
};
struct Tell {   // /msg USER TEXT
  std::string user, text;
};
struct Send {   // /send PATH [USER...]; no user: everyone
  std::string path;
  std::vector<std::string> users;
};
struct Reply {   // /reply ID TEXT
  std::string id, text;
};
struct React {   // /react ID EMOJI, and /unreact ID EMOJI to take it back
  std::string id, emoji;
  bool add = true;
};
struct Edit {   // /edit ID TEXT
  std::string id, text;
};
struct Delete {   // /delete ID
  std::string id;
};
enum class OfferAnswer { accept, decline, cancel, pause, resume };
struct Answer {   // /accept, /decline, /cancel, /pause, /resume ID; no id: the only one there is
  OfferAnswer answer{};
  std::string id;
};
struct Who {};
struct Verify {   // /verify USER [confirm]
  std::string user;
  bool confirm = false;
};
struct History {
  std::size_t count = 20;
};
struct Search {
  std::string words;
};
struct Conversations {};
struct Forget {   // /forget [USER]; no user: what was said to everyone
  std::optional<std::string> user;
};
struct Type {   // /typing [USER]: for programs that show who is writing
  std::optional<std::string> user;
};
struct Read {   // /read [USER]: for scripts; on a terminal what was shown counts as read
  std::optional<std::string> user;
};
struct Help {};
struct Quit {};
struct Mistake {   // one sentence on what to type instead
  std::string sentence;
};

using Line = std::variant<Nothing, Say, Tell, Reply, React, Edit, Delete, Send, Answer, Who, Verify, History, Search,
                          Conversations, Forget, Type, Read, Help, Quit, Mistake>;

// A line that begins with "/" is a command; "//" sends text that begins with a slash. Words with spaces stand in double quotes.
Line parse_line(std::string_view line);

// Every command with one line on what it does; in classic mode those that mean something there.
std::vector<std::string> help_lines(bool classic = false);

// The command's word where classic mode has no words for what it means; empty for every other line.
std::string_view foreign_to_classic(const Line& line);

}   // namespace coterie::cli::chat
