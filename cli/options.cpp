// SPDX-License-Identifier: MIT
#include "cli/options.h"

#include "cli/roster.h"
#include "netcore/base/command_line.h"
#include "netcore/base/overloaded.h"
#include "netcore/base/unicode.h"
#include "netcore/client.h"

#include <CLI/CLI.hpp>

#include <cmath>
#include <sstream>
#include <string_view>

namespace coterie::cli {
namespace {

constexpr auto description =
    "Private chat and file transfer for a small circle: the command line of Coterie.\n"
    "Members who share a relay, a group name and a password talk end to end; the relay can read nothing.";

constexpr auto footer = R"(
The password comes, in this order, from --password-file, from the environment variable COTERIE_PASSWORD (wiped at once), from the
profile where it was remembered with --remember, or is asked for on the terminal. It is never taken from the command line, where
every user of the machine could read it.

The first connection has to succeed, unless --keep-trying is given; once connected, coterie-cli reconnects by itself. What was not
delivered when it ends stays in the profile and goes out the next time any command connects (with --classic nothing is kept).

Exit codes:
  0  done
  1  an error; one sentence on standard error says what happened and what to do
  2  the command line cannot be used
  3  not delivered, or not received, in the time given
  4  no common password with the members who are there
  5  the relay's identity is not the one known

Examples:
  coterie-cli --relay example.org --user alice --group climbing chat
  coterie-cli --relay example.org --user alice --group climbing say "Saturday at nine?"
  uptime | coterie-cli --relay 10.0.0.5:12345 --pin 4fd1…9b --user web1 --group ops --password-file key say -
  coterie-cli --relay example.org --user alice --group climbing send topo.pdf --to bob
  coterie-cli --relay example.org --user bob --group climbing receive --from alice --accept all
  coterie-cli --relay example.org --user log --group climbing --json listen
)";

constexpr auto json_help =
    "One JSON object a line on standard output, of the events message, changed, typing, receipt, member, offer, "
    "progress, "
    "file, conversation, history_deleted, link, settled, gap, identity, other_password and error; diagnostics on "
    "standard error";

// Ten years: more than anybody waits, and no overflow anywhere.
constexpr double longest_wait = 10.0 * 365 * 24 * 3600;

// 0 on the command line means "no limit".
TimeLimit limit_of(double seconds) {
  if (seconds <= 0) return std::nullopt;
  return std::chrono::seconds(static_cast<std::int64_t>(std::ceil(seconds)));
}

// What the parser fills before it becomes Options.
struct Raw {
  Options options;
  std::string pin;
  std::string password_file, access_key_file, profile;
  ChatOptions chat;
  SayOptions say;
  SendOptions send;
  ReceiveOptions receive;
  ListenOptions listen;
  MembersOptions members;
  VerifyOptions verify;
  HistoryOptions history;
  std::string history_with;
  std::vector<std::string> search_words;
  double say_wait = 30;
  double send_wait = 24.0 * 3600;
  double receive_timeout = 0;
  double listen_timeout = 0;
};

void add_common(CLI::App& app, Raw& raw) {
  auto& options = raw.options;
  app.add_option("--relay", options.relay, "Where the relay is; the port is 12345 where none is given")
      ->type_name("HOST[:PORT]")
      ->required();
  auto* pin =
      app.add_option("--pin", raw.pin,
                     "The relay's fingerprint, as coterie-relay --fingerprint prints it, with spaces or without")
          ->type_name("HEX");
  auto* trust = app.add_flag(
      "--trust", options.trust,
      "Accept a relay never seen before as it is, and know it from then on; one that has changed is refused "
      "all the same");
  trust->excludes(pin);
  app.add_option("--user", options.user, "Your user id in the group, 1 to 32 characters")->type_name("ID")->required();
  auto* group =
      app.add_option("--group", options.group, "The group's name, 1 to 64 bytes (required, except with --classic)")
          ->type_name("NAME");
  app.add_option("--password-file", raw.password_file,
                 "Read the group's password from the first line of this file or pipe")
      ->type_name("FILE");
  auto* remember = app.add_flag("--remember", options.remember,
                                "Keep a stretched form of the password in the profile, for the next time");
  auto* access_key = app.add_option("--access-key-file", raw.access_key_file,
                                    "Where the relay asks for a key of its own: the first line of this file")
                         ->type_name("FILE");
  app.add_flag("--classic", options.classic,
               "Talk to clients and servers of the educational Python prototype. NOT PRIVATE: the server is told the "
               "key, and nothing "
               "is confirmed. There is no group but the password, which must not be that of any group of yours")
      ->excludes(pin)
      ->excludes(trust)
      ->excludes(group)
      ->excludes(remember)
      ->excludes(access_key);
  app.add_option("--profile", raw.profile,
                 "Folder of identity, history and outbox (default: coterie/profiles/ID in the user's data folder)")
      ->type_name("DIR");
  app.add_flag("--json", options.json, json_help);
  app.add_flag("--keep-trying", options.keep_trying, "Do not give up when the very first connection fails");
  app.add_option("--log-level", options.log_level,
                 "Diagnostics on standard error: debug, info, warning, error (default), off")
      ->type_name("LEVEL")
      ->transform(command_line::choice<log::Level>({{"debug", log::Level::debug},
                                                    {"info", log::Level::info},
                                                    {"warning", log::Level::warning},
                                                    {"error", log::Level::error},
                                                    {"off", log::Level::off}},
                                                   "debug, info, warning, error or off"));
}

// Each --to takes one name, so that what follows it is not swallowed.
void add_names(CLI::App& command, const char* option, std::vector<std::string>& names, const char* help) {
  command.add_option(option, names, help)->type_name("USER")->allow_extra_args(false);
}

void add_seconds(CLI::App& command, const char* option, double& seconds, const char* help) {
  command.add_option(option, seconds, help)
      ->type_name("SECONDS")
      ->check(command_line::number(0.0, longest_wait, "a number of seconds, 0 or more"));
}

void add_count(CLI::App& command, const char* option, std::size_t& count, const char* help) {
  command.add_option(option, count, help)
      ->type_name("N")
      ->check(command_line::number<std::size_t>(0, 1'000'000'000, "a whole number, 0 or more"));
}

struct Commands {
  CLI::App *chat, *say, *send, *receive, *listen, *members, *verify, *history, *search;
};

CLI::App* add_command(CLI::App& app, const char* name, const char* help) {
  auto* command = app.add_subcommand(name, help);
  command->fallthrough();   // the common options may stand behind the command as well
  return command;
}

Commands add_commands(CLI::App& app, Raw& raw) {
  Commands commands{};

  commands.chat =
      add_command(app, "chat",
                  "Talk: a line goes to the group, /help lists the commands. Without a terminal, lines come from "
                  "standard input and its end is the end");
  commands.chat->add_option("--dir", raw.chat.folder, "Where accepted files go (default: ~/client_received)")
      ->type_name("DIR");

  commands.say = add_command(app, "say", "Send one text, and end when every addressee has confirmed that it arrived");
  commands.say->add_option("TEXT", raw.say.text, "What to say; - reads standard input")->required();
  add_names(*commands.say, "--to", raw.say.to,
            "To this member alone; may be repeated (default: to everyone in the group)");
  add_seconds(*commands.say, "--wait,--timeout", raw.say_wait,
              "How long to wait for members and their confirmation (default 30; 0: without limit)");

  commands.send = add_command(app, "send", "Send files, and end when every recipient has them complete and verified");
  commands.send->add_option("PATH", raw.send.paths, "Ordinary files")->required();
  add_names(*commands.send, "--to", raw.send.to,
            "To this member; may be repeated (default: to each member that is known)");
  add_seconds(
      *commands.send, "--wait,--timeout", raw.send_wait,
      "How long to wait (default 86400, one day: a person has to accept, and large files take their time; 0: without "
      "limit). What is unfinished then goes on the next time");

  commands.receive = add_command(app, "receive", "Take files that are offered; prints where each was saved");
  add_names(*commands.receive, "--from", raw.receive.from, "From this member only; may be repeated");
  commands.receive
      ->add_option("--dir", raw.receive.folder, "Where they go, made if missing (default: ~/client_received)")
      ->type_name("DIR");
  add_count(*commands.receive, "--count", raw.receive.count, "End after so many files (default 1; 0: without limit)");
  commands.receive
      ->add_option("--accept", raw.receive.accept,
                   "Which offers to take: ask (default; without a terminal offers are reported and left open), "
                   "verified (from members "
                   "whose safety number was confirmed), all")
      ->type_name("WHICH")
      ->transform(command_line::choice<Accept>(
          {{"ask", Accept::ask}, {"verified", Accept::verified}, {"all", Accept::all}}, "ask, verified or all"));
  add_seconds(*commands.receive, "--timeout,--wait", raw.receive_timeout,
              "How long to wait (default 0: without limit)");

  commands.listen = add_command(app, "listen", "Print messages and events as they come");
  add_seconds(*commands.listen, "--timeout,--wait", raw.listen_timeout,
              "How long to listen (default 0: without limit)");

  commands.members = add_command(app, "members", "List the members and who is here");
  commands.members->add_flag("--offline", raw.members.offline, "From the profile alone, without connecting");

  commands.verify =
      add_command(app, "verify", "Show the safety number to compare with a member, over the phone or face to face");
  commands.verify->add_option("USER", raw.verify.user, "The member")->required();
  commands.verify->add_flag(
      "--confirm", raw.verify.confirm,
      "The numbers are the same: mark this member as verified; a changed identity key only after a question");
  commands.verify
      ->add_option("--number", raw.verify.number,
                   "The whole number as the member sees it: the key it belongs to is confirmed, also a changed one")
      ->type_name("DIGITS");

  commands.history = add_command(app, "history", "Print past messages from the profile, without connecting");
  add_count(*commands.history, "N", raw.history.count, "How many, the newest (default 50; 0: all)");
  commands.history->add_option("--with", raw.history_with, "Only the direct conversation with this member")
      ->type_name("USER");

  commands.search = add_command(app, "search",
                                "Find past messages with all these words (or beginnings of words), without connecting");
  commands.search->add_option("WORDS", raw.search_words, "What to look for")->required();
  return commands;
}

CommandOptions chosen(const Commands& commands, Raw& raw) {
  if (commands.chat->parsed()) return raw.chat;
  if (commands.say->parsed()) {
    raw.say.wait = limit_of(raw.say_wait);
    return raw.say;
  }
  if (commands.send->parsed()) {
    raw.send.wait = limit_of(raw.send_wait);
    return raw.send;
  }
  if (commands.receive->parsed()) {
    raw.receive.timeout = limit_of(raw.receive_timeout);
    return raw.receive;
  }
  if (commands.listen->parsed()) {
    raw.listen.timeout = limit_of(raw.listen_timeout);
    return raw.listen;
  }
  if (commands.members->parsed()) return raw.members;
  if (commands.verify->parsed()) return raw.verify;
  if (commands.history->parsed()) {
    if (!raw.history_with.empty()) raw.history.with = raw.history_with;
    return raw.history;
  }
  std::string words;
  for (const auto& word : raw.search_words) words.append(words.empty() ? "" : " ").append(word);
  return SearchOptions{std::move(words)};
}

bool has_classic_form(const CommandOptions& command) {
  if (const auto* members = std::get_if<MembersOptions>(&command)) return !members->offline;
  return !std::holds_alternative<VerifyOptions>(command) && !std::holds_alternative<HistoryOptions>(command) &&
         !std::holds_alternative<SearchOptions>(command);
}

std::optional<std::filesystem::path> path_of(const std::string& text) {
  if (text.empty()) return std::nullopt;
  return std::filesystem::path(text);
}

Ended mistake(const std::string& sentence) { return {ExitCode::usage, "coterie-cli: " + sentence + "\n"}; }

// Whom the command is about, where it names members.
std::vector<std::string> named_members(const CommandOptions& command) {
  return std::visit(overloaded{
                        [](const SayOptions& say) { return say.to; },
                        [](const SendOptions& send) { return send.to; },
                        [](const ReceiveOptions& receive) { return receive.from; },
                        [](const VerifyOptions& verify) { return std::vector{verify.user}; },
                        [](const HistoryOptions& history) {
                          return history.with ? std::vector{*history.with} : std::vector<std::string>();
                        },
                        [](const auto&) { return std::vector<std::string>(); },
                    },
                    command);
}

// What can be seen without asking anybody.
std::optional<std::string> mistake_in(const Options& options) {
  for (const auto& name : named_members(options.command))
    if (same_user(name, options.user)) return escape_unprintable(name) + " is your own user id; name another member.";
  if (const auto* send = std::get_if<SendOptions>(&options.command))
    for (const auto& path : send->paths)
      if (path.empty()) return "The path of a file is empty; name the file to send.";
  const auto* say = std::get_if<SayOptions>(&options.command);
  if (say == nullptr || say->text == "-") return std::nullopt;
  const auto text = clean_message_text(say->text);
  if (text.empty()) return "The text is empty; say what to send, or - for standard input.";
  if (text.size() > command::longest_text)
    return "The text has " + std::to_string(text.size()) + " bytes and " + std::to_string(command::longest_text) +
           " are allowed; say less, or send it as a file.";
  return std::nullopt;
}

}   // namespace

std::variant<Options, Ended> parse_options(int argc, const char* const* argv) {
  for (int i = 1; i < argc; ++i) {
    const std::string_view word(argv[i]);
    if (word == "--") break;
    if (word == "--password" || word.starts_with("--password="))
      return mistake(
          "A password on the command line could be read by every user of this machine. Use --password-file FILE, the "
          "environment variable COTERIE_PASSWORD, or type it when asked.");
  }

  Raw raw;
  CLI::App app(description, "coterie-cli");
  app.footer(footer);
  app.set_version_flag("--version", "coterie-cli " COTERIE_VERSION, "Print the version and end");
  app.set_help_flag("-h,--help", "Print this help and end");
  app.require_subcommand(1);
  app.get_formatter()->column_width(26);
  app.get_formatter()->label("REQUIRED", "(required)");
  add_common(app, raw);
  const auto commands = add_commands(app, raw);
  command_line::refuse_values_of_flags(app);

  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == static_cast<int>(CLI::ExitCodes::Success)) {
      std::ostringstream out, unused;
      app.exit(error, out, unused);
      return Ended{ExitCode::ok, out.str()};
    }
    // What stands where a command is wanted is no command.
    const auto words = app.remaining();
    if (app.get_subcommands().empty() && !words.empty() && !words.front().starts_with("-") &&
        dynamic_cast<const CLI::RequiredError*>(&error) != nullptr &&
        std::string_view(error.what()).starts_with("A subcommand"))
      return mistake("There is no command " + escape_unprintable(words.front()) +
                     ". Run coterie-cli --help for what is possible.");
    return mistake(command_line::sentence_about(error, "coterie-cli"));
  }

  auto& options = raw.options;
  if (!raw.pin.empty()) {
    auto pin = parse_pin(raw.pin);
    if (!pin)
      return mistake(
          "--pin takes a fingerprint of 64 hexadecimal digits, as coterie-relay --fingerprint prints it; in quotes "
          "where it has spaces.");
    options.pin = *pin;
  }
  options.password_file = path_of(raw.password_file);
  options.access_key_file = path_of(raw.access_key_file);
  options.profile = path_of(raw.profile);
  options.command = chosen(commands, raw);
  if (!options.classic && app.count("--group") == 0)
    return mistake("--group is missing. Run coterie-cli --help for what is possible.");
  if (options.classic && !has_classic_form(options.command))
    return mistake(
        "Classic mode keeps no history and knows no identities; use chat, say, send, receive, listen or members.");
  if (auto wrong = mistake_in(options)) return mistake(*wrong);
  return options;
}

}   // namespace coterie::cli
