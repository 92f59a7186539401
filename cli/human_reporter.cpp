// SPDX-License-Identifier: MIT
#include "cli/human_reporter.h"

#include "cli/classic_words.h"
#include "cli/format.h"
#include "cli/lockout.h"
#include "netcore/base/overloaded.h"
#include "netcore/base/unicode.h"
#include "netcore/client.h"

#include <utility>

namespace coterie::cli {
namespace {

std::string safe(std::string_view foreign) { return escape_unprintable(foreign); }

// In one line.
std::string quoted(const event::Quote& quote) {
  if (quote.deleted) return "(deleted)";
  if (quote.row == 0) return "(a message that is not here)";
  return safe(quote.from) + ": " + fit(safe(quote.text), 60);
}

}   // namespace

std::string describe(const event::FileOffered& offer) {
  auto line = safe(offer.from) + (offer.from_verified ? " (verified)" : "") + " offers " + safe(offer.name) + " (" +
              format_size(offer.size) + ")" + (offer.to_group ? " to everyone" : "");
  if (offer.offered_name != offer.name) line.append(", sent under the name ").append(safe(offer.offered_name));
  if (offer.is_executable_type) line.append("; this kind of file can run as a program");
  return line;
}

void HumanReporter::show(const Event& event) {
  std::visit([this](const auto& alternative) { on(alternative); }, event);
}

std::string HumanReporter::badged(std::string_view line) const {
  return is_classic_ ? console_.out(Style::warning, "[" + std::string(classic_badge) + "] ").append(line)
                     : std::string(line);
}

void HumanReporter::answer(const Event&, std::string_view line) { console_.print(badged(line)); }
void HumanReporter::result(std::string_view line) { console_.print(line); }
// It may name a member or a file, so it carries the badge, unless it is about that badge.
std::string HumanReporter::complaint(std::string_view line) const {
  const bool is_badged = !is_classic_ || line.find(classic_badge) != std::string_view::npos;
  return (is_badged ? std::string() : "[" + std::string(classic_badge) + "] ").append(line);
}

void HumanReporter::note(std::string_view line) { console_.complain("coterie-cli: " + complaint(line)); }
void HumanReporter::fail(std::string_view, std::string_view sentence, std::string_view) {
  console_.complain(console_.err(Style::bad, "coterie-cli: ") + complaint(printable_text(sentence, 2)));
}

void HumanReporter::aside(std::string_view line) {
  console_.print(badged(console_.out(Style::faint, std::string("-- ").append(line))));
}

void HumanReporter::on(const event::LinkChanged& link) {
  if (link.state == event::LinkState::online) {
    aside("connected");
    told_reason_.reset();
    return;
  }
  is_cut_off_ = is_cut_off_ || link.state == event::LinkState::offline;
  if (link.state == event::LinkState::offline && link.reason && told_reason_ != link.reason->code) {
    told_reason_ = link.reason->code;
    console_.complain(console_.err(Style::warning, "coterie-cli: ").append(explain(*link.reason)));
  }
}

void HumanReporter::on(const event::RelayUnknown& relay) {
  fail(Error{Errc::relay_unknown, safe(relay.relay) + ", with the fingerprint " + relay.pin.hex()});
}

void HumanReporter::on(const event::RelayChanged& relay) {
  const auto both = [&](const char* expected) {
    return safe(relay.relay) + "\n" + expected + format_pin(relay.expected) + "\nnow:   " + format_pin(relay.seen) +
           "\nNothing was sent";
  };
  if (!has_pin_) return fail(Error{Errc::relay_identity_changed, both("known: ")});
  fail(name_of(Errc::relay_identity_changed), "The relay's identity is not the one --pin names: " + both("--pin: ") +
                                                  ". Check the fingerprint you gave; ask the person who runs the relay "
                                                  "for the right one (coterie-relay --fingerprint).");
}

void HumanReporter::on(const event::MemberChanged& member) {
  if (is_cut_off_) {
    meanwhile_[member.key] = member;
    return;
  }
  const auto before = members_.find(member.key);
  const bool was_known = before != members_.end();
  const auto previous = was_known ? before->second : event::MemberChanged{};
  members_[member.key] = member;
  const auto name = safe(member.user_id);
  if (member.state == event::MemberState::held) {
    if (!was_known || previous.state != event::MemberState::held)
      aside(name + " has another identity key than before: nothing goes there until you accept it (verify)");
    return;
  }
  if (member.state == event::MemberState::left) {
    if (was_known && previous.state != event::MemberState::left) aside(name + " has left the group");
    return;
  }
  const bool is_here = member.online && member.state == event::MemberState::ready;
  const bool was_here = previous.online && previous.state == event::MemberState::ready;
  if (is_here && !was_here) aside(name + " is here");
  if (!member.online && previous.online) aside(name + " has gone offline");
  if (was_known && member.verified && !previous.verified) aside(name + " is verified now");
}

void HumanReporter::on(const event::Settled& settled) {
  is_cut_off_ = false;
  for (const auto& [key, member] : std::exchange(meanwhile_, {})) on(member);
  if (settled.ready == 0 && settled.rejected == 0 && settled.busy > 0)
    return console_.complain("coterie-cli: " + explain(Lockout::no_tries(settled)));
  const auto silent = settled.unanswered - settled.busy;
  std::string line = settled.ready == 0 && settled.rejected > 0 ? "nobody can be written to"
                     : settled.ready == 0 ? "no members yet; messages can be sent when somebody has come"
                     : settled.ready == 1 ? "1 member can be written to"
                                          : std::to_string(settled.ready) + " members can be written to";
  if (silent > 0) line.append(", ").append(std::to_string(silent)).append(" did not answer");
  if (settled.busy > 0)
    line.append(", ")
        .append(std::to_string(settled.busy))
        .append(" will be tried again later, since wrong passwords have used up the tries");
  aside(line);
}

void HumanReporter::on(const event::PasswordRejected& rejected) {
  const auto left = rejected.attempts_left;
  const auto members = std::to_string(rejected.of) + " members";
  if (rejected.ours_is_right)
    return aside((rejected.of == 1 ? "the only other member here"
                                   : std::to_string(rejected.rejected) + " of the other " + members + " here") +
                 (rejected.rejected == 1 ? " has another password than this group, and gets nothing"
                                         : " have another password than this group, and get nothing"));
  const auto whom = rejected.of == 1                   ? "the only other member"
                    : rejected.rejected == rejected.of ? "any of the other " + members
                                                       : std::to_string(rejected.rejected) + " of the other " + members;
  console_.complain(console_.err(Style::warning, "coterie-cli: ") + "No common password with " + whom +
                    " here. Check the group name and the password, then try again (at most " + std::to_string(left) +
                    (left == 1 ? " attempt" : " attempts") + " left for now).");
}

void HumanReporter::on(const event::OtherPassword& other) {
  const auto left = other.attempts_left;
  const auto who = other.user_id.empty() ? std::string("somebody") : safe(other.user_id);
  aside(other.ours_is_right ? who + " came without this group's password and gets nothing (" + std::to_string(left) +
                                  (left == 1 ? " attempt is" : " attempts are") + " left for strangers)"
                            : who +
                                  " came with another password than yours: a stranger, or one of you has mistyped it; "
                                  "nothing goes there");
}

void HumanReporter::on(const event::LookAlike& member) {
  const auto name = safe(member.user_id);
  console_.complain(
      console_.err(Style::warning, "coterie-cli: ") +
      (member.like.empty()
           ? "The user id " + name + " is written with letters of more than one alphabet, and can look like another one"
           : name + " is written with other letters than " + safe(member.like)) +
      "; it may not be whom you take it for. Compare safety numbers (verify) before you trust it.");
}

void HumanReporter::on(const event::IdentityChanged& identity) {
  const auto name = safe(identity.user_id);
  console_.complain(
      console_.err(Style::bad, "coterie-cli: ") + name +
      " came with another identity key than before: a new device or profile, or somebody else. Nothing goes there "
      "until you have compared safety numbers with that person and accepted the new key with verify --confirm (in a "
      "chat: /verify " +
      name + " confirm).\n  safety number now: " + identity.safety_number);
}

bool HumanReporter::is_online(const std::string& user_id) const {
  return std::any_of(members_.begin(), members_.end(),
                     [&](const auto& member) { return member.second.user_id == user_id && member.second.online; });
}

// What has become of a message of ours: nothing where everybody has it.
static std::string describe_deliveries(const event::Message& message, bool is_classic) {
  std::string line;
  const auto name = [&](event::DeliveryState state, std::string_view words) {
    std::string who;
    for (const auto& to : message.deliveries)
      if (to.state == state) who.append(who.empty() ? "" : ", ").append(safe(to.user_id));
    if (!who.empty()) line.append(line.empty() ? "" : "; ").append(words).append(" ").append(who);
  };
  name(event::DeliveryState::waiting, "waiting for");
  name(event::DeliveryState::at_relay, is_classic ? "given to the server for" : "at the relay for");
  name(event::DeliveryState::failed, is_classic ? "not taken by the server for" : "given up for");
  return line;
}

void HumanReporter::print(const event::Message& message, bool with_deliveries) {
  const auto time = local_time(message.arrived_ms != 0 ? message.arrived_ms : message.sent_ms, now_ms());
  auto who = safe(message.from);
  if (message.outgoing) who = safe(own_user_);
  std::string line = console_.out(Style::faint, time) + " ";
  if (is_classic_) line.append(console_.out(Style::warning, "[" + std::string(classic_badge) + "] "));
  line.append(console_.out(Style::strong, who));
  if (message.conversation) line.append(message.outgoing ? " to " + safe(*message.conversation) : " (to you alone)");
  if (message.edited && !message.deleted) line.append(" (edited)");
  line.append(": ");
  if (message.quote) line.append(console_.out(Style::faint, "> " + quoted(*message.quote))).append("\n    ");
  if (message.deleted)
    line.append("(deleted)");
  else
    line.append(message.file ? "[file] " + safe(message.text) : printable_text(message.text));
  for (const auto& reaction : message.reactions)
    line.append("  [" + printable_text(reaction.emoji) + " " + join_names(reaction.user_ids) + "]");
  if (shows_ids_ && !message.deleted) line.append(console_.out(Style::faint, "  #" + short_id(message.id)));
  if (with_deliveries && message.outgoing)
    if (const auto state = describe_deliveries(message, is_classic_); !state.empty())
      line += console_.out(Style::faint, "  (" + state + ")");
  console_.print(line);
}

void HumanReporter::on(const event::MessageAdded& added) { print(added.message, false); }
void HumanReporter::on(const event::MessageChanged& changed) { print(changed.message, false); }

void HumanReporter::on(const event::DeliveryChanged& delivery) {
  if (delivery.state == event::DeliveryState::at_relay && !is_classic_ && !is_online(delivery.user_id))
    aside("the relay keeps it for " + safe(delivery.user_id));
  if (delivery.state == event::DeliveryState::failed && is_classic_) {
    if (std::exchange(told_untaken_, delivery.id) != delivery.id)
      fail(name_of(Errc::server_lost),
           "A message of yours was not taken by the server for all it was for, since the connection broke or somebody "
           "left; /history shows for whom. Classic mode keeps nothing: send it again.");
    return;
  }
  if (delivery.state == event::DeliveryState::failed)
    console_.complain("coterie-cli: A message to " + safe(delivery.user_id) +
                      " was given up: it could not be delivered for 14 days. Send it again when that person is back.");
}

void HumanReporter::on(const event::GapChanged& gap) {
  const auto name = safe(gap.user_id);
  if (gap.missing == 0)
    aside("nothing from " + name + " is missing any more");
  else
    aside(std::to_string(gap.missing) + (gap.missing == 1 ? " message" : " messages") + " from " + name +
          " missing; they come when " + name + " is here again");
}

void HumanReporter::on(const event::HistoryPage& page) {
  for (const auto& message : page.messages) print(message, true);
}

void HumanReporter::on(const event::SearchResults& results) {
  for (const auto& message : results.messages) print(message, true);
}

void HumanReporter::on(const event::Conversations& all) {
  for (const auto& conversation : all.conversations) {
    auto line = "  " + (conversation.user_id ? safe(*conversation.user_id) : std::string("everyone")) + "  ";
    line.append(conversation.unread == 0 ? "nothing new" : std::to_string(conversation.unread) + " unread");
    if (conversation.last)
      line.append(", last " + local_time(conversation.last_ms, now_ms()) + " from " + safe(conversation.last->from));
    console_.print(badged(line));
  }
}

void HumanReporter::on(const event::HistoryDeleted& deleted) {
  aside("the history " + (deleted.conversation ? "with " + safe(*deleted.conversation) : std::string("of the group")) +
        " is gone from this device");
}

void HumanReporter::on(const event::FileOffered& offer) { aside(describe(offer) + ", id " + short_id(offer.id)); }

void HumanReporter::on(const event::TransferChanged& transfer) {
  const auto found = transfers_.find(transfer.id);
  const bool is_new = found == transfers_.end();
  const bool is_change = is_new || found->second != transfer.phase;
  transfers_[transfer.id] = transfer.phase;
  if (!is_change) return;
  const auto file = safe(transfer.name) + (transfer.outgoing ? " to " : " from ") + safe(transfer.peer);
  switch (transfer.phase) {
    case event::TransferPhase::offered:
      if (transfer.outgoing)
        aside("offered " + file + " (" + format_size(transfer.size) + "), id " + short_id(transfer.id));
      return;
    case event::TransferPhase::waiting:
      if (transfer.error) note(file + ": " + explain(*transfer.error));
      return;
    case event::TransferPhase::paused: return aside(file + " is paused; /resume " + short_id(transfer.id) + " goes on");
    case event::TransferPhase::running:
    case event::TransferPhase::verifying: return;
    case event::TransferPhase::finished:
      if (is_new) return;   // an old one, told at the start
      aside(transfer.outgoing
                ? (is_classic_ ? safe(transfer.name) + " was given to the server for " + safe(transfer.peer)
                               : safe(transfer.peer) + " has " + safe(transfer.name) + ", complete and verified")
                : safe(transfer.name) + " from " + safe(transfer.peer) + " was saved as " +
                      safe(transfer.path.string()));
      return;
    case event::TransferPhase::declined:
      if (!is_new || (is_classic_ && is_chat_)) aside(file + " was declined");   // there none is of an earlier run
      return;
    case event::TransferPhase::cancelled:
      if (!is_new) aside(file + " was cancelled");
      return;
    case event::TransferPhase::failed:
      if (!is_new || transfer.error)
        note(file + " failed. " + (transfer.error ? explain(*transfer.error) : "Offer it again."));
      return;
  }
}

void HumanReporter::on(const event::Notice& notice) {
  const auto& error = notice.error;
  if (is_classic_ && error.code == Errc::server_lost)
    return fail(name_of(error.code), "Not connected: this was not sent. Send it again when the connection is back.");
  if (is_classic_ && error.code == Errc::no_such_member) return fail(name_of(error.code), explain_notice(error, true));
  if (is_chat_ && error.code == Errc::no_such_member)
    return fail(name_of(error.code), "Nobody of that name is known here" +
                                         (error.detail.empty() ? std::string() : ": " + error.detail) +
                                         ". /who shows who is.");
  fail(error);
}
void HumanReporter::on(const event::Failed& failed) { fail(failed.error); }

}   // namespace coterie::cli
