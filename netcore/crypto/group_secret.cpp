// SPDX-License-Identifier: MIT
#include "netcore/crypto/group_secret.h"

#include <sodium.h>

#include <new>

#include "netcore/base/digest.h"

namespace coterie::crypto {
namespace {

// protocol.md S3: "Argon2id13(password, salt, ops=3, mem=67108864, p=1, 32 bytes)"; libsodium's p is always 1.
constexpr unsigned long long operations = 3;
constexpr std::size_t memory = 64_MiB;
static_assert(memory == 67'108'864);

}   // namespace

GroupTag group_tag(std::string_view name) {
  return GroupTag::from(labelled_hash("coterie group v1", {as_bytes(name)}).view());
}

GroupSecret stretch_password(std::string_view name, ByteView password) {
  const auto salt = labelled_hash("coterie pw salt v1", {as_bytes(name)});
  static_assert(crypto_pwhash_SALTBYTES == 16 && decltype(salt)::size >= crypto_pwhash_SALTBYTES);
  GroupSecret secret;
  if (crypto_pwhash(secret.writable(), secret.size, reinterpret_cast<const char*>(password.data()), password.size(),
                    salt.bytes.data(), operations, memory, crypto_pwhash_ALG_ARGON2ID13) != 0)
    throw std::bad_alloc();
  return secret;
}

UserHandle user_handle(const GroupTag& group, std::string_view folded) {
  return UserHandle::from(labelled_hash("coterie user v1", {group.view(), as_bytes(folded)}).view());
}

}   // namespace coterie::crypto
