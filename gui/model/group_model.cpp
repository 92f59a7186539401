// SPDX-License-Identifier: MIT
#include "gui/model/group_model.h"

#include "netcore/base/overloaded.h"

namespace coterie::gui {
namespace {

// event::Typing holds that long when nothing follows.
constexpr std::chrono::seconds typing_lasts{6};

std::string key_of(const std::optional<std::string>& conversation) { return conversation.value_or(std::string()); }

}   // namespace

ChatModel& GroupModel::chat(const std::string& conversation) {
  auto& chat = chats_[conversation];
  if (!chat) chat = std::make_unique<ChatModel>(conversation);
  return *chat;
}

std::vector<std::string> GroupModel::names() const {
  std::vector<std::string> all{connection_.user_id};
  for (const auto& member : members_.members())
    if (member.state != event::MemberState::left) all.push_back(member.user_id);
  return all;
}

std::vector<std::string> GroupModel::typing(const std::string& conversation, Rate::Clock::time_point now) const {
  std::vector<std::string> names;
  for (const auto& [who, until] : typing_)
    if (who.first == conversation && until > now) names.push_back(who.second);
  return names;
}

// Whoever was told of has come with the right password: of a stranger it is taken to be who is new here.
void GroupModel::note_coming(const event::MemberChanged& member, bool was_here) {
  if (was_here || !member.online || member.state != event::MemberState::ready) return;
  came_wrongly_.erase(member.user_id);
  if (const auto stranger = came_wrongly_.find({});
      stranger != came_wrongly_.end() && !stranger->second.contains(member.user_id))
    came_wrongly_.erase(stranger);
}

Changes GroupModel::apply(const Event& event, Rate::Clock::time_point now, std::int64_t wall_ms,
                          std::vector<Attention>& attention) {
  Changes changes;
  const auto in_chat = [&](const std::string& conversation, const auto& what) {
    const auto chat = chats_.find(conversation);
    if (chat != chats_.end() && chat->second->apply(what)) changes.chats.insert(conversation);
  };
  std::visit(overloaded{
                 [&](const event::LinkChanged& link) {
                   changes.link = true;
                   link_ = link.state;
                   // It has shown that it is the one we know.
                   if (link.state == event::LinkState::joining || link.state == event::LinkState::online)
                     changed_relay_.reset();
                   link_error_ = link.reason;
                   retry_at_ = link.retry_in ? std::optional(now + *link.retry_in) : std::nullopt;
                   online_since_ms_ = link.state == event::LinkState::online ? wall_ms : 0;
                   if (link.state == event::LinkState::online) was_online_ = true;
                   if (link.state != event::LinkState::offline) return;
                   changes.members = true;
                   has_settled_ = false;
                   rejected_ = 0;
                   members_.all_away(wall_ms);
                 },
                 [&](const event::RelayUnknown& relay) { attention.emplace_back(relay); },
                 [&](const event::RelayChanged& relay) {
                   changed_relay_ = relay;
                   attention.emplace_back(relay);
                 },
                 [&](const event::MemberChanged& member) {
                   changes.members = true;
                   changes.conversations = true;
                   const auto* known = members_.find(member.user_id);
                   const bool was_here = known != nullptr && MembersModel::is_here(*known);
                   members_.apply(member);
                   note_coming(member, was_here);
                   if (member.state != event::MemberState::held) held_.erase(member.user_id);
                 },
                 [&](const event::Settled& settled) {
                   changes.link = true;
                   has_settled_ = true;
                   rejected_ = settled.rejected;
                   if (settled.ready == 0 && settled.rejected == 0 && settled.busy > 0)
                     attention.emplace_back(event::Notice{Error{Errc::guess_budget_empty, {}}, {}});
                 },
                 [&](const event::LookAlike& member) { attention.emplace_back(member); },
                 [&](const event::PasswordRejected& rejected) {
                   rejected_ = rejected.rejected;
                   attention.emplace_back(rejected);
                 },
                 [&](const event::OtherPassword& other) {
                   auto& known = came_wrongly_[other.user_id];
                   for (const auto& one : members_.members()) known.insert(one.user_id);
                   attention.emplace_back(other);
                 },
                 [&](const event::IdentityChanged& changed) {
                   changes.members = true;
                   held_.insert_or_assign(changed.user_id, changed);
                   attention.emplace_back(changed);
                 },
                 [&](const event::MessageAdded& added) {
                   const auto conversation = key_of(added.message.conversation);
                   changes.conversations = true;
                   if (typing_.erase({conversation, added.message.from}) > 0) changes.typing = true;
                   conversations_.apply(added, looked_at_ == conversation);
                   in_chat(conversation, added);
                   if (!added.message.outgoing) attention.emplace_back(added);
                 },
                 [&](const event::MessageChanged& changed) {
                   changes.conversations = true;
                   conversations_.apply(changed);
                   in_chat(key_of(changed.message.conversation), changed);
                   if (!changed.message.outgoing) attention.emplace_back(changed);
                 },
                 [&](const event::Typing& typing) {
                   changes.typing = true;
                   auto who = std::pair(key_of(typing.conversation), typing.user_id);
                   if (typing.active)
                     typing_.insert_or_assign(std::move(who), now + typing_lasts);
                   else
                     typing_.erase(who);
                 },
                 [&](const event::DeliveryChanged& delivery) {
                   for (const auto& [conversation, chat] : chats_)
                     if (chat->apply(delivery)) changes.chats.insert(conversation);
                 },
                 [&](const event::GapChanged& gap) { in_chat(key_of(gap.conversation), gap); },
                 [&](const event::HistoryPage& page) {
                   for (const auto& message : page.messages)
                     if (message.file && message.past_file)
                       transfers_.remember(*message.file, *message.past_file, message.outgoing);
                   in_chat(key_of(page.conversation), page);
                 },
                 [&](const event::SearchResults& results) { attention.emplace_back(results); },
                 [&](const event::Conversations& all) {
                   changes.conversations = true;
                   conversations_.apply(all);
                   if (looked_at_) conversations_.mark_read(*looked_at_);
                 },
                 [&](const event::HistoryDeleted& deleted) {
                   const auto conversation = key_of(deleted.conversation);
                   changes.conversations = true;
                   conversations_.forget(conversation);
                   chat(conversation).clear();
                   changes.chats.insert(conversation);
                 },
                 [&](const event::FileOffered& offered) {
                   changes.transfers = true;
                   transfers_.apply(offered);
                   for (const auto& [conversation, chat] : chats_)
                     if (chat->touch_file(offered.id)) changes.chats.insert(conversation);
                   attention.emplace_back(offered);
                 },
                 [&](const event::TransferChanged& transfer) {
                   const auto* known = transfers_.find(transfer.id);
                   const bool is_news = known == nullptr || known->now.phase != transfer.phase;
                   // Of one that moves the list and the status bar are renewed by the clock, not with every report.
                   if (is_news || transfer.phase != event::TransferPhase::running) changes.transfers = true;
                   transfers_.apply(transfer, now, wall_ms);
                   for (const auto& [conversation, chat] : chats_) {
                     const bool own = chat->touch_file(transfer.id);
                     if ((transfer.batch != transfer.id && chat->touch_file(transfer.batch)) || own)
                       changes.chats.insert(conversation);
                   }
                   if (is_news) attention.emplace_back(transfer);
                 },
                 [&](const event::Notice& notice) { attention.emplace_back(notice); },
                 [&](const event::Failed& failed) {
                   changes.link = true;
                   link_ = event::LinkState::offline;
                   link_error_ = failed.error;
                   retry_at_.reset();
                   attention.emplace_back(failed);
                 },
                 [&](const event::Stopped& stopped) { attention.emplace_back(stopped); },
             },
             event);
  return changes;
}

}   // namespace coterie::gui
