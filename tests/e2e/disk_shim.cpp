// SPDX-License-Identifier: MIT
// Preloaded into a relay under test: stands between it and its disk, so that a test can end it between any two system calls, take
// back whatever was written but not flushed (as a power cut does), fill the disk, or move the clock.
//
//   COTERIE_SHIM_FOLDER  files below it are watched
//   COTERIE_SHIM_LOG     every write to them, with what it replaced, and every flush; disk_shim.py plays it back
//   COTERIE_SHIM_KILL    CALL:N   the N-th such call does not happen: SIGKILL instead. CALL: write, flush, send, receive
//   COTERIE_SHIM_FULL    while this file exists, what makes a watched file longer fails with ENOSPC
//   COTERIE_SHIM_CLOCK   a file with a number: seconds that the wall clock is wrong by
#include <dlfcn.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <climits>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <mutex>
#include <string>
#include <vector>

namespace {

template <class F>
F next(const char* name) {
  return reinterpret_cast<F>(dlsym(RTLD_NEXT, name));
}

std::string variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

struct Shim {
  Shim()
      : folder(variable("COTERIE_SHIM_FOLDER")),
        full(variable("COTERIE_SHIM_FULL")),
        clock(variable("COTERIE_SHIM_CLOCK")) {
    const auto kill_at = variable("COTERIE_SHIM_KILL");
    if (const auto colon = kill_at.find(':'); colon != std::string::npos) {
      kill_call = kill_at.substr(0, colon);
      kill_number = std::atoll(kill_at.c_str() + colon + 1);
    }
    if (const auto file = variable("COTERIE_SHIM_LOG"); !file.empty())
      log = open(file.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  }

  void count(const char* call) {
    if (kill_call == call && ++calls == kill_number) kill(getpid(), SIGKILL);
  }

  // The path below the folder, where the descriptor is one of its files.
  [[nodiscard]] std::string watched(int fd) const {
    if (folder.empty()) return {};
    char path[PATH_MAX];
    char link[64];
    std::snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    const auto size = readlink(link, path, sizeof path);
    if (size <= 0) return {};
    const std::string found(path, static_cast<std::size_t>(size));
    return found.size() > folder.size() + 1 && found.compare(0, folder.size() + 1, folder + "/") == 0 ? found
                                                                                                      : std::string();
  }

  std::string folder;
  std::string full;
  std::string clock;
  std::string kill_call;
  long long kill_number = 0;
  std::atomic<long long> calls{0};
  int log = -1;
  std::mutex mutex;   // of the log: records are whole
};

Shim& shim() {
  static Shim instance;
  return instance;
}

void put(std::string& to, std::uint64_t number) { to.append(reinterpret_cast<const char*>(&number), sizeof number); }
void put(std::string& to, const std::string& bytes) {
  put(to, bytes.size());
  to.append(bytes);
}

void append_to_log(const std::string& record) {
  static const auto real = next<ssize_t (*)(int, const void*, size_t)>("write");
  if (real(shim().log, record.data(), record.size()) != static_cast<ssize_t>(record.size())) std::abort();
}

std::uint64_t size_of(int fd) {
  struct stat status {};
  return fstat(fd, &status) == 0 ? static_cast<std::uint64_t>(status.st_size) : 0;
}

// W path, offset, size before, what was there, what comes.
void note_write(int fd, const std::string& path, const void* bytes, std::size_t size, off_t offset) {
  if (shim().log < 0) return;
  static const auto real = next<ssize_t (*)(int, void*, size_t, off_t)>("pread");
  std::string old(size, '\0');
  const auto got = real(fd, old.data(), size, offset);
  old.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
  std::string record = "W";
  put(record, path);
  put(record, static_cast<std::uint64_t>(offset));
  put(record, size_of(fd));
  put(record, old);
  put(record, std::string(static_cast<const char*>(bytes), size));
  append_to_log(record);
}

// F path.
void note_flush(const std::string& path) {
  if (shim().log < 0) return;
  std::string record = "F";
  put(record, path);
  append_to_log(record);
}

// T path, size before, size after, what is cut off.
void note_truncate(int fd, const std::string& path, off_t size) {
  if (shim().log < 0) return;
  const auto before = size_of(fd);
  const auto after = static_cast<std::uint64_t>(size);
  std::string cut;
  if (before > after) {
    cut.resize(before - after);
    static const auto real = next<ssize_t (*)(int, void*, size_t, off_t)>("pread");
    const auto got = real(fd, cut.data(), cut.size(), size);
    cut.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
  }
  std::string record = "T";
  put(record, path);
  put(record, before);
  put(record, after);
  put(record, cut);
  append_to_log(record);
}

bool has_room(int fd, std::size_t size, off_t offset) {
  if (shim().full.empty() || access(shim().full.c_str(), F_OK) != 0) return true;
  return static_cast<std::uint64_t>(offset) + size <= size_of(fd);
}

template <class Real>
ssize_t write_at(int fd, const void* bytes, std::size_t size, off_t offset, Real real) {
  const auto path = shim().watched(fd);
  if (path.empty()) return real();
  const std::lock_guard hold(shim().mutex);
  shim().count("write");
  if (!has_room(fd, size, offset)) {
    errno = ENOSPC;
    return -1;
  }
  note_write(fd, path, bytes, size, offset);
  return real();
}

template <class Real>
int flush(int fd, Real real) {
  const auto path = shim().watched(fd);
  if (path.empty()) return real();
  shim().count("flush");
  const int result = real();
  const std::lock_guard hold(shim().mutex);
  if (result == 0) note_flush(path);
  return result;
}

template <class Real>
int truncate_to(int fd, off_t size, Real real) {
  const auto path = shim().watched(fd);
  if (path.empty()) return real();
  const std::lock_guard hold(shim().mutex);
  shim().count("write");
  note_truncate(fd, path, size);
  return real();
}

std::time_t wrong_by() {
  if (shim().clock.empty()) return 0;
  static const auto real_open = next<int (*)(const char*, int, ...)>("open");
  static const auto real_read = next<ssize_t (*)(int, void*, size_t)>("read");
  char text[32] = {};
  const int file = real_open(shim().clock.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return 0;
  const auto got = real_read(file, text, sizeof text - 1);
  close(file);
  return got > 0 ? static_cast<std::time_t>(std::atoll(text)) : 0;
}

}   // namespace

extern "C" {

ssize_t pwrite(int fd, const void* bytes, size_t size, off_t offset) {
  static const auto real = next<ssize_t (*)(int, const void*, size_t, off_t)>("pwrite");
  return write_at(fd, bytes, size, offset, [&] { return real(fd, bytes, size, offset); });
}
ssize_t pwrite64(int fd, const void* bytes, size_t size, off64_t offset) {
  static const auto real = next<ssize_t (*)(int, const void*, size_t, off64_t)>("pwrite64");
  return write_at(fd, bytes, size, offset, [&] { return real(fd, bytes, size, offset); });
}
ssize_t write(int fd, const void* bytes, size_t size) {
  static const auto real = next<ssize_t (*)(int, const void*, size_t)>("write");
  const auto offset = lseek(fd, 0, SEEK_CUR);
  if (offset < 0) return real(fd, bytes, size);   // no file
  return write_at(fd, bytes, size, offset, [&] { return real(fd, bytes, size); });
}
int fsync(int fd) {
  static const auto real = next<int (*)(int)>("fsync");
  return flush(fd, [&] { return real(fd); });
}
int fdatasync(int fd) {
  static const auto real = next<int (*)(int)>("fdatasync");
  return flush(fd, [&] { return real(fd); });
}
int ftruncate(int fd, off_t size) noexcept {
  static const auto real = next<int (*)(int, off_t)>("ftruncate");
  return truncate_to(fd, size, [&] { return real(fd, size); });
}
int ftruncate64(int fd, off64_t size) noexcept {
  static const auto real = next<int (*)(int, off64_t)>("ftruncate64");
  return truncate_to(fd, size, [&] { return real(fd, size); });
}

ssize_t sendmsg(int fd, const msghdr* message, int flags) {
  static const auto real = next<ssize_t (*)(int, const msghdr*, int)>("sendmsg");
  shim().count("send");
  return real(fd, message, flags);
}
ssize_t send(int fd, const void* bytes, size_t size, int flags) {
  static const auto real = next<ssize_t (*)(int, const void*, size_t, int)>("send");
  shim().count("send");
  return real(fd, bytes, size, flags);
}
ssize_t recv(int fd, void* bytes, size_t size, int flags) {
  static const auto real = next<ssize_t (*)(int, void*, size_t, int)>("recv");
  shim().count("receive");
  return real(fd, bytes, size, flags);
}

int clock_gettime(clockid_t which, timespec* now) noexcept {
  static const auto real = next<int (*)(clockid_t, timespec*)>("clock_gettime");
  const int result = real(which, now);
  if (result == 0 && which == CLOCK_REALTIME) now->tv_sec += wrong_by();
  return result;
}
std::time_t time(std::time_t* place) noexcept {
  timespec now{};
  clock_gettime(CLOCK_REALTIME, &now);
  if (place != nullptr) *place = now.tv_sec;
  return now.tv_sec;
}

}   // extern "C"
