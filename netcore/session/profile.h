// SPDX-License-Identifier: MIT
// A profile folder: who this device is, and everything it keeps. One program at a time.
//   lock         held while the profile is open
//   key          32 random bytes that seal keys and texts in the database (at_rest.h)
//   coterie.db   the store
//   transfers/   journals of files under way
#pragma once

#include <filesystem>
#include <functional>
#include <memory>

#include "netcore/base/private_file.h"
#include "netcore/crypto/keys.h"
#include "netcore/store/profile_store.h"

namespace coterie {

class Profile {
 public:
  // Makes what is missing (0700, 0600). Errors: in_use while another program has it; permission_denied, also for a key that others
  // can read; database_corrupt for a damaged key or database, which stay as they are; database_newer; disk_full.
  static Result<std::unique_ptr<Profile>> open(const std::filesystem::path& folder);
  Profile(const Profile&) = delete;
  Profile& operator=(const Profile&) = delete;
  ~Profile();

  // Reads in a profile that another engine or program may have open at the moment; nothing is changed. No call, and no error, where
  // there is no profile.
  static Status look_into(const std::filesystem::path& folder, const std::function<Status(store::ProfileStore&)>& read);

  // For one that open() refuses as damaged: what it holds goes, untouched, into the folder `name` inside it, and the next open() makes
  // a new one. Gives that folder. Errors: in_use while another program has the profile, and where `name` is taken; io_failure.
  static Result<std::filesystem::path> set_aside(const std::filesystem::path& folder, const std::string& name);

  // Whether open() made it: there was no identity in this folder before.
  [[nodiscard]] bool is_new() const { return is_new_; }
  // Takes back what open() made, folders included where nothing else is in them; the profile cannot be used any more. For a new one
  // that came to nothing.
  void discard();

  [[nodiscard]] store::ProfileStore& store() { return *store_; }
  [[nodiscard]] const crypto::KeyPair& identity() const { return identity_; }
  [[nodiscard]] const std::filesystem::path& folder() const { return folder_; }
  [[nodiscard]] std::filesystem::path transfers_folder() const { return folder_ / "transfers"; }

 private:
  Profile(std::filesystem::path folder, FileLock lock, std::unique_ptr<store::AtRest> at_rest);
  Status load();

  const std::filesystem::path folder_;
  std::filesystem::path topmost_made_;   // of the folders open() made; empty: the folder was there
  bool is_new_ = false;
  FileLock lock_;
  std::unique_ptr<store::AtRest> at_rest_;
  std::unique_ptr<store::ProfileStore> store_;   // before at_rest_ goes
  crypto::KeyPair identity_;
};

}   // namespace coterie
