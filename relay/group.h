// SPDX-License-Identifier: MIT
// One group as the relay sees it: who belongs to it, who of them is here, and what of that the others have not been told yet.
#pragma once

#include <optional>
#include <unordered_map>
#include <vector>

#include "netcore/wire/control.h"
#include "relay/member_hash.h"

namespace coterie::relay {

class Client;

struct Member {
  MemberId id;
  UserHandle handle;
  CapHash cap_hash;
  ConnectionNonce nonce;
  std::uint64_t join_seq = 0;   // 0: not since this relay started
  bool vouched = false;
  Client* client = nullptr;   // nothing while away; only a vouched member can be away
  bool behind = false;        // it is here, and letters in its mailbox come before anything new that is kept

  DropCap verified_cap;            // the last one that hashed to cap_hash …
  bool has_verified_cap = false;   // … so that the usual envelope costs no hash
  std::uint64_t named_in = 0;      // the envelope that named it last: named twice, it still gets one
  std::uint64_t told = 0;          // the roster changes up to this one are known to it

  [[nodiscard]] bool is_here() const { return client != nullptr; }
  [[nodiscard]] control::Member as_seen() const;
  // `cap` is the right to deposit for this member.
  bool accepts(const DropCap& cap);
};

class Group {
 public:
  explicit Group(const GroupTag& tag) : tag_(tag) {}
  Group(const Group&) = delete;
  Group& operator=(const Group&) = delete;

  [[nodiscard]] const GroupTag& tag() const { return tag_; }
  [[nodiscard]] std::size_t size() const { return members_.size(); }
  [[nodiscard]] std::size_t here() const { return here_; }
  [[nodiscard]] std::size_t vouched() const { return vouched_; }
  [[nodiscard]] std::size_t unvouched() const { return members_.size() - vouched_; }

  Member* find(const MemberId& id);
  // Whoever of the others is here under this user id.
  Member* holder_of(const UserHandle& handle, const MemberId& except);
  // A new member, not vouched for and not here. References to members stay valid until they are erased.
  Member& add(const MemberId& id);
  void erase(const MemberId& id);
  void vouch(Member& member);

  void arrive(Member& member, Client& client);
  void depart(Member& member);   // an unvouched member is erased with it

  [[nodiscard]] std::vector<control::Member> roster_for(const MemberId& receiver) const;
  // Tells everybody here what has changed since the last time, but nobody about themselves.
  void tell();
  [[nodiscard]] bool has_news() const { return !news_.empty(); }

 private:
  struct News {
    std::uint64_t number;
    control::Member member;
  };
  void changed(const Member& member);

  GroupTag tag_;
  std::unordered_map<MemberId, Member, MemberHash> members_;
  std::size_t here_ = 0;
  std::size_t vouched_ = 0;
  std::vector<News> news_;   // one for each member that changed, the newest state of it
  std::uint64_t last_news_ = 0;
};

}   // namespace coterie::relay
