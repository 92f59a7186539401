// SPDX-License-Identifier: MIT
#include "cli/password.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>

namespace coterie::cli {
namespace {

class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  [[nodiscard]] int get() const { return fd_; }

 private:
  int fd_;
};

// A line of bounded length in memory that is wiped: no std::string that grows and leaves copies behind.
class Line {
 public:
  Line() = default;
  Line(const Line&) = delete;
  Line& operator=(const Line&) = delete;
  ~Line() { wipe(bytes_.data(), bytes_.size()); }

  bool push(char c) {
    if (size_ == bytes_.size()) return false;
    bytes_[size_++] = static_cast<std::uint8_t>(c);
    return true;
  }
  // The last character, with all its bytes.
  void pop() {
    while (size_ > 0 && (bytes_[size_ - 1] & 0xC0U) == 0x80U) --size_;
    if (size_ > 0) --size_;
  }
  void clear() { size_ = 0; }
  [[nodiscard]] SecretBytes take() const { return SecretBytes(ByteView(bytes_.data(), size_)); }
  [[nodiscard]] bool empty() const { return size_ == 0; }

 private:
  std::array<std::uint8_t, 1024> bytes_{};   // far above the longest password allowed
  std::size_t size_ = 0;
};

enum class Read { byte, end, nothing_yet, failure };

Read read_byte(int fd, char& c) {
  for (;;) {
    const auto got = ::read(fd, &c, 1);
    if (got == 1) return Read::byte;
    if (got == 0) return Read::end;
    if (errno == EAGAIN) return Read::nothing_yet;
    if (errno != EINTR) return Read::failure;
  }
}

void write_all(int fd, std::string_view text) {
  while (!text.empty()) {
    const auto written = ::write(fd, text.data(), text.size());
    if (written <= 0) return;
    text.remove_prefix(static_cast<std::size_t>(written));
  }
}

}   // namespace

std::optional<SecretBytes> take_environment_password() {
  char* value = std::getenv(password_variable);
  if (value == nullptr) return std::nullopt;
  const auto size = std::strlen(value);
  SecretBytes password(as_bytes({value, size}));
  wipe(value, size);
  ::unsetenv(password_variable);
  if (password.empty()) return std::nullopt;
  return password;
}

Result<SecretBytes> read_secret_file(const std::filesystem::path& file, std::string_view what,
                                     const std::function<void(std::string_view)>& warn, const AwaitInput& await_input) {
  const auto where = std::string(what) + " in " + file.string();
  // Without O_NONBLOCK a named pipe would hold us here until somebody writes to it.
  const Descriptor input(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK));
  if (input.get() < 0)
    return fail(errno == ENOENT   ? Errc::not_found
                : errno == EACCES ? Errc::permission_denied
                                  : Errc::io_failure,
                "the file " + file.string() + " (" + std::strerror(errno) + ")");
  struct stat about {};
  if (::fstat(input.get(), &about) != 0) return fail(Errc::io_failure, where + " (" + std::strerror(errno) + ")");
  const bool is_pipe = S_ISFIFO(about.st_mode);
  if (!S_ISREG(about.st_mode) && !is_pipe)
    return fail(Errc::invalid_argument, file.string() + (S_ISDIR(about.st_mode) ? " is a folder" : " is a device") +
                                            ", and " + std::string(what) +
                                            " is read from the first line of a file or pipe");
  if (!is_pipe && (about.st_mode & 077U) != 0)
    warn("The file " + file.string() + " can be read or changed by other users of this machine; chmod 600 mends that.");

  // Byte by byte: from a pipe, what follows the line is left to whoever reads on.
  Line line;
  char c = 0;
  for (;;) {
    if (is_pipe && !await_input(input.get())) return fail(Errc::io_failure, where + " (interrupted)");
    const auto read = read_byte(input.get(), c);
    if (read == Read::nothing_yet) continue;
    if (read == Read::failure) return fail(Errc::io_failure, where + " (" + std::strerror(errno) + ")");
    if (read == Read::end || c == '\n') break;
    if (c == '\r') continue;
    if (!line.push(c)) return fail(Errc::invalid_argument, where + " is too long");
  }
  if (line.empty()) return fail(Errc::invalid_argument, where + ": the first line is empty");
  return line.take();
}

TypedPassword ask_password(std::string_view question, const AwaitInput& await_input) {
  const Descriptor terminal(::open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY));
  termios before{};
  if (terminal.get() < 0 || ::tcgetattr(terminal.get(), &before) != 0) return {Asked::no_terminal, {}};
  // Signals are read as characters, so that no way out leaves the terminal without echo.
  termios hidden = before;
  hidden.c_lflag &= ~static_cast<tcflag_t>(ECHO | ICANON | ISIG);
  hidden.c_cc[VMIN] = 1;
  hidden.c_cc[VTIME] = 0;
  if (::tcsetattr(terminal.get(), TCSAFLUSH, &hidden) != 0) return {Asked::no_terminal, {}};

  write_all(terminal.get(), question);
  Line line;
  bool given_up = false;
  for (char c = 0;;) {
    if (!await_input(terminal.get()) || read_byte(terminal.get(), c) != Read::byte) {
      given_up = true;
      break;
    }
    if (c == '\n' || c == '\r') break;
    if (c == 0x03 || c == 0x04) {   // Ctrl-C, Ctrl-D
      given_up = true;
      break;
    }
    if (c == 0x7f || c == 0x08)   // Backspace
      line.pop();
    else if (c == 0x15)   // Ctrl-U
      line.clear();
    else if (static_cast<unsigned char>(c) >= 0x20)
      line.push(c);
  }
  ::tcsetattr(terminal.get(), TCSAFLUSH, &before);
  write_all(terminal.get(), "\n");
  if (given_up) return {Asked::given_up, {}};
  if (line.empty()) return {Asked::nothing_typed, {}};
  return {Asked::typed, line.take()};
}

}   // namespace coterie::cli
