// SPDX-License-Identifier: MIT
// Messages after they were said: replies, reactions, edits and deletions; conversations and their pages; who is writing.
//
// Whoever said something may change it, and nobody else: the author of a change is the identity key of the session it came in, and
// only messages under that very key are looked for.
#include <algorithm>

#include "netcore/base/random.h"
#include "netcore/base/unicode.h"
#include "netcore/session/group_engine.h"

namespace coterie {

using content::Scope;

namespace {

constexpr std::int64_t clock_may_lead_ms = std::int64_t{5} * 60 * 1000;
constexpr std::int64_t envelope_may_be_old_ms = std::int64_t{15} * 24 * 3600 * 1000;
constexpr std::size_t most_quoted = 200;   // bytes of a quoted text

// A sign or a short word: no spaces, nothing that could hide or turn what stands beside it.
std::optional<std::string> parse_reaction(std::string_view text) {
  const auto normal = to_nfc(text);
  if (!normal || normal->empty() || normal->size() > content::max_reaction || clean_message_text(*normal) != *normal)
    return std::nullopt;
  bool fits = true;
  for_each_code_point(*normal, [&](char32_t c, std::string_view) { fits = fits && c > U' ' && c != U'\u00A0'; });
  return fits ? std::optional(*normal) : std::nullopt;
}

// Whether the message stands where the peer spoke: to the group, or to us alone.
bool is_in(const store::MessageRow& row, const Peer& from, Scope scope) {
  return row.conversation == (scope == Scope::direct ? std::optional(from.row.id) : std::nullopt);
}

std::string beginning_of(const std::string& text) {
  if (text.size() <= most_quoted) return text;
  std::size_t cut = most_quoted - 3;   // room for the ellipsis
  while (cut > 0 && (static_cast<unsigned char>(text[cut]) & 0xC0U) == 0x80U) --cut;
  return text.substr(0, cut) + "\u2026";
}

}   // namespace

// ── arriving ───────────────────────────────────────────────────────────────────────────────────────────────────────

Status GroupEngine::add_text(Peer& from, const Arrived& arrived, const std::string& text,
                             const content::Target* answered) {
  const auto& header = arrived.content.header;
  const bool direct = header.scope == Scope::direct;
  const auto sent = static_cast<std::int64_t>(std::min<std::uint64_t>(header.sent_ms, INT64_MAX));
  const bool plausible = sent <= arrived.when + clock_may_lead_ms && sent >= arrived.when - envelope_may_be_old_ms;
  store::MessageRow row{.group = group_.id,
                        .message = arrived.message,
                        .conversation = direct ? std::optional(from.row.id) : std::nullopt,
                        .author = from.row.id,
                        .scope = direct ? store::Scope::direct : store::Scope::group,
                        .seq = header.seq,
                        .sent = plausible ? sent : arrived.when,
                        .arrived = arrived.when,
                        .text = clean_message_text(text),
                        .file = {}};
  if (answered != nullptr) row.quote = store::QuotedMessage{.message = answered->message, .author = answered->author};
  return add_message(std::move(row));
}

// What comes before its message waits for it.
Status GroupEngine::on_change(Peer& from, const Arrived& arrived, const MessageId& message) {
  if (apply_change(from, arrived.content)) return {};
  store_.hold_change({.id = 0,
                      .peer = from.row.id,
                      .message = message,
                      .arrived = arrived.when,
                      .content = SecretBytes(ByteView(content::encode_content(arrived.content)))});
  return {};
}

void GroupEngine::apply_held(const MessageId& message) {
  for (const auto& held : store_.held_changes(message)) {
    auto* from = peers_.find(held.peer);
    if (from == nullptr) continue;   // of another group
    const auto change = content::decode_content(held.content.view());
    if (!change || apply_change(*from, *change)) store_.drop_held_change(held.id);
  }
}

// False when the message it is about is not here. What does not belong to the message, or is older than what is known, is done with.
bool GroupEngine::apply_change(Peer& from, const content::Content& change) {
  const auto change_text = [&](const MessageId& message, const std::optional<std::string>& text) {
    auto row = store_.find_message(group_.id, from.row.id, message);
    if (!row) return false;
    return !is_in(*row, from, change.header.scope) || apply_change(std::move(*row), change.header.seq, text);
  };
  if (const auto* edit = std::get_if<content::Edit>(&change.body)) {
    const auto text = clean_message_text(*edit->text);
    return text.empty() || change_text(edit->message, text);
  }
  if (const auto* removal = std::get_if<content::Delete>(&change.body))
    return change_text(removal->message, std::nullopt);
  if (const auto* reaction = std::get_if<content::Reaction>(&change.body))
    return apply_reaction(from, change.header, *reaction);
  return true;
}

bool GroupEngine::apply_reaction(Peer& from, const content::Header& header, const content::Reaction& reaction) {
  const auto row = find_target(reaction.target);
  if (!row) return false;
  if (!is_in(*row, from, header.scope) || row->deleted) return true;
  store::ReactionRow said{.member = from.row.id, .seq = header.seq, .emoji = {}};
  for (const auto& emoji : *reaction.emoji)
    if (auto sign = parse_reaction(*emoji);
        sign && std::find(said.emoji.begin(), said.emoji.end(), *sign) == said.emoji.end())
      said.emoji.push_back(std::move(*sign));
  if (store_.set_reactions(row->id, said)) tell_changed(*row);
  return true;
}

// A new text, or none: deleted. Deleted is the end.
bool GroupEngine::apply_change(store::MessageRow row, std::uint64_t seq, const std::optional<std::string>& text) {
  if (row.kind != store::MessageKind::text || row.deleted || (seq != 0 && seq <= row.changed_seq)) return true;
  row.changed_seq = seq;
  row.text = text.value_or(std::string());
  if (text) {
    row.edited = true;
  } else {
    row.deleted = true;
    row.quote.reset();
    store_.drop_reactions(row.id);
  }
  store_.update_message(row);
  tell_changed(row);
  return true;
}

void GroupEngine::tell_changed(const store::MessageRow& row) {
  store_.after_commit([this, id = row.message, author = row.author] {
    std::optional<event::Message> message;
    const auto status = store_.read([&] {
      if (const auto stored = store_.find_message(group_.id, author, id)) message = view_of(*stored);
    });
    if (!status) return on_storage_failed(status.error());
    if (message) emit(event::MessageChanged{std::move(*message)});
  });
}

// ── from the user ──────────────────────────────────────────────────────────────────────────────────────────────────

std::optional<std::string> GroupEngine::checked_text(const std::string& typed, const std::string& about) {
  auto text = clean_message_text(typed);
  if (text.empty()) {
    notice(Error{Errc::invalid_argument, "the message is empty"}, about);
    return std::nullopt;
  }
  if (text.size() > content::max_text) {
    notice(Error{Errc::too_large, "the message has " + std::to_string(text.size()) + " bytes, " +
                                      std::to_string(content::max_text) + " are allowed"},
           about);
    return std::nullopt;
  }
  return text;
}

std::optional<std::vector<Peer*>> GroupEngine::audience_of(const store::MessageRow& row, const std::string& about) {
  if (!row.conversation) return peers_.addressees(now());
  auto* peer = peers_.find(*row.conversation);
  if (peer != nullptr && peer->row.state == store::PeerState::active) return std::vector{peer};
  notice(Error{Errc::no_such_member, user_id_of(*row.conversation)}, about);
  return std::nullopt;
}

void GroupEngine::change_own(const MessageId& message, const std::optional<std::string>& text, content::Body body) {
  const auto about = message.hex();
  std::optional<store::MessageRow> row;
  if (const auto status = store_.read([&] { row = store_.find_message(group_.id, {}, message); }); !status)
    return notice(status.error(), about);
  if (!row) return notice(Error{Errc::not_found, "no message of yours has this id"}, about);
  if (row->kind != store::MessageKind::text)
    return notice(Error{Errc::invalid_argument, "a file cannot be changed or taken back, only its transfer cancelled"},
                  about);
  if (row->deleted) return notice(Error{Errc::invalid_argument, "this message was deleted"}, about);
  if (text && *text == row->text) return;
  const auto to = audience_of(*row, about);
  if (!to) return;
  const auto scope = row->conversation ? Scope::direct : Scope::group;
  const auto status = store_.transact([&]() -> Status {
    apply_change(std::move(*row), 0, text);
    return courier_.send(random_id<MessageId>(), scope, std::move(body), *to);
  });
  if (!status) notice(status.error(), about);
}

void GroupEngine::on(const command::EditText& command) {
  const auto text = checked_text(command.text, command.message.hex());
  if (text) change_own(command.message, text, content::Edit{.message = command.message, .text = *text});
}

void GroupEngine::on(const command::DeleteMessage& command) {
  change_own(command.message, std::nullopt, content::Delete{.message = command.message});
}

void GroupEngine::on(const command::React& command) {
  const auto about = command.message.hex();
  const auto emoji = parse_reaction(command.emoji);
  if (!emoji)
    return notice(
        Error{Errc::invalid_argument, "a reaction is one sign or a short word of at most 32 bytes, without spaces"},
        about);
  std::optional<store::MessageRow> row;
  store::ReactionRow mine;
  const auto looked = store_.read([&] {
    row = store_.find_message_of_anyone(group_.id, command.message);
    if (!row) return;
    for (auto& reactions : store_.reactions(row->id))
      if (!reactions.member) mine = std::move(reactions);
  });
  if (!looked) return notice(looked.error(), about);
  const auto target = row ? target_of(*row) : std::nullopt;
  if (!target) return notice(Error{Errc::not_found, "no message has this id"}, about);
  if (row->deleted) return notice(Error{Errc::invalid_argument, "this message was deleted"}, about);
  const auto known = std::find(mine.emoji.begin(), mine.emoji.end(), *emoji);
  // As it is already: answered all the same.
  if ((known != mine.emoji.end()) == command.add) return tell_changed(*row);
  if (command.add && mine.emoji.size() >= content::max_reactions)
    return notice(
        Error{Errc::invalid_argument, "you have given this message eight reactions already; take one back first"},
        about);
  if (command.add)
    mine.emoji.push_back(*emoji);
  else
    mine.emoji.erase(known);
  const auto to = audience_of(*row, about);
  if (!to) return;
  content::Reaction said{.target = *target, .emoji = {}};
  for (const auto& one : mine.emoji) said.emoji->emplace_back(one);
  const auto scope = row->conversation ? Scope::direct : Scope::group;
  const auto status = store_.transact([&]() -> Status {
    store_.set_reactions(row->id, mine);
    tell_changed(*row);
    return courier_.send(random_id<MessageId>(), scope, std::move(said), *to);
  });
  if (!status) notice(status.error(), about);
}

void GroupEngine::on(const command::SetTyping& command) {
  std::vector<Peer*> to;
  std::optional<std::string> conversation;
  if (command.conversation) {
    auto* peer = peers_.find_active(*command.conversation);
    if (peer == nullptr) return;
    conversation = peer->row.user_id;
    to.push_back(peer);
  } else {
    to = peers_.addressees(now());
  }
  const auto told = typing_told_.find(conversation);
  const auto moment = io::Clock::now();
  if (command.active) {
    if (told != typing_told_.end() && moment - told->second < timing_.typing_repeat) return;
    typing_told_[conversation] = moment;
  } else {
    if (told == typing_told_.end()) return;
    typing_told_.erase(told);
  }
  const auto scope = command.conversation ? Scope::direct : Scope::group;
  if (const auto status = courier_.send_passing(scope, content::Typing{.active = command.active}, to); !status)
    on_storage_failed(status.error());
}

// What was typed is sent: the message says so itself.
void GroupEngine::typing_over(const std::optional<std::string>& conversation) { typing_told_.erase(conversation); }

// ── conversations ──────────────────────────────────────────────────────────────────────────────────────────────────

Peer* GroupEngine::partner_named(const std::string& user_id) const {
  if (auto* active = peers_.find_active(user_id)) return active;
  const auto folded = casefold(user_id);
  Peer* found = nullptr;
  for (const auto& [id, peer] : peers_.everyone())
    if (casefold(peer->row.user_id) == folded && (found == nullptr || peer->row.last_seen > found->row.last_seen))
      found = peer.get();
  return found;
}

void GroupEngine::on(const command::LoadHistory& command) {
  std::optional<store::RowId> conversation;
  if (command.conversation && !command.conversation->empty()) {
    const auto* peer = partner_named(*command.conversation);
    if (peer == nullptr) return notice(Error{Errc::no_such_member, *command.conversation});
    conversation = peer->row.id;
  }
  const bool all = !command.conversation;
  event::HistoryPage page{.messages = {},
                          .conversation = command.conversation,
                          .before = command.before,
                          .around = command.around,
                          .after = command.after};
  const auto status = store_.read([&] {
    const auto older = [&](std::int64_t than, std::size_t limit) {
      const auto rows =
          all ? store_.history_of_all(group_.id, than, limit) : store_.history(group_.id, conversation, than, limit);
      page.is_first = rows.size() < limit;
      for (const auto& row : rows) page.messages.push_back(view_of(row));
    };
    const auto newer = [&](std::int64_t than, std::size_t limit) {
      const auto rows = all ? store_.history_of_all_after(group_.id, than, limit)
                            : store_.history_after(group_.id, conversation, than, limit);
      page.is_last = rows.size() < limit;
      for (const auto& row : rows) page.messages.push_back(view_of(row));
    };
    if (command.around > 0) {
      older(command.around, command.limit / 2);
      newer(command.around - 1, command.limit - command.limit / 2);
    } else if (command.after > 0) {
      newer(command.after, command.limit);
    } else {
      older(command.before, command.limit);
      page.is_last = command.before <= 0;
    }
  });
  if (!status) return notice(status.error());
  emit(std::move(page));
}

void GroupEngine::on(const command::Search& command) {
  event::SearchResults results{
      .words = command.words, .messages = {}, .conversation = command.conversation, .before = command.before};
  std::optional<store::RowId> peer;
  if (command.conversation && !command.conversation->empty()) {
    const auto* partner = partner_named(*command.conversation);
    if (partner == nullptr) return notice(Error{Errc::no_such_member, *command.conversation});
    peer = partner->row.id;
  }
  const auto status = store_.read([&] {
    // One more than asked for tells whether there is more.
    auto rows = command.conversation
                    ? store_.search_newest(group_.id, peer, command.words, command.before, command.limit + 1)
                    : store_.search(group_.id, command.words, command.limit + 1);
    results.is_last = rows.size() <= command.limit;
    if (!results.is_last) rows.resize(command.limit);
    for (const auto& row : rows) results.messages.push_back(view_of(row));
  });
  if (!status) return notice(status.error());
  emit(std::move(results));
}

void GroupEngine::on(const command::LoadConversations&) {
  event::Conversations answer;
  bool has_group = false;
  const auto status = store_.read([&] {
    for (const auto& row : store_.conversations(group_.id)) {
      const auto name = row.conversation ? std::optional(user_id_of(*row.conversation)) : std::nullopt;
      has_group = has_group || !name;
      // Of two people who went by one name, the one whom it means now.
      if (name)
        if (const auto* meant = partner_named(*name); meant == nullptr || meant->row.id != *row.conversation) continue;
      answer.conversations.push_back(
          {.user_id = name, .unread = row.unread, .last = view_of(row.last), .last_ms = row.last.arrived});
    }
  });
  if (!status) return notice(status.error());
  if (!has_group) answer.conversations.emplace_back();
  emit(std::move(answer));
}

void GroupEngine::on(const command::DeleteHistory& command) {
  std::optional<store::RowId> conversation;
  if (command.conversation) {
    const auto* peer = partner_named(*command.conversation);
    if (peer == nullptr) return notice(Error{Errc::no_such_member, *command.conversation});
    conversation = peer->row.id;
  }
  const auto status = store_.transact([&]() -> Status {
    store_.drop_history(group_.id, conversation);
    return {};
  });
  if (!status) return notice(status.error());
  emit(event::HistoryDeleted{conversation ? std::optional(user_id_of(*conversation)) : std::nullopt});
}

// ── how it looks from outside ──────────────────────────────────────────────────────────────────────────────────────

std::optional<content::Target> GroupEngine::target_of(const store::MessageRow& row) const {
  if (!row.author) return content::Target{.message = row.message, .author = profile_.identity().public_key};
  const auto* author = peers_.find(*row.author);
  if (author == nullptr) return std::nullopt;
  return content::Target{.message = row.message, .author = author->row.key};
}

std::optional<store::MessageRow> GroupEngine::find_target(const content::Target& target) {
  if (target.author == profile_.identity().public_key) return store_.find_message(group_.id, {}, target.message);
  const auto* author = peers_.find(target.author);
  return author == nullptr ? std::nullopt : store_.find_message(group_.id, author->row.id, target.message);
}

event::Quote GroupEngine::view_of(const store::QuotedMessage& quoted, std::optional<store::RowId> conversation) {
  event::Quote quote{.id = quoted.message, .row = 0, .from = {}, .text = {}};
  if (quoted.author == profile_.identity().public_key)
    quote.from = login_.user_id;
  else if (const auto* author = peers_.find(quoted.author))
    quote.from = author->row.user_id;
  const auto row = find_target({.message = quoted.message, .author = quoted.author});
  if (!row || row->conversation != conversation) return quote;
  quote.row = row->id;
  quote.deleted = row->deleted;
  quote.text = beginning_of(row->text);
  return quote;
}

std::vector<event::Reaction> GroupEngine::reactions_to(store::RowId message) {
  std::vector<event::Reaction> all;
  for (const auto& [member, seq, emoji] : store_.reactions(message))
    for (const auto& sign : emoji) {
      auto known = std::find_if(all.begin(), all.end(), [&](const event::Reaction& one) { return one.emoji == sign; });
      if (known == all.end()) known = all.insert(all.end(), event::Reaction{.emoji = sign, .user_ids = {}});
      known->user_ids.push_back(member ? user_id_of(*member) : login_.user_id);
    }
  return all;
}

}   // namespace coterie
