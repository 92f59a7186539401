// SPDX-License-Identifier: MIT
// Files and folders for their owner's eyes only (0600 and 0700), on the disk when a call returns, and the lock that
// keeps a second program out of a folder.
#pragma once

#include <filesystem>

#include "netcore/base/result.h"
#include "netcore/base/secret.h"

namespace coterie {

// What the system said last (errno), as an Error whose detail is "<path> (<the system's words>)".
Error system_error(const std::filesystem::path& path);

// Makes the folder (0700) and those above it that are missing. One that exists stays as it is.
Status make_private_folder(const std::filesystem::path& folder);

// Makes a file that must not exist yet. It appears under its name complete or not at all: written and flushed as
// "<file>.new" first. Errc::in_use if the name is taken.
Status create_private_file(const std::filesystem::path& file, ByteView content);

// Takes the complete and flushed file `from` to the free name `to` in the same folder, and flushes the folder.
// Errc::in_use if `to` is taken.
Status move_into_place(const std::filesystem::path& from, const std::filesystem::path& to);

// All of a file of at most `limit` bytes. Errc::not_found; permission_denied, also when somebody other than the owner may read
// or change it; not_a_file; too_large.
Result<SecretBytes> read_private_file(const std::filesystem::path& file, std::size_t limit);

// Held while it lives; the system gives it back when the process ends, however it ends.
class FileLock {
 public:
  // Makes the lock file if needed. Errc::in_use while another FileLock, here or in another process, has it.
  static Result<FileLock> acquire(const std::filesystem::path& file);

  FileLock(FileLock&& other) noexcept;
  FileLock& operator=(FileLock&& other) noexcept;
  ~FileLock();

 private:
  explicit FileLock(int descriptor) : descriptor_(descriptor) {}
  int descriptor_;
};

}   // namespace coterie
