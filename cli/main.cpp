// SPDX-License-Identifier: MIT
// coterie-cli: the engine for people at a terminal, for scripts and for tests.
#include "cli/console.h"
#include "cli/options.h"
#include "cli/password.h"
#include "cli/session.h"

#include <clocale>
#include <csignal>
#include <cstdio>
#include <exception>
#include <stdexcept>

int main(int argc, char** argv) {
  using namespace coterie;
  using namespace coterie::cli;
  try {
    // Before anything else can look into the environment.
    auto password = take_environment_password();
    // Widths of characters on the terminal; everything is UTF-8 whatever the locale says.
    if (std::setlocale(LC_CTYPE, "C.UTF-8") == nullptr) std::setlocale(LC_CTYPE, "");
    // A peer, or the reader of our output, that goes away is an error where it happens, not the end of the process.
    std::signal(SIGPIPE, SIG_IGN);

    auto parsed = parse_options(argc, argv);
    if (const auto* ended = std::get_if<Ended>(&parsed)) {
      const bool is_output = ended->code == ExitCode::ok;
      const bool written = std::fputs(ended->text.c_str(), is_output ? stdout : stderr) >= 0;
      const bool flushed = std::fflush(is_output ? stdout : stderr) == 0;
      if (is_output && !(written && flushed)) throw std::runtime_error(cannot_write_output());
      return static_cast<int>(ended->code);
    }
    auto& options = std::get<Options>(parsed);
    log::set_level(options.log_level);
    Session session(std::move(options), std::move(password));
    return static_cast<int>(session.run());
  } catch (const std::exception& error) {
    std::fprintf(stderr, "coterie-cli: %s\n", error.what());
    return static_cast<int>(ExitCode::error);
  }
}
