// SPDX-License-Identifier: MIT
#include "cli/roster.h"

#include "cli/format.h"
#include "netcore/base/look_alike.h"
#include "netcore/base/unicode.h"

#include <algorithm>

namespace coterie::cli {
namespace {

std::string folded(std::string_view user_id) { return casefold(user_id).value_or(std::string(user_id)); }

std::string presence(const event::MemberChanged& member) {
  switch (member.state) {
    case event::MemberState::ready: return member.online ? "here" : "away";
    case event::MemberState::pairing: return "being greeted";
    case event::MemberState::waiting: return member.online ? "here, not reachable yet" : "away";
    case event::MemberState::held: return "held: another identity key";
    case event::MemberState::left: return "left the group";
  }
  return {};
}

}   // namespace

std::string describe_state(const event::MemberChanged& member, std::int64_t now) {
  auto text = presence(member);
  if (member.verified) text.append(", verified");
  if (!member.looks_like.empty())
    text.append(", written with other letters than ").append(escape_unprintable(member.looks_like));
  else if (mixes_alphabets(member.user_id))
    text.append(", written with letters of more than one alphabet");
  if (!member.online && member.last_seen_ms != 0 && member.state != event::MemberState::left)
    text.append(", last seen ").append(local_time(member.last_seen_ms, now));
  return text;
}

bool same_user(std::string_view a, std::string_view b) { return a == b || folded(a) == folded(b); }

void Roster::apply(const event::MemberChanged& member) { members_[member.key] = member; }

const event::MemberChanged* Roster::find(std::string_view user_id) const {
  const event::MemberChanged* found = nullptr;
  for (const auto& [key, member] : members_) {
    if (!same_user(member.user_id, user_id)) continue;
    const bool is_better = found == nullptr || found->state == event::MemberState::held ||
                           (found->state == event::MemberState::left && member.state != event::MemberState::held);
    if (is_better) found = &member;
  }
  return found;
}

const event::MemberChanged* Roster::held(std::string_view user_id) const {
  for (const auto& [key, member] : members_)
    if (member.state == event::MemberState::held && same_user(member.user_id, user_id)) return &member;
  return nullptr;
}

std::vector<event::MemberChanged> Roster::all() const {
  std::vector<event::MemberChanged> members;
  members.reserve(members_.size());
  for (const auto& [key, member] : members_) members.push_back(member);
  std::stable_sort(members.begin(), members.end(),
                   [](const auto& a, const auto& b) { return folded(a.user_id) < folded(b.user_id); });
  return members;
}

std::vector<event::MemberChanged> Roster::addressable() const {
  auto members = all();
  std::erase_if(members, [](const event::MemberChanged& member) {
    return member.state == event::MemberState::left || member.state == event::MemberState::held;
  });
  return members;
}

std::string Roster::known_here() const {
  std::vector<std::string> names;
  for (const auto& member : all())
    if (names.empty() || names.back() != member.user_id) names.push_back(member.user_id);
  return names.empty() ? std::string() : "; known here: " + join_names(names);
}

std::string join_names(const std::vector<std::string>& names) {
  if (names.empty()) return "nobody";
  std::string joined;
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (i > 0) joined.append(i + 1 == names.size() ? " and " : ", ");
    joined.append(escape_unprintable(names[i]));
  }
  return joined;
}

}   // namespace coterie::cli
