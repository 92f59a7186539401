// SPDX-License-Identifier: MIT
// Files at the two ends of a transfer, opened once and held by descriptor: what is read or written is what was checked, whatever
// happens to the names meanwhile. file_io_posix.cpp and file_io_win32.cpp say how.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <span>
#include <string>

#include "netcore/base/bytes.h"
#include "netcore/base/result.h"

namespace coterie::transfer {

// A descriptor or handle that closes itself.
class FileHandle {
 public:
  FileHandle() = default;
  explicit FileHandle(std::intptr_t value) : value_(value) {}
  FileHandle(FileHandle&& other) noexcept : value_(std::exchange(other.value_, none)) {}
  FileHandle& operator=(FileHandle&& other) noexcept {
    std::swap(value_, other.value_);
    return *this;
  }
  FileHandle(const FileHandle&) = delete;
  FileHandle& operator=(const FileHandle&) = delete;
  ~FileHandle();
  [[nodiscard]] std::intptr_t get() const { return value_; }
  [[nodiscard]] explicit operator bool() const { return value_ != none; }

 private:
  static constexpr std::intptr_t none = -1;
  std::intptr_t value_ = none;
};

// The file that is sent. May be read on any thread, but on one at a time.
class FileSource {
 public:
  // Errc::not_found, permission_denied, and not_a_file for anything but a regular file: a link, folder, pipe or device, and
  // files that a kernel makes up while they are read.
  static Result<FileSource> open(const std::filesystem::path& path);

  [[nodiscard]] std::uint64_t size() const { return size_; }
  [[nodiscard]] std::int64_t mtime_ns() const { return mtime_ns_; }

  // Fills all of the parts with the bytes from `offset` on. Errc::source_changed where the file ends earlier, io_failure.
  Status read(std::uint64_t offset, std::span<const MutableByteView> parts) const;
  Status read(std::uint64_t offset, MutableByteView into) const { return read(offset, std::span(&into, 1)); }

  // Errc::source_changed if size or time of change are not what they were at opening.
  [[nodiscard]] Status check_unchanged() const;

 private:
  FileHandle file_;
  std::filesystem::path path_;   // for messages
  std::uint64_t size_ = 0;
  std::int64_t mtime_ns_ = 0;
};

struct FolderHandle;

// The file that is received, under a name ending in ".part" until it is complete. May be used on any thread, but, except for
// sync(), on one at a time.
class FileSink {
 public:
  FileSink(FileHandle file, std::shared_ptr<const FolderHandle> folder, std::string part_name);

  [[nodiscard]] const std::string& part_name() const { return part_name_; }
  [[nodiscard]] Result<std::uint64_t> size() const;

  // Writes the parts one behind the other. Errc::disk_full, io_failure: then nothing is known about this range.
  Status write(std::uint64_t offset, std::span<const ByteView> parts);
  Status write(std::uint64_t offset, ByteView bytes) { return write(offset, std::span(&bytes, 1)); }
  // For checking what was received.
  Status read(std::uint64_t offset, MutableByteView into) const;

  // Everything written so far is on the disk afterwards. After a failure none of it may be taken to be.
  Status sync();

  // Puts the complete file in place under `name`, or under " (2)" and so on where that is taken: never in the place of another
  // file. `before` is called with each name before it is tried. Marks where the file came from. The name it got. Errc::not_found
  // or not_a_file when the .part is gone or something else stands under its name.
  Result<std::string> finish(const std::string& name, const std::function<Status(const std::string&)>& before = {});

  // Removes the .part, unless something else stands under its name by now.
  void discard();

 private:
  [[nodiscard]] Status check_name_is_ours() const;

  FileHandle file_;
  std::shared_ptr<const FolderHandle> folder_;
  std::string part_name_;
};

// The folder received files go to. Everything in it is reached through its descriptor: a folder or link put in its place during a
// transfer changes nothing.
class ReceiveFolder {
 public:
  // Makes it (0700) where it is missing. Errc::permission_denied, not_a_file, io_failure.
  static Result<ReceiveFolder> open(const std::filesystem::path& path);

  // A new file "<name>.part", or "<name> (2).part" and so on, 0600.
  Result<std::unique_ptr<FileSink>> create_part(const std::string& name) const;
  // The one made earlier. Errc::not_found; not_a_file unless it is a regular file of ours with no second name.
  Result<std::unique_ptr<FileSink>> reopen_part(const std::string& part_name) const;

  // Size of the regular file of that name. Errc::not_found, not_a_file.
  [[nodiscard]] Result<std::uint64_t> size_of(const std::string& name) const;
  // What we may still write there.
  [[nodiscard]] Result<std::uint64_t> free_bytes() const;

 private:
  std::shared_ptr<const FolderHandle> folder_;
};

// Small files of our own: whole or not at all, and flushed.
Status write_whole_file(const std::filesystem::path& file, ByteView content);
// Errc::not_found, too_large, not_a_file.
Result<Bytes> read_whole_file(const std::filesystem::path& file, std::size_t limit);

// A file that grows at its end.
class AppendFile {
 public:
  // The existing file, cut to its first `length` bytes.
  static Result<AppendFile> open(const std::filesystem::path& file, std::uint64_t length);
  // All of `record` by one call to the system.
  Status append(ByteView record);
  Status sync();

 private:
  FileHandle file_;
  std::filesystem::path path_;
};

}   // namespace coterie::transfer
