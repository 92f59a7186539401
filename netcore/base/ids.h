// SPDX-License-Identifier: MIT
// Identifiers of fixed length: the same bytes, different types, so that a message id cannot be passed for a member id.
#pragma once

#include <compare>
#include <functional>

#include "netcore/base/bytes.h"

namespace coterie {

template <class Tag, std::size_t N>
struct Id {
  static constexpr std::size_t size = N;
  ByteArray<N> bytes{};

  // The first N bytes of `view`; a shorter view is padded with zeros.
  static Id from(ByteView view) {
    Id id;
    std::copy_n(view.begin(), std::min(view.size(), N), id.bytes.begin());
    return id;
  }
  [[nodiscard]] ByteView view() const { return bytes; }
  [[nodiscard]] std::string hex() const { return to_hex(bytes); }
  [[nodiscard]] bool is_zero() const {
    return std::all_of(bytes.begin(), bytes.end(), [](auto byte) { return byte == 0; });
  }
  auto operator<=>(const Id&) const = default;
};

// Public values: none of these is a secret by itself except the two capabilities and the two tokens, which are
// bearer secrets between a client and its relay and are never logged.
using GroupTag = Id<struct GroupTagTag, 32>;       // H(group name): what the relay knows a group by
using MemberId = Id<struct MemberIdTag, 16>;       // one device of one member in one group
using UserHandle = Id<struct UserHandleTag, 16>;   // hash of a user id inside a group
using MessageId = Id<struct MessageIdTag, 16>;
using FileId = Id<struct FileIdTag, 16>;
using BlobId = Id<struct BlobIdTag, 16>;   // one sealing of one file at the relay
using SessionId = Id<struct SessionIdTag, 8>;
using HandshakeId = Id<struct HandshakeIdTag, 8>;
using ConnectionNonce = Id<struct ConnectionNonceTag, 16>;
using DropCap = Id<struct DropCapTag, 16>;   // right to deposit for a member
using CapHash = Id<struct CapHashTag, 16>;
using ReadCap = Id<struct ReadCapTag, 16>;   // right to read a blob
using ReadHash = Id<struct ReadHashTag, 16>;
using MemberToken = Id<struct MemberTokenTag, 32>;   // proves to the relay who we were last time
using DataTicket = Id<struct DataTicketTag, 32>;     // single-use admission of a data connection
using RelayPin = Id<struct RelayPinTag, 32>;         // SHA-256 of the relay's SubjectPublicKeyInfo
using PublicKey = Id<struct PublicKeyTag, 32>;       // X25519 identity key of a member's device
using Sha256Digest = Id<struct Sha256DigestTag, 32>;

}   // namespace coterie

template <class Tag, std::size_t N>
struct std::hash<coterie::Id<Tag, N>> {
  std::size_t operator()(const coterie::Id<Tag, N>& id) const noexcept {
    // Peers choose some of these ids: mix all bytes with a per-process seed so that buckets cannot be aimed at.
    static const std::size_t seed = std::hash<const void*>{}(&seed) * 0x9e3779b97f4a7c15ULL;
    std::size_t mixed = seed;
    for (auto byte : id.bytes) mixed = (mixed ^ byte) * 0x100000001b3ULL;
    return mixed ^ (mixed >> 29U);
  }
};
