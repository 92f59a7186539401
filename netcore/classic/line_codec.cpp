// SPDX-License-Identifier: MIT
#include "netcore/classic/line_codec.h"

#include <algorithm>
#include <charconv>

#include "netcore/base/overloaded.h"
#include "netcore/base/unicode.h"

namespace coterie::classic {
namespace {

constexpr std::size_t longest_number = 19;   // digits that fit 64 bits whatever they are

// The next word of `rest`, which loses it and one space behind it. Empty where there is none.
std::string_view take_word(std::string_view& rest) {
  const auto space = rest.find(' ');
  const auto word = rest.substr(0, space);
  rest.remove_prefix(space == std::string_view::npos ? rest.size() : space + 1);
  return word;
}

Result<std::string> take_name(std::string_view& rest, std::string_view what) {
  const auto word = take_word(rest);
  if (!is_word(word)) return fail(Errc::malformed, std::string(what) + " that is none");
  return std::string(word);
}

Result<std::uint64_t> take_size(std::string_view& rest, std::uint64_t most) {
  const auto word = take_word(rest);
  std::uint64_t size = 0;
  const auto error = std::from_chars(word.data(), word.data() + word.size(), size).ec;
  const bool is_number =
      !word.empty() && std::all_of(word.begin(), word.end(), [](char c) { return c >= '0' && c <= '9'; });
  if (!is_number) return fail(Errc::malformed, "a size that is no number");
  if (word.size() > longest_number || error != std::errc() || size > most)
    return fail(Errc::too_large, "more than " + std::to_string(most) + " bytes at once");
  return size;
}

Status expect_end(std::string_view rest) {
  if (!rest.empty()) return fail(Errc::malformed, "a line with too many words");
  return {};
}

// `make` gets the one word behind the first.
template <class Make>
Result<Line> line_of_name(std::string_view rest, std::string_view what, Make make) {
  auto name = take_name(rest, what);
  if (!name) return tl::unexpected(name.error());
  if (auto end = expect_end(rest); !end) return tl::unexpected(end.error());
  return Line(make(std::move(*name)));
}

Result<Line> message_line(std::string_view rest) {
  auto peer = take_name(rest, "a target");
  if (!peer) return tl::unexpected(peer.error());
  const auto size = take_size(rest, max_message);
  if (!size) return tl::unexpected(size.error());
  if (auto end = expect_end(rest); !end) return tl::unexpected(end.error());
  return Line(Message{std::move(*peer), *size});
}

Result<Line> file_line(std::string_view rest) {
  auto peer = take_name(rest, "a target");
  if (!peer) return tl::unexpected(peer.error());
  const auto name = take_word(rest);
  if (name.empty()) return fail(Errc::malformed, "a file without a name");
  if (name.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=") !=
      std::string_view::npos)
    return fail(Errc::malformed, "a file name that is not base64");
  const auto size = take_size(rest, max_file);
  if (!size) return tl::unexpected(size.error());
  if (auto end = expect_end(rest); !end) return tl::unexpected(end.error());
  return Line(File{std::move(*peer), std::string(name), *size});
}

// Whoever makes a list may part its words by one space or more, and leave one at either end. What is no user id is passed over.
OnlineList online_list(std::string_view rest) {
  OnlineList list;
  while (!rest.empty())
    if (const auto word = take_word(rest); is_word(word)) list.users.emplace_back(word);
  return list;
}

}   // namespace

bool is_word(std::string_view text) {
  if (text.empty() || text.size() > max_greeting) return false;
  const bool is_ascii = std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c <= '~'; });
  return is_ascii || (text.find(' ') == std::string_view::npos && is_plain_name(text));
}

Result<Line> parse_line(std::string_view line) {
  auto rest = line;
  const auto word = take_word(rest);
  if (word == "SEND_MSG") return message_line(rest);
  if (word == "SEND") return file_line(rest);
  if (word == "NEW") return line_of_name(rest, "a user id", [](std::string name) { return Came{std::move(name)}; });
  if (word == "LEFT") return line_of_name(rest, "a user id", [](std::string name) { return Left{std::move(name)}; });
  if (word == "OK") return Line(Ok{});
  if (word == "ERROR") return Line(Refusal{std::string(rest)});
  if (word == "ONLINE_LIST") return Line(online_list(rest));
  if (word == "GET_ONLINE_USERS")
    return Line(AskOnline{});   // whatever follows: the prototype's server wants a second word
  if (word != "LOGIN" && word != "GROUP") return Line(Nothing{});
  if (line.size() > max_greeting)
    return fail(Errc::too_large, "a line of more than " + std::to_string(max_greeting) + " bytes");
  if (word == "LOGIN") return line_of_name(rest, "a user id", [](std::string name) { return Login{std::move(name)}; });
  return line_of_name(rest, "a group", [](std::string name) { return Group{std::move(name)}; });
}

std::string format_line(const Line& line) {
  return std::visit(
      overloaded{
          [](const Login& login) { return "LOGIN " + login.user + "\n"; },
          [](const Group& group) { return "GROUP " + group.name + "\n"; },
          [](const AskOnline&) { return std::string("GET_ONLINE_USERS ALL\n"); },
          [](const Message& message) { return "SEND_MSG " + message.peer + " " + std::to_string(message.size) + "\n"; },
          [](const File& file) {
            return "SEND " + file.peer + " " + file.name + " " + std::to_string(file.size) + "\n";
          },
          [](const Ok&) { return std::string("OK\n"); },
          [](const Refusal& refusal) { return "ERROR " + refusal.text + "\n"; },
          [](const OnlineList& list) {
            // The space stays where nobody is here: readers split the line at it.
            std::string text = "ONLINE_LIST ";
            for (const auto& user : list.users) text.append(user).append(&user == &list.users.back() ? "" : " ");
            return text + "\n";
          },
          [](const Came& came) { return "NEW " + came.user + "\n"; },
          [](const Left& left) { return "LEFT " + left.user + "\n"; },
          [](const Nothing&) { return std::string(); },
      },
      line);
}

}   // namespace coterie::classic
