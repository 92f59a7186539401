// SPDX-License-Identifier: MIT
#include "netcore/session/password_reuse.h"

#include "netcore/base/unicode.h"
#include "netcore/crypto/kdf.h"

namespace coterie {

Bytes password_check(const crypto::GroupSecret& secret) {
  const auto hash = crypto::labelled_sha256("coterie check v1", {secret.view()});
  return to_bytes(ByteView(hash).first(16));
}

std::string password_check_key(store::RowId group) { return "check/" + std::to_string(group); }

Result<PasswordReuse> PasswordReuse::look_up(store::ProfileStore& store) {
  PasswordReuse reuse;
  const auto status = store.read([&] {
    for (const auto& group : store.groups()) {
      // Several groups may have one name, at several relays: the stretched form depends on the name alone.
      if (!group.secret.empty())
        reuse.groups_.push_back({group.name, password_check(crypto::GroupSecret::from(group.secret.view()))});
      if (const auto check = store.value(password_check_key(group.id)))
        reuse.groups_.push_back({group.name, to_bytes(check->view())});
    }
  });
  if (!status) return tl::unexpected(status.error());
  return reuse;
}

std::string PasswordReuse::group_of(ByteView password) const {
  // What no group could have for a password is the password of none.
  auto text = parse_password(as_text(password));
  if (!text) return {};
  const auto normalised = SecretBytes::take(*text);
  std::string stretched_for;
  Bytes check;
  for (const auto& group : groups_) {
    if (check.empty() || stretched_for != group.name) {
      check = password_check(crypto::stretch_password(group.name, normalised.view()));
      stretched_for = group.name;
    }
    if (check == group.check) return group.name;
  }
  return {};
}

}   // namespace coterie
