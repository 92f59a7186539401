// SPDX-License-Identifier: MIT
#include "netcore/transfer/file_io.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/uio.h>
#include <unistd.h>
#ifdef __linux__
#include <linux/magic.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#endif

#include <array>
#include <cassert>
#include <cerrno>
#include <vector>

#include "netcore/base/private_file.h"
#include "netcore/transfer/origin_mark.h"
#include "netcore/transfer/safe_name.h"

namespace coterie::transfer {

struct FolderHandle {
  FileHandle file;
  std::filesystem::path path;   // for messages
};

namespace {

constexpr unsigned max_number = 10'000;   // of " (n)" behind a taken name

int fd_of(const FileHandle& handle) { return static_cast<int>(handle.get()); }
int fd_of(const FolderHandle& folder) { return fd_of(folder.file); }

tl::unexpected<Error> failed(const std::filesystem::path& path) { return tl::unexpected(system_error(path)); }

std::int64_t mtime_ns_of(const struct stat& facts) {
#ifdef __APPLE__
  const auto& time = facts.st_mtimespec;
#else
  const auto& time = facts.st_mtim;
#endif
  return static_cast<std::int64_t>(time.tv_sec) * 1'000'000'000 + time.tv_nsec;
}

std::string_view kind_of(mode_t mode) {
  if (S_ISDIR(mode)) return "a folder";
  if (S_ISLNK(mode)) return "a link";
  if (S_ISFIFO(mode)) return "a pipe";
  if (S_ISSOCK(mode)) return "a socket";
  return "a device";
}

tl::unexpected<Error> not_a_file(const std::filesystem::path& path, std::string_view kind) {
  return fail(Errc::not_a_file, path.string().append(" is ").append(kind));
}

// Files of these have neither a size nor an end that could be relied on.
bool is_made_up_by_the_kernel([[maybe_unused]] int fd) {
#ifdef __linux__
  struct statfs facts {};
  if (::fstatfs(fd, &facts) != 0) return false;
  constexpr std::array<std::uint32_t, 8> list = {PROC_SUPER_MAGIC, SYSFS_MAGIC,        DEBUGFS_MAGIC,
                                                 TRACEFS_MAGIC,    CGROUP_SUPER_MAGIC, CGROUP2_SUPER_MAGIC,
                                                 SECURITYFS_MAGIC, BPF_FS_MAGIC};
  return std::find(list.begin(), list.end(), static_cast<std::uint32_t>(facts.f_type)) != list.end();
#else
  return false;
#endif
}

int flush_data(int fd) {
#ifdef __APPLE__
  return ::fcntl(fd, F_FULLFSYNC);
#else
  return ::fdatasync(fd);
#endif
}

Status sync_folder(const FolderHandle& folder) {
  // Some file systems cannot flush a folder and say so by EINVAL: nothing more can be done there.
  if (::fsync(fd_of(folder)) != 0 && errno != EINVAL) return failed(folder.path);
  return {};
}

// Reads or writes all of `parts` from `offset` on, in as many calls as it takes: `move` is preadv or pwritev. Stops early where
// `move` moves nothing.
template <class Move>
Result<std::size_t> move_all(std::span<struct iovec> parts, std::uint64_t offset, const std::filesystem::path& path,
                             Move move) {
  std::size_t total = 0;
  while (!parts.empty()) {
    constexpr std::size_t most = 256;   // well under IOV_MAX everywhere
    const auto count = static_cast<int>(std::min(parts.size(), most));
    const auto moved = move(parts.data(), count, static_cast<off_t>(offset + total));
    if (moved < 0 && errno == EINTR) continue;
    if (moved < 0) return failed(path);
    auto left = static_cast<std::size_t>(moved);
    total += left;
    while (!parts.empty() && left >= parts.front().iov_len) {
      left -= parts.front().iov_len;
      parts = parts.subspan(1);
    }
    if (parts.empty()) break;
    if (moved == 0) break;
    parts.front().iov_base = static_cast<std::uint8_t*>(parts.front().iov_base) + left;
    parts.front().iov_len -= left;
  }
  return total;
}

enum class Move { done, taken, unsupported, failed };

Move outcome_of(int result) {
  if (result == 0) return Move::done;
  switch (errno) {
    case EEXIST: return Move::taken;
    case ENOSYS:
    case EINVAL:
    case EPERM:
    case EOPNOTSUPP: return Move::unsupported;
    default: return Move::failed;
  }
}

Move move_by_rename([[maybe_unused]] int folder, [[maybe_unused]] const char* from, [[maybe_unused]] const char* to) {
#if defined(__linux__)
  constexpr unsigned no_replace =
      1;   // RENAME_NOREPLACE of <linux/fs.h>, which cannot be included beside <sys/mount.h>
  return outcome_of(static_cast<int>(::syscall(SYS_renameat2, folder, from, folder, to, no_replace)));
#elif defined(__APPLE__)
  return outcome_of(::renameatx_np(folder, from, folder, to, RENAME_EXCL));
#else
  return Move::unsupported;
#endif
}

Move move_by_link(int folder, const char* from, const char* to) {
  if (const auto linked = outcome_of(::linkat(folder, from, folder, to, 0)); linked != Move::done) return linked;
  return ::unlinkat(folder, from, 0) == 0 ? Move::done : Move::failed;
}

// For file systems with neither: the name is taken by an empty file of ours, and only that is replaced.
Move move_over_placeholder(int folder, const char* from, const char* to) {
  const FileHandle placeholder(::openat(folder, to, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
  if (!placeholder) return errno == EEXIST ? Move::taken : Move::failed;
  if (::renameat(folder, from, folder, to) == 0) return Move::done;
  const int why = errno;
  ::unlinkat(folder, to, 0);
  errno = why;
  return Move::failed;
}

Move move_to_free_name(int folder, const char* from, const char* to) {
  auto moved = move_by_rename(folder, from, to);
  if (moved == Move::unsupported) moved = move_by_link(folder, from, to);
  if (moved == Move::unsupported) moved = move_over_placeholder(folder, from, to);
  return moved;
}

}   // namespace

FileHandle::~FileHandle() {
  if (value_ != none) ::close(static_cast<int>(value_));
}

// ── source ─────────────────────────────────────────────────────────────────────────────────────────────────────────

Result<FileSource> FileSource::open(const std::filesystem::path& path) {
  FileSource source;
  source.path_ = path;
  // Non-blocking: a pipe without a writer must not hold us up.
  source.file_ = FileHandle(::open(path.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
  if (!source.file_) {
    struct stat facts {};
    const int why = errno;
    if ((why == ELOOP || why == ENXIO || why == ENODEV) && ::lstat(path.c_str(), &facts) == 0)
      return not_a_file(path, kind_of(facts.st_mode));
    errno = why;
    return failed(path);
  }
  struct stat facts {};
  if (::fstat(fd_of(source.file_), &facts) != 0) return failed(path);
  if (!S_ISREG(facts.st_mode)) return not_a_file(path, kind_of(facts.st_mode));
  if (is_made_up_by_the_kernel(fd_of(source.file_))) return not_a_file(path, "made up by the system while it is read");
  source.size_ = static_cast<std::uint64_t>(facts.st_size);
  source.mtime_ns_ = mtime_ns_of(facts);
#ifdef POSIX_FADV_SEQUENTIAL
  ::posix_fadvise(fd_of(source.file_), 0, 0, POSIX_FADV_SEQUENTIAL);
#endif
  return source;
}

Status FileSource::read(std::uint64_t offset, std::span<const MutableByteView> parts) const {
  std::vector<struct iovec> vectors;
  vectors.reserve(parts.size());
  std::size_t wanted = 0;
  for (const auto part : parts) {
    vectors.push_back({part.data(), part.size()});
    wanted += part.size();
  }
  const auto got = move_all(vectors, offset, path_, [&](struct iovec* list, int count, off_t at) {
    return ::preadv(fd_of(file_), list, count, at);
  });
  if (!got) return tl::unexpected(got.error());
  if (*got != wanted) return fail(Errc::source_changed, path_.string() + " has become shorter");
  return {};
}

Status FileSource::check_unchanged() const {
  struct stat facts {};
  if (::fstat(fd_of(file_), &facts) != 0) return failed(path_);
  if (static_cast<std::uint64_t>(facts.st_size) != size_ || mtime_ns_of(facts) != mtime_ns_)
    return fail(Errc::source_changed, path_.string());
  return {};
}

// ── sink ───────────────────────────────────────────────────────────────────────────────────────────────────────────

FileSink::FileSink(FileHandle file, std::shared_ptr<const FolderHandle> folder, std::string part_name)
    : file_(std::move(file)), folder_(std::move(folder)), part_name_(std::move(part_name)) {}

Result<std::uint64_t> FileSink::size() const {
  struct stat facts {};
  if (::fstat(fd_of(file_), &facts) != 0) return failed(folder_->path / part_name_);
  return static_cast<std::uint64_t>(facts.st_size);
}

Status FileSink::write(std::uint64_t offset, std::span<const ByteView> parts) {
  std::vector<struct iovec> vectors;
  vectors.reserve(parts.size());
  std::size_t wanted = 0;
  for (const auto part : parts) {
    vectors.push_back({const_cast<std::uint8_t*>(part.data()), part.size()});
    wanted += part.size();
  }
  const auto put = move_all(vectors, offset, folder_->path / part_name_, [&](struct iovec* list, int count, off_t at) {
    return ::pwritev(fd_of(file_), list, count, at);
  });
  if (!put) return tl::unexpected(put.error());
  if (*put != wanted) return fail(Errc::io_failure, (folder_->path / part_name_).string() + " takes no more");
  return {};
}

Status FileSink::read(std::uint64_t offset, MutableByteView into) const {
  struct iovec vector {
    into.data(), into.size()
  };
  const auto got =
      move_all(std::span(&vector, 1), offset, folder_->path / part_name_,
               [&](struct iovec* list, int count, off_t at) { return ::preadv(fd_of(file_), list, count, at); });
  if (!got) return tl::unexpected(got.error());
  if (*got != into.size()) return fail(Errc::io_failure, (folder_->path / part_name_).string() + " has become shorter");
  return {};
}

Status FileSink::sync() {
  if (flush_data(fd_of(file_)) != 0) return failed(folder_->path / part_name_);
  return {};
}

Status FileSink::check_name_is_ours() const {
  struct stat named {};
  struct stat held {};
  const auto path = folder_->path / part_name_;
  if (::fstatat(fd_of(*folder_), part_name_.c_str(), &named, AT_SYMLINK_NOFOLLOW) != 0) return failed(path);
  if (::fstat(fd_of(file_), &held) != 0) return failed(path);
  if (named.st_dev != held.st_dev || named.st_ino != held.st_ino)
    return fail(Errc::not_a_file, path.string() + " was replaced by something else");
  return {};
}

Result<std::string> FileSink::finish(const std::string& name, const std::function<Status(const std::string&)>& before) {
  assert(safe_name(name) == name);
  mark_origin(file_.get());
  if (::fsync(fd_of(file_)) != 0) return failed(folder_->path / part_name_);
  if (auto ours = check_name_is_ours(); !ours) return tl::unexpected(ours.error());
  for (unsigned number = 1; number <= max_number; ++number) {
    const auto candidate = number == 1 ? name : numbered_name(name, number);
    if (before)
      if (auto ready = before(candidate); !ready) return tl::unexpected(ready.error());
    switch (move_to_free_name(fd_of(*folder_), part_name_.c_str(), candidate.c_str())) {
      case Move::done:
        part_name_ = candidate;
        if (auto synced = sync_folder(*folder_); !synced) return tl::unexpected(synced.error());
        return candidate;
      case Move::taken: break;
      case Move::unsupported:
      case Move::failed: return failed(folder_->path / candidate);
    }
  }
  return fail(Errc::io_failure, (folder_->path / name).string() + " exists too many times");
}

void FileSink::discard() {
  if (check_name_is_ours()) ::unlinkat(fd_of(*folder_), part_name_.c_str(), 0);
}

// ── folder ─────────────────────────────────────────────────────────────────────────────────────────────────────────

Result<ReceiveFolder> ReceiveFolder::open(const std::filesystem::path& path) {
  if (auto made = make_private_folder(path); !made) return tl::unexpected(made.error());
  FileHandle file(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!file) return failed(path);
  ReceiveFolder folder;
  folder.folder_ = std::make_shared<FolderHandle>(FolderHandle{std::move(file), path});
  return folder;
}

Result<std::unique_ptr<FileSink>> ReceiveFolder::create_part(const std::string& name) const {
  assert(safe_name(name) == name);
  for (unsigned number = 1; number <= max_number; ++number) {
    const auto part = (number == 1 ? name : numbered_name(name, number)) + ".part";
    FileHandle file(::openat(fd_of(*folder_), part.c_str(), O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
    if (!file && errno == EEXIST) continue;
    if (!file) return failed(folder_->path / part);
    auto sink = std::make_unique<FileSink>(std::move(file), folder_, part);
    if (auto synced = sync_folder(*folder_); !synced) {
      sink->discard();
      return tl::unexpected(synced.error());
    }
    return sink;
  }
  return fail(Errc::io_failure, (folder_->path / name).string() + ".part exists too many times");
}

Result<std::unique_ptr<FileSink>> ReceiveFolder::reopen_part(const std::string& part_name) const {
  const auto path = folder_->path / part_name;
  if (part_name.find('/') != std::string::npos) return fail(Errc::invalid_argument, part_name);
  FileHandle file(
      ::openat(fd_of(*folder_), part_name.c_str(), O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
  if (!file && (errno == ELOOP || errno == ENXIO || errno == EISDIR)) return fail(Errc::not_a_file, path.string());
  if (!file) return failed(path);
  struct stat facts {};
  if (::fstat(fd_of(file), &facts) != 0) return failed(path);
  if (!S_ISREG(facts.st_mode) || facts.st_uid != ::geteuid() || facts.st_nlink != 1)
    return fail(Errc::not_a_file, path.string() + " is not the file begun here");
  return std::make_unique<FileSink>(std::move(file), folder_, part_name);
}

Result<std::uint64_t> ReceiveFolder::size_of(const std::string& name) const {
  const auto path = folder_->path / name;
  struct stat facts {};
  if (name.find('/') != std::string::npos) return fail(Errc::invalid_argument, name);
  if (::fstatat(fd_of(*folder_), name.c_str(), &facts, AT_SYMLINK_NOFOLLOW) != 0) return failed(path);
  if (!S_ISREG(facts.st_mode)) return fail(Errc::not_a_file, path.string());
  return static_cast<std::uint64_t>(facts.st_size);
}

Result<std::uint64_t> ReceiveFolder::free_bytes() const {
  struct statvfs facts {};
  if (::fstatvfs(fd_of(*folder_), &facts) != 0) return failed(folder_->path);
  return static_cast<std::uint64_t>(facts.f_bavail) * facts.f_frsize;
}

// ── small files ────────────────────────────────────────────────────────────────────────────────────────────────────

Status write_whole_file(const std::filesystem::path& file, ByteView content) {
  auto fresh = file;
  fresh += ".new";
  ::unlink(fresh.c_str());   // left by a start that was cut off
  const auto undo = [&] {
    auto error = system_error(fresh);
    ::unlink(fresh.c_str());
    return tl::unexpected(std::move(error));
  };
  {
    const FileHandle handle(::open(fresh.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
    if (!handle) return failed(fresh);
    struct iovec vector {
      const_cast<std::uint8_t*>(content.data()), content.size()
    };
    const auto put = move_all(std::span(&vector, 1), 0, fresh, [&](struct iovec* list, int count, off_t at) {
      return ::pwritev(fd_of(handle), list, count, at);
    });
    if (!put || ::fsync(fd_of(handle)) != 0) return undo();
  }
  if (::rename(fresh.c_str(), file.c_str()) != 0) return undo();
  const auto parent = file.has_parent_path() ? file.parent_path() : std::filesystem::path(".");
  const FolderHandle folder{FileHandle(::open(parent.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)), parent};
  if (!folder.file) return failed(parent);
  return sync_folder(folder);
}

Result<Bytes> read_whole_file(const std::filesystem::path& file, std::size_t limit) {
  const FileHandle handle(::open(file.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
  if (!handle) return failed(file);
  struct stat facts {};
  if (::fstat(fd_of(handle), &facts) != 0) return failed(file);
  if (!S_ISREG(facts.st_mode)) return not_a_file(file, kind_of(facts.st_mode));
  if (static_cast<std::uint64_t>(facts.st_size) > limit) return fail(Errc::too_large, file.string());
  Bytes content(static_cast<std::size_t>(facts.st_size));
  struct iovec vector {
    content.data(), content.size()
  };
  const auto got = move_all(std::span(&vector, 1), 0, file, [&](struct iovec* list, int count, off_t at) {
    return ::preadv(fd_of(handle), list, count, at);
  });
  if (!got) return tl::unexpected(got.error());
  content.resize(*got);
  return content;
}

Result<AppendFile> AppendFile::open(const std::filesystem::path& file, std::uint64_t length) {
  AppendFile opened;
  opened.path_ = file;
  opened.file_ = FileHandle(::open(file.c_str(), O_WRONLY | O_APPEND | O_NOFOLLOW | O_CLOEXEC));
  if (!opened.file_) return failed(file);
  if (::ftruncate(fd_of(opened.file_), static_cast<off_t>(length)) != 0) return failed(file);
  return opened;
}

Status AppendFile::append(ByteView record) {
  struct stat facts {};
  if (::fstat(fd_of(file_), &facts) != 0) return failed(path_);
  ssize_t written = 0;
  do written = ::write(fd_of(file_), record.data(), record.size());
  while (written < 0 && errno == EINTR);
  if (written == static_cast<ssize_t>(record.size())) return {};
  // A part of a record would hide all that follows it.
  if (written >= 0) errno = ENOSPC;
  auto error = system_error(path_);
  if (written > 0 && ::ftruncate(fd_of(file_), facts.st_size) != 0) return fail(Errc::io_failure, error.detail);
  return tl::unexpected(std::move(error));
}

Status AppendFile::sync() {
  if (flush_data(fd_of(file_)) != 0) return failed(path_);
  return {};
}

}   // namespace coterie::transfer
