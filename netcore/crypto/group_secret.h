// SPDX-License-Identifier: MIT
// From a group's name and password to what its members share (protocol.md S3). The password never reaches the relay, nor
// does anything it could be tested against offline; the tag comes from the name alone.
#pragma once

#include "netcore/base/ids.h"
#include "netcore/base/secret.h"

namespace coterie::crypto {

struct PasswordPurpose;
using GroupSecret = Key<PasswordPurpose>;   // PRS

// H(L("coterie group v1") ‖ name); `name` is NFC (base/unicode.h parse_group_name).
GroupTag group_tag(std::string_view name);

// Argon2id13(password, salt from the name, ops 3, 64 MiB): about 0.1 s, so run it on the worker. `password` is NFC.
// Throws std::bad_alloc where 64 MiB cannot be had.
GroupSecret stretch_password(std::string_view name, ByteView password);

// H(L("coterie user v1") ‖ tag ‖ folded user id)[0..16); `folded` is casefold(user id).
UserHandle user_handle(const GroupTag& group, std::string_view folded);

}   // namespace coterie::crypto
