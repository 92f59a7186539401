// SPDX-License-Identifier: MIT
// Whether a password is that of a group in this profile, told from what the profile keeps: for places where a password is given away.
#pragma once

#include <string>
#include <vector>

#include "netcore/crypto/group_secret.h"
#include "netcore/store/profile_store.h"

namespace coterie {

// 16 bytes that tell a mistyped password from the one a group's sessions were made under, without keeping either; and the name they
// are stored under.
Bytes password_check(const crypto::GroupSecret& secret);
std::string password_check_key(store::RowId group);

class PasswordReuse {
 public:
  // Notes what there is to compare with: a remembered secret, or the check of the sessions.
  static Result<PasswordReuse> look_up(store::ProfileStore& store);

  // The name of a group this is the password of; empty: of none. 0.1 s a group: to be run on the worker.
  [[nodiscard]] std::string group_of(ByteView password) const;

 private:
  struct Known {
    std::string name;
    Bytes check;
  };
  std::vector<Known> groups_;
};

}   // namespace coterie
