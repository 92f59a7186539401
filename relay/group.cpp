// SPDX-License-Identifier: MIT
#include "relay/group.h"

#include <cassert>

#include "relay/client.h"

namespace coterie::relay {

control::Member Member::as_seen() const {
  return {.id = id, .handle = handle, .online = is_here(), .join_seq = join_seq, .nonce = nonce};
}

bool Member::accepts(const DropCap& cap) {
  if (has_verified_cap && cap == verified_cap) return true;
  if (control::cap_hash_of(cap) != cap_hash) return false;
  verified_cap = cap;
  has_verified_cap = true;
  return true;
}

Member* Group::find(const MemberId& id) {
  const auto found = members_.find(id);
  return found == members_.end() ? nullptr : &found->second;
}

Member* Group::holder_of(const UserHandle& handle, const MemberId& except) {
  for (auto& [id, member] : members_)
    if (member.is_here() && member.handle == handle && id != except) return &member;
  return nullptr;
}

Member& Group::add(const MemberId& id) {
  const auto [entry, added] = members_.try_emplace(id);
  assert(added);
  entry->second.id = id;
  return entry->second;
}

void Group::erase(const MemberId& id) {
  const auto* member = find(id);
  assert(member && !member->is_here());
  if (member->vouched) --vouched_;
  members_.erase(id);
}

void Group::vouch(Member& member) {
  assert(!member.vouched);
  member.vouched = true;
  ++vouched_;
}

void Group::arrive(Member& member, Client& client) {
  if (!member.is_here()) ++here_;
  member.client = &client;
  changed(member);
  member.told = last_news_;   // its roster holds everything up to here
}

void Group::depart(Member& member) {
  assert(member.is_here());
  --here_;
  member.client = nullptr;
  changed(member);
  if (!member.vouched) erase(MemberId(member.id));
}

std::vector<control::Member> Group::roster_for(const MemberId& receiver) const {
  std::vector<control::Member> roster;
  roster.reserve(members_.size());
  for (const auto& [id, member] : members_)
    if (id != receiver) roster.push_back(member.as_seen());
  return roster;
}

void Group::changed(const Member& member) {
  const auto known =
      std::find_if(news_.begin(), news_.end(), [&](const News& news) { return news.member.id == member.id; });
  if (known != news_.end()) news_.erase(known);
  news_.push_back({.number = ++last_news_, .member = member.as_seen()});
}

void Group::tell() {
  const auto news = std::exchange(news_, {});
  if (news.empty() || here_ == 0) return;
  Bytes all;
  std::vector<std::size_t> ends;
  for (const auto& one : news) {
    append(all, control::encode_frame(control::ToClient(one.member)));
    ends.push_back(all.size());
  }
  for (const auto& [id, member] : members_) {
    if (!member.is_here() || member.told == last_news_) continue;
    std::size_t from = 0;   // of the frames: what comes before is sent or not for this member
    for (std::size_t i = 0; i < news.size(); ++i) {
      if (news[i].number > member.told && news[i].member.id != id) continue;
      const auto begin = i == 0 ? 0 : ends[i - 1];
      if (begin > from) member.client->send(ByteView(all).subspan(from, begin - from));
      from = ends[i];
    }
    if (all.size() > from) member.client->send(ByteView(all).subspan(from));
  }
}

}   // namespace coterie::relay
