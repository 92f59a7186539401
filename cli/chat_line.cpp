// SPDX-License-Identifier: MIT
#include "cli/chat_line.h"

#include <algorithm>
#include <charconv>

namespace coterie::cli::chat {
namespace {

bool is_space(char c) { return c == ' ' || c == '\t'; }

// Takes words off the front of a line: "two words" in double quotes, \" and \\ inside them.
class Words {
 public:
  explicit Words(std::string_view line) : rest_(line) { skip_spaces(); }

  [[nodiscard]] bool empty() const { return rest_.empty(); }
  // What has not been taken, as it was typed.
  [[nodiscard]] std::string_view rest() const { return rest_; }

  std::string next() {
    std::string word;
    bool quoted = false;
    while (!rest_.empty() && (quoted || !is_space(rest_.front()))) {
      const char c = rest_.front();
      rest_.remove_prefix(1);
      if (c == '"') {
        quoted = !quoted;
      } else if (c == '\\' && quoted && !rest_.empty() && (rest_.front() == '"' || rest_.front() == '\\')) {
        word.push_back(rest_.front());
        rest_.remove_prefix(1);
      } else {
        word.push_back(c);
      }
    }
    skip_spaces();
    return word;
  }

 private:
  void skip_spaces() {
    while (!rest_.empty() && is_space(rest_.front())) rest_.remove_prefix(1);
  }
  std::string_view rest_;
};

bool is_hex(std::string_view id) { return id.find_first_not_of("0123456789abcdef") == std::string::npos; }

// As shown, with or without the sign before it.
std::string next_id(Words& words) {
  auto id = words.next();
  std::transform(id.begin(), id.end(), id.begin(),
                 [](char c) { return c >= 'A' && c <= 'F' ? static_cast<char>(c + 32) : c; });
  if (id.starts_with('#')) id.erase(0, 1);
  return id;
}

// What is said about a message: its id, and the rest of the line.
template <class Meant>
Line parse_about(Words& words, const char* mistake) {
  Meant meant{};
  meant.id = next_id(words);
  if (meant.id.empty() || !is_hex(meant.id)) return Mistake{mistake};
  if constexpr (requires { meant.text; }) {
    meant.text = std::string(words.rest());
    if (meant.text.empty()) return Mistake{mistake};
  } else {
    if (!words.empty()) return Mistake{mistake};
  }
  return meant;
}

Line parse_reaction(Words& words, bool add) {
  React react{next_id(words), words.next(), add};
  if (react.id.empty() || !is_hex(react.id) || react.emoji.empty() || !words.empty())
    return Mistake{"Give the id of a message as it is shown behind it, and one sign, for example /react 1f2e3d 👍."};
  return react;
}

Line parse_answer(OfferAnswer answer, Words& words) {
  auto id = next_id(words);
  if (!words.empty() || !is_hex(id))
    return Mistake{"Give the id of one file as it was shown, for example /accept 1f2e3d4c."};
  return Answer{answer, std::move(id)};
}

Line parse_history(Words& words) {
  History history;
  if (words.empty()) return history;
  const auto word = words.next();
  const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), history.count);
  if (error != std::errc() || end != word.data() + word.size() || history.count == 0 || !words.empty())
    return Mistake{"Give the number of messages to show, for example /history 50."};
  return history;
}

Line parse_verify(Words& words) {
  Verify verify{words.next(), false};
  if (words.rest() == "confirm") {
    verify.confirm = true;
    words.next();
  }
  if (verify.user.empty() || !words.empty())
    return Mistake{
        "Type /verify USER to see the safety number, and /verify USER confirm when both of you see the same one."};
  return verify;
}

}   // namespace

