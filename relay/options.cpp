// SPDX-License-Identifier: MIT
#include "relay/options.h"

#include <CLI/CLI.hpp>

#include <cstdio>
#include <list>

#include "netcore/base/command_line.h"

namespace coterie::relay {
namespace {

constexpr int failed_to_start = 1;
constexpr int wrong_usage = 2;

// The values given for one setting, where CLI11 puts them.
struct Given {
  const Setting* setting = nullptr;
  std::vector<std::string> values;
};

void add_settings(CLI::App& app, std::list<Given>& given) {
  const Settings defaults;
  for (const auto& setting : all_settings()) {
    auto& place = given.emplace_back(Given{.setting = &setting, .values = {}});
    if (setting.is_flag) {
      app.add_flag_callback(
             "--" + std::string(setting.name), [&place] { place.values = {"yes"}; }, std::string(setting.what))
          ->group(std::string(setting.group));
      continue;
    }
    auto* option = app.add_option("--" + std::string(setting.name), place.values, std::string(setting.what))
                       ->type_name(std::string(setting.type))
                       ->group(std::string(setting.group))
                       ->allow_extra_args(false);
    if (const auto value = setting.show(defaults); !value.empty()) option->default_str(value);
    if (!setting.repeats) option->expected(1);
  }
}

int say(const Error& error, int status) { return say_sentence(sentence_about(error), status); }

}   // namespace

int say_sentence(const std::string& sentence, int status) {
  const auto mark = log::mark_of(log::Level::error);
  std::fprintf(stderr, "%.*scoterie-relay: %s\n", static_cast<int>(mark.size()), mark.data(), sentence.c_str());
  return status;
}

std::string sentence_about(const Error& error) {
  // What is wrong with a setting is a whole sentence already.
  return error.code == Errc::invalid_argument && error.detail.ends_with('.') ? error.detail : explain(error);
}

Result<Settings> Options::read_again() const {
  std::vector<Assignment> in_file;
  if (!config_file.empty()) {
    auto read = read_settings_file(config_file);
    if (!read) return tl::unexpected(read.error());
    in_file = std::move(*read);
  }
  return make_settings(config_file, in_file, on_command_line);
}

std::variant<Options, int> parse_command_line(int argc, char** argv) {
  using Action = Options::Action;
  Options options;
  bool fingerprint = false;
  bool check_config = false;
  bool print_config = false;
  bool doctor = false;
  std::list<Given> given;

  CLI::App app("Coterie relay: passes sealed messages and files between the members of groups it knows nothing about.",
               "coterie-relay");
  app.set_version_flag("--version", std::string("coterie-relay " COTERIE_VERSION));
  app.add_subcommand("doctor", "Look at this machine and its configuration, and say what would be in the way")
      ->fallthrough()
      ->callback([&] { doctor = true; });
  app.add_option("--config", options.config_file, "Configuration file; options of the command line come before it")
      ->type_name("FILE");
  auto* check = app.add_flag("--check-config", check_config, "Say whether the configuration can be used, and exit");
  auto* print = app.add_flag("--print-config", print_config,
                             "Print a configuration file with every setting and its default, and exit");
  auto* pin = app.add_flag("--fingerprint", fingerprint, "Print the fingerprint of the relay's identity and exit");
  check->excludes(print)->excludes(pin);
  print->excludes(pin);
  app.add_option("--port-file", options.port_file, "Write the port here once listening")->type_name("FILE");
  app.add_option("--name", options.public_name, "With doctor: the name clients use for this relay")->type_name("HOST");
  add_settings(app, given);
  command_line::refuse_values_of_flags(app);

  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == static_cast<int>(CLI::ExitCodes::Success)) return app.exit(error);
    return say_sentence(command_line::sentence_about(error, "coterie-relay"), wrong_usage);
  }
  if (doctor) options.action = Action::doctor;
  if (fingerprint) options.action = Action::fingerprint;
  if (check_config) options.action = Action::check_config;
  if (print_config) options.action = Action::print_config;

  for (auto& [setting, values] : given)
    for (auto& value : values)
      options.on_command_line.push_back({.setting = setting, .value = std::move(value), .line = 0});
  // A mistake on the command line is a matter of usage, whatever the file says.
  for (const auto& one : options.on_command_line) {
    Settings aside;
    if (auto set = one.setting->set(aside, one.value); !set)
      return say({Errc::invalid_argument, "--" + std::string(one.setting->name) + " " + set.error().detail + "."},
                 wrong_usage);
  }
  if (options.action == Action::print_config) return options;
  auto settings = options.read_again();
  if (!settings) return say(settings.error(), failed_to_start);
  options.settings = std::move(*settings);
  return options;
}

}   // namespace coterie::relay
