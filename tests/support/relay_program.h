// SPDX-License-Identifier: MIT
// The relay as a program: started, listened to, and ended with the test.
#pragma once

#include <boost/test/unit_test.hpp>
#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <optional>
#include <string>
#include <vector>

#include "netcore/io/handles.h"
#include "tests/support/temp_folder.h"

extern char** environ;

namespace coterie::test {

// One run of coterie-relay. Whatever happens, it does not outlive the test.
class Run {
 public:
  // `environment` ("NAME=value") comes on top of our own. Standard output goes to a file where one is named.
  explicit Run(std::vector<std::string> arguments, std::vector<std::string> environment = {},
               const char* output = nullptr) {
    int ends[2];
    BOOST_REQUIRE(pipe2(ends, O_CLOEXEC) == 0);
    output_.reset(ends[0]);
    const io::Descriptor theirs(ends[1]);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    if (output == nullptr)
      posix_spawn_file_actions_adddup2(&actions, theirs.get(), STDOUT_FILENO);
    else
      posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, output, O_WRONLY, 0);
    posix_spawn_file_actions_adddup2(&actions, theirs.get(), STDERR_FILENO);
    arguments.insert(arguments.begin(), RELAY_PROGRAM);
    std::vector<char*> argv;
    for (auto& argument : arguments) argv.push_back(argument.data());
    argv.push_back(nullptr);
    std::vector<char*> variables;
    for (auto& variable : environment) variables.push_back(variable.data());
    for (char** one = environ; *one != nullptr; ++one) variables.push_back(*one);
    variables.push_back(nullptr);
    const int failed = posix_spawn(&process_, RELAY_PROGRAM, &actions, nullptr, argv.data(), variables.data());
    posix_spawn_file_actions_destroy(&actions);
    BOOST_REQUIRE(failed == 0);
  }
  Run(const Run&) = delete;
  Run& operator=(const Run&) = delete;
  ~Run() {
    if (status_) return;
    kill(process_, SIGKILL);
    waitpid(process_, nullptr, 0);
  }

  void signal(int number) const { kill(process_, number); }
  // Everything it printed until it ended; then its exit status.
  int wait() {
    while (read_more()) {
    }
    int status = 0;
    BOOST_REQUIRE(waitpid(process_, &status, 0) == process_);
    status_ = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    return *status_;
  }
  void wait_for(const std::string& text) {
    while (printed.find(text) == std::string::npos)
      BOOST_REQUIRE_MESSAGE(read_more(), "it ended without saying: " + text);
  }
  std::string printed;

 private:
  bool read_more() {
    pollfd wanted{.fd = output_.get(), .events = POLLIN, .revents = 0};
    BOOST_REQUIRE_MESSAGE(poll(&wanted, 1, 60'000) == 1, "it neither spoke nor ended");
    char buffer[4096];
    const auto got = read(output_.get(), buffer, sizeof buffer);
    if (got <= 0) return false;
    printed.append(buffer, static_cast<std::size_t>(got));
    return true;
  }
  pid_t process_ = -1;
  io::Descriptor output_;
  std::optional<int> status_;
};

inline bool is_one_sentence_to_the_user(const std::string& printed) {
  return printed.starts_with("coterie-relay: ") && std::count(printed.begin(), printed.end(), '\n') == 1;
}

}   // namespace coterie::test
