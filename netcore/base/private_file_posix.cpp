// SPDX-License-Identifier: MIT
#include "netcore/base/private_file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>
#include <utility>

namespace coterie {
namespace {

class Descriptor {
 public:
  explicit Descriptor(int value) : value_(value) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (value_ >= 0) ::close(value_);
  }
  [[nodiscard]] int get() const { return value_; }
  [[nodiscard]] bool ok() const { return value_ >= 0; }
  int release() { return std::exchange(value_, -1); }

 private:
  int value_;
};

Errc code_of(int number) {
  switch (number) {
    case ENOENT: return Errc::not_found;
    case EACCES:
    case EPERM:
    case EROFS: return Errc::permission_denied;
    case ENOSPC:
    case EDQUOT: return Errc::disk_full;
    case EEXIST:
    case EWOULDBLOCK: return Errc::in_use;
    case EISDIR:
    case ENOTDIR:
    case ELOOP: return Errc::not_a_file;
    default: return Errc::io_failure;
  }
}

tl::unexpected<Error> failed(const std::filesystem::path& path) { return tl::unexpected(system_error(path)); }

Status write_all(int descriptor, ByteView content, const std::filesystem::path& file) {
  while (!content.empty()) {
    const auto written = ::write(descriptor, content.data(), content.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return failed(file);
    content = content.subspan(static_cast<std::size_t>(written));
  }
  return {};
}

// Without this a new name is not sure to be there after a power loss.
Status sync_folder_of(const std::filesystem::path& file) {
  const auto folder = file.has_parent_path() ? file.parent_path() : std::filesystem::path(".");
  const Descriptor descriptor(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!descriptor.ok() || ::fsync(descriptor.get()) != 0) return failed(folder);
  return {};
}

Status write_new(const std::filesystem::path& file, ByteView content) {
  const Descriptor descriptor(::open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
  if (!descriptor.ok()) return failed(file);
  if (auto written = write_all(descriptor.get(), content, file); !written) return written;
  if (::fsync(descriptor.get()) != 0) return failed(file);
  return {};
}

}   // namespace

Error system_error(const std::filesystem::path& path) {
  const int number = errno;
  return {code_of(number), path.string() + " (" + std::generic_category().message(number) + ")"};
}

Status make_private_folder(const std::filesystem::path& folder) {
  std::error_code ignored;   // what matters is found out by mkdir
  if (folder.has_parent_path() && !std::filesystem::exists(folder.parent_path(), ignored))
    if (auto above = make_private_folder(folder.parent_path()); !above) return above;
  if (::mkdir(folder.c_str(), 0700) == 0) return sync_folder_of(folder);
  // The folder above is there: it is this kind of file system (/proc) that has no room for ours.
  if (errno == ENOENT) errno = EACCES;
  if (errno != EEXIST && errno != ENOTDIR) return failed(folder);
  if (std::filesystem::is_directory(folder, ignored)) return {};
  return fail(Errc::not_found, "the folder " + folder.string() + ", since a file is in its way");
}

Status create_private_file(const std::filesystem::path& file, ByteView content) {
  auto fresh = file;
  fresh += ".new";
  ::unlink(fresh.c_str());   // left by a start that was cut off
  auto made = write_new(fresh, content);
  if (made) made = move_into_place(fresh, file);
  if (!made) ::unlink(fresh.c_str());
  return made;
}

Status move_into_place(const std::filesystem::path& from, const std::filesystem::path& to) {
  // link() refuses a taken name where rename() would replace it; file systems without links leave only a look before.
  if (::link(from.c_str(), to.c_str()) == 0) {
    if (::unlink(from.c_str()) != 0) return failed(from);
  } else if (errno == EPERM || errno == EOPNOTSUPP || errno == ENOSYS) {
    struct stat there {};
    if (::lstat(to.c_str(), &there) == 0) {
      errno = EEXIST;
      return failed(to);
    }
    if (::rename(from.c_str(), to.c_str()) != 0) return failed(to);
  } else {
    return failed(to);
  }
  return sync_folder_of(to);
}

Result<SecretBytes> read_private_file(const std::filesystem::path& file, std::size_t limit) {
  // Non-blocking, so that a pipe of that name cannot hold us up.
  const Descriptor descriptor(::open(file.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
  if (!descriptor.ok()) return failed(file);
  struct stat facts {};
  if (::fstat(descriptor.get(), &facts) != 0) return failed(file);
  if (!S_ISREG(facts.st_mode)) return fail(Errc::not_a_file, file.string());
  if ((facts.st_mode & (S_IRWXG | S_IRWXO)) != 0)
    return fail(Errc::permission_denied, file.string() + " may be used by others than its owner; chmod 600 it");
  Bytes content(std::min(limit, static_cast<std::size_t>(facts.st_size)) + 1);
  std::size_t filled = 0;
  for (;;) {
    const auto got = ::read(descriptor.get(), content.data() + filled, content.size() - filled);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return failed(file);
    if (got == 0) break;
    filled += static_cast<std::size_t>(got);
    if (filled == content.size()) {
      wipe(content.data(), content.size());
      return fail(Errc::too_large, file.string());
    }
  }
  content.resize(filled);
  return SecretBytes(std::move(content));
}

Result<FileLock> FileLock::acquire(const std::filesystem::path& file) {
  Descriptor descriptor(::open(file.c_str(), O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600));
  if (!descriptor.ok()) return failed(file);
  if (::flock(descriptor.get(), LOCK_EX | LOCK_NB) != 0) return failed(file);
  return FileLock(descriptor.release());
}

FileLock::FileLock(FileLock&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}

FileLock& FileLock::operator=(FileLock&& other) noexcept {
  std::swap(descriptor_, other.descriptor_);
  return *this;
}

FileLock::~FileLock() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

}   // namespace coterie
