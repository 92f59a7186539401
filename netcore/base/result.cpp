// SPDX-License-Identifier: MIT
#include "netcore/base/result.h"

#include <algorithm>
#include <cctype>

namespace coterie {
namespace {

struct Row {
  Errc code;
  std::string_view name;
  std::string_view what;         // what happened
  std::string_view next;         // what to do next
  std::string_view ended = {};   // what to do next, where nothing is tried again by itself; empty: the same
};

constexpr Row rows[] = {
    {Errc::malformed, "malformed", "The data received does not follow the protocol",
     "Check that both sides run a current Coterie."},
    {Errc::too_large, "too_large", "That is larger than allowed",
     "Send something smaller; a long text can go as a file."},
    {Errc::unsupported, "unsupported", "The other side does not support this", "Update the older of the two programs."},
    {Errc::invalid_argument, "invalid_argument", "That value cannot be used", "Correct it and try again."},
    {Errc::crypto_failure, "crypto_failure", "A message failed its authenticity check and was dropped",
     "If this repeats, compare safety numbers with the sender."},
    {Errc::replay, "replay", "A message arrived twice and was shown once", "Nothing to do."},
    {Errc::no_session, "no_session", "There is no secure session with that member yet",
     "It is made as soon as both of you are online; unsent messages wait."},
    {Errc::wrong_password, "wrong_password", "No common password with the members of this group",
     "Check the group name and the password, then try again."},
    {Errc::guess_budget_empty, "guess_budget_empty",
     "This group takes no further tries for the moment because of wrong passwords", "It is tried again by itself.",
     "Try again then."},
    {Errc::identity_changed, "identity_changed", "A member's identity key has changed",
     "Compare safety numbers with that person before you accept the new key."},
    {Errc::relay_identity_changed, "relay_identity_changed", "The relay's identity is not the one you know",
     "Do not continue; ask the person who runs the relay for its fingerprint (coterie-relay --fingerprint)."},
    {Errc::relay_unknown, "relay_unknown", "This relay has not been seen before",
     "Compare that with the fingerprint its operator gives you (coterie-relay --fingerprint), then connect with --pin "
     "FINGERPRINT, or with --trust to accept it as it is."},
    {Errc::user_id_taken, "user_id_taken", "Somebody is online under this user id already",
     "Choose another user id, or sign out there first."},
    {Errc::replaced, "replaced", "This profile has signed in from somewhere else",
     "Close the other program, or use another profile there."},
    {Errc::group_full, "group_full", "The group has as many members as its relay allows",
     "Ask someone to leave, or use another group."},
    {Errc::refused, "refused", "The relay refused", "Its operator can say more."},
    {Errc::rate_limited, "rate_limited", "Too much at once for this relay",
     "Wait a moment; it is tried again by itself.", "Wait a moment, then try again."},
    {Errc::unreachable, "unreachable", "The relay cannot be reached",
     "Check address and port, and that coterie-relay is running there."},
    {Errc::tls_failure, "tls_failure", "No secure connection to the relay could be made",
     "Check its address and port."},
    {Errc::timed_out, "timed_out", "No answer in time", "Check the network; it is tried again by itself.",
     "Check the network, then try again."},
    {Errc::connection_lost, "connection_lost", "The connection was lost",
     "It is tried again by itself; nothing is lost.",
     "Check address and port, then try again; a relay also closes connections when too many come from one address."},
    {Errc::shutting_down, "shutting_down", "The relay is shutting down",
     "It is tried again by itself; nothing is lost.", "Try again in a moment; nothing is lost."},
    {Errc::not_found, "not_found", "That does not exist", "Check the name and try again."},
    {Errc::no_such_member, "no_such_member", "Nobody of that name is known in this group",
     "The command `members` shows who is known."},
    {Errc::nobody_yet, "nobody_yet", "There is nobody else in this group yet to send this to",
     "It was not kept; send it again when somebody has joined."},
    {Errc::not_a_file, "not_a_file", "Only ordinary files can be sent", "Choose a regular file; pack a folder first."},
    {Errc::permission_denied, "permission_denied", "Permission denied", "Check the permissions of the file or folder."},
    {Errc::disk_full, "disk_full", "The disk is full",
     "Free some space; what was received so far is kept and goes on by itself."},
    {Errc::profile_full, "profile_full", "The disk that holds the profile is full",
     "Free some space; a message that could not be kept was not sent and has to be sent again, and what others send "
     "waits for you."},
    {Errc::io_failure, "io_failure", "Reading or writing failed",
     "Check the disk and try again; what was received so far is kept."},
    {Errc::source_changed, "source_changed", "The file was changed while it was being sent",
     "Send it again when it is complete."},
    {Errc::digest_mismatch, "digest_mismatch", "The received file differs from the one sent",
     "Ask for it again; the damaged copy was not put in place."},
    {Errc::database_corrupt, "database_corrupt", "The database is damaged and was left as it is",
     "Restore it from a backup, or move it away to start anew."},
    {Errc::database_newer, "database_newer", "The database was written by a newer version",
     "Update Coterie; the database was left as it is."},
    {Errc::server_refused, "server_refused", "The server refused", "Whoever runs it can say more."},
    {Errc::server_lost, "server_lost", "The connection to the server was lost",
     "It is tried again by itself; classic mode keeps nothing, so what was on its way may have to be sent again.",
     "What was not sent is not kept; check address and port, then try again."},
    {Errc::not_classic, "not_classic", "The server closed the connection without an answer",
     "It may not speak classic mode: a coterie-relay does so only where it was started with --classic."},
    {Errc::cut_off, "cut_off", "The file was cut off before it was whole",
     "Classic mode keeps no part of it: it has to be sent again from the beginning."},
    {Errc::unreadable, "unreadable", "That cannot be read",
     "Different password? Whoever sent it has to use the same one as you."},
    {Errc::in_use, "in_use", "Already in use by another program", "Close that program first, or choose another place."},
};

const Row& row_of(Errc code) {
  for (const auto& row : rows)
    if (row.code == code) return row;
  return rows[0];
}

}   // namespace

std::string_view name_of(Errc code) { return row_of(code).name; }

namespace {

std::string sentence(const Error& error, std::string_view what, std::string_view next) {
  std::string text(what);
  // A detail may be what the other side said, in the very words of ours.
  const auto same = [](char a, char b) {
    return std::tolower(static_cast<unsigned char>(a)) == std::tolower(static_cast<unsigned char>(b));
  };
  if (!error.detail.empty() && !std::ranges::equal(error.detail, what, same)) text.append(": ").append(error.detail);
  return text.append(". ").append(next);
}

}   // namespace

std::string explain(const Error& error) {
  const auto& row = row_of(error.code);
  return sentence(error, row.what, row.next);
}

std::string explain_end(const Error& error) {
  const auto& row = row_of(error.code);
  return sentence(error, row.what, row.ended.empty() ? row.next : row.ended);
}

}   // namespace coterie
