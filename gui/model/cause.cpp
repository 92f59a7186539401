// SPDX-License-Identifier: MIT
#include "gui/model/cause.h"

#include "gui/model/group_model.h"

#include <algorithm>

namespace coterie::gui {
namespace {

using event::LinkState;
using event::TransferPhase;

// Taken off the list of transfers it needs no notice either.
bool has_moved_on(const GroupModel& group, const std::string& file) {
  for (const auto& transfer : group.transfers().transfers()) {
    const auto& now = transfer.now;
    if (now.id.hex() != file) continue;
    if (now.phase == TransferPhase::finished || now.phase == TransferPhase::failed) return false;
    return now.phase != TransferPhase::waiting || !now.error;
  }
  return true;
}

}   // namespace

bool is_over(const Cause& cause, const GroupModel* group) {
  if (cause.group == 0) return false;
  if (group == nullptr) return true;
  switch (cause.kind) {
    case Cause::Kind::link:
      return group->link() == LinkState::online || (group->link() == LinkState::offline && !group->retry_at());
    case Cause::Kind::failed: return group->link() == LinkState::online;
    case Cause::Kind::password: return group->rejected() == 0;
    case Cause::Kind::no_tries:
      return group->link() != LinkState::online ||
             std::any_of(
                 group->members().members().begin(), group->members().members().end(),
                 [](const Member& member) { return member.online && member.state == event::MemberState::ready; });
    case Cause::Kind::other_password:
      return group->link() != LinkState::online || !group->has_come_wrongly(cause.about);
    case Cause::Kind::relay_changed: return !group->changed_relay();
    case Cause::Kind::identity: return !group->held().contains(cause.about);
    case Cause::Kind::transfer: return has_moved_on(*group, cause.about);
    case Cause::Kind::nobody_yet: return group->names().size() > 1;
    case Cause::Kind::look_alike:
    case Cause::Kind::offers:
    case Cause::Kind::refusal:
    case Cause::Kind::other: return false;
  }
  return false;
}

}   // namespace coterie::gui
