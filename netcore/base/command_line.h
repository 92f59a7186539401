// SPDX-License-Identifier: MIT
// What both programs say about a command line that cannot be used: checks for CLI11 that know their sentence, and one sentence for
// each mistake CLI11 finds by itself. Header only, so that nothing else of this rung needs CLI11.
#pragma once

#include <CLI/CLI.hpp>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <map>
#include <string>
#include <string_view>
#include <type_traits>

#include "netcore/base/unicode.h"

namespace coterie::command_line {

// A whole number, or any number for T = double, within the bounds. `wanted` completes the sentence "--option takes …".
template <class T>
CLI::Validator number(T least, T most, std::string wanted) {
  return CLI::Validator(
      [least, most, mistake = "takes " + std::move(wanted)](const std::string& word) {
        T value{};
        const auto* const past = word.data() + word.size();
        const auto [end, error] = std::from_chars(word.data(), past, value);
        const bool fits =
            error == std::errc() && end == past && value >= least && value <= most;   // never true for "nan"
        return fits ? std::string() : mistake;
      },
      "");
}

// One of the words of `choices`, put in its place as CLI11 reads an enumeration: by number.
template <class T>
CLI::Validator choice(std::map<std::string, T> choices, std::string wanted) {
  return CLI::Validator(
      [choices = std::move(choices), mistake = "takes " + std::move(wanted)](std::string& word) {
        const auto found = choices.find(word);
        if (found == choices.end()) return mistake;
        word = std::to_string(static_cast<std::underlying_type_t<T>>(found->second));
        return std::string();
      },
      "");
}

// "--flag=5" is a mistake, not a strange way to say "--flag".
inline void refuse_values_of_flags(CLI::App& app) {
  for (auto* option : app.get_options([](const CLI::Option* each) { return each->get_expected_max() == 0; }))
    option->disable_flag_override();
  for (auto* command : app.get_subcommands([](const CLI::App*) { return true; })) refuse_values_of_flags(*command);
}

// One sentence; `program` is named where its help can say more.
inline std::string sentence_about(const CLI::ParseError& error, std::string_view program) {
  const std::string_view what = error.what();
  const auto see_help = " Run " + std::string(program) + " --help for what is possible.";
  const auto name = escape_unprintable(what.substr(0, what.find_first_of(": ")));
  const auto after = [&](std::string_view mark) {
    const auto at = what.find(mark);
    return at == std::string_view::npos ? std::string() : escape_unprintable(what.substr(at + mark.size()));
  };
  if (dynamic_cast<const CLI::ValidationError*>(&error) != nullptr) return name + " " + after(": ") + ".";
  if (dynamic_cast<const CLI::ExtrasError*>(&error) != nullptr) {
    auto extra = after("expected: ");
    // Several, in no order one could rely on: the option among them is what was meant to be one.
    for (std::size_t from = 0, end = 0; from < extra.size(); from = end + 1) {
      end = std::min(extra.find(' ', from), extra.size());
      if (extra[from] != '-') continue;
      extra = extra.substr(from, end - from);
      break;
    }
    return (extra.starts_with("-") ? "There is no option " + extra : "Nothing more can be given here: " + extra) + "." +
           see_help;
  }
  if (dynamic_cast<const CLI::RequiredError*>(&error) != nullptr)
    return (what.starts_with("A subcommand") ? std::string("A command is missing.") : name + " is missing.") + see_help;
  if (dynamic_cast<const CLI::ExcludesError*>(&error) != nullptr)
    return name + " and " + after(" excludes ") + " cannot be given together.";
  if (dynamic_cast<const CLI::ArgumentMismatch*>(&error) != nullptr) {
    if (what.find("override") != std::string_view::npos)
      return (name.starts_with("-") ? "" : "--") + name + " takes no value.";
    if (what.find("At Most") != std::string_view::npos) return name + " can be given once only.";
    return name + " needs a value." + see_help;
  }
  return escape_unprintable(what) + "." + see_help;
}

}   // namespace coterie::command_line
