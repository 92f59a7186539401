// SPDX-License-Identifier: MIT
#include "gui/model/error_detail.h"

#include <array>
#include <optional>

namespace coterie::gui {
namespace {

// For xgettext: the words are looked up where they are shown.
constexpr const char* to_translate(const char* text) { return text; }

// What is the end or the beginning of another stands behind it.
constexpr std::array known{
    to_translate("%s has room for %s, and %s are needed"),
    to_translate("the message has %s bytes, %s are allowed"),
    to_translate("%s, which opens the profile's database, is missing"),
    to_translate("%s keeps disappearing"),
    to_translate("%s is not a profile key"),
    to_translate("%s (its identity is not a key)"),
    to_translate("%s (it is missing, though its journal is here)"),
    to_translate("%s (it is empty)"),
    to_translate("%s may be used by others than its owner; chmod 600 it"),
    to_translate("%s can be written to by others than its owner; chmod 700 it"),
    to_translate("%s holds the relay's key and is open to others (chmod 600 it)"),
    to_translate("%s does not hold a key and its certificate"),
    to_translate("%s has become shorter"),
    to_translate("%s takes no more"),
    to_translate("%s was replaced by something else"),
    to_translate("%s exists too many times"),
    to_translate("%s.part exists too many times"),
    to_translate("%s is not the file begun here"),
    to_translate("%s is a folder"),
    to_translate("%s is a link"),
    to_translate("%s is a pipe"),
    to_translate("%s is a socket"),
    to_translate("%s is a device"),
    to_translate("%s is not a file"),
    to_translate("%s is not here, and classic mode keeps nothing"),
    to_translate("%s is larger than %s, the most in classic mode"),
    to_translate("%s left before %s had gone out"),
    to_translate("the folder %s, since a file is in its way"),
    to_translate("the folder %s"),
    to_translate("the profile %s"),
    to_translate("another relay holds the state folder %s"),
    to_translate("the list of groups in %s cannot be read"),
    to_translate("the list of groups in %s is damaged"),
    to_translate("the list of groups cannot be written to %s"),
    to_translate("no address for %s (%s)"),
    to_translate("no address for %s"),
    to_translate("a file from %s"),
    to_translate("a sealed value is cut short"),
    to_translate("a sealed value does not open with this profile's key"),
    to_translate("this transfer is over"),
    to_translate("this offer is not open any more"),
    to_translate("that file is no longer offered"),
    to_translate("this file"),
    to_translate("no message of this conversation has the id that the reply names"),
    to_translate("no message of yours has this id"),
    to_translate("no message has this id"),
    to_translate("the receiver could not complete the file"),
    to_translate("at the sender's side"),
    to_translate("the file is not where the sender had it"),
    to_translate("this Coterie was built without classic mode"),
    to_translate("this SQLite was built without full-text search"),
    to_translate("the relay did not answer the greeting"),
    to_translate("the relay fell silent"),
    to_translate("the server did not answer the greeting"),
    to_translate("the other side has ended it"),
    to_translate("no secure connection in time"),
    to_translate("what answers there is no coterie-relay"),
    to_translate("it asks for an access key, and none was given"),
    to_translate("this relay asks for an access key, and yours is not it"),
    to_translate("too many joins from your address, try again in a minute"),
    to_translate("too many newcomers in this group, try again in a minute"),
    to_translate("what was sent to you was not read"),
    to_translate("no JOIN in time"),
    to_translate("a text of more than 16,384 bytes"),
    to_translate("a file begun can be taken back only by connecting anew"),
    to_translate("the file begun could not be completed"),
    to_translate("the connection broke before the server had taken all of it"),
    to_translate("it could not be read"),
    to_translate("no transfer under way has this id"),
    to_translate("no open offer has this id"),
    to_translate("this SQLite keeps temporary tables on the disk"),
    to_translate("its schema is missing"),
    to_translate("it may not be written to"),
    to_translate("the file system does not allow a write-ahead log"),
    to_translate("a row belongs to nothing"),
    to_translate("a delivery of no known state"),
    to_translate("a row of the wrong form"),
};

constexpr std::string_view hole = "%s";

// Between two holes the first place that fits is taken.
std::optional<std::vector<std::string>> names_in(std::string_view detail, std::string_view words) {
  std::vector<std::string> names;
  auto at = words.find(hole);
  if (at == std::string_view::npos) return detail == words ? std::optional(names) : std::nullopt;
  if (!detail.starts_with(words.substr(0, at))) return std::nullopt;
  detail.remove_prefix(at);
  for (;;) {
    words.remove_prefix(at + hole.size());
    at = words.find(hole);
    const auto next = words.substr(0, at);
    const bool is_last = at == std::string_view::npos;
    // What ends the detail is looked for from its end: a name may hold the same words.
    const auto place = next.empty() && is_last ? detail.size() : is_last ? detail.rfind(next) : detail.find(next);
    if (place == std::string_view::npos || place == 0) return std::nullopt;
    if (is_last && place + next.size() != detail.size()) return std::nullopt;
    names.emplace_back(detail.substr(0, place));
    detail.remove_prefix(place + next.size());
    if (is_last) return names;
    // What stands before the next hole has gone with `next`.
  }
}

}   // namespace

ErrorDetail detail_of(std::string_view detail) {
  for (const char* words : known)
    if (auto names = names_in(detail, words)) return {words, std::move(*names)};
  return {};
}

}   // namespace coterie::gui