Line parse_line(std::string_view line) {
  if (std::all_of(line.begin(), line.end(), is_space)) return Nothing{};
  if (line.front() != '/') return Say{std::string(line)};
  if (line.starts_with("//")) return Say{std::string(line.substr(1))};

  Words words(line.substr(1));
  const auto command = words.next();
  if (command == "msg") {
    auto user = words.next();
    if (user.empty() || words.empty())
      return Mistake{"Type /msg USER TEXT; a user id with spaces goes into double quotes."};
    return Tell{std::move(user), std::string(words.rest())};
  }
  if (command == "reply")
    return parse_about<Reply>(words,
                              "Give the id of a message as it is shown behind it, and the answer: /reply 1f2e3d Yes!");
  if (command == "edit")
    return parse_about<Edit>(words, "Give the id of a message of yours, and its new text: /edit 1f2e3d What I meant.");
  if (command == "delete")
    return parse_about<Delete>(words, "Give the id of a message of yours as it is shown behind it: /delete 1f2e3d");
  if (command == "react") return parse_reaction(words, true);
  if (command == "unreact") return parse_reaction(words, false);
  if (command == "send") {
    Send send{words.next(), {}};
    if (send.path.empty()) return Mistake{"Type /send PATH [USER...]; a path with spaces goes into double quotes."};
    while (!words.empty()) send.users.push_back(words.next());
    return send;
  }
  if (command == "accept") return parse_answer(OfferAnswer::accept, words);
  if (command == "decline") return parse_answer(OfferAnswer::decline, words);
  if (command == "cancel") return parse_answer(OfferAnswer::cancel, words);
  if (command == "pause") return parse_answer(OfferAnswer::pause, words);
  if (command == "resume") return parse_answer(OfferAnswer::resume, words);
  if (command == "who") return Who{};
  if (command == "verify") return parse_verify(words);
  if (command == "history") return parse_history(words);
  if (command == "search") {
    if (words.empty()) return Mistake{"Type /search and the words to look for."};
    return Search{std::string(words.rest())};
  }
  if (command == "conversations") return Conversations{};
  if (command == "forget") return words.empty() ? Forget{} : Forget{words.next()};
  if (command == "typing") return words.empty() ? Type{} : Type{words.next()};
  if (command == "read") return words.empty() ? Read{} : Read{words.next()};
  if (command == "help" || command == "?") return Help{};
  if (command == "quit" || command == "exit") return Quit{};
  return Mistake{"There is no command /" + command +
                 "; /help lists them, and // sends a text that begins with a slash."};
}

std::string_view foreign_to_classic(const Line& line) {
  if (std::holds_alternative<Reply>(line)) return "/reply";
  if (const auto* react = std::get_if<React>(&line)) return react->add ? "/react" : "/unreact";
  if (std::holds_alternative<Edit>(line)) return "/edit";
  if (std::holds_alternative<Delete>(line)) return "/delete";
  if (std::holds_alternative<Verify>(line)) return "/verify";
  if (const auto* answer = std::get_if<Answer>(&line)) {
    if (answer->answer == OfferAnswer::pause) return "/pause";
    if (answer->answer == OfferAnswer::resume) return "/resume";
  }
  return {};
}

std::vector<std::string> help_lines(bool classic) {
  if (classic)
    return {
        "A line goes to everyone here. Lines that begin with a slash are commands:",
        "  /msg USER TEXT          to one member alone",
        "  /send PATH [USER...]    send a file, to everyone here where no member is named",
        "  /accept [ID]            take an offered file; the id may be left out when there is only one",
        "  /decline [ID]           refuse it",
        "  /cancel [ID]            stop a transfer for good",
        "  /who                    who is here",
        "  /history [N]            the last N messages (20) of this run",
        "  /search WORDS           messages of this run with all these words",
        "  /conversations          with whom, in this run",
        "  /forget [USER]          delete what this run has of that person, or of everyone",
        "  /help                   this list",
        "  /quit                   leave (also Ctrl-D); classic mode keeps nothing",
        "A word with spaces goes into \"double quotes\"; // sends a text that begins with a slash.",
    };
  return {
      "A line goes to everyone in the group. Lines that begin with a slash are commands:",
      "  /msg USER TEXT          to one member alone",
      "  /reply ID TEXT          answer a message; its id is shown behind it",
      "  /react ID SIGN          put a reaction to it; /unreact takes it back",
      "  /edit ID TEXT           change a message of yours",
      "  /delete ID              take it back",
      "  /send PATH [USER...]    offer a file, to everyone where no member is named",
      "  /accept [ID]            take an offered file; the id may be left out when there is only one",
      "  /decline [ID]           refuse it",
      "  /cancel [ID]            stop a transfer for good",
      "  /pause [ID]             let it rest",
      "  /resume [ID]            and go on",
      "  /who                    members, and who is here",
      "  /verify USER [confirm]  the safety number to compare with that person; confirm: it is the same",
      "  /history [N]            the last N messages (20)",
      "  /search WORDS           messages with all these words",
      "  /conversations          with whom, and what is unread",
      "  /forget [USER]          delete the history with that person, or of the group, from this device",
      "  /help                   this list",
      "  /quit                   leave (also Ctrl-D); unsent messages are kept and go out the next time",
      "A word with spaces goes into \"double quotes\"; // sends a text that begins with a slash.",
  };
}

}   // namespace coterie::cli::chat
