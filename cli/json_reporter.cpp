// SPDX-License-Identifier: MIT
#include "cli/json_reporter.h"

#include "cli/classic_words.h"
#include "cli/format.h"
#include "netcore/base/look_alike.h"
#include "netcore/base/overloaded.h"
#include "netcore/client.h"

#include <nlohmann/json.hpp>

namespace coterie::cli {
namespace {

using Json = nlohmann::ordered_json;

// Bytes that are not UTF-8 (they can only come from a local path) become U+FFFD.
std::string line_of(const Json& json) { return json.dump(-1, ' ', false, Json::error_handler_t::replace); }

const char* name(event::LinkState state) {
  switch (state) {
    case event::LinkState::offline: return "offline";
    case event::LinkState::connecting: return "connecting";
    case event::LinkState::joining: return "joining";
    case event::LinkState::online: return "online";
  }
  return "";
}

const char* name(event::MemberState state) {
  switch (state) {
    case event::MemberState::ready: return "ready";
    case event::MemberState::pairing: return "pairing";
    case event::MemberState::waiting: return "waiting";
    case event::MemberState::held: return "held";
    case event::MemberState::left: return "left";
  }
  return "";
}

const char* name(event::DeliveryState state) {
  switch (state) {
    case event::DeliveryState::waiting: return "waiting";
    case event::DeliveryState::at_relay: return "at_relay";
    case event::DeliveryState::delivered: return "delivered";
    case event::DeliveryState::read: return "read";
    case event::DeliveryState::failed: return "failed";
  }
  return "";
}

const char* name(event::TransferPhase phase) {
  switch (phase) {
    case event::TransferPhase::offered: return "offered";
    case event::TransferPhase::waiting: return "waiting";
    case event::TransferPhase::paused: return "paused";
    case event::TransferPhase::running: return "running";
    case event::TransferPhase::verifying: return "verifying";
    case event::TransferPhase::finished: return "finished";
    case event::TransferPhase::declined: return "declined";
    case event::TransferPhase::cancelled: return "cancelled";
    case event::TransferPhase::failed: return "failed";
  }
  return "";
}

Json error_of(const Error& error) {
  return {{"event", "error"}, {"code", name_of(error.code)}, {"text", explain(error)}};
}

Json message_of(const event::Message& message, const std::string& own_user, const char* what = "message") {
  Json json = {{"event", what}, {"from", message.from}};
  if (!message.conversation)
    json["to"] = "group";
  else
    json["to"] = message.outgoing ? *message.conversation : own_user;
  json["direct"] = message.conversation.has_value();
  json["outgoing"] = message.outgoing;
  json["text"] = message.text;
  json["id"] = message.id.hex();
  json["time"] = iso_time(message.sent_ms);
  json["arrived"] = iso_time(message.arrived_ms);
  json["row"] = message.row;
  if (message.file) json["file"] = message.file->hex();
  if (message.edited) json["edited"] = true;
  if (message.deleted) json["deleted"] = true;
  if (message.unreadable) json["unreadable"] = true;
  if (message.quote) {
    json["reply_to"] = message.quote->id.hex();
    json["quote"] = {{"from", message.quote->from}, {"text", message.quote->text}};
  }
  if (!message.reactions.empty()) {
    json["reactions"] = Json::array();
    for (const auto& reaction : message.reactions)
      json["reactions"].push_back({{"emoji", reaction.emoji}, {"users", reaction.user_ids}});
  }
  if (message.outgoing) {
    json["deliveries"] = Json::array();
    for (const auto& delivery : message.deliveries)
      json["deliveries"].push_back({{"user", delivery.user_id}, {"state", name(delivery.state)}});
  }
  return json;
}

Json conversation_of(const event::Conversation& conversation) {
  Json json = {{"event", "conversation"}, {"direct", conversation.user_id.has_value()}};
  if (conversation.user_id) json["user"] = *conversation.user_id;
  json["unread"] = conversation.unread;
  if (conversation.last) {
    json["time"] = iso_time(conversation.last_ms);
    json["last"] = {
        {"id", conversation.last->id.hex()}, {"from", conversation.last->from}, {"text", conversation.last->text}};
  }
  return json;
}

Json member_of(const event::MemberChanged& member) {
  Json json = {{"event", "member"},           {"user", member.user_id},
               {"online", member.online},     {"state", name(member.state)},
               {"verified", member.verified}, {"id", member.id.hex()},
               {"key", member.key.hex()},     {"safety_number", member.safety_number}};
  if (!member.looks_like.empty()) json["looks_like"] = member.looks_like;
  if (mixes_alphabets(member.user_id)) json["mixed_alphabets"] = true;
  if (member.last_seen_ms != 0) json["last_seen"] = iso_time(member.last_seen_ms);
  return json;
}

Json transfer_of(const event::TransferChanged& transfer) {
  const bool is_finished = transfer.phase == event::TransferPhase::finished;
  Json json = {{"event", is_finished ? "file" : "progress"},
               {"id", transfer.id.hex()},
               {"peer", transfer.peer},
               {"outgoing", transfer.outgoing},
               {"state", name(transfer.phase)},
               {"name", transfer.name},
               {"size", transfer.size}};
  if (!is_finished) json["done"] = transfer.done;
  if (transfer.outgoing && transfer.batch != transfer.id) json["batch"] = transfer.batch.hex();
  if (!transfer.path.empty()) json["path"] = transfer.path.string();
  if (transfer.digest) json["sha256"] = transfer.digest->hex();
  if (transfer.error) {
    json["code"] = name_of(transfer.error->code);
    json["error"] = explain(*transfer.error);
  }
  return json;
}

std::optional<Json> to_json(const Event& event, const std::string& own_user) {
  return std::visit(
      overloaded{
          [](const event::LinkChanged& link) -> std::optional<Json> {
            Json json = {{"event", "link"}, {"state", name(link.state)}};
            if (link.reason) {
              json["code"] = name_of(link.reason->code);
              json["text"] = explain(*link.reason);
            }
            if (link.retry_in) json["retry_in_ms"] = link.retry_in->count();
            return json;
          },
          [](const event::RelayUnknown& relay) -> std::optional<Json> {
            auto json = error_of({Errc::relay_unknown, relay.relay});
            json["relay"] = relay.relay;
            json["fingerprint"] = relay.pin.hex();
            return json;
          },
          [](const event::RelayChanged& relay) -> std::optional<Json> {
            auto json = error_of({Errc::relay_identity_changed, relay.relay});
            json["relay"] = relay.relay;
            json["expected"] = relay.expected.hex();
            json["seen"] = relay.seen.hex();
            return json;
          },
          [](const event::MemberChanged& member) -> std::optional<Json> { return member_of(member); },
          [](const event::Settled& settled) -> std::optional<Json> {
            Json json = {{"event", "settled"},
                         {"ready", settled.ready},
                         {"rejected", settled.rejected},
                         {"unanswered", settled.unanswered}};
            if (settled.busy > 0) {
              json["busy"] = settled.busy;
              json["next_try_in_ms"] = std::chrono::milliseconds(settled.next_try).count();
            }
            return json;
          },
          [](const event::PasswordRejected& rejected) -> std::optional<Json> {
            auto json =
                rejected.ours_is_right ? Json{{"event", "other_password"}} : error_of({Errc::wrong_password, ""});
            json["rejected"] = rejected.rejected;
            json["of"] = rejected.of;
            json["attempts_left"] = rejected.attempts_left;
            if (rejected.ours_is_right) json["ours_is_right"] = true;
            return json;
          },
          [](const event::OtherPassword& other) -> std::optional<Json> {
            Json json = {{"event", "other_password"},
                         {"rejected", other.rejected},
                         {"of", other.of},
                         {"attempts_left", other.attempts_left},
                         {"ours_is_right", other.ours_is_right}};
            if (!other.user_id.empty()) json["user"] = other.user_id;
            return json;
          },
          [](const event::LookAlike& member) -> std::optional<Json> {
            Json json = {{"event", "look_alike"}, {"user", member.user_id}};
            if (!member.like.empty()) json["like"] = member.like;
            return json;
          },
          [](const event::IdentityChanged& identity) -> std::optional<Json> {
            return Json{{"event", "identity"},
                        {"user", identity.user_id},
                        {"known", identity.known.hex()},
                        {"seen", identity.seen.hex()},
                        {"safety_number", identity.safety_number}};
          },
          [&](const event::MessageAdded& added) -> std::optional<Json> { return message_of(added.message, own_user); },
          [&](const event::MessageChanged& changed) -> std::optional<Json> {
            return message_of(changed.message, own_user, "changed");
          },
          [](const event::Typing& typing) -> std::optional<Json> {
            return Json{{"event", "typing"},
                        {"user", typing.user_id},
                        {"direct", typing.conversation.has_value()},
                        {"active", typing.active}};
          },
          [](const event::DeliveryChanged& delivery) -> std::optional<Json> {
            return Json{{"event", "receipt"},
                        {"id", delivery.id.hex()},
                        {"user", delivery.user_id},
                        {"state", name(delivery.state)}};
          },
          [](const event::GapChanged& gap) -> std::optional<Json> {
            return Json{{"event", "gap"},
                        {"user", gap.user_id},
                        {"direct", gap.conversation.has_value()},
                        {"missing", gap.missing}};
          },
          [](const event::HistoryPage&) -> std::optional<Json> { return std::nullopt; },
          [](const event::SearchResults&) -> std::optional<Json> { return std::nullopt; },
          [](const event::Conversations&) -> std::optional<Json> { return std::nullopt; },
          [](const event::HistoryDeleted& deleted) -> std::optional<Json> {
            Json json = {{"event", "history_deleted"}, {"direct", deleted.conversation.has_value()}};
            if (deleted.conversation) json["user"] = *deleted.conversation;
            return json;
          },
          [&](const event::FileOffered& offer) -> std::optional<Json> {
            return Json{{"event", "offer"},
                        {"id", offer.id.hex()},
                        {"from", offer.from},
                        {"to", offer.to_group ? "group" : own_user},
                        {"direct", !offer.to_group},
                        {"verified", offer.from_verified},
                        {"name", offer.name},
                        {"offered_name", offer.offered_name},
                        {"executable", offer.is_executable_type},
                        {"size", offer.size}};
          },
          [](const event::TransferChanged& transfer) -> std::optional<Json> { return transfer_of(transfer); },
          [](const event::Notice& notice) -> std::optional<Json> {
            auto json = error_of(notice.error);
            if (!notice.about.empty()) json["about"] = notice.about;
            return json;
          },
          [](const event::Failed& failed) -> std::optional<Json> { return error_of(failed.error); },
          [](const event::Stopped&) -> std::optional<Json> { return std::nullopt; },
      },
      event);
}

}   // namespace

std::optional<std::string> to_json_line(const Event& event, const std::string& own_user, bool is_answer) {
  auto json = to_json(event, own_user);
  if (!json) return std::nullopt;
  if (is_answer) (*json)["answer"] = true;
  return line_of(*json);
}

std::vector<std::string> to_json_lines(const Event& listing, const std::string& own_user) {
  std::vector<std::string> lines;
  const auto add = [&](Json json) {
    json["answer"] = true;
    lines.push_back(line_of(json));
  };
  if (const auto* page = std::get_if<event::HistoryPage>(&listing))
    for (const auto& message : page->messages) add(message_of(message, own_user));
  if (const auto* found = std::get_if<event::SearchResults>(&listing))
    for (const auto& message : found->messages) add(message_of(message, own_user));
  if (const auto* all = std::get_if<event::Conversations>(&listing))
    for (const auto& conversation : all->conversations) add(conversation_of(conversation));
  return lines;
}

std::string error_line(std::string_view code, std::string_view sentence, std::string_view about) {
  Json json = {{"event", "error"}, {"code", code}, {"text", sentence}};
  if (!about.empty()) json["about"] = about;
  return line_of(json);
}

void JsonReporter::show(const Event& event) {
  if (const auto* notice = std::get_if<event::Notice>(&event))
    return fail(name_of(notice->error.code), explain_notice(notice->error, is_classic_), notice->about);
  for (const auto& line : to_json_lines(event, own_user_)) print(line);
  if (const auto line = to_json_line(event, own_user_)) print(*line);
}

void JsonReporter::print(std::string line) {
  if (is_classic_) line.insert(line.size() - 1, ",\"badge\":\"" + std::string(classic_badge) + "\"");
  console_.print(line);
}

void JsonReporter::answer(const Event& event, std::string_view) {
  if (const auto line = to_json_line(event, own_user_, true)) print(*line);
}

void JsonReporter::note(std::string_view line) { console_.complain(std::string("coterie-cli: ").append(line)); }

void JsonReporter::fail(std::string_view code, std::string_view sentence, std::string_view about) {
  print(error_line(code, sentence, about));
}

}   // namespace coterie::cli
